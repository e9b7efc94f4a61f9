"""What becomes of a decision (tests, entries, commits), what waits, and what was seen beside a number."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("jinja2")
pytest.importorskip("starlette")

from groundrules.calendar.instants import format_ms
from groundrules.console import looking, proposals
from groundrules.console.thresholds import Threshold, thresholds
from groundrules.console.waiting import Waiting
from groundrules.engine import plan_file
from groundrules.runtime import Hub
from groundrules.runtime.books import edition
from groundrules.stores.records import Query

NOW = 1_767_225_600_000
BOOK = """\
rulebook: shop
use: [std/chat]
lists:
  adverts: {match: folded, file: adverts.txt}
  fine: {match: folded, items: [nothing]}
rules:
  - id: advert
    title: Adverts
    on: message
    when: text contains any of adverts and not text contains any of fine
    then: [delete]
  - {id: often, title: Often, on: message, when: count(message by actor within 1m) >= 3, then: [mute: 10m]}
  - {id: link, title: Links, on: message, when: any(one in links where one.domain == "x.com"), then: [hold]}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "rulebook.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "adverts.txt").write_text("advert\n", encoding="utf-8")
    return folder


def message(number: int, text: str, who: str = "li") -> dict[str, Any]:
    header = {"id": f"m{number}", "type": "message", "time": format_ms(NOW + 1000 * number), "community": {"id": "c"}}
    channel = {"channel": {"id": "general", "name": "general"}, "message": {"id": f"m{number}"}}
    return header | {"actor": {"id": who}, "text": text} | channel


def decided(book: Path, events: list[dict[str, Any]]) -> tuple[bytes, list[bytes], list[bytes]]:
    """The plan, the lines, and the log's decisions on the last event."""

    async def go() -> tuple[bytes, list[bytes], list[bytes]]:
        async with Hub("sqlite::memory:", book, clock=lambda: NOW + 10**6, ticks=False) as hub:
            for event in events:
                await hub.handle(event)
            logged = await hub.decisions(Query(community="c", limit=1000))
            plan = await hub.do("c", lambda core: plan_file.write(core.communities["c"].edition.compiled))
            last = f'"event":"{events[-1]["id"]}"'.encode()
            return plan, list(map(msgspec.json.encode, events)), [one.body for one in logged if last in one.body]

    return asyncio.run(asyncio.wait_for(go(), 120))


def test_a_closer_look_agrees_with_the_log_and_says_what_would_have_made_others_fire(book: Path) -> None:
    plan, lines, logged = decided(book, [message(1, "hello"), message(2, "an advert")])
    closer = msgspec.json.decode(looking.closer(plan, lines, "m2", logged, "en"), type=looking.Closer)
    assert closer.agrees
    text = "".join(piece for line in closer.text for piece, _ in line)
    assert "advert" in text
    assert any("2 more" in piece or "more" in piece for text in closer.nearest for line in text for piece, _ in line)
    other = msgspec.json.decode(looking.closer(plan, lines[1:], "m2", [], "en"), type=looking.Closer)
    assert not other.agrees


def test_a_test_tells_as_much_of_what_came_before_as_it_needs(book: Path) -> None:
    events = [message(0, "hello", "wang"), *(message(number, "hello") for number in (1, 2, 3))]
    plan, lines, logged = decided(book, events)
    drafted = msgspec.json.decode(
        looking.as_test(str(book), plan, lines, "m3", logged, "the third", "en"), type=looking.Drafted
    )
    assert drafted.problem == ""
    assert drafted.file == "tests.yaml"
    assert drafted.after.count("by: ") + drafted.after.count("by:") >= 3
    assert "wang" not in drafted.after
    assert not (book / "tests.yaml").exists()


@pytest.mark.parametrize(
    ("name", "entry", "changes"), [("fine", "advert", True), ("fine", "else", False), ("adverts", "x", False)]
)
def test_an_entry_says_whether_it_would_have_changed_anything(book: Path, name: str, entry: str, changes: bool) -> None:
    _, lines, _ = decided(book, [message(1, "an advert")])
    entered = msgspec.json.decode(looking.with_entry(str(book), lines, "m1", name, entry), type=looking.Entered)
    assert (entered.problem, entered.changes) == ("", changes)
    assert entry in entered.after
    assert (book / entered.file).read_text("utf-8") == entered.before


def test_a_commit_touches_nothing_but_its_branch(book: Path) -> None:
    for command in (("init", "-q"), ("add", "."), ("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")):
        subprocess.run(["git", *command], cwd=book, check=True)
    proposals.commit(book, "adverts.txt", "advert\nnew\n", "console/one", "One\n", "ana <b>")
    shown = subprocess.run(
        ["git", "show", "console/one:adverts.txt"], cwd=book, check=True, capture_output=True, encoding="utf-8"
    )
    assert shown.stdout == "advert\nnew\n"
    status = subprocess.run(["git", "status", "--porcelain"], cwd=book, check=True, capture_output=True)
    assert status.stdout == b""
    for branch in ("console/one", "a..b", "-x"):
        with pytest.raises(proposals.ProposalError):
            proposals.commit(book, "adverts.txt", "x\n", branch, "x", "ana")


def test_a_diff_is_what_git_applies(book: Path) -> None:
    text = proposals.diff("adverts.txt", "advert\n", "advert\nnew")
    subprocess.run(["git", "init", "-q"], cwd=book, check=True)
    subprocess.run(["git", "apply", "-"], cwd=book, check=True, input=text.encode())
    assert (book / "adverts.txt").read_text("utf-8") == "advert\nnew"


def test_a_histogram_counts_what_was_seen_on_each_side_of_the_line(book: Path) -> None:
    ready = edition(str(book))
    lines = [msgspec.json.encode(message(number, "hello")) for number in range(5)]
    [often] = msgspec.json.decode(thresholds(plan_file.write(ready.compiled), lines, "often"), type=list[Threshold])
    assert often.bound == "3"
    assert dict(often.values) | {"0": 0} == {
        **{str(value): 1 for value in range(1, 6)},
        "0": 0,
        "6": 0,
        "7": 0,
        "≥ 8": 0,
    }
    assert sum(times for _, times in often.values[often.line :]) == 3
    assert msgspec.json.decode(thresholds(plan_file.write(ready.compiled), lines, "nothing")) == []


def test_what_waits_is_found_once_and_ends(book: Path) -> None:
    def event(type: str, number: int, who: str = "li", **fields: Any) -> dict[str, Any]:
        return message(number, "", who) | {"type": type, "id": f"{type}{number}"} | fields

    async def go() -> None:
        async with Hub("sqlite::memory:", book, clock=lambda: NOW + 10**6, ticks=False) as hub:
            waiting = Waiting("c")
            assert await waiting.look(hub) == []
            report = {"id": "r", "reporter": {"id": "wang"}}
            await hub.handle(event("report.created", 1, "wang", report=report, target={"id": "li"}))
            await hub.handle(event("appeal.opened", 2))
            await hub.handle(message(3, "look") | {"links": [{"url": "https://x.com", "domain": "x.com"}]})
            assert [one.kind for one in await waiting.look(hub)] == ["report", "appeal", "held"]
            assert len(await Waiting("c").look(hub)) == 3
            await hub.handle(event("appeal.refused", 4, "ana", target={"id": "li"}))
            await hub.handle(event("report.resolved", 5, "ana", report=report, outcome="upheld"))
            assert [one.kind for one in await waiting.look(hub)] == ["held"]

    asyncio.run(asyncio.wait_for(go(), 120))
