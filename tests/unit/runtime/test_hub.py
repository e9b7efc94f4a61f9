"""The hub: decided once, committed before it is acted upon, and the rules learn the outcome of actions."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from groundrules import Engine, load
from groundrules.calendar.instants import format_ms
from groundrules.decisions import Decision, encode
from groundrules.runtime import Done, Failed, Hub, HubError, Keep, Retry, SyncHub
from groundrules.runtime.books import Books
from groundrules.runtime.core import action_of
from groundrules.stores import StoreError, UnavailableError
from groundrules.stores.records import Batch, Query
from groundrules.stores.sqlite import SqliteStore
from strategies.hubs import BOOK, START, Platform, Watch, event, run

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/*/week.jsonl"))


async def logged(hub: Hub, **which: Any) -> list[Decision]:
    found = await hub.decisions(Query(limit=100_000, **which))
    return [msgspec.json.decode(one.body, type=Decision) for one in found]


async def bodies(place: str) -> list[bytes]:
    async with Hub(place, ROOT / "examples" / "team-chat", ticks=False) as hub:
        return [one.body for one in await hub.decisions(Query(limit=100_000))]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_its_log_is_what_an_engine_decides(example: Path) -> None:
    lines = (example / "week.jsonl").read_bytes().splitlines()

    async def decided() -> list[bytes]:
        async with Hub("sqlite::memory:", example, ticks=False) as hub:
            await hub.handle_many(lines)
            return [one.body for one in await hub.decisions(Query(limit=100_000))]

    assert run(decided()) == [encode(decision) for decision in Engine(load(example)).feed_many(lines)]


def test_actions_are_performed_in_order_and_their_results_recorded(book: str, place: str) -> None:
    async def go() -> None:
        platform = Platform()
        async with Hub(place, book, platform, clock=Watch(), ticks=False) as hub:
            [decision] = await hub.handle(event("1", "an advert"))
            await hub.drained()
            assert platform.calls == [(action.do, action.key) for action in decision.actions]
            assert await hub.actions() == []

    run(go())


def test_what_failed_is_told_to_the_rules(book: str, place: str) -> None:
    async def go() -> None:
        platform = Platform(Failed("no rights"))
        async with Hub(place, book, platform, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "banme"))
            await hub.drained()
            assert [do for do, _ in platform.calls] == ["ban", "mute"]

    run(go())


def test_what_the_platform_cannot_do_fails_without_a_call(book: str, place: str) -> None:
    async def go() -> None:
        platform = Platform()
        platform.can = {"mute"}
        async with Hub(place, book, platform, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "banme"))
            await hub.drained()
            assert [do for do, _ in platform.calls] == ["mute"]
            notes = [note for one in await logged(hub) for note in one.notes]
            assert [note.detail["reason"] for note in notes] == ["the platform can't ban"]

    run(go())


def test_it_tries_again_when_the_platform_says_so(book: str, place: str) -> None:
    async def go() -> None:
        platform = Platform(Retry(after=0.0, reason="slow down"), Retry(after=0.0))
        async with Hub(place, book, platform, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "banme"))
            await hub.drained()
            assert [do for do, _ in platform.calls] == ["ban", "ban", "ban"]
            assert len({key for _, key in platform.calls}) == 1

    run(go())


def test_what_must_not_be_repeated_is_in_doubt_when_nobody_knows(book: str, place: str) -> None:
    async def go() -> None:
        platform = Platform(Done(), Done(), TimeoutError("no answer"))
        async with Hub(place, book, platform, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "an advert"))
            await hub.drained()
            [doubtful] = await hub.actions()
            assert (doubtful.status, doubtful.reason) == ("doubtful", "TimeoutError: no answer")
            await hub.report("c", doubtful.key, Done())
            assert await hub.actions() == []
            with pytest.raises(HubError, match="has an end already"):
                await hub.report("c", doubtful.key, Done())

    run(go())


def test_after_a_stop_it_goes_on(book: str, place: str) -> None:
    async def go() -> None:
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "an advert"))
            waiting = [action.key for action in await hub.actions()]
        platform = Platform()
        async with Hub(place, book, platform, clock=Watch(), ticks=False) as hub:
            assert await hub.handle(event("1", "an advert")) == []
            await hub.drained()
            assert [key for _, key in platform.calls] == waiting

    run(go())


def test_time_passes_by_recorded_ticks(book: str, place: str) -> None:
    async def go() -> None:
        watch, platform = Watch(), Platform()
        joined = event("1", "") | {"type": "member.joined"}
        async with Hub(place, book, platform, clock=watch) as hub:
            await hub.handle(joined)
            await hub.tick()
            await hub.drained()
            assert platform.calls == []
            watch.now += 3_600_000
            await hub.tick()
            await hub.drained()
            assert [do for do, _ in platform.calls] == ["send"]
            lines = b"\n".join(segment.body for segment in await hub.recorded("c"))
        assert [encode(one) for one in Engine(load(book)).feed_many(lines.splitlines())] == await bodies(place)

    run(go())


def test_an_event_from_the_future_counts_as_of_now_and_is_noted(book: str, place: str) -> None:
    async def go() -> None:
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            [decision] = await hub.handle(event("1", "an advert", START + 86_400_000))
            assert decision.at == format_ms(START)

    run(go())


def test_a_pause_holds_actions_back_and_deciding_goes_on(book: str, place: str) -> None:
    async def go() -> None:
        platform = Platform()
        async with Hub(place, book, platform, clock=Watch(), ticks=False) as hub:
            await hub.pause("c")
            await hub.handle(event("1", "an advert"))
            await hub.drained()
            assert (platform.calls, len(await hub.actions())) == ([], 3)
            await hub.resume("c", drop=True)
            await hub.handle(event("2", "an advert"))
            await hub.drained()
            assert len(platform.calls) == 3

    run(go())


def test_what_if_changes_nothing(book: str, place: str) -> None:
    async def go() -> None:
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "good day"))
            [supposed] = await hub.what_if(event("2", "an advert"))
            assert [action.do for action in supposed.actions] == ["delete", "mute", "reply"]
            assert await hub.actions() == []
            [decision] = await hub.handle(event("2", "an advert"))
            assert decision == supposed

    run(go())


def test_what_if_under_a_candidate(settable: Path, place: str, tmp_path: Path) -> None:
    """It is asked with the community's settings and with what it remembers; what runs goes on running."""
    candidate = tmp_path / "candidate"
    candidate.mkdir()
    (candidate / "rulebook.yaml").write_text(
        (settable / "rulebook.yaml").read_text(encoding="utf-8").replace('{reply: "Rest for {rest}"}', "delete"),
        encoding="utf-8",
    )

    async def go() -> None:
        async with Hub(place, settable, clock=Watch(), ticks=False) as hub:
            await hub.change("c", {"most": 6}, by="mod")
            [now] = await hub.what_if(event("1", "a long text"))
            [then] = await hub.what_if(event("1", "a long text"), candidate)
            assert [[one.do for one in decision.actions] for decision in (now, then)] == [["reply"], ["delete"]]
            [quiet] = await hub.what_if(event("2", "sixsix"), candidate)
            assert quiet.actions == (), "the limit is the community's own"
            [runs] = await hub.handle(event("1", "a long text"))
            assert [one.do for one in runs.actions] == ["reply"]
            [again] = await hub.what_if(event("1", "a long text"), candidate)
            assert again.trigger == "duplicate"
            with pytest.raises(HubError, match="can't be used"):
                await hub.what_if(event("2", "x"), tmp_path / "nowhere")
            changes = await hub.changes(candidate, "c")
            assert not changes.same
            assert (await hub.changes(settable)).same

    run(go())


