"""Folders as they stood at a revision of git, so that two versions of a rulebook can be compared.

A revision's files are written to a temporary folder, all of them, because a rulebook may import or read anything in its
repository. Git writes them as it would check them out, with an index of its own beside them, so that neither the
working tree nor the repository is touched, and nothing is left out that an export would leave out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from groundrules import confined
from groundrules.errors import GroundrulesError


class RevisionError(GroundrulesError, ValueError):
    """A revision that can't be read; `help` suggests a remedy."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


@dataclass(frozen=True)
class Spot:
    """A path, as it is (`revision` None) or as it stood at a revision. `root`: the path begins at the repository."""

    path: str
    revision: str | None = None
    root: bool = False

    @property
    def shown(self) -> str:
        return self.path if self.revision is None else f"{self.revision}:{self.path}"


def spot(written: str, beside: str | None = None) -> Spot:
    """Read `PATH`, `REVISION:PATH` or, for the path of the other side, `REVISION`. What exists as a path is one."""
    if os.path.exists(written) or not written:
        return Spot(written)
    revision, colon, path = written.partition(":")
    if colon:
        return Spot(path.removeprefix("./"), revision, root=not path.startswith(("./", "../")))
    if beside is None:
        raise RevisionError(f"there is no file or folder `{written}`", "a revision of git is written `REVISION:PATH`")
    return Spot(beside, written)


@dataclass(frozen=True)
class Standing:
    """Where a version's file or folder can be read; `top` is the temporary copy of its repository."""

    path: Path
    top: Path | None = None


@contextmanager
def on_disk(place: Spot) -> Iterator[Standing]:
    """Yield where a file or folder can be read; one of a revision stands in a temporary folder meanwhile.

    Raises RevisionError.
    """
    if place.revision is None:
        yield Standing(Path(place.path))
        return
    top, inside = _in_repository(place)
    tree = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{place.revision}^{{tree}}")
    if tree is None:
        raise RevisionError(f"`{place.revision}` is not a path, and not a revision of the repository at `{top}`")
    with TemporaryDirectory(prefix="groundrules-") as folder:
        files = _check_out(top, tree, Path(folder).resolve())
        if not (files / inside).exists():
            raise RevisionError(f"`{inside.as_posix()}` does not exist at `{place.revision}`")
        with confined.copied(top, files):
            yield Standing(files / inside, files)


def head_of(place: Spot) -> str | None:
    """Return the tree that a revision stands for now, None if there is none. Raises RevisionError."""
    top, _ = _in_repository(place)
    return _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{place.revision}^{{tree}}")


def _in_repository(place: Spot) -> tuple[Path, Path]:
    """Return the top of the repository and the path in it."""
    absolute = Path.cwd() if place.root else Path(os.path.abspath(place.path))
    folder = next(parent for parent in (absolute, *absolute.parents) if parent.is_dir())
    output = _git(folder, "rev-parse", "--show-toplevel")
    if not output:
        raise RevisionError(f"`{folder}` is in no git repository, so there is no revision `{place.revision}`")
    top = Path(output)
    if place.root:
        return top, Path(place.path)
    return top, Path(os.path.relpath(absolute.resolve(), top.resolve()))


def _check_out(top: Path, tree: str, folder: Path) -> Path:
    """Write the files of a tree below a folder; return where they stand."""
    files = folder / "files"
    files.mkdir()
    git = _git(top, "rev-parse", "--absolute-git-dir")
    surroundings = {"GIT_INDEX_FILE": str(folder / "index"), "GIT_DIR": str(git), "GIT_WORK_TREE": str(files)}
    for arguments in (("read-tree", tree), ("checkout-index", "--all", "--force")):
        if _git(files, *arguments, **surroundings) is None:
            raise RevisionError(f"git could not write the files of `{tree[:12]}`")
    return files


def _git(folder: Path, *arguments: str, **surroundings: str) -> str | None:
    """Return what git prints, without the line break; None if it fails."""
    around = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | surroundings
    command = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
    try:
        process = subprocess.run(command, cwd=folder, env=around, capture_output=True, text=True, check=False)
    except OSError:
        raise RevisionError("git is not installed, so there are no revisions to read") from None
    return process.stdout.strip() if process.returncode == 0 else None
