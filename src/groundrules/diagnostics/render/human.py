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
counted; the forms that machines read leave nothing out. The places that explain a finding are cut in the same way. What
is said word for word of many places is one mistake made many times: it is shown at the first and names the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from groundrules.diagnostics.model import Diagnostic, Fix, Severity
from groundrules.diagnostics.render.snippet import view
from groundrules.diagnostics.render.summary import summary
from groundrules.diagnostics.source import SourceFile, Span
from groundrules.diagnostics.translation import mended, translated, word
from groundrules.display.lines import Line, Style, page

_STYLES: dict[Severity, Style] = {Severity.ERROR: "alarm", Severity.WARNING: "warning", Severity.NOTE: "note"}

MOST = 50  # findings shown
FEW = 3  # as often an equal finding is shown in full
_MOST_LABELS = 6
_MOST_PLACES = 20
_ORDER = list(Severity)


Group = tuple[Diagnostic, Sequence[Diagnostic]]
"""A finding, and those that say the same of other places."""


@dataclass(frozen=True)
class Mark:
    """One underline: the finding itself (`^`) or a label (`-`)."""

    span: Span
    sign: str
    text: str
    style: Style


def render(diagnostics: Sequence[Diagnostic], *, color: bool = False, lang: str = "en") -> str:
    """Return the first `MOST` findings and the line that counts them all; ANSI colours only if asked for."""
    return page(lines(diagnostics, lang), color)


def lines(diagnostics: Sequence[Diagnostic], lang: str = "en") -> Iterator[Line]:
    """Yield the first `MOST` findings, an empty line behind each, and the line that counts them all."""
    groups = _grouped(diagnostics)
    for diagnostic, others in _first(groups):
        yield from _block(diagnostic, others, lang)
        yield Line()
    if len(groups) > MOST:
        rest = len(diagnostics) - sum(1 + len(others) for _, others in _first(groups))
        yield Line(word("more", lang, count=rest))
        yield Line()
    yield Line(summary(diagnostics, lang), "head")


def _grouped(diagnostics: Sequence[Diagnostic]) -> list[Group]:
    """Return the findings to be shown, each with those that say the same of other places, where they are many."""
    alike: dict[tuple[str, str, str | None], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        alike.setdefault((diagnostic.code, diagnostic.message, diagnostic.help), []).append(diagnostic)
    groups: list[Group] = []
    for diagnostic in diagnostics:
        same = alike[diagnostic.code, diagnostic.message, diagnostic.help]
        if len(same) <= FEW:
            groups.append((diagnostic, ()))
        elif diagnostic is same[0]:
            groups.append((diagnostic, same[1:]))
    return groups


def _first(groups: Sequence[Group]) -> Sequence[Group]:
    """Return those that are shown, in their order; where that is not all of them, errors come first."""
    if len(groups) <= MOST:
        return groups
    return sorted(groups, key=lambda group: _ORDER.index(group[0].severity))[:MOST]


def _block(diagnostic: Diagnostic, others: Sequence[Diagnostic], lang: str) -> Iterator[Line]:
    style = _STYLES[diagnostic.severity]
    labels, hidden = diagnostic.labels[:_MOST_LABELS], len(diagnostic.labels) - _MOST_LABELS
    marks = [
        Mark(diagnostic.span, "^", "", style),
        *(Mark(label.span, "-", translated(label.text, lang), "frame") for label in labels),
    ]
    gutter = max(
        len(str(number)) for number in [*(mark.span.line for mark in marks), *map(_last_line, diagnostic.fixes)]
    )
    note = Line(f"{' ' * gutter} =", "frame")
    colon = word("colon", lang)
    yield Line(f"{word(diagnostic.severity, lang)}[{diagnostic.code}]", style) + Line(
        colon + translated(diagnostic.message, lang), "head"
    )
    yield from _snippets(diagnostic.span.file, marks, gutter)
    if hidden > 0:
        yield note + " " + word("more_places", lang, count=hidden)
    if others:
        yield note + " " + word("times", lang, count=1 + len(others), places=_places(diagnostic, others, lang))
    if diagnostic.help or diagnostic.fixes:
        yield _bar(gutter)
    if diagnostic.help:
        yield note + " " + Line(word("help", lang), "head") + colon + mended(diagnostic.help, lang)
    if diagnostic.fixes:
        titles = word("list", lang).join(dict.fromkeys(mended(fix.title, lang) for fix in diagnostic.fixes))
        yield note + " " + Line(word("fix", lang), "head") + colon + titles
        yield from _preview(diagnostic.fixes, gutter)


def _places(diagnostic: Diagnostic, others: Sequence[Diagnostic], lang: str) -> str:
    """Where the others stand: `line 4, line 9, other.yaml:3`."""
    here = diagnostic.span.file.path
    lines = [(other.span.file.path, other.span.line) for other in others]
    named = dict.fromkeys(word("line", lang, line=line) if path == here else f"{path}:{line}" for path, line in lines)
    more = " " + word("more_places", lang, count=len(named) - _MOST_PLACES) if len(named) > _MOST_PLACES else ""
    return word("list", lang).join(list(named)[:_MOST_PLACES]) + more


def _bar(gutter: int, number: int | str = "") -> Line:
    return Line(f"{number:>{gutter}} |", "frame")


def _snippets(first: SourceFile, marks: list[Mark], gutter: int) -> Iterator[Line]:
    """The marked lines, the finding's own file first."""
    files = [first, *(mark.span.file for mark in marks if mark.span.file is not first)]
    for file in dict.fromkeys(files):
        here = [mark for mark in marks if mark.span.file is file]
        arrow = Line("-->" if file is first else ":::", "frame")
        yield " " * gutter + arrow + f" {file.path}:{here[0].span.line}:{here[0].span.column}"
        yield _bar(gutter)
        yield from _lines(file, here, gutter)


def _lines(file: SourceFile, marks: list[Mark], gutter: int) -> Iterator[Line]:
    last = None
    for number, group in groupby(sorted(marks, key=_place), key=lambda mark: mark.span.line):
        if last is not None and number > last + 1:
            yield Line("...", "frame")
        last = number
        here = list(group)
        shown = view(file.line(number), min(mark.span.column for mark in here) - 1)
        yield _bar(gutter, number) + f" {shown.text}"
        for mark in here:
            start = mark.span.column - 1
            left, taken = shown.columns(start, start + mark.span.end - mark.span.start)
            sign = Line(f"{mark.sign * taken} {mark.text}".rstrip(), mark.style)
            yield _bar(gutter) + " " * (left + 1) + sign


def _place(mark: Mark) -> tuple[int, bool, int]:
    """By line; on one line the finding itself comes first."""
    return mark.span.line, mark.sign != "^", mark.span.start


def _preview(fixes: Sequence[Fix], gutter: int) -> Iterator[Line]:
    """The changed lines before and after all of the fixes; those of other files are only named."""
    file = fixes[0].span.file
    here = [fix for fix in fixes if fix.span.file is file]
    first, last = min(fix.span.line for fix in here), max(map(_last_line, here))
    old = [file.line(number) for number in range(first, last + 1)]
    new = _applied(file, here, first, last)
    sides: tuple[tuple[str, Style, list[str], list[str]], ...] = (("-", "fails", old, new), ("+", "holds", new, old))
    for sign, style, lines, other in sides:
        for index, line in enumerate(lines):
            if index >= len(other) or len(old) != len(new) or line != other[index]:
                text = view(line, here[0].span.column - 1).text
                yield Line(f"{first + index:>{gutter}}", "frame") + " " + Line(f"{sign} {text}", style)


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
