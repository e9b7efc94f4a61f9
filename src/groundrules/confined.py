"""Files that strangers may have written: a rulebook reads what is in its folder, and no link is written through.

A file is where it really is, once every link is followed. What may be read lies in the folder of `inside`, in a folder
of `roots`, or among what ships with groundrules; outside of `inside`, a file must lie in the folder it was named in.
Only ordinary files are read: no devices, no pipes.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from groundrules.errors import GroundrulesError
from groundrules.resources import shipped

_home: ContextVar[Path | None] = ContextVar("home", default=None)
_roots: ContextVar[tuple[Path, ...]] = ContextVar("roots", default=())
_reads: ContextVar[list[Path] | None] = ContextVar("reads", default=None)
_drafts: ContextVar[Mapping[Path, bytes]] = ContextVar("drafts")


class OutsideError(GroundrulesError, OSError):
    """A file that lies outside of what may be read."""

    def __init__(self) -> None:
        super().__init__(0, "it is outside the rulebook's folder")


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Confine reading and writing to a folder, and to the roots, meanwhile."""
    token = _home.set(_real(folder))
    try:
        yield
    finally:
        _home.reset(token)


@contextmanager
def roots(folders: Iterable[Path | str]) -> Iterator[None]:
    """Let files in these folders be read and written, too, meanwhile."""
    token = _roots.set((*_roots.get(), *(_real(Path(folder)) for folder in folders)))
    try:
        yield
    finally:
        _roots.reset(token)


def roots_now() -> tuple[Path, ...]:
    """Return the folders that may be read beside a rulebook's own."""
    return _roots.get()


@contextmanager
def copied(original: Path, copy: Path) -> Iterator[None]:
    """Let the roots hold in the copy of a folder, too, meanwhile."""
    top = _real(original)
    within = [copy / root.relative_to(top) for root in _roots.get() if root.is_relative_to(top)]
    around = [copy for root in _roots.get() if top.is_relative_to(root)]
    with roots([*within, *around]):
        yield


def roots_in_force() -> tuple[Path, ...]:
    """Return the folders of `roots`, for whoever goes on in another process."""
    return _roots.get()


@contextmanager
def noting() -> Iterator[list[Path]]:
    """Yield a list to which the real path of each file is added that is read meanwhile."""
    files_read: list[Path] = []
    token = _reads.set(files_read)
    try:
        yield files_read
    finally:
        _reads.reset(token)


@contextmanager
def drafts(contents: Mapping[Path, bytes]) -> Iterator[None]:
    """Let files, by their real paths, be read as if they held this, meanwhile."""
    token = _drafts.set(contents)
    try:
        yield
    finally:
        _drafts.reset(token)


def home_of(path: Path) -> Path:
    """Return the folder of a rulebook at `path`, a file or a folder."""
    return path if os.path.isdir(path) else path.parent


def holds(path: Path) -> bool:
    """Whether a path, which need not exist, lies where reading is allowed."""
    real, home = _real(path), _home.get() or _real(path.parent)
    allowed = (home, *_roots.get(), shipped("policies"), shipped("schemas"))
    return any(real.is_relative_to(folder) for folder in allowed)


def files(folder: Path, pattern: str) -> list[Path]:
    """Return the files of a folder whose names match, sorted; none of a folder that lies outside."""
    return sorted(folder.glob(pattern)) if holds(folder) else []


def read(path: Path, most: int) -> bytes:
    """Return the content of an ordinary file of at most `most` bytes.

    Raises OutsideError, another OSError if it can't be read, and ValueError for what is no path.
    """
    with open(_opened(path), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is not a regular file")
        data = file.read(most + 1)
    real, noted = _real(path), _reads.get()
    if noted is not None:
        noted.append(real)
    data = _drafts.get({}).get(real, data)
    if len(data) > most:
        raise OSError(0, f"it is larger than {most >> 20} MB")
    return data


def _opened(path: Path) -> int:
    """Open a file for reading, waiting for nobody who may write into a pipe."""
    if not holds(path):
        raise OutsideError
    real = _real(path)
    if not os.path.isfile(real) and os.path.exists(real):
        raise OSError(0, "it is not a regular file")
    flags = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
    return os.open(real, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))


def replace(path: Path, data: bytes) -> None:
    """Write a file anew, so that nobody ever sees half of it and nothing planted beside it is written through.

    Raises OutsideError if it is a link that leads outside, another OSError if it can't be written.
    """
    if not holds(path):
        raise OutsideError
    real = _real(path)
    descriptor, beside = tempfile.mkstemp(prefix=f".{real.name[:100]}.", suffix=".tmp", dir=real.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        os.chmod(beside, stat.S_IMODE(os.stat(real).st_mode) if real.exists() else 0o666 & ~_mask())
        os.replace(beside, real)
    except BaseException:
        os.unlink(beside)
        raise


def _mask() -> int:
    """Return what the process takes from the rights of new files; the system only tells by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
