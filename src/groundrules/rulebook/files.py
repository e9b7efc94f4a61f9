"""Reading files: bytes to text, and whatever stands in the way as a diagnostic."""

from __future__ import annotations

import os
from pathlib import Path

from groundrules import confined
from groundrules.diagnostics.codes import files as codes
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.source import SourceFile, Span

MAX_BYTES = 64 << 20  # of a file of words
MAX_YAML = 16 << 20  # of a rulebook's YAML, all that it uses included; a tree of it takes forty times as much

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def shown_path(path: Path) -> str:
    """Return a path as users are shown it: relative to the current folder where it is inside, with `/`."""
    absolute = Path(os.path.abspath(path))
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix()


def nowhere(path: str) -> Span:
    """Return the beginning of a file that could not be read."""
    return SourceFile(path, "").span(0, 0)


def read_file(
    path: Path, shown: str, report: Report, at: Span | None = None, most: int = MAX_BYTES
) -> SourceFile | None:
    """Return the text of a file of at most `most` bytes, or None once it is reported why not.

    `at` is where the file was named.
    """
    span = at or nowhere(shown)
    try:
        if not confined.holds(path):
            report.add(outside(shown, span))
            return None
        if not path.exists():
            report.add(codes.NO_SUCH_FILE.at(span, f"there is no file `{shown}`", _neighbour(path)))
            return None
        data = confined.read(path, most)
    except (OSError, ValueError) as error:
        report.add(codes.UNREADABLE_FILE.at(span, f"`{shown}` can't be read: {why_unreadable(error)}"))
        return None
    return decode(data, shown, report)


def outside(shown: str, at: Span) -> Diagnostic:
    """Return what is said of a file or folder that lies where reading is not allowed."""
    help = "move it into the folder of the rulebook, or name a folder that holds both: `--root FOLDER`"
    return codes.OUTSIDE.at(at, f"`{shown}` is outside the rulebook's folder", help)


def why_unreadable(error: OSError | ValueError) -> str:
    """Return the system's reason; Python has its own, in changing words, for a path with a NUL in it."""
    reason = (isinstance(error, OSError) and error.strerror) or "that is not a path"
    return reason[:1].lower() + reason[1:]


def _neighbour(path: Path) -> str | None:
    try:
        return did_you_mean(path.name, (other.name for other in path.parent.iterdir()))
    except OSError:
        return None


def decode(data: bytes, shown: str, report: Report) -> SourceFile | None:
    """Return the text of UTF-8 bytes, with or without a byte order mark; None once it is reported why not."""
    if data.startswith(_UTF16):
        report.add(_not_utf8(shown, 0, data, "the file is UTF-16"))
        return None
    try:
        return SourceFile(shown, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        start = error.start + (len(data) - len(error.object))
        report.add(_not_utf8(shown, start, data, f"byte 0x{data[start]:02X} is not UTF-8"))
        return None


def _not_utf8(shown: str, start: int, data: bytes, message: str) -> Diagnostic:
    """Place the finding in what can be read of the file up to there."""
    before = data[:start].decode("utf-8-sig", "replace")
    file = SourceFile(shown, before)
    return codes.NOT_UTF8.at(file.span(len(before), len(before)), message, "save the file as UTF-8")
