"""A diff in Markdown, for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.display.safe import markdown as escape
from groundrules.display.safe import markdown_code as code
from groundrules.tools.diffing.model import Change, Detail, Diff
from groundrules.tools.diffing.render.words import DiffSpeech

_SIGNS = {"added": "➕", "removed": "➖", "renamed": "✏️", "changed": "✏️"}


def render(diff: Diff, lang: str) -> str:
    """Return the diff as Markdown."""
    return "\n".join(_lines(diff, DiffSpeech(lang))) + "\n"


def _lines(diff: Diff, say: DiffSpeech) -> Iterator[str]:
    yield f"### {escape(say('heading', old=diff.old, new=diff.new))}"
    yield ""
    if diff.same:
        yield say("same")
        return
    yield say.counts(diff)
    yield ""
    for change in diff.changes:
        yield from _change(change, say)
    yield ""
    yield f"<details><summary>{say('live')}</summary>"
    yield ""
    fates = list(say.carried(diff.carried))
    for fate, items in fates:
        yield f"- {fate}: {', '.join(map(code, say.some(items)))}"
    if not fates:
        yield f"- {say('all_kept')}"
    yield ""
    yield "</details>"


def _change(change: Change, say: DiffSpeech) -> Iterator[str]:
    title = say.title(change)
    named = f"{say.section(change)} {code(change.id)}" + (f" “{escape(title)}”" if title else "")
    yield f"- {_SIGNS[change.kind]} {say('told', what=f'**{named}**', detail=escape(say.verdict(change)))}"
    for detail in change.details:
        yield f"  - {_detail(detail, say)}"


def _detail(detail: Detail, say: DiffSpeech) -> str:
    head = say.head(detail)
    part = say("told", what=escape(head), detail="") if head else ""
    about = f"{code(detail.about)} " if detail.about else ""
    parts = []
    if detail.before and detail.after:
        parts.append(f"{code(detail.before)} → {code(detail.after)}")
    elif detail.before or detail.after:
        parts.append(f"− {code(detail.before)}" if detail.before else f"+ {code(detail.after)}")
    shown = bool(detail.before and detail.after)
    for sign, items in (("+", detail.added), ("−", detail.removed)):
        if items and not shown:
            parts.append(f"{sign} {say('comma').join(map(code, say.some(items)))}")
    return part + about + (say("then").join(parts) or say.what(detail))
