"""What becomes of a decision (tests, entries, commits), what waits, and what was shown next to a number."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("jinja2")
pytest.importorskip("starlette")

import groundrules
from groundrules.calendar.instants import format_ms
from groundrules.console import looking, proposals
from groundrules.console.thresholds import Threshold, thresholds
from groundrules.console.waiting import Waiting
from groundrules.console.workshop import RefusedError, Workshop
from groundrules.engine import plan_file
from groundrules.runtime import Hub
from groundrules.runtime.books import edition
from groundrules.stores.records import Query
from groundrules.tools.patches import diff
from groundrules.tools.testing.read import read_tests

NOW = 1_767_225_600_000
BOOK = """\
rulebook: shop
use: [std/chat]
lists:
  adverts: {match: folded, file: adverts.txt}
  fine: {match: folded, items: [nothing]}
  far: {match: folded, file: far.txt}
  weighed: {match: folded, items: {one: 1, two: 2}}
parameters:
  least: {type: integer, default: 1}
rules:
  - id: advert
    title: Adverts
    on: message
    when: text contains any of adverts and not text contains any of fine and length(text) >= least
    then: [delete]
  - {id: gone, title: Far, on: message, when: text contains any of far, then: [delete]}
  - {id: often, title: Often, on: message, when: count(message by actor within 1m) >= 3, then: [mute: 10m]}
  - {id: link, title: Links, on: message, when: any(one in links where one.domain == "x.com"), then: [hold]}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "rulebook.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "adverts.txt").write_text("advert\n", encoding="utf-8")
    (folder / "far.txt").write_text("far away\n", encoding="utf-8")
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


def decoded(kind: type[Any], answer: bytes) -> Any:
    return msgspec.json.decode(answer, type=kind)


def test_a_closer_look_agrees_with_the_log_and_says_what_would_have_made_others_fire(book: Path) -> None:
    plan, lines, logged = decided(book, [message(1, "hello"), message(2, "an advert")])
    closer = decoded(looking.Closer, looking.closer(plan, lines, "m2", logged, "en"))
    assert closer.agrees
    text = "\n".join("".join(piece for piece, _ in line) for line in closer.text)
    assert "→ delete the message m2 by li" in text
    ways = ["\n".join("".join(piece for piece, _ in line) for line in way) for way in closer.nearest]
    assert any("often" in way and "count(message by actor within 1m) >= 3" in way and "1 more" in way for way in ways)
    other = decoded(looking.Closer, looking.closer(plan, lines[1:], "m2", [], "en"))
    assert not other.agrees


def as_test(book: Path, events: list[dict[str, Any]], name: str, lang: str = "en") -> looking.Change:
    plan, lines, logged = decided(book, events)
    call = (str(book), plan, lines, events[-1]["id"], logged, name, lang)
    change: looking.Change = decoded(looking.Change, looking.as_test(*call))
    return change


def test_a_test_tells_as_much_of_what_came_before_as_it_needs(book: Path) -> None:
    events = [message(0, "hello", "wang"), *(message(number, "hello") for number in (1, 2, 3))]
    change = as_test(book, events, "the third")
    assert (change.problem, change.file) == ("", str(book.resolve() / "tests.yaml"))
    assert not (book / "tests.yaml").exists()
    (book / "tests.yaml").write_text(change.after, encoding="utf-8")
    [case] = read_tests(book / "tests.yaml", groundrules.load(book).plan)
    assert (case.name, [step.fields["by"]["id"] for step in case.steps]) == ("the third", ["li"] * 3)
    again = as_test(book, events, "the third", "zh")  # its name is taken, which is told without where it was tried
    assert again.problem == "tests.yaml 中已有同名测试：the third"


def entered(book: Path, name: str, entry: str, settings: bytes = b"{}") -> looking.Change:
    lines = [msgspec.json.encode(message(1, "an advert"))]
    call = (str(book), settings, lines, "m1", name, entry, "zh")
    change: looking.Change = decoded(looking.Change, looking.with_entry(*call))
    return change


@pytest.mark.parametrize(
    ("name", "entry", "matters"),
    [("fine", "advert", True), ("fine", "else", False), ("adverts", "x", False), ("far", "an", True)],
)
def test_an_entry_says_whether_it_would_have_changed_anything(book: Path, name: str, entry: str, matters: bool) -> None:
    change = entered(book, name, entry)
    assert (change.problem, change.matters) == ("", matters)
    assert Path(change.file).read_bytes().decode("utf-8") == change.before
    had = entries(book, name)
    Path(change.file).write_text(change.after, encoding="utf-8")
    assert entries(book, name) == [*had, entry]


def entries(book: Path, name: str) -> list[str]:
    checked = edition(str(book)).version.checked
    assert checked is not None
    [words] = [words for words in checked.book.lists if words.name.value == name]
    return [str(item.value) for item in words.items]


def test_an_entry_is_judged_under_the_settings_in_force(book: Path) -> None:
    assert entered(book, "fine", "advert", b'{"least": 500}').matters is False  # too short to be looked at


def test_an_entry_of_a_file_from_windows_is_a_line_of_its_own(book: Path) -> None:
    (book / "adverts.txt").write_bytes("\ufeffone\r\nadvert\r\n".encode())
    assert entered(book, "adverts", "new").after == "\ufeffone\r\nadvert\r\nnew\r\n"


