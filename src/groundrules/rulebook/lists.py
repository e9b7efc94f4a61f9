"""Lists: entries from the rulebook and from a text file beside it, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from groundrules.diagnostics.codes import files as codes
from groundrules.diagnostics.model import Report
from groundrules.diagnostics.source import SourceFile
from groundrules.rulebook.expressions import text
from groundrules.rulebook.files import read_file
from groundrules.rulebook.messages import warn_of_cut
from groundrules.rulebook.model import ListDeclaration, Located
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence

MOST_SEARCHED = 200_000  # entries of all lists that texts are searched for
MOST_LOOKED_UP = 1_000_000  # entries of all lists that values are looked up in

_LOOKED_UP = ("domain", "exact")
_ENTRY = re.compile(r"^[ \t]*+([^\s#](?:[^\r\n]*[^\s])?)", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """Where a file of a rulebook stands: its folder, and how paths into that folder are shown."""

    folder: Path
    shown: str

    def path(self, relative: str) -> tuple[Path, str]:
        """Return a file named in this one, and how it is shown."""
        shown = PurePosixPath(self.shown, relative)
        return self.folder / relative, str(shown)


def read_list(name: YScalar, node: YNode, place: Place, report: Report) -> tuple[ListDeclaration, SourceFile | None]:
    """Return a declared list and the file that its entries came from, if any."""
    span = node.file.span(name.start, max(name.end, node.end))
    if not isinstance(node, YMapping):
        return ListDeclaration(text(name), "folded", _entries(node, report), span), None
    weighed = _weighed(node.get("items"), report)
    items = tuple(weighed) if weighed else _entries(node.get("items"), report)
    file = _file(node.get("file"), place, report)
    match, options, changes = node.get("match"), node.get("options"), node.get("changes")
    declaration = ListDeclaration(
        name=text(name),
        match=str(match.plain()) if match else "folded",
        items=items + (entries_of(file) if file else ()),
        span=span,
        options=tuple(map(str, options.plain())) if isinstance(options, YSequence) else (),
        weights=weighed,
        changes=changes is not None and changes.plain() is True,
    )
    return declaration, file


def _entries(node: YNode | None, report: Report) -> tuple[Located, ...]:
    items = [item for item in node.items if isinstance(item, YScalar)] if isinstance(node, YSequence) else []
    for item in items:
        warn_of_cut(item, report)
    return tuple(map(text, items))


def _weighed(node: YNode | None, report: Report) -> dict[Located, int]:
    """Return the entries that are written with a weight, `{微信: 30, 加我: 50}`."""
    pairs = node.items if isinstance(node, YMapping) else []
    for key, _ in pairs:
        warn_of_cut(key, report)
    return {text(key): int(str(value.plain())) for key, value in pairs}


def _file(node: YNode | None, place: Place, report: Report) -> SourceFile | None:
    if not isinstance(node, YScalar):
        return None
    written = node.text
    if PurePosixPath(written).is_absolute() or PureWindowsPath(written).drive:
        help = "write the path from the folder of this file"
        report.add(codes.UNREADABLE_FILE.at(node.span, f"`{written}` is a path on one machine only", help))
        return None
    path, shown = place.path(written)
    return read_file(path, shown, report, node.span)


def entries_of(file: SourceFile) -> tuple[Located, ...]:
    """Return the entries of a list file: one a line; blank lines and lines that begin with `#` are left out."""
    return tuple(Located(match[1], file.span(*match.span(1))) for match in _ENTRY.finditer(file.text))


def bounded(lists: list[ListDeclaration], report: Report) -> tuple[ListDeclaration, ...]:
    """Return the lists, emptied from where they exceed what a rulebook may have; that is told at the first of them."""
    kept: list[ListDeclaration] = []
    had = {MOST_SEARCHED: 0, MOST_LOOKED_UP: 0}
    for words in lists:
        most = MOST_LOOKED_UP if words.match in _LOOKED_UP else MOST_SEARCHED
        before, had[most] = had[most], had[most] + len(words.items)
        if before <= most < had[most]:
            message = f"with the {len(words.items):,} entries of `{words.name.value}` the lists have more than {most:,}"
            report.add(codes.LONG_LIST.at(words.name.span, message, "keep only words that occur"))
        kept.append(words if had[most] <= most else replace(words, items=()))
    return tuple(kept)
