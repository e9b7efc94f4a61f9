"""The virtual clock, and the events that short forms mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundrules.decisions import Action, Decision
from groundrules.tools.testing.timeline import EventMaker, TimeError, VirtualClock, milliseconds, rfc3339
from unit.tools.timelines import read, timeline


@pytest.mark.parametrize(
    ("times", "last"),
    [
        (["09:00"], "2026-01-05T01:00:00.000Z"),
        (["09:00:30", "+20s"], "2026-01-05T01:00:50.000Z"),
        (["09:00", "08:00"], "2026-01-06T00:00:00.000Z"),
        (["09:00", "09:00"], "2026-01-05T01:00:00.000Z"),
        (["09:00", "+1d 08:00"], "2026-01-06T00:00:00.000Z"),
        (["2026-03-02 09:00"], "2026-03-02T01:00:00.000Z"),
        (["2026-03-02"], "2026-03-01T16:00:00.000Z"),
        (["wednesday 09:00"], "2026-01-07T01:00:00.000Z"),
        (["monday 09:00", "monday 08:00"], "2026-01-12T00:00:00.000Z"),
        (["2026-03-02T09:00:00Z"], "2026-03-02T09:00:00.000Z"),
        (["09:00", "+1h30m"], "2026-01-05T02:30:00.000Z"),
    ],
)
def test_times(times: list[str], last: str) -> None:
    clock = VirtualClock("Asia/Shanghai", "2026-01-05")
    assert [rfc3339(clock.move(at)) for at in times][-1] == last


def test_a_day_is_24_hours_across_a_change_of_the_clocks() -> None:
    clock = VirtualClock("Europe/Berlin", "2026-03-28")
    assert [rfc3339(clock.move(at)) for at in ("12:00", "+1d")] == [
        "2026-03-28T11:00:00.000Z",
        "2026-03-29T11:00:00.000Z",
    ]


@pytest.mark.parametrize("at", ["soon", "+20", "25:00", "2026-02-30", "2025-01-01"])
def test_times_that_can_not_be(at: str) -> None:
    with pytest.raises(TimeError):
        VirtualClock("UTC", "2026-01-05").move(at)


def test_lengths() -> None:
    assert [milliseconds(text) for text in ("20s", "1h30m", "2w", "250ms")] == [20_000, 5_400_000, 1_209_600_000, 250]


def events(folder: Path, *steps: str, head: str = "") -> list[dict[str, Any]]:
    plan, (case,) = read(folder, timeline(*steps, head=head))
    maker = EventMaker(plan, case)
    return [event for step in case.steps for event in maker.events(step)]


def test_a_whole_event(tmp_path: Path) -> None:
    head = "    members: {li: {joined: 2d ago, roles: [admin]}}\n    channels: {general: {name: Lounge}}\n"
    (event,) = events(tmp_path, "{at: '09:00', message: hi, by: li}", head=head)
    assert event == {
        "id": "#1",
        "type": "message",
        "time": "2026-01-05T01:00:00.000Z",
        "community": {"id": "test"},
        "channel": {"id": "general", "name": "Lounge"},
        "actor": {"id": "li", "joined": "2026-01-03T01:00:00.000Z", "roles": ["admin"]},
        "text": "hi",
    }


@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        ("message: hi, mentions: [li, wang]", "mentions", [{"id": "li"}, {"id": "wang"}]),
        ("message: hi, links: [a.com/x]", "links", [{"url": "a.com/x"}]),
        ("message: hi, id: a", "id", "a"),
        ("message: hi, in: {id: c, kind: forum}", "channel", {"id": "c", "kind": "forum"}),
        ("reaction.added: ok, message: {id: m, author: li}", "message", {"id": "m", "author": {"id": "li"}}),
        ("member.warned: li", "target", {"id": "li"}),
        ("member.joined: li", "actor", {"id": "li"}),
        ("member.muted: li, duration: 10m", "duration", 600_000),
        ("report.created: r", "report", {"id": "r"}),
        ("vote.cast: p", "poll", {"id": "p"}),
        ("thanks.given: wang", "target", {"id": "wang"}),
        ("task.assigned: {task: {id: t, due: 1d from now}}", "task", {"id": "t", "due": "2026-01-06T01:00:00.000Z"}),
        ("approval.given: some-request", "request", "some-request"),
    ],
)
def test_short_forms(tmp_path: Path, step: str, field: str, value: Any) -> None:
    (event,) = events(tmp_path, f"{{at: '09:00', {step}}}")
    assert event[field] == value


def test_repeated_steps_number_their_texts(tmp_path: Path) -> None:
    head = "    members: {'guest-{n}': {level: 3}}\n"
    found = events(tmp_path, "{at: '09:00', message: 'no {n}', by: 'guest-{n}', repeat: 2, every: 30s}", head=head)
    assert [(event["text"], event["actor"], event["time"][14:19]) for event in found] == [
        ("no 1", {"id": "guest-1", "level": 3}, "00:00"),
        ("no 2", {"id": "guest-2", "level": 3}, "00:30"),
    ]


def test_requests_and_actions_are_spoken_of_by_name(tmp_path: Path) -> None:
    steps = ("{at: '09:00', approval.given: risky, by: wang}", "{at: +1s, action.result: {key: ban, ok: false}}")
    plan, (case,) = read(tmp_path, timeline(*steps))
    maker = EventMaker(plan, case)
    asked = Action(do="request_approval", key="k1", rules=("risky",), parameters={"rule": "risky", "request": "r1"})
    maker.heard([Decision(trigger="event", actions=(asked, Action(do="ban", key="k2", rules=("x",))))])
    given, result = (event for step in case.steps for event in maker.events(step))
    assert (given["request"], result["key"]) == ("r1", "k2")


def test_a_roster_seeds_the_members(tmp_path: Path) -> None:
    head = "    roster: true\n    members: {li: {level: 3}, wang: {}}\n"
    plan, (case,) = read(tmp_path, timeline("{at: '09:00', message: hi, by: zhao}", head=head))
    roster = EventMaker(plan, case).roster()
    assert roster is not None
    assert (roster["type"], roster["members"]) == ("roster", [{"id": "li", "level": 3}, {"id": "wang"}])
    assert EventMaker(plan, read(tmp_path, timeline("{at: '09:00', tick: true}"))[1][0]).roster() is None
