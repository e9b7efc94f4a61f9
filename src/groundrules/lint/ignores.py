"""Comments that silence a finding: `# groundrules: ignore[GR612] reason`, in its line or in lines of their own above.

A comment needs a reason, names codes that exist, and has to silence something; else it is a finding itself. Errors are
not silenced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.codes import lints as codes
from groundrules.diagnostics.model import Diagnostic, Fix
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.source import SourceFile, Span

_BLOCK = re.compile(r"[>|][-+0-9]*[ \t]*(?:#.*)?$")
_COMMENT = re.compile(r"(?:^|(?<=\s))#[ \t]*groundrules:[ \t]*ignore\b(?:\[([^\]\n]*)\])?[ \t]*([^\n]*)", re.M)


@dataclass(eq=False)
class Ignore:
    """One comment: the line that it speaks of and the codes it names; `used` are those that silenced something."""

    span: Span
    line: int
    codes: tuple[str, ...]
    reason: str
    used: set[str] = field(default_factory=set)


def ignores(file: SourceFile) -> list[Ignore]:
    """Return the comments of a file."""
    return [_ignore(file, match) for match in _COMMENT.finditer(file.text)]


def _ignore(file: SourceFile, match: re.Match[str]) -> Ignore:
    span = file.span(match.start(), match.start() + len(match[0].rstrip()))
    named = tuple(part.strip().upper() for part in (match[1] or "").split(",") if part.strip())
    return Ignore(span, _line_spoken_of(file, span), named, match[2].strip())


def _line_spoken_of(file: SourceFile, span: Span) -> int:
    number = span.line
    if file.line(number)[: span.column - 1].strip():
        return number
    last = file.position(len(file.text))[0]
    while number < last and (not file.line(number).strip() or file.line(number).lstrip().startswith("#")):
        number += 1
    return number


def silenced(diagnostics: Iterable[Diagnostic], files: Iterable[SourceFile]) -> list[Diagnostic]:
    """Return the findings that no comment silences, and those about the comments themselves."""
    all_ignores = [ignore for file in files for ignore in ignores(file)]
    by_place: dict[tuple[SourceFile, int], list[Ignore]] = {}
    for ignore in all_ignores:
        by_place.setdefault((ignore.span.file, ignore.line), []).append(ignore)
    kept = []
    for diagnostic in diagnostics:
        lines = (diagnostic.span.line, _line_of_block(diagnostic.span))
        candidates = [
            ignore for line in dict.fromkeys(lines) for ignore in by_place.get((diagnostic.span.file, line), ())
        ]
        if not _silences(candidates, diagnostic):
            kept.append(diagnostic)
    return kept + [problem for ignore in all_ignores for problem in _problems(ignore)]


def _line_of_block(span: Span) -> int:
    """The line of the key whose block of text (`when: >`) a place lies in, where no comment can stand; else its own."""
    number = span.line
    indent = _indent(span.file.line(number))
    while number > 1 and (not span.file.line(number).strip() or _indent(span.file.line(number)) >= indent):
        number -= 1
    return number if _BLOCK.search(span.file.line(number)) else span.line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _silences(candidates: Iterable[Ignore], diagnostic: Diagnostic) -> bool:
    silent = False
    for ignore in candidates:
        if diagnostic.code in ignore.codes and not diagnostic.is_error:
            ignore.used.add(diagnostic.code)
            silent = silent or bool(ignore.reason)
    return silent


def _problems(ignore: Ignore) -> Iterator[Diagnostic]:
    if not ignore.codes:
        help = "write `# groundrules: ignore[GR612] why it is meant`"
        yield codes.BAD_IGNORE.at(ignore.span, "this comment names no code, so it ignores nothing", help)
        return
    unknown = [code for code in ignore.codes if code not in CODES]
    for code in unknown:
        yield codes.BAD_IGNORE.at(ignore.span, f"there is no code `{code}`", did_you_mean(code, CODES))
    if not ignore.reason:
        help = f"write `# groundrules: ignore[{', '.join(ignore.codes)}] why it is meant`"
        yield codes.BAD_IGNORE.at(ignore.span, "this comment gives no reason, so it ignores nothing", help)
        return
    for code in ignore.codes:
        if code not in unknown and code not in ignore.used:
            fixes = (_removal(ignore),) if len(ignore.codes) == 1 else ()
            yield codes.UNUSED_IGNORE.at(ignore.span, f"there is no `{code}` here to ignore", None, fixes=fixes)


def _removal(ignore: Ignore) -> Fix:
    file, start, end = ignore.span.file, ignore.span.start, ignore.span.end
    line_start = file.line_start(ignore.span.line)
    if not file.text[line_start:start].strip():
        start, end = line_start, min(end + 1, len(file.text))
    else:
        start = line_start + len(file.text[line_start:start].rstrip())
    return Fix(file.span(start, end), "", "remove the comment", safe=True)