def test_what_if_knows_what_was_decided_in_the_same_turn(book: str, place: str) -> None:
    async def go() -> None:
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            advert = event("1", "an advert")
            _, supposed = await asyncio.gather(hub.handle(advert), hub.what_if(advert))
            assert [decision.trigger for decision in supposed] == ["duplicate"]

    run(go())


def test_the_first_event_after_a_long_silence_is_answered_at_once(book: str, place: str) -> None:
    async def go() -> None:
        watch = Watch()
        async with Hub(place, book, clock=watch) as hub:
            await hub.handle(event("1", "good day"))
            watch.now += 5 * 86_400_000
            assert [one.event for one in await hub.handle(event("2", "an advert", watch.now)) if one.fired] == ["2"]
            lines = b"\n".join(segment.body for segment in await hub.recorded("c")).splitlines()
        assert [encode(one) for one in Engine(load(book)).feed_many(lines)] == await bodies(place)

    run(go())


def test_rulebooks_that_come_and_go_are_never_taken_for_one_another(tmp_path: Path) -> None:
    books = Books(lambda community: load(tmp_path / f"{community}.yaml"))
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(BOOK.replace("rulebook: shop", f"rulebook: {name}"), encoding="utf-8")
    for name in ("a", "b", "a", "b"):
        assert books.edition(name).compiled.name == name


