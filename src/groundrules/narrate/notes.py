"""Notes of a decision as sentences: paths, states, labels, approvals."""

from __future__ import annotations

from contextlib import suppress

from groundrules.decisions import Note
from groundrules.narrate.localised import value_text
from groundrules.narrate.speech import speech


def noted(note: Note, lang: str) -> str:
    """One note as a sentence; its name and details if its kind has no sentence or a value is missing."""
    say = speech("decisions", lang)
    detail = {name: value_text(value, lang) for name, value in note.detail.items()}
    if say.knows(reason := f"why.{note.detail.get('why')}"):
        detail["why"] = say(reason)
    if say.knows(f"notes.{note.kind}"):
        with suppress(KeyError):
            return say(f"notes.{note.kind}", **{"subject": note.subject, **detail})
    return f"{note.kind} {note.subject}" + say.aside(say.join(f"{name} {value}" for name, value in detail.items()))
