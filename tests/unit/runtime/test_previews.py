"""What other settings would have done, in a given time: exact where there is time, else with its error; and budgets."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.calendar.instants import format_ms
from groundrules.runtime import Hub, HubError, OverBudgetError, previews
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


def test_what_breaks_the_budget_is_refused(book: Path) -> None:
    (book.parent / previews.BUDGET).write_text(BUDGET, encoding="utf-8")

    async def go() -> None:
        async with Hub("sqlite::memory:", book, clock=lambda: NOW + 10**7, ticks=False) as hub:
            await hub.handle_many(LINES[:500])
            with pytest.raises(OverBudgetError, match="long would act on 400 of 500 events"):
                await hub.change("c", {"most": 2}, by="ana")
            assert await hub.settings("c") == {}
            await hub.change("c", {"most": 5}, by="ana")
            assert await hub.settings("c") == {"most": 5}

    run(go())
