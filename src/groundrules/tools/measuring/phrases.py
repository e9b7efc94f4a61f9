"""What was changed in a mutant, or reached by tests, in a few words that can be said in any language."""

from __future__ import annotations

EN = {
    "left_out": "{} left out",
    "condition_left_out": "left out",
    "event_left_out": "this event left out",
    "until_left_out": "this `until` left out",
    "delta_left_out": "the change of {} left out",
    "reset_left_out": "the reset of {} left out",
    "label_left_out": "the label {} left out",
    "path_left_out": "the path {} left out",
    "within": "within {}",
    "once_within": "`once_per` within {}",
    "after": "after {}",
    "starts_later": "from an hour later",
    "ends_later": "to an hour later",
    "per": "{} per {}",
    "step": "takes step {} of `times`",
    "fires": "fires",
    "ends": "ends",
    "is_true": "is true",
    "is_false": "is false",
}


class Phrase(str):
    """A phrase in English that knows its form (a key of `EN`) and what stands in it."""

    form: str
    parts: tuple[object, ...]


def phrase(form: str, *parts: object) -> Phrase:
    """Return the phrase of a form."""
    made = Phrase(EN[form].format(*parts))
    made.form, made.parts = form, parts
    return made
