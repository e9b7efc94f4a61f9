"""What expressions lower to: reads, views, constants, windows."""

from __future__ import annotations

from typing import Any

import pytest

from groundrules.plan import ir
from unit.checker.books import plan, rule

LISTS = "lists: {words: {match: squeezed, items: [b, a, b]}, ours: {match: domain, items: [x.com]}}\n"


def field(*path: str, kind: str = "text", optional: bool = False, root: str = "event") -> ir.Field:
    return ir.Field(root=root, path=path, kind=kind, optional=optional)  # type: ignore[arg-type]


def bare(value: Any) -> Any:
    """Return a part of a plan without places."""
    if isinstance(value, tuple):
        return tuple(map(bare, value))
    if not isinstance(value, ir.Expr):
        return value
    return type(value)(**{name: bare(getattr(value, name)) for name in value.__struct_fields__ if name != "src"})


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        ("text == 'X'", ir.Compare(operator="==", left=field("text"), right=ir.Const(value="X"), view="folded")),
        (
            "actor.id == 'X'",
            ir.Compare(operator="==", left=field("actor", "id"), right=ir.Const(value="X"), view="exact"),
        ),
        (
            "actor in mentions",
            ir.In(item=field("actor", kind="entity"), collection=field("mentions", kind="list"), view="exact"),
        ),
        (
            "actor.joined > now",
            ir.Compare(
                operator=">",
                left=ir.Fact(root="event", path=("actor",), entity="member", fact="joined", kind="instant"),
                right=ir.Now(),
            ),
        ),
        (
            "actor.roles has any of ['b', 'a', 'b']",
            ir.Has(
                collection=ir.Fact(
                    root="event", path=("actor",), entity="member", fact="roles", kind="list", default=[]
                ),
                quantifier="any",
                values=ir.Const(value=["a", "b"]),
            ),
        ),
        (
            "now not in 23:00-07:00",
            ir.Not(operand=ir.InClock(instant=ir.Now(), start=23 * 3_600_000, end=7 * 3_600_000)),
        ),
        (
            "squeezed(text) contains 'a b'",
            ir.Contains(subject=field("text"), quantifier="any", needles=ir.Const(value=["a b"]), view="squeezed"),
        ),
        (
            "squeezed(text) == 'a b'",
            ir.Compare(
                operator="==",
                left=ir.Call(function="squeezed", arguments=(field("text"),)),
                right=ir.Call(function="squeezed", arguments=(ir.Const(value="a b"),)),
                view="folded",
            ),
        ),
        ("text contains word actor.id", None),
        (
            "folded(text) matches /A+/mi",
            ir.Matches(subject=field("text"), pattern="A+", flags="im", view="folded"),
        ),
        ("text in words", ir.InList(item=field("text"), list="words")),
        (
            "any(link in links where link.domain in ours)",
            ir.Quantified(
                quantifier="any",
                variable="$0",
                collection=field("links", kind="list"),
                condition=ir.InList(item=field("domain", root="$0", optional=True), list="ours"),
            ),
        ),
        (
            "length(text) > 2 * 3 + 1",
            ir.Compare(
                operator=">",
                left=ir.Call(function="length", arguments=(field("text"),)),
                right=ir.Const(value=7),
            ),
        ),
        (
            "hour(now) == 3",
            ir.Compare(
                operator="==",
                left=ir.Call(function="hour", arguments=(ir.Now(),)),
                right=ir.Const(value=3),
            ),
        ),
        (
            "age(actor.created ?? now) < -1h",
            ir.Compare(
                operator="<",
                left=ir.Arithmetic(
                    operator="-",
                    left=ir.Now(),
                    right=ir.Coalesce(
                        value=ir.Fact(root="event", path=("actor",), entity="member", fact="created", kind="instant"),
                        default=ir.Now(),
                    ),
                ),
                right=ir.Const(value=-3_600_000, kind="duration"),
            ),
        ),
    ],
)
def test_expressions(when: str, wanted: ir.AnyExpr | None) -> None:
    made = bare(plan(LISTS + rule(when)).rules[0].when)
    if wanted is None:
        wanted = ir.Contains(
            subject=field("text"), quantifier="any", needles=ir.Sequence(items=(field("actor", "id"),)), view="word"
        )
    assert made == wanted


