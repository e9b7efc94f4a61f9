"""What is kept of people's words: all of them, what rules found, or hashes; and for how long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from groundrules import load
from groundrules.decisions import Decision
from groundrules.runtime import Done, Hub, HubError, Keep
from groundrules.runtime.wording import GONE, WORDINGS, hashed
from groundrules.stores.records import Query
from strategies.hubs import Platform, Watch, event, run

DAY = 86_400_000
SECRET = "an advert for a very secret thing"


def everything(file: Path) -> bytes:
    return b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))


async def recorded(hub: Hub) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for one in await hub.recorded("c") for line in one.body.split(b"\n")]


async def logged(hub: Hub) -> list[Decision]:
    return [msgspec.json.decode(one.body, type=Decision) for one in await hub.decisions(Query())]


@pytest.mark.parametrize("log", ["texts", "evidence", "hashes"])
def test_what_is_kept_from_the_beginning(book: str, tmp_path: Path, log: Any) -> None:
    """What is answered, and what is performed, is whole; the file is not."""
    file, platform = tmp_path / "hub.db", Platform()

    async def go() -> None:
        async with Hub(f"sqlite:{file}", book, platform, clock=Watch(), ticks=False, keep=Keep(log=log)) as hub:
            [answer] = await hub.handle(event("1", SECRET, who="ana"))
            assert answer.fired[0].clauses[0].reads == {"text": SECRET}
            assert answer.actions[-1].parameters["text"] == {"": "Hi Ana"}
            await hub.drained()
            [said, *_] = await recorded(hub)
            [kept, *_] = await logged(hub)
            clause = kept.fired[0].clauses[0]
            expected = {
                "texts": (SECRET, "Ana", "advert", SECRET, "Hi Ana"),
                "evidence": ("", "", "advert", "", ""),
                "hashes": (*map(hashed, (SECRET, "Ana", "advert", SECRET, "Hi Ana")),),
            }[log]
            text = kept.actions[-1].parameters["text"][""]
            assert expected == (
                said["text"],
                said["actor"]["name"],
                clause.evidence[0].text,
                clause.reads["text"],
                text,
            )
            assert (said["id"], said["actor"]["id"], kept.actions[0].who) == ("1", "ana", "ana")
            assert [len(found) for found in (await hub.history("ana"), await hub.actions())] == [1, 0]
            if log != "texts":
                with pytest.raises(HubError, match=f"log={log}"):
                    await hub.compare("c", book)

    run(go())
    assert (b"very secret" in everything(file)) == (log == "texts")
    assert (b"Hi Ana" in everything(file)) == (log == "texts")
    assert [call[0] for call in platform.calls] == ["delete", "mute", "reply"]


def test_an_action_that_waits_is_kept_whole(book: str, place: str) -> None:
    async def go() -> None:
        async with Hub(place, book, clock=Watch(), ticks=False, keep=Keep(log="hashes")) as hub:
            await hub.handle(event("1", "hello"))
            await hub.desk.tell("c", "ana", "Hello", "mod", "appeal 1")
        async with Hub(place, book, clock=Watch(), ticks=False, keep=Keep(log="hashes")) as hub:
            decided, by_hand = await hub.actions()
            for waiting in (decided, by_hand):
                assert b'"Hello"' in waiting.body
                await hub.report("c", waiting.key, Done())
                ended = await hub.action("c", waiting.key)
                assert ended is not None
                assert b'"Hello"' not in ended.body

    run(go())


def test_texts_go_when_their_time_is_over(book: str, tmp_path: Path) -> None:
    """Records stay, until theirs is over, too; what was said since is whole; what still waits is not touched."""
    file, watch = tmp_path / "hub.db", Watch()

    async def go() -> None:
        keep = Keep(events=None, decisions=None, texts=7)
        async with Hub(f"sqlite:{file}", book, clock=watch, ticks=False, keep=keep) as hub:
            for number in range(3):
                await hub.handle(event(f"old{number}", SECRET, watch.now + number))
            first, *others = await hub.actions()
            for one in others:
                await hub.report("c", one.key, Done())
            watch.now += 8 * DAY
            await hub.handle(event("new", "hello", watch.now, who="bo"))
            await hub.tick()
            for _ in range(2):
                await hub._keeping.purge()
            said = [one["text"] for one in await recorded(hub) if one["type"] == "message"]
            assert said == ["", "", "", "hello"]
            kept = [one.fired[0].clauses[0] for one in await logged(hub) if one.fired]
            assert [one.evidence[0].text for one in kept] == ["", "", "", "hello"]
            assert [one.reads["text"] for one in kept] == ["", "", "", "hello"]
            assert (await hub.actions())[0].key == first.key
            with pytest.raises(HubError, match="kept for 7 days"):
                await hub.compare("c", book, days=30)
            await hub.compare("c", book, days=6)
            watch.now += 8 * DAY
            await hub.handle(event("newer", "hello", watch.now))
            await hub.tick()
            await hub._keeping.purge()
            assert [one["text"] for one in await recorded(hub) if one["type"] == "message"] == ["", "", "", "", "hello"]

    run(go())
    assert b"very secret" not in everything(file)


def test_answers_to_what_belonged_nowhere_go_with_the_log(book: str, place: str) -> None:
    watch = Watch()

    async def go() -> None:
        async with Hub(place, book, clock=watch, ticks=False, keep=Keep(decisions=1)) as hub:
            await hub.handle(b"not json")
            watch.now += 2 * DAY
            await hub.handle(b"neither")
            await hub._keeping.purge()
            [left] = await hub.decisions()
            assert left.at == watch.now

    run(go())


ODD = (
    b"[1]",
    b"{",
    b'{"type":"no.such","text":"secret","actor":{"id":"ana","name":"secret"},"community":{"id":"c"}}',
    b'{"type":["secret"],"id":{"secret":1}}',
    b'{"type":"message","text":["secret"],"actor":"secret","more":"secret","links":[{"url":"secret"}],"id":"1"}',
    b'{"type":"message","text":{"secret":1},"channel":["secret"],"links":{"url":"secret"},"id":"1"}',
    b'{"type":"message","attachments":[{"kind":"secret","size":"secret"},"secret",["secret"]],"id":["secret"]}',
    b'{"type":"message","text":"secret","reply_to":{"text":"secret","actor":{"name":"secret"}}}',
)


@pytest.mark.parametrize("line", ODD)
def test_of_what_is_odd_no_text_is_left_either(book: str, line: bytes) -> None:
    schemas = load(book).plan.events
    for wording in (WORDINGS["evidence"], WORDINGS["hashes"], GONE):
        assert wording is not None
        found = wording.event(line, schemas)
        assert b"secret" not in found
        assert b"secret" not in wording.event(found, schemas)


def test_a_number_in_the_place_of_a_text_is_not_kept(book: str) -> None:
    schemas = load(book).plan.events
    line = b'{"type":"message","id":"1","text":13800138000,"actor":{"id":"ana","bot":false},"edited":null}'
    assert GONE.event(line, schemas) == b'{"type":"message","id":"1","actor":{"id":"ana","bot":false}}'


def test_what_is_left_of_an_event_is_one() -> None:
    assert hashed("") == ""
    assert hashed("a") == hashed("a") != hashed("b")
    assert hashed("\ud800").startswith("sha256:")
