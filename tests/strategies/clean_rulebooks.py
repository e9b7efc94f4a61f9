"""Random rulebooks as text, well typed by construction: they must check clean, whatever is drawn.

Guards are drawn from a grammar of the small language, with odd spacing and redundant parentheses; effects, ledgers,
ladders, paths, states and schedules from a few forms each. Streams are those of `strategies.histories`.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from groundrules.testing.conformance import plainyaml

durations = st.sampled_from(["1s", "20s", "5m", "1h", "9h", "1d", "1h30m"])
numbers = st.integers(0, 5).map(str)
strings = st.sampled_from(["spam", "加微信", "Hello", "a.b", "👍", "it's", "100%"]).map(lambda text: f'"{text}"')
relations = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def words(*parts: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The parts with blanks between them."""
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map(" ".join)


amounts = st.one_of(
    numbers,
    st.sampled_from(["(actor.level ?? 0)", "length(text)", "points(actor)", "count(message by actor within 1h max 9)"]),
)
needles = st.one_of(
    words("contains", strings),
    words("contains word", strings),
    words("starts with", strings),
    st.lists(strings, min_size=1, max_size=3).map(lambda many: f"contains any of [{', '.join(many)}]"),
    st.just("contains any of adverts"),
    st.just("matches /sp.m|\\d+/i"),
)
counted = st.sampled_from(["message", 'message where text contains "a"', "reaction.added", "member.joined"])
windows = st.one_of(
    words("count(", counted, "by actor within", durations, ")", relations, st.integers(1, 5).map(str)),
    words("count(", counted, "by actor", st.sampled_from(["today", "this week"]), ")", relations, st.just("3")),
    words("count(", counted, "by actor within last", st.sampled_from(["5", "20"]), ")", relations, st.just("3")),
    words("distinct( channel of message by actor within", durations, ") >=", st.integers(1, 3).map(str)),
    words("quiet( message ) >=", durations),
    words("streak( message by actor ) ==", st.integers(1, 3).map(str)),
)
leaves = st.one_of(
    words("text", needles),
    words("text ==", strings),
    words("not", "actor.bot"),
    words("actor.level", relations, numbers),
    words("age(actor.joined)", relations, durations),
    words(amounts, relations, amounts),
    words("length(text) %", st.integers(1, 4).map(str), "==", numbers),
    windows,
    st.sampled_from(
        [
            "staff",
            "known(actor.name)",
            "forwarded",
            'actor.roles has any of ["admin", "helper"]',
            "now in 22:00-07:00",
            "any(link in links where link.domain not in ours)",
            'all(person in mentions where person.level > 1 or person.id == "li")',
            'reply_to == "e1"',
            'labelled(actor, "trusted")',
            "busy",
        ]
    ),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        words("(", inner, ")"),
        words("not (", inner, ")"),
        words("(", inner, "and", inner, ")"),
        words("(", inner, "or", inner, ")"),
    ),
    max_leaves=5,
)

effects: st.SearchStrategy[Any] = st.sampled_from(
    [
        "delete",
        "warn",
        {"mute": "10m"},
        {"delete": "matched"},
        {"reply": "{actor.id}: {points(actor)}, {now}"},
        {"notify": "admin"},
        {"grant": {"points": 2}},
        {"take": {"points": "1"}},
        {"label": "trusted", "on": "actor", "lasts": "1h"},
    ]
)


def then(least: int = 1) -> st.SearchStrategy[list[Any]]:
    return st.lists(effects.filter(lambda one: one != {"delete": "matched"}), min_size=least, max_size=3)


