"""What other settings would have done, in a given time: exact if time allows, else with its error; and budgets."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from groundrules.calendar.instants import format_ms
from groundrules.runtime import Hub, HubError, Keep, OverBudgetError, previews
from groundrules.runtime.books import edition
from groundrules.tools.replaying.sampling import Preview, Sides, preview
from strategies.hubs import run

NOW = 1_767_225_600_000
BOOK = """
rulebook: shop
use: [std/chat]
parameters:
  most: {type: integer, default: 3, min: 1, max: 99, title: {zh: 上限, en: Most}}
rules:
  - {id: long, on: message, when: length(text) > most, then: [delete]}
"""
BUDGET = """
limits: [{max: {long: 60%}}]
"""


def line(number: int, length: int) -> bytes:
    at = format_ms(NOW + 1000 * number)
    who = f"m{number % 7}"
    return (
        f'{{"id":"{number}","type":"message","time":"{at}","community":{{"id":"c"}},"actor":{{"id":"{who}"}},'
        f'"channel":{{"id":"general"}},"message":{{"id":"{number}"}},"text":"{"x" * length}"}}'
    ).encode()


LINES = [line(number, 1 + number * 7 % 10) for number in range(6000)]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


@pytest.fixture
def with_budget(book: Path) -> Path:
    (book.parent / previews.BUDGET).write_text(BUDGET, encoding="utf-8")
    return book


def previewed(book: Path, seconds: float) -> Preview:
    old, new = edition(str(book)), edition(str(book), b'{"most":5}')
    sides = Sides(old.version, new.version, old.engine, new.engine)
    return preview(sides, lambda first, many: LINES[first : first + many], len(LINES), seconds)


def acted(most: int) -> int:
    return sum(1 + number * 7 % 10 > most for number in range(6000))


def test_with_time_enough_everything_is_replayed(book: Path) -> None:
    found = previewed(book, 600)
    assert found.exact
    assert found.rules["long"] == (acted(3), acted(5), 0, 0)
    assert found.messages == found.rules["long"]
    assert found.report.rules[0].members_lost == ()


def test_without_it_the_truth_lies_within_the_error(book: Path) -> None:
    found = previewed(book, 0)
    assert not found.exact
    assert found.replayed < 6000
    before, after, before_error, after_error = found.rules["long"]
    assert abs(before - acted(3)) <= before_error
    assert abs(after - acted(5)) <= after_error


def test_a_hub_shows_it_and_keeps_nothing(book: Path) -> None:
    async def go() -> None:
        async with Hub("sqlite::memory:", book, clock=lambda: NOW + 10**7, ticks=False) as hub:
            await hub.handle_many(LINES[:500])
            found = await hub.estimate("c", {"most": 5})
            assert (found.exact, found.events) == (True, 500)
            assert found.report.examples[0].side == "lost"
            assert await hub.settings("c") == {}
            with pytest.raises(HubError):
                await hub.estimate("c", {"most": 500})

    run(go())


def test_only_the_days_asked_for_are_looked_at(book: Path) -> None:
    async def go() -> None:
        async with Hub("sqlite::memory:", book, clock=lambda: NOW + 400_000, ticks=False) as hub:
            for start in range(0, 400, 50):
                await hub.handle_many(LINES[start : start + 50])
            found = await hub.estimate("c", {"most": 5}, days=100 / 86_400)
            assert found.events == 100

    run(go())


def test_what_breaks_the_budget_is_refused(with_budget: Path) -> None:
    async def go() -> None:
        async with Hub("sqlite::memory:", with_budget, clock=lambda: NOW + 10**7, ticks=False) as hub:
            await hub.handle_many(LINES[:500])
            with pytest.raises(OverBudgetError, match="long would act on 400 of 500 events"):
                await hub.change("c", {"most": 2}, by="ana")
            assert await hub.settings("c") == {}
            await hub.change("c", {"most": 5}, by="ana")
            assert await hub.settings("c") == {"most": 5}

    run(go())


def test_a_budget_is_judged_by_all_that_is_recorded(with_budget: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is time for a tenth of it, which may be any."""
    monkeypatch.setattr(previews, "SECONDS", 0)
    lengths = [9] * 750 + [1] * 250

    async def go() -> None:
        async with Hub("sqlite::memory:", with_budget, clock=lambda: NOW + 10**7, ticks=False) as hub:
            await hub.handle_many([line(number, length) for number, length in enumerate(lengths)])
            assert not (await hub.estimate("c", {"most": 5})).exact
            with pytest.raises(OverBudgetError, match="long would act on 750 of 1000 events"):
                await hub.change("c", {"most": 5}, by="ana")

    run(go())


@pytest.mark.parametrize(
    ("keep", "events", "noted"),
    [(Keep(), 0, False), (Keep(log="hashes"), 500, True), (Keep(texts=100 / 86_400), 500, False)],
)
def test_where_nothing_can_be_replayed_no_budget_is_broken(
    with_budget: Path, keep: Keep, events: int, noted: bool
) -> None:
    """Of a new community nothing is recorded. Of texts what is left is replayed; where none is, there is a note."""

    async def go() -> None:
        async with Hub("sqlite::memory:", with_budget, clock=lambda: NOW + 10**7, ticks=False, keep=keep) as hub:
            await hub.handle_many(LINES[:events])
            await hub.change("c", {"most": 2}, by="ana")
            assert await hub.settings("c") == {"most": 2}
            assert ("budget_not_judged" in {note.kind for note in await hub.notes()}) == noted

    run(go())


def test_previews_leave_threads_to_those_who_look_things_up(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with Hub("sqlite::memory:", book, clock=lambda: NOW + 10**7, ticks=False) as hub:
            await hub.handle_many(LINES[:100])
            begun, goes_on = threading.Event(), threading.Event()
            real = hub._changing._previews.look

            def look(*arguments: Any) -> Preview:
                begun.set()
                assert goes_on.wait(60)
                return real(*arguments)

            monkeypatch.setattr(hub._changing._previews, "look", look)
            asked = [asyncio.create_task(hub.estimate("c", {"most": 5})) for _ in range(6)]
            assert await asyncio.to_thread(begun.wait, 60)
            await asyncio.wait_for(hub.decisions(), 30)
            goes_on.set()
            assert [found.events for found in await asyncio.gather(*asked)] == [100] * 6

    run(go())
