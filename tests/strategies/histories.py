"""Random streams of events that the shipped schemas accept, for plans of `strategies.plans`.

The streams are dense: three members, two channels, few texts, so that windows fill, ledgers climb and paths end. Time
advances by anything from nothing to months, and sometimes goes back; ids sometimes repeat; facts are often missing;
texts have odd characters. Some lines are not valid events at all.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from groundrules.calendar.instants import format_ms

Json = dict[str, Any]

START = 1_772_413_200_000  # 2026-03-02T01:00:00Z, a Monday
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
STEPS = (0, 0, 1, SECOND, 20 * SECOND, 20 * SECOND, 5 * MINUTE, 5 * MINUTE, HOUR, 9 * HOUR, DAY, 3 * DAY, 40 * DAY)
BACK = (-1, -HOUR, -23 * HOUR, -DAY, -DAY - 1)
JUMPS = (401 * DAY, 399 * DAY)

WORDS = ("spam", "加微信", "加.微 信", "ＳＰＡＭ", "hello", "", "a\u200bb", "👍🏽", "e\u0301", "\ud800", "\U0001d555")
MEMBERS = ("li", "wang", "zhao")
TASKS = ("t1", "t2")

words = st.sampled_from(WORDS)
texts = words | st.lists(words, max_size=3).map(" ".join) | st.text(max_size=8)
times = st.integers(START - 500 * DAY, START + 500 * DAY).map(format_ms)


def some(required: Json, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Objects with these fields, and with any of the optional ones or null in their place."""
    fixed = {n: v if isinstance(v, st.SearchStrategy) else st.just(v) for n, v in required.items()}
    return st.fixed_dictionaries(fixed, optional={name: st.none() | value for name, value in optional.items()})


members = some(
    {"id": st.sampled_from(MEMBERS)},
    name=texts,
    roles=st.lists(st.sampled_from(["admin", "helper", "Admin"]), max_size=2),
    joined=times,
    level=st.integers(0, 4),
    bot=st.booleans(),
    self=st.sampled_from([False, False, True]),
    birthday=st.sampled_from(["--03-03", "2000-02-29", "1990-03-05"]),
)
channels = some({"id": st.sampled_from(["general", "help"])}, name=st.sampled_from(["General", "help"]))
links = some({"url": "https://a.example/x"}, domain=st.sampled_from(["a.example", "docs.a.example", "b.example", "?"]))
messages = some({"id": st.sampled_from(["e1", "e2", "e3"]), "author": members})
tasks = some({"id": st.sampled_from(TASKS), "title": texts, "assignee": members}, due=times)

BODIES: dict[str, st.SearchStrategy[Json]] = {
    "message": some(
        {"actor": members},
        text=texts,
        links=st.lists(links, max_size=2),
        mentions=st.lists(members, max_size=2),
        reply_to=st.sampled_from(["e1", "e2"]),
    ),
    "reaction.added": some({"actor": members, "message": messages, "emoji": st.sampled_from("👍👎")}),
    "reaction.removed": some({"actor": members, "message": messages, "emoji": st.sampled_from("👍👎")}),
    "member.joined": some({"actor": members}),
    "member.left": some({"actor": members}),
    "roster": some({"members": st.lists(members, max_size=3)}),
    "tick": st.just({}),
    "task.assigned": some({"task": tasks}),
    "task.updated": some({"task": tasks}),
    "task.completed": some({"actor": members, "task": tasks}),
    "label.set": some({"actor": members, "label": "trusted"}, target=members),
    "label.removed": some({"actor": members, "label": "trusted"}, target=members),
    "appeal.opened": some({"actor": members}, ladder=st.just("discipline")),
    "appeal.granted": some({"actor": members, "target": members}, ladder=st.just("discipline")),
    "member.muted": some(
        {"actor": members, "target": members}, duration=st.sampled_from([0, 60_000, 600_000, 3_600_000])
    ),
    "member.unmuted": some({"actor": members, "target": members}),
    "member.banned": some({"actor": members, "target": members}),
    "member.unbanned": some({"actor": members, "target": members}),
    "measure.undone": some(
        {"actor": members, "target": members},
        changes=st.lists(
            st.fixed_dictionaries(
                {"ledger": st.sampled_from(["strikes", "points", "nothing"]), "amount": st.integers(-3, 3)}
            ),
            max_size=2,
        ),
    ),
}
TYPES = (*BODIES, "approval.given", "approval.refused", "action.result")
USUAL = ("message",) * 10 + ("reaction.added",) * 3 + ("member.joined", "task.assigned", "tick")

broken = st.sampled_from(
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"type": "message"}',
        b'{"id": "x", "type": "unheard.of", "time": "2026-03-02T01:00:00Z", "community": {"id": "c"}}',
        b'{"id": "x", "type": "tick", "time": "yesterday", "community": {"id": "c"}}',
        b'{"id": "x", "type": "tick", "time": "2026-03-02T01:00:00Z", "community": {}}',
        b'{"id": "x", "type": "message", "time": "2026-03-02T01:00:00Z", "community": {"id": "c"}, "actor": "li"}',
        b'{"id": "x", "type": "tick", "time": "2026-03-02T01:00:00Z", "community": {"id": "c"}, "more": NaN}',
    ]
)


@st.composite
def events(draw: st.DrawFn, number: int, now: int) -> Json:
    """One event at `now`, the `number`-th of its stream."""
    kind = draw(st.sampled_from((*USUAL, *BODIES)))
    id = draw(st.sampled_from([f"e{number}"] * 12 + ["e1"]))
    community = draw(st.sampled_from(["c"] * 9 + ["d"]))
    event = {"id": id, "type": kind, "time": format_ms(now), "community": {"id": community}}
    channel = draw(st.none() | channels)
    return {**event, **({"channel": channel} if channel else {}), **draw(BODIES[kind])}


@st.composite
def histories(draw: st.DrawFn, most: int = 14) -> list[Any]:
    """A stream: events as dicts, lines that are none, and `Answer`s to what an earlier run requested."""
    now, stream = START, []
    for number in range(1, draw(st.integers(1, most)) + 1):
        kind = draw(st.integers(0, 40))
        if kind == 0:
            stream.append(draw(broken))
        elif kind <= 3:
            now += draw(st.sampled_from(STEPS))
            stream.append(draw(answers(number, now)))
        else:
            step = draw(st.sampled_from(STEPS)) if kind < 38 else draw(st.sampled_from((*BACK, *JUMPS)))
            stream.append(draw(events(number, now + step)))
            now = max(now, now + step) if step not in JUMPS else now
    return stream


class Answer:
    """An event that answers an action of an earlier decision: the `which`-th of its kind, if there is one."""

    def __init__(self, event: Json, which: int) -> None:
        self.event = event
        self.which = which

    def __repr__(self) -> str:
        return f"Answer({self.event!r}, {self.which})"


@st.composite
def answers(draw: st.DrawFn, number: int, now: int) -> Answer:
    """An approval given or refused, or the result of an action."""
    kind = draw(st.sampled_from(["approval.given", "approval.given", "approval.refused", "action.result"]))
    event = {"id": f"e{number}", "type": kind, "time": format_ms(now), "community": {"id": "c"}}
    if kind == "action.result":
        return Answer({**event, "ok": draw(st.booleans())}, draw(st.integers(0, 3)))
    return Answer({**event, "actor": draw(members)}, draw(st.integers(0, 1)))


def as_line(item: Json | bytes) -> bytes:
    """An event as a line of JSON."""
    return item if isinstance(item, bytes) else json.dumps(item).encode()
