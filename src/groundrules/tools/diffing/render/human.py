"""A diff for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import click

from groundrules.tools.diffing.model import Change, Detail, Diff
from groundrules.tools.diffing.render.words import Speech

_SIGNS = {"added": ("+", "green"), "removed": ("−", "red"), "renamed": ("~", "yellow"), "changed": ("~", "yellow")}
_SHORT = 90  # of a text, up to which before and after stand in one line


def render(diff: Diff, lang: str) -> str:
    """Return the diff as lines of text, styled; `click.echo` takes the styles away where nobody sees them."""
    return "\n".join(_lines(diff, Speech(lang))) + "\n"


def _lines(diff: Diff, say: Speech) -> Iterator[str]:
    if diff.same:
        yield say("same")
        return
    yield click.style(say("told", what=say("heading", old=diff.old, new=diff.new), said=say.counts(diff)), bold=True)
    for change in diff.changes:
        yield ""
        yield from _change(change, say)
    yield ""
    yield click.style(say("live"), bold=True)
    fates = list(say.carried(diff.carried))
    for fate, items in fates:
        yield "  " + say("told", what=fate, said=say("comma").join(say.some(items)))
    if not fates:
        yield f"  {say('all_kept')}"


def _change(change: Change, say: Speech) -> Iterator[str]:
    sign, colour = _SIGNS[change.kind]
    title = say.title(change)
    name = click.style(f"{say.section(change)} {change.id}", bold=True)
    named = f"{name}{f' “{title}”' if title else ''}"
    yield click.style(sign, fg=colour) + " " + say("told", what=named, said=say.verdict(change))
    for detail in change.details:
        yield from (f"    {line}" for line in _detail(detail, say))


def _detail(detail: Detail, say: Speech) -> Iterator[str]:
    part = say.part(detail.part) if detail.part not in ("schema", "other") else ""
    head = " ".join(filter(None, (part, detail.about)))
    lines = [*_values(detail), *_entries(detail, say)] or [say.what(detail)]
    if len(lines) == 1:
        yield say("told", what=head, said=lines[0]) if head else lines[0]
        return
    yield say("told", what=head, said="").rstrip()
    yield from (f"  {line}" for line in lines)


def _values(detail: Detail) -> Iterator[str]:
    """Yield before and after, in one line if that is short."""
    if detail.before and detail.after and len(detail.before) + len(detail.after) <= _SHORT:
        yield f"{detail.before} → {detail.after}"
        return
    if detail.before:
        yield click.style(f"− {detail.before}", fg="red")
    if detail.after:
        yield click.style(f"+ {detail.after}", fg="green")


def _entries(detail: Detail, say: Speech) -> Iterator[str]:
    """Yield what came and went, unless the texts before and after show it."""
    if detail.before and detail.after:
        return
    signs = (("+", "green", detail.added), ("−", "red", detail.removed))
    shown = [
        click.style(f"{sign} {say('comma').join(say.some(items))}", fg=colour) for sign, colour, items in signs if items
    ]
    if shown:
        yield "  ".join(shown)