def test_every_leaf_knows_where_its_author_wrote_it() -> None:
    made = plan("define: {spam: caps(text) > 50%}\n" + rule("spam and\n      length(text) > 3"))
    assert isinstance(made.rules[0].when, ir.And)
    first, second = (made.sources[operand.src] for operand in made.rules[0].when.operands)
    assert (first.text, first.line, first.column) == ("caps(text) > 50%", 3, 16)
    assert (second.text, second.line, second.column) == ("length(text) > 3", 9, 7)


def test_variables_are_numbered_outermost_first_through_defines() -> None:
    made = plan(
        "define: {bots: any(m in mentions where m.bot)}\n"
        + rule("any(link in links where bots and any(a in attachments where a.name == link.text))")
    )
    outer = made.rules[0].when
    assert isinstance(outer, ir.Quantified)
    assert isinstance(outer.condition, ir.And)
    inner = outer.condition.operands
    assert [one.variable for one in (outer, *inner)] == ["$0", "$1", "$1"]  # type: ignore[attr-defined]
    assert made.reads["message"] == (
        "actor.id",
        "attachments",
        "attachments.name",
        "id",
        "links",
        "links.text",
        "mentions",
        "mentions.bot",
        "mentions.id",
    )


@pytest.mark.parametrize(
    ("comparison", "keep", "operator", "bound"),
    [
        ("{} >= 3", 3, ">=", 3),
        ("{} < 3", 3, "<", 3),
        ("{} > 3", 4, ">", 3),
        ("{} == 0", 1, "==", 0),
        ("3 <= {}", 3, ">=", 3),
        ("3 != {}", 4, "!=", 3),
    ],
)
def test_a_window_keeps_what_its_comparison_needs(comparison: str, keep: int, operator: str, bound: int) -> None:
    made = plan(rule(comparison.format("count(message by actor within 1m)")))
    (window,) = made.windows
    test = made.rules[0].when
    assert isinstance(test, ir.WindowTest)
    assert (window.keep, test.operator, test.bound, test.within) == (keep, operator, bound, 60_000)


def test_windows_that_count_the_same_are_one() -> None:
    made = plan(
        rule(
            "count(message where length(text) > 5 by actor, channel within 1m) >= 3\n"
            "      or count(message  where length(text)>5 by channel, actor within 1h) >= 2\n"
            "      or count(message where length(text) > 5 by actor, channel within 1h max 50) + 1 > length(text)"
        )
    )
    (window,) = made.windows
    assert (window.keep, window.within) == (50, 3_600_000)
    assert isinstance(made.rules[0].when, ir.Or)
    first, second, _ = made.rules[0].when.operands
    assert isinstance(first, ir.WindowTest)
    assert isinstance(second, ir.WindowTest)
    assert bare(first.key) == bare(second.key) == bare(window.key)


def test_sums_of_different_times_have_panes_of_their_own() -> None:
    made = plan(
        rule(
            "sum(length(text) of message by actor within 1m) > 5 or sum(length(text) of message by actor within 1h) > 5"
        )
    )
    assert sorted(window.pane for window in made.windows) == [1_000, 60_000]


def test_ids_are_kept_only_where_matched_asks() -> None:
    body = """
rules:
  - {id: a, on: message, when: "count(message by actor within 1m) >= 3", then: [delete: matched]}
  - {id: b, on: message, when: "count(message by channel within 1m) >= 3", then: [delete]}
"""
    made = plan(body)
    assert sorted((window.key[0].path, window.ids) for window in made.windows) == [  # type: ignore[union-attr]
        (("actor",), True),
        (("channel",), False),
    ]


def test_a_constant_knows_how_to_be_shown() -> None:
    parameters = "parameters: {wait: {type: duration, default: 5m}, at: {type: time, default: '09:00'}}\n"
    made = plan(parameters + rule("text == 'x'", then='[reply: "{wait} {at} {3}"]'))
    (effect,) = made.rules[0].effects
    assert isinstance(effect, ir.Act)
    template = effect.parameters["text"]
    assert isinstance(template, ir.Template)
    kinds = [part.kind for part in template.texts[""] if isinstance(part, ir.Const)]
    assert kinds == ["duration", "clock", None]
