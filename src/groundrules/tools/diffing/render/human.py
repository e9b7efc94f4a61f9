"""A diff for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.display.columns import width
from groundrules.display.lines import Line, Style
from groundrules.tools.diffing.model import Change, Detail, Diff
from groundrules.tools.diffing.render.words import DiffSpeech

_SIGNS: dict[str, tuple[str, Style]] = {
    "added": ("+", "holds"),
    "removed": ("−", "fails"),
    "renamed": ("~", "unknown"),
    "changed": ("~", "unknown"),
}
_SHORT = 90  # columns up to which before and after stand in one line


def lines(diff: Diff, lang: str) -> Iterator[Line]:
    """Yield the diff line by line."""
    say = DiffSpeech(lang)
    if diff.same:
        yield Line(say("same"))
        return
    yield Line(say("told", what=say("heading", old=diff.old, new=diff.new), detail=say.counts(diff)), "head")
    for change in diff.changes:
        yield Line()
        yield from _change(change, say)
    yield Line()
    yield Line(say("live"), "head")
    fates = list(say.carried(diff.carried))
    for fate, items in fates:
        yield Line("  " + say("told", what=fate, detail=say.join(say.some(items), "comma")))
    if not fates:
        yield Line(f"  {say('all_kept')}")


def _change(change: Change, say: DiffSpeech) -> Iterator[Line]:
    title = say.title(change)
    name = Line(f"{say.section(change)} {change.id}", "head") + (f" “{title}”" if title else "")
    yield Line(*_SIGNS[change.kind]) + " " + name + say("colon") + say.verdict(change)
    for detail in change.details:
        yield from (line.indented(4) for line in _detail(detail, say))


def _detail(detail: Detail, say: DiffSpeech) -> Iterator[Line]:
    head = " ".join(filter(None, (say.head(detail), detail.about)))
    lines = [*_values(detail), *_entries(detail, say)] or [Line(say.what(detail))]
    if len(lines) == 1:
        yield head + say("colon") + lines[0] if head else lines[0]
        return
    yield Line(head + say("colon").rstrip())
    yield from (line.indented(2) for line in lines)


def _values(detail: Detail) -> Iterator[Line]:
    """Yield before and after, in one line if that is short."""
    if detail.before and detail.after and width(detail.before) + width(detail.after) <= _SHORT:
        yield Line(f"{detail.before} → {detail.after}")
        return
    if detail.before:
        yield Line(f"− {detail.before}", "fails")
    if detail.after:
        yield Line(f"+ {detail.after}", "holds")


def _entries(detail: Detail, say: DiffSpeech) -> Iterator[Line]:
    """Yield what was added and removed, unless the texts before and after show it."""
    if detail.before and detail.after:
        return
    came = Line(f"+ {say.join(say.some(detail.added), 'comma')}", "holds") if detail.added else None
    went = Line(f"− {say.join(say.some(detail.removed), 'comma')}", "fails") if detail.removed else None
    both = [line for line in (came, went) if line]
    if both:
        yield both[0] if len(both) == 1 else both[0] + "  " + both[1]