def test_only_so_many_editions_are_kept_ready(settable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundrules.runtime.books.MOST", 2)
    books = Books(settable)
    first = books.edition("c", b'{"most":1}')
    assert books.edition("d", b'{"most":1}') is first
    for most in (2, 3):
        books.edition("c", b'{"most":%d}' % most)
    assert books.edition("c", b'{"most":1}') is not first


def test_history_finds_whom_a_decision_concerns(book: str, place: str) -> None:
    async def go() -> None:
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            for number, who in enumerate(("ana", "bo", "ana")):
                await hub.handle(event(str(number), "an advert", who=who))
            assert len(await hub.history("ana")) == 2
            assert len(await logged(hub, rule="advert", member="bo", channel="general")) == 1

    run(go())


@pytest.mark.parametrize(
    "sent",
    [b"", b"[1]", b"{", b"\xff", "\ud800", {"id": "1"}, {"x": object()}, b'{"community": {"id": 5}}', b"1" * 2_000_000],
)
def test_what_can_not_be_handled_is_answered_with_a_reason(book: str, place: str, sent: Any) -> None:
    async def go() -> None:
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            [decision] = await hub.handle(sent)
            assert decision.rejected is not None
            assert decision.rejected.code.startswith("GR")
            assert await logged(hub) == [decision]
            assert len(await hub.handle(event("1", "an advert"))) == 1

    run(go())


class Flaky(SqliteStore):
    """A store that can't be written to now and then."""

    failures = 0

    def commit(self, batch: Batch) -> int:
        if self.failures:
            self.failures -= 1
            raise UnavailableError("the disk is full")
        return super().commit(batch)


def test_it_waits_for_a_store_that_is_out_of_reach(book: str, tmp_path: Path) -> None:
    async def go() -> None:
        with Flaky(tmp_path / "hub.db") as store:
            async with Hub(store, book, clock=Watch(), ticks=False) as hub:
                store.failures = 3
                waiting = asyncio.create_task(hub.handle(event("1", "an advert")))
                while hub.trouble is None:
                    await asyncio.sleep(0.001)
                assert hub.trouble == "the disk is full"
                assert len(await waiting) == 1
                assert hub.trouble is None

    run(go())


def test_a_second_hub_on_one_file_is_refused(book: str, place: str) -> None:
    async def go() -> None:
        async with Hub(place, book, ticks=False):
            with pytest.raises(StoreError, match="in use by another process"):
                async with Hub(place, book, ticks=False):
                    pass

    run(go())


def test_a_rulebook_that_does_not_check(tmp_path: Path, place: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("rulebook: broken\nrules:\n  - {id: x, on: message, when: tex, then: [delete]}\n", encoding="utf-8")

    async def go() -> None:
        async with Hub(place, path, clock=Watch(), ticks=False) as hub:
            with pytest.raises(HubError, match="GR"):
                await hub.handle(event("1", "an advert"))

    run(go())


def test_a_rulebook_that_keeps_state_apart_by_something_else(tmp_path: Path, place: str) -> None:
    path = tmp_path / "by_channel.yaml"
    path.write_text(BOOK.replace("use:", "partition: channel\nuse:", 1), encoding="utf-8")

    async def go() -> None:
        async with Hub(place, str(path), clock=Watch(), ticks=False) as hub:
            with pytest.raises(HubError, match="partition: channel"):
                await hub.handle(event("1", "an advert"))

    run(go())


def test_a_defect_in_the_engine_loses_no_other_event(book: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            real = Engine.notable
            monkeypatch.setattr(
                Engine, "notable", lambda engine, line, *read: 1 / 0 if b'"bad"' in line else real(engine, line, *read)
            )
            events = [event(id, "an advert") for id in ("1", "bad", "2")]
            answers = await asyncio.gather(*map(hub.handle, events), return_exceptions=True)
            assert isinstance(answers[1], HubError)
            assert [len(answer) for answer in (answers[0], answers[2])] == [1, 1]  # type: ignore[arg-type]
            assert [decision.event for decision in await logged(hub)] == ["1", "2"]
            last = await hub.handle_each([event("3", "an advert"), event("bad", "an advert")])
            assert [len(last[0]), type(last[1])] == [1, HubError]  # type: ignore[arg-type]

    run(go())


def test_of_many_events_each_has_its_own_answer(book: str, place: str) -> None:
    def source(community: str) -> str:
        return book if community == "c" else "nowhere"

    async def go() -> None:
        async with Hub(place, source, clock=Watch(), ticks=False) as hub:
            events = [event("1", "banme"), event("2", "banme", community="d"), event("3", "banme")]
            first, second, third = await hub.handle_each(events)
            assert isinstance(second, HubError)
            assert [answer[0].event for answer in (first, third) if isinstance(answer, list)] == ["1", "3"]
            with pytest.raises(HubError, match="can't be used"):
                await hub.handle_many(events)

    run(go())


def test_watchers_are_told_of_what_was_kept(book: str, place: str) -> None:
    async def go() -> None:
        batches: list[Batch] = []
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            hub.watch(batches.append)
            await hub.handle(event("1", "banme"))
            [ban] = await hub.actions()
            assert [action.key for batch in batches for action in batch.actions] == [ban.key]
            assert (hub.waiting, hub.commit_seconds > 0) == (0, True)
            await hub.report("c", ban.key, Done())
            assert [action.status for batch in batches for action in batch.outcomes] == ["done"]
            assert await hub.action("c", ban.key) == batches[-1].outcomes[0]
            assert [head.community for head in await hub.communities()] == ["c"]
            assert await hub.community("c") == batches[-1].heads[0]
            assert await hub.community("d") is None

    run(go())


def test_for_threads(book: str, place: str) -> None:
    with SyncHub(place, book, clock=Watch(), ticks=False) as hub:
        assert len(hub.handle(event("1", "an advert"))) == 1
        assert [len(answer) for answer in hub.handle_many([event("2", "x"), event("3", "an advert")])] == [0, 1]
        hub.call(hub.hub.pause, "c")
        assert len(hub.call(hub.hub.history, "ana")) == 2


SETTABLE = """
rulebook: shop
use: [std/chat]
parameters:
  most: {type: integer, default: 3, min: 1, max: 9, title: {zh: 上限, en: Most}}
  rest: {type: duration, default: 2h}
rules:
  - id: long
    on: message
    when: length(text) > most
    then: [{reply: "Rest for {rest}"}]
  - {id: changed, on: rulebook.changed, then: [{announce: "new rules"}]}
"""


@pytest.fixture
def settable(tmp_path: Path) -> Path:
    path = tmp_path / "rules" / "rulebook.yaml"
    path.parent.mkdir()
    path.write_text(SETTABLE, encoding="utf-8")
    return path.parent


def fired(answers: list[list[Decision]]) -> list[int]:
    return [sum(bool(decision.fired) for decision in answer) for answer in answers]


def test_settings_are_checked_previewed_and_in_force(settable: Path, place: str) -> None:
    texts = [event(str(number), "x" * number, START - 1000 + number) for number in range(1, 9)]

    async def go() -> None:
        async with Hub(place, settable, clock=Watch(), ticks=False) as hub:
            assert sum(fired(await hub.handle_many(texts))) == 5
            most = (await hub.settings_schema("c", "zh"))["properties"]["most"]
            assert most == {"title": "上限", "type": "integer", "default": 3, "minimum": 1, "maximum": 9}
            with pytest.raises(HubError, match="most") as refused:
                await hub.change("c", {"rest": "1h", "most": 10}, by="li")
            assert (refused.value.code, refused.value.place) == ("GR413", "values.most")
            with pytest.raises(HubError, match="has no parameter"):
                await hub.change("c", {"moost": 5}, by="li")
            report = await hub.preview("c", {"most": 7})
            assert [(row.rule, row.before, row.after) for row in rows_of(report)] == [("long", 5, 1)]
            await hub.change("c", {"most": 7}, by="li")
            assert await hub.settings("c") == {"most": 7}
            again = [one | {"id": f"again {one['id']}"} for one in texts]
            assert sum(fired(await hub.handle_many(again))) == 1
        async with Hub(place, settable, clock=Watch(), ticks=False) as hub:
            [answer] = await hub.handle_many([event("later", "x" * 7)])
            assert answer == []
            await hub.change("c", {"most": None}, by="li")
            assert await hub.settings("c") == {}

    run(go())


def rows_of(report: Any) -> list[Any]:
    return [row for row in report.rules if row.rule == "long"]


def test_a_new_version_must_lint_and_pass_its_tests(settable: Path, place: str) -> None:
    (settable / "tests.yaml").write_text(
        'tests:\n  - name: long\n    timeline:\n      - {at: "10:00", message: xxxx, by: ana, expect: [reply]}\n',
        encoding="utf-8",
    )

    async def go() -> None:
        async with Hub(place, settable, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "xxxx"))
            before = (await hub.decisions())[0].body
            rules = settable / "rulebook.yaml"
            rules.write_text(SETTABLE.replace("default: 3", "default: 5"), encoding="utf-8")
            trial = await hub.install(settable, by="li")
            assert (trial.passed, "long" in trial.output) == (False, True)
            rules.write_text(SETTABLE.replace("length(text) > most", "length(text) >"), encoding="utf-8")
            assert not (await hub.install(settable, by="li")).passed
            [decision] = await hub.handle(event("2", "xxxx"))
            assert decision.rulebook.encode() in before
            rules.write_text(SETTABLE.replace("default: 3", "default: 2"), encoding="utf-8")
            assert (await hub.install(settable, by="li")) == type(trial)(True)
            assert [action.do for action in map(action_of, await hub.actions())] == ["reply", "reply", "announce"]
            [decision] = await hub.handle(event("3", "xxx"))
            assert decision.rulebook.encode() not in before

    run(go())


def test_after_a_restart_a_broken_rulebook_leaves_the_last_good_one_in_force(settable: Path, place: str) -> None:
    async def go() -> None:
        async with Hub(place, settable, clock=Watch(), ticks=False) as hub:
            await hub.handle(event("1", "xxxx"))
        (settable / "rulebook.yaml").write_text("rulebook: [", encoding="utf-8")
        async with Hub(place, settable, clock=Watch(), ticks=False) as hub:
            [decision] = await hub.handle(event("2", "xxxx"))
            assert [action.do for action in decision.actions] == ["reply"]

    run(go())


def test_a_rulebook_that_changed_while_it_was_away_must_pass_its_tests(settable: Path, place: str) -> None:
    tests = 'tests:\n  - {name: a, timeline: [{at: "10:00", message: xxxx, by: ana, expect: [reply]}]}\n'
    (settable / "tests.yaml").write_text(tests, encoding="utf-8")

    async def answers(default: int, id: str) -> int:
        changed = SETTABLE.replace("default: 3", f"default: {default}")
        (settable / "rulebook.yaml").write_text(changed, encoding="utf-8")
        async with Hub(place, settable, clock=Watch(), ticks=False) as hub:
            return len(await hub.handle(event(id, "xxx")))

    async def go() -> None:
        assert [await answers(3, "1"), await answers(7, "2"), await answers(2, "3")] == [0, 0, 1]

    run(go())


def test_a_rulebook_is_watched(settable: Path, place: str) -> None:
    async def go() -> None:
        async with Hub(place, settable, clock=Watch(), ticks=False, watch=True) as hub:
            await hub.handle(event("1", "xxx"))
            await asyncio.sleep(0.5)
            changed = SETTABLE.replace("default: 3", "default: 2")
            (settable / "rulebook.yaml").write_text(changed, encoding="utf-8")
            while not await hub.what_if(event("2", "xxx")):
                await asyncio.sleep(0.1)
            while not (await hub.what_if(event("2", "xxx")))[-1].fired:
                await asyncio.sleep(0.1)

    run(go())


def test_a_person_is_forgotten_everywhere(book: str, place: str) -> None:
    async def go() -> None:
        async with Hub(place, book, clock=Watch(), ticks=False) as hub:
            for number, who in enumerate(("ana-maria", "bo")):
                await hub.handle(event(str(number), "an advert", who=who))
            await hub.change("c", {}, by="ana-maria")
            erased = await hub.forget("ana-maria")
            assert (erased["events"], erased["decisions"], erased["actions"]) == (1, 1, 3)
            assert await hub.history("ana-maria") == []
            assert len(await hub.history("bo")) == 1
            assert {action_of(one).who for one in await hub.actions()} == {"bo", "1"}
            assert all(b"ana-maria" not in note.detail for note in await hub.notes())
        assert b"ana-maria" not in Path(place.removeprefix("sqlite:")).read_bytes()

    run(go())


def test_records_go_when_they_have_been_kept_long_enough(book: str, place: str) -> None:
    async def go() -> None:
        watch = Watch()
        async with Hub(place, book, Platform(), clock=watch, keep=Keep(events=1, decisions=2)) as hub:
            await hub.handle(event("1", "an advert"))
            await hub.drained()
            watch.now += 3 * 86_400_000
            await hub.handle(event("2", "an advert", watch.now))
            await hub._keeping.purge()
            lines = [line for segment in await hub.recorded("c") for line in segment.body.splitlines()]
            assert not any(b'"id":"1"' in line for line in lines)
            assert {one.event for one in await logged(hub)} == {"2"}

    run(go())


def test_a_candidate_runs_beside_and_never_acts(settable: Path, place: str, tmp_path: Path) -> None:
    candidate = tmp_path / "candidate.yaml"
    candidate.write_text(SETTABLE.replace("default: 3", "default: 5"), encoding="utf-8")

    async def go() -> None:
        watch = Watch()
        async with Hub(place, settable, clock=watch, ticks=False) as hub:
            await hub.handle(event("before", "xxxx", watch.now, who="zoe"))
            with pytest.raises(HubError, match="no candidate"):
                await hub.differences("c")
            watch.now += 1000
            await hub.shadow("c", str(candidate))
            for number, who in enumerate(("ana", "bo"), 1):
                watch.now += 1000
                await hub.handle(event(who, "x" * (3 + number), watch.now, who=who))
        async with Hub(place, settable, clock=watch, ticks=False) as hub:
            [row] = rows_of(await hub.differences("c"))
            assert (row.before, row.after, row.members_lost) == (2, 0, ("ana", "bo"))
            assert len(await hub.actions()) == 3
            await hub.shadow("c", None)
            with pytest.raises(HubError, match="no candidate"):
                await hub.differences("c")

    run(go())


def test_a_revision_is_watched(settable: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundrules.runtime.changing.LOOKED_EVERY", 0.01)
    monkeypatch.chdir(settable)

    def commit() -> None:
        who = ["-c", "user.name=li", "-c", "user.email=li@example.org"]
        for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "rules"]):
            subprocess.run(["git", *command], cwd=settable, check=True)

    async def go() -> None:
        async with Hub(place, "HEAD:./rulebook.yaml", clock=Watch(), ticks=False, watch=True) as hub:
            await hub.handle(event("1", "xxx"))
            await asyncio.sleep(0.1)
            changed = SETTABLE.replace("default: 3", "default: 2")
            (settable / "rulebook.yaml").write_text(changed, encoding="utf-8")
            await asyncio.sleep(0.1)
            assert not (await hub.what_if(event("2", "xxx")))[-1].fired
            commit()
            while not (await hub.what_if(event("2", "xxx")))[-1].fired:
                await asyncio.sleep(0.05)

    commit()
    run(go())
