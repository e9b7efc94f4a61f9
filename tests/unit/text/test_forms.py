"""Forms of sentences: what is left out if a value is missing, and what is not a form."""

from __future__ import annotations

import pytest

from groundrules.text.forms import read_form


@pytest.mark.parametrize(
    ("form", "values", "sentence"),
    [
        ("mute[ {who}][ for {duration}]", {"who": "li", "duration": "10m"}, "mute li for 10m"),
        ("mute[ {who}][ for {duration}]", {"duration": "10m"}, "mute for 10m"),
        ("mute[ {who}][ for {duration}]", {}, "mute"),
        ("give {who} the role {role}", {"who": "li"}, None),
        ("[将 {who} ]移出群", {"who": "li"}, "将 li 移出群"),
        ("[将 {who} ]移出群", {}, "移出群"),
        ("delete the {events:message|messages}", {}, "delete the message"),
        ("[from {a} to {b}]", {"a": "x"}, ""),
        ("", {}, ""),
    ],
)
def test_what_is_given_is_filled_in(form: str, values: dict[str, str], sentence: str | None) -> None:
    assert read_form(form).filled(values) == sentence


def test_a_word_goes_by_how_many_items_there_are() -> None:
    form = read_form("delete the {events:message|messages}[ {events}]")
    assert form.filled({"events": "a, b"}, frozenset({"events"})) == "delete the messages a, b"
    assert (form.holes, form.values) == ({"events"}, {"events"})


def test_a_value_is_never_read_as_a_form() -> None:
    assert read_form("tell {who}").filled({"who": "{who}[x]"}) == "tell {who}[x]"


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ("mute [ {who}", "a `[` has no `]` after it"),
        ("mute {who}]", "a `]` has no `[` before it"),
        ("mute [a [b]]", "a `[` is inside brackets"),
        ("mute {who", "`{` is not a place for a value, as `{who}` is one"),
        ("mute }", "`}` is not a place for a value, as `{who}` is one"),
        ("mute {who.name}", "`{who.name}` is not a place for a value, as `{who}` is one"),
        ("mute {who!r}", "`{who!r}` is not a place for a value, as `{who}` is one"),
    ],
)
def test_what_is_no_form(form: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        read_form(form)
    assert str(raised.value) == problem
