"""What moderators do by hand: claims, undoing in one step, writing to somebody."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Decision
from groundrules.runtime import Hub
from groundrules.runtime.core import action_of
from groundrules.stores.records import Query
from groundrules.time_units import DAY
from strategies.hubs import Platform, run

NOW = 1_767_225_600_000
BOOK = """
rulebook: desk
use: [std/chat]
ledgers: {strikes: {per: member}}
rules:
  - {id: advert, on: message, when: text contains "advert", then: [delete, {strike: 2}]}
ladders:
  - id: steps
    ledger: strikes
    appeal: {within: 7d, to: owner}
    steps: [{reaches: 2, then: [{mute: 1d}, {add_role: shamed}]}]
"""


class Watch:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


def event(type: str, who: str = "li", **fields: Any) -> dict[str, Any]:
    id = str(fields.pop("id", f"{type}-{who}"))
    at = fields.pop("at", NOW)
    header = {"id": id, "type": type, "time": format_ms(at), "community": {"id": "c"}, "actor": {"id": who}}
    return header | fields


def message(id: str, text: str, **fields: Any) -> dict[str, Any]:
    channel = {"channel": {"id": "general", "name": "general"}, "message": {"id": id}}
    return event("message", **{"id": id, "text": text, **channel, **fields})


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "desk.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


async def positions(hub: Hub) -> list[int]:
    return [one.position for one in await hub.decisions(Query(community="c", limit=100))]


async def noted(hub: Hub) -> list[tuple[str, Mapping[str, Any]]]:
    found = await hub.decisions(Query(community="c", limit=100))
    decisions = [msgspec.json.decode(one.body, type=Decision) for one in found]
    return [(note.kind, note.detail) for decision in decisions for note in decision.notes]


async def balance(hub: Hub) -> int:
    return await hub.do("c", lambda core: core.communities["c"].engine.balance("c", "strikes", "li"))


def test_one_claims_and_the_other_is_told_whose_it_is(book: Path) -> None:
    async def go() -> None:
        watch = Watch()
        async with Hub("sqlite::memory:", book, clock=watch, ticks=False) as hub:
            await hub.handle(message("1", "hello"))
            assert (await hub.desk.claim("c", "x", "ana")).by == "ana"
            assert (await hub.desk.claim("c", "x", "bo")).by == "ana"
            assert {case: claim.by for case, claim in (await hub.desk.claims("c")).items()} == {"x": "ana"}
            assert (await hub.desk.claim("c", "x", "bo", anyhow=True)).by == "bo"
            await hub.desk.let_go("c", "x")
            assert await hub.desk.claims("c") == {}
            await hub.desk.claim("c", "x", "ana")
            watch.now += DAY
            assert (await hub.desk.claim("c", "x", "bo")).by == "bo"

    run(go())


def test_a_claim_outlives_the_process(book: Path, tmp_path: Path) -> None:
    async def go() -> None:
        place = f"sqlite:{tmp_path / 'desk.db'}"
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            await hub.handle(message("1", "hello"))
            await hub.desk.claim("c", "x", "ana")
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            assert (await hub.desk.claims("c"))["x"].by == "ana"

    run(go())


def test_what_was_done_is_taken_back_in_one_step_and_once(book: Path) -> None:
    async def go() -> None:
        platform = Platform()
        async with Hub("sqlite::memory:", book, platform, clock=Watch(), ticks=False) as hub:
            await hub.handle(message("1", "an advert"))
            await hub.drained()
            assert [do for do, _ in platform.calls] == ["delete", "add_role", "mute"]
            first, crossing = await positions(hub)
            found = await hub.desk.undoing("c", first)
            assert found is not None
            assert [(one.action.do, one.undone_by and one.undone_by.do) for one in found.actions] == [
                ("delete", None),
                ("add_role", "remove_role"),
                ("mute", "unmute"),
            ]
            assert found.balances == (("strikes", "li", -2),)
            assert await hub.desk.undo("c", crossing, "ana", "a mistake") is not None
            await hub.drained()
            assert [do for do, _ in platform.calls][3:] == ["remove_role", "unmute"]
            assert await balance(hub) == 0
            assert await hub.desk.undo("c", crossing, "bo") is None
            assert await balance(hub) == 0
            await hub.handle(event("appeal.opened"))
            assert [kind for kind, _ in await noted(hub)] == ["measure_undone", "appeal_unknown"]

    run(go())


def test_what_nobody_began_is_dropped(book: Path) -> None:
    async def go() -> None:
        async with Hub("sqlite::memory:", book, clock=Watch(), ticks=False) as hub:
            await hub.handle(message("1", "an advert"))
            [first, _] = await positions(hub)
            assert await hub.desk.undo("c", first, "ana") is not None
            assert await hub.actions("c") == []

    run(go())


def test_after_the_time_for_appeals_nothing_is_taken_back(book: Path) -> None:
    async def go() -> None:
        watch = Watch()
        async with Hub("sqlite::memory:", book, Platform(), clock=watch, ticks=False) as hub:
            await hub.handle(message("1", "an advert"))
            [first, _] = await positions(hub)
            watch.now += 7 * DAY + 1
            assert await hub.desk.undo("c", first, "ana") is None
            assert await balance(hub) == 2

    run(go())


def test_nobody_takes_back_what_was_done_to_themself(book: Path) -> None:
    async def go() -> None:
        async with Hub("sqlite::memory:", book, Platform(), clock=Watch(), ticks=False) as hub:
            await hub.handle(message("1", "an advert"))
            await hub.drained()
            [first, _] = await positions(hub)
            assert await hub.desk.undo("c", first, "li") is None
            assert await balance(hub) == 2

    run(go())


def test_somebody_is_told_once(book: Path) -> None:
    async def go() -> None:
        async with Hub("sqlite::memory:", book, clock=Watch(), ticks=False) as hub:
            await hub.handle(message("1", "hello"))
            await asyncio.gather(*(hub.desk.tell("c", "li", "no", who, "appeal 1") for who in ("ana", "bo")))
            await hub.desk.tell("c", "li", "no", "ana", "appeal 1")
            [action] = await hub.actions("c")
            assert action_of(action).parameters == {"to": "li", "text": {"": "no"}}

    run(go())
