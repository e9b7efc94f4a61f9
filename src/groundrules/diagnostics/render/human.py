"""Diagnostics as people read them: the line, the place underlined, what explains it, and how to mend it.

error[GR301]: unknown name `adverst`
  --> rules.yaml:12:32
   |
12 |     when: text contains any of adverst
   |                                ^^^^^^^
   |
   = help: did you mean `adverts`?
   = fix: write `adverts`
12 -     when: text contains any of adverst
12 +     when: text contains any of adverts

Nobody reads ten thousand findings, so the first of them are shown, errors before the rest, and what more there is is
counted; the forms that machines read leave nothing out. The places that explain a finding are cut in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from groundrules.diagnostics.model import Diagnostic, Fix, Severity
from groundrules.diagnostics.render.snippet import view, visible
from groundrules.diagnostics.render.summary import summary
from groundrules.diagnostics.source import SourceFile, Span

_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_BOLD, _BLUE, _RED, _GREEN = "1", "1;34", "31", "32"

MOST = 50  # findings shown
_MOST_LABELS = 6
_ORDER = list(Severity)


@dataclass(frozen=True)
class Mark:
    """One underline: the finding itself (`^`) or a label (`-`)."""

    span: Span
    sign: str
    text: str
    color: str


@dataclass(frozen=True)
class Painter:
    """Styles text if colours are wanted."""

    color: bool

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and text else text


def render(diagnostics: Sequence[Diagnostic], *, color: bool = False) -> str:
    """Return the first `MOST` findings and the line that counts them all; ANSI colours only if asked for."""
    paint = Painter(color)
    blocks = ["\n".join(_block(found, paint)) for found in _first(diagnostics)]
    if len(diagnostics) > MOST:
        blocks.append(f"… and {len(diagnostics) - MOST:,} more: `groundrules lint --format json` shows all")
    return "\n\n".join([*blocks, paint(_BOLD, summary(diagnostics))]) + "\n"


def _first(diagnostics: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """Return those that are shown, in their order; where that is not all of them, errors come first."""
    if len(diagnostics) <= MOST:
        return diagnostics
    return sorted(diagnostics, key=lambda found: _ORDER.index(found.severity))[:MOST]


def _block(found: Diagnostic, paint: Painter) -> Iterator[str]:
    color = _COLORS[found.severity]
    labels, hidden = found.labels[:_MOST_LABELS], len(found.labels) - _MOST_LABELS
    marks = [Mark(found.span, "^", "", color), *(Mark(label.span, "-", label.text, _BLUE) for label in labels)]
    gutter = max(len(str(number)) for number in [*(mark.span.line for mark in marks), *map(_last_line, found.fixes)])
    bar = paint(_BLUE, f"{' ' * gutter} |")
    yield paint(color, f"{found.severity}[{found.code}]") + paint(_BOLD, f": {visible(found.message)}")
    yield from _snippets(found.span.file, marks, gutter, paint)
    if hidden > 0:
        yield f"{paint(_BLUE, ' ' * gutter + ' =')} and {hidden:,} more places"
    if found.help or found.fixes:
        yield bar
    if found.help:
        yield f"{paint(_BLUE, ' ' * gutter + ' =')} {paint(_BOLD, 'help')}: {visible(found.help)}"
    if found.fixes:
        yield from _preview(found.fixes, gutter, paint)


def _snippets(first: SourceFile, marks: list[Mark], gutter: int, paint: Painter) -> Iterator[str]:
    """The marked lines, the finding's own file first."""
    files = [first, *(mark.span.file for mark in marks if mark.span.file is not first)]
    for file in dict.fromkeys(files):
        here = [mark for mark in marks if mark.span.file is file]
        arrow = "-->" if file is first else ":::"
        place = f"{visible(file.path)}:{here[0].span.line}:{here[0].span.column}"
        yield f"{' ' * gutter}{paint(_BLUE, arrow)} {place}"
        yield paint(_BLUE, f"{' ' * gutter} |")
        yield from _lines(file, here, gutter, paint)


def _lines(file: SourceFile, marks: list[Mark], gutter: int, paint: Painter) -> Iterator[str]:
    last = None
    for number, group in groupby(sorted(marks, key=_place), key=lambda mark: mark.span.line):
        if last is not None and number > last + 1:
            yield paint(_BLUE, "...")
        last = number
        here = list(group)
        shown = view(file.line(number), min(mark.span.column for mark in here) - 1)
        yield f"{paint(_BLUE, f'{number:>{gutter}} |')} {shown.text}".rstrip()
        for mark in here:
            start = mark.span.column - 1
            left, taken = shown.columns(start, start + mark.span.end - mark.span.start)
            line = " " * left + paint(mark.color, mark.sign * taken + (f" {visible(mark.text)}" if mark.text else ""))
            yield f"{paint(_BLUE, ' ' * gutter + ' |')} {line}"


def _place(mark: Mark) -> tuple[int, bool, int]:
    """By line; on one line the finding itself comes first."""
    return mark.span.line, mark.sign != "^", mark.span.start


def _preview(fixes: Sequence[Fix], gutter: int, paint: Painter) -> Iterator[str]:
    """The changed lines before and after all of the fixes; those of other files are only named."""
    titles = ", ".join(dict.fromkeys(visible(fix.title) for fix in fixes))
    yield f"{paint(_BLUE, ' ' * gutter + ' =')} {paint(_BOLD, 'fix')}: {titles}"
    file = fixes[0].span.file
    here = [fix for fix in fixes if fix.span.file is file]
    first, last = min(fix.span.line for fix in here), max(map(_last_line, here))
    old = [file.line(number) for number in range(first, last + 1)]
    new = _applied(file, here, first, last)
    for sign, style, lines in (("-", _RED, old), ("+", _GREEN, new)):
        other = new if lines is old else old
        for index, line in enumerate(lines):
            if index >= len(other) or len(old) != len(new) or line != other[index]:
                text = view(line, here[0].span.column - 1).text
                yield f"{paint(_BLUE, f'{first + index:>{gutter}}')} {paint(style, f'{sign} {text}'.rstrip())}"


def _applied(file: SourceFile, fixes: Iterable[Fix], first: int, last: int) -> list[str]:
    """Lines `first` to `last` with the fixes made; a fix that overlaps an earlier one is left out."""
    start, end = file.line_start(first), file.line_start(last) + len(file.line(last))
    parts: list[str] = []
    for fix in sorted(fixes, key=lambda fix: (fix.span.start, fix.span.end)):
        if fix.span.start >= start:
            parts += [file.text[start : fix.span.start], fix.text]
            start = fix.span.end
    return "".join([*parts, file.text[start : max(start, end)]]).split("\n")


def _last_line(fix: Fix) -> int:
    return fix.span.file.position(max(fix.span.start, fix.span.end - 1))[0]