def test_where_no_entry_can_be_added_it_is_said(book: Path) -> None:
    for name in ("weighed", "nothing"):
        assert entered(book, name, "x").problem == "没有这个名单，或无法在其中加一条。"


def test_a_rulebook_is_read_in_its_roots_too(book: Path) -> None:
    (book.parent / "common.txt").write_text("far away\n", encoding="utf-8")
    text = (book / "rulebook.yaml").read_text("utf-8").replace("file: far.txt", "file: ../common.txt")
    (book / "rulebook.yaml").write_text(text, encoding="utf-8")
    call = (looking.with_entry, str(book), b"{}", [msgspec.json.encode(message(1, "hi"))], "m1", "far", "hi", "en")

    async def go() -> looking.Change:
        workshop = Workshop()
        try:
            with pytest.raises(RefusedError, match=r"common.txt` is outside"):
                await workshop.do(*call)
            change: looking.Change = decoded(looking.Change, await workshop.do(*call, roots=[book.parent]))
            return change
        finally:
            workshop.close()

    change = asyncio.run(asyncio.wait_for(go(), 120))
    assert (change.after, change.matters) == ("far away\nhi\n", True)


# --- changes as commits ---------------------------------------------------------------------------


def git(book: Path, *command: str) -> str:
    run = ("git", "-c", "user.name=x", "-c", "user.email=x@x", *command)
    return subprocess.run(run, cwd=book, check=True, capture_output=True, encoding="utf-8").stdout


@pytest.fixture
def repository(book: Path) -> Path:
    """A checkout, in a folder of which the rulebook stands."""
    top = book.parent.resolve()
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "x")):
        git(top, *command)
    return top


def proposal(top: Path, after: str) -> proposals.Proposal:
    before = (top / "shop" / "adverts.txt").read_text("utf-8")
    return proposals.Proposal(top, "shop/adverts.txt", before, after)


def test_a_commit_touches_nothing_but_its_branch(repository: Path) -> None:
    (repository / "shop" / "adverts.txt").chmod(0o755)
    git(repository, "commit", "-qam", "x")
    assert proposals.checkout(repository / "shop") == repository
    proposals.commit(proposal(repository, "advert\nnew\n"), "console/one", "One\n", "ana <b>")
    assert git(repository, "show", "console/one:shop/adverts.txt") == "advert\nnew\n"
    assert git(repository, "ls-tree", "console/one", "shop/adverts.txt").startswith("100755")
    assert git(repository, "log", "-1", "--format=%an, %s", "console/one") == "ana b, One\n"
    assert git(repository, "status", "--porcelain") == ""
    for branch, why in (("console/one", "there is a branch"), ("a..b", "can't be the name"), ("-x", "can't be")):
        with pytest.raises(proposals.ProposalError, match=why):
            proposals.commit(proposal(repository, "x\n"), branch, "x", "ana")


def test_a_commit_carries_nothing_that_others_have_not_committed(repository: Path) -> None:
    adverts = repository / "shop" / "adverts.txt"
    adverts.write_text("".join(f"{n}\n" for n in range(9)), encoding="utf-8")
    git(repository, "commit", "-qam", "x")
    adverts.write_text("mine\n" + "".join(f"{n}\n" for n in range(9)), encoding="utf-8")
    change = proposal(repository, adverts.read_text("utf-8") + "new\n")
    proposals.commit(change, "console/one", "x", "ana")
    assert git(repository, "show", "console/one:shop/adverts.txt") == "".join(f"{n}\n" for n in range(9)) + "new\n"

    adverts.write_text("".join(f"{n}\n" for n in range(9)) + "mine\n", encoding="utf-8")
    with pytest.raises(proposals.ProposalError, match="in the same place"):
        proposals.commit(proposal(repository, adverts.read_text("utf-8") + "new\n"), "console/two", "x", "ana")
    git(repository, "rm", "-q", "--cached", "shop/adverts.txt")
    git(repository, "commit", "-qm", "x")
    with pytest.raises(proposals.ProposalError, match="not been committed yet"):
        proposals.commit(proposal(repository, "x\n"), "console/two", "x", "ana")
    assert git(repository, "branch", "--list", "console/two") == ""


def test_a_diff_is_what_git_applies(book: Path) -> None:
    before, after = "advert\n", "advert\nline\u2028of one\x0c\nnew"
    git(book, "init", "-q")
    subprocess.run(["git", "apply", "-"], cwd=book, check=True, input=diff("adverts.txt", before, after).encode())
    assert (book / "adverts.txt").read_text("utf-8") == after


def test_a_histogram_counts_what_was_seen_on_each_side_of_the_line(book: Path) -> None:
    ready = edition(str(book))
    lines = [msgspec.json.encode(message(number, "hello")) for number in range(5)]
    [often] = msgspec.json.decode(thresholds(plan_file.write(ready.compiled), lines, "often"), type=list[Threshold])
    assert often.bound == "3"
    seen = {str(value): 1 for value in range(1, 6)}
    assert dict(often.values) == {"0": 0, **seen, "6": 0, "7": 0, "≥ 8": 0}
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