@st.composite
def rules(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A rule on messages."""
    rule = {"id": f"r{number}", "on": "message", "when": draw(conditions), "then": draw(then())}
    optional: dict[str, st.SearchStrategy[Any]] = {
        "unless": conditions,
        "once_per": st.sampled_from(["actor within 1h", "actor per day", "channel, actor"]),
        "mode": st.sampled_from(["enforce", "shadow", "off"]),
        "rollout": st.sampled_from(["50%", "100%"]),
        "times": st.fixed_dictionaries({"per": st.just("actor"), "within": durations, "2": then()}),
        "approval": st.just({"by": "admin", "approvals": 1, "within": "1d", "if_not_approved": ["warn"]}),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(optional)), max_size=2))
    return {**rule, **{name: draw(optional[name]) for name in sorted(chosen)}}


cells = {
    "length(links)": st.sampled_from(["-", "0", ">= 1", ">= 1 and < 3", "not in [2, 3]"]),
    "text": st.sampled_from(["-", '"hi"', 'contains "spam"', "not contains any of adverts", "matches /h./"]),
    "age(actor.joined)": st.sampled_from(["-", "< 1d", ">= 1d", "not < 2h"]),
    "staff": st.sampled_from(["-", "true", "false"]),
}


@st.composite
def tables(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A rule that is a table."""
    columns = draw(st.lists(st.sampled_from(sorted(cells)), min_size=1, max_size=3, unique=True))
    asking = st.tuples(*(cells[column] for column in columns)).map(list)
    rows = draw(st.lists(st.tuples(asking.filter(lambda row: set(row) != {"-"}), then()), min_size=1, max_size=3))
    table: dict[str, Any] = {
        "hit": draw(st.sampled_from(["unique", "first", "all"])),
        "columns": columns,
        "rows": [{"when": row, "then": effects} for row, effects in rows],
    }
    if draw(st.booleans()):
        table["otherwise"] = draw(then())
    rule: dict[str, Any] = {"id": f"t{number}", "on": "message", "table": table}
    beside: dict[str, st.SearchStrategy[Any]] = {
        "when": conditions,
        "once_per": st.sampled_from(["actor within 1h", "channel, actor"]),
        "rollout": st.just("50%"),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(beside)), max_size=1))
    return {**rule, **{name: draw(beside[name]) for name in sorted(chosen)}}


@st.composite
def rulebooks(draw: st.DrawFn) -> str:
    """A whole rulebook."""
    last = draw(st.sampled_from(["ban", {"mute": "1d"}]))
    steps = [{"reaches": 2, "then": ["warn"]}, {"reaches": 4, "then": [last]}]
    fire = draw(st.sampled_from(["highest", "all"]))
    book = {
        "rulebook": "random",
        "use": ["std/chat"],
        "timezone": draw(st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin"])),
        "lists": {
            "adverts": {"match": "squeezed", "items": ["spam", "加微信"]},
            "ours": {"match": "domain", "items": ["a.example"]},
        },
        "define": {"staff": 'actor.roles has "admin"'},
        "ledgers": {"points": {"per": "member", "fade": draw(st.sampled_from(["1 every 1h", "2 every 1d"]))}},
        "rules": [
            *(draw(rules(number)) for number in range(draw(st.integers(1, 4)))),
            *(draw(tables(number)) for number in range(draw(st.integers(0, 1)))),
        ],
        "ladders": [{"id": "ladder", "ledger": "points", "fire": fire, "steps": steps}],
        "paths": [
            {
                "id": "question",
                "on": "message",
                "when": draw(conditions),
                "one_per": "actor",
                "until": [{"on": "message", "when": "reply_to == start.id"}],
                "until_all": [
                    {"id": "word", "on": "message", "when": draw(conditions)},
                    {"id": "like", "title": "a like", "on": "reaction.added", "when": "actor.id == start.actor.id"},
                ],
                "steps": [
                    {"after": "5m", "then": [{"notify": "helper"}]},
                    {"after": "1h", "when": 'remaining has "like"', "then": [{"reply": "{remaining}"}]},
                    {"after": "1d", "then": ["warn"]},
                ],
            }
        ],
        "states": [
            {
                "id": "busy",
                "enter": draw(st.sampled_from(["count(member.joined within 1h) >= 2", "quiet(message) >= 1h"])),
                "leave": "quiet(member.joined) >= 30m",
                "then": [{"notify": "admin"}],
            }
        ],
        "schedules": [{"id": "daily", "at": "09:00", "then": [{"notify": "owner"}]}],
    }
    return plainyaml.dump(book)
