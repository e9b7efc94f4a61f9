"""Events over HTTP: committed once answered, once each, or refused with a code, a place and a reason."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from groundrules import Engine, load
from groundrules.decisions import encode
from groundrules.runtime import Hub
from groundrules.runtime.arrivals import LARGEST
from groundrules.service import bodies
from groundrules.stores import UnavailableError
from groundrules.stores.sqlite import SqliteStore
from strategies.serving import lines, message, run, serving

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/*/week.jsonl"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_a_stream_is_answered_with_what_an_engine_decides(example: Path) -> None:
    week = (example / "week.jsonl").read_bytes()

    async def go() -> None:
        async with serving(example) as clients:
            answers = await clients.stream(week)
            engine = Engine(load(example))
            wanted = [[json.loads(encode(one)) for one in engine.notable(line)] for line in week.splitlines()]
            assert [answer["decisions"] for answer in answers] == wanted
            assert [answer["line"] for answer in answers] == list(range(1, len(wanted) + 1))

    run(go())


def test_one_event(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            answer = await clients.bot.post("/v1/events", json=message("1", "an advert"))
            [decision] = answer.json()["decisions"]
            assert [action["do"] for action in decision["actions"]] == ["delete", "mute", "reply"]
            again = await clients.bot.post("/v1/events", json=message("1", "an advert"))
            assert again.json() == {"decisions": []}

    run(go())


def test_what_if_changes_nothing(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            for _ in range(2):
                answer = await clients.bot.post("/v1/what-if", json=message("1", "an advert"))
                assert len(answer.json()["decisions"][0]["actions"]) == 3
            assert (await clients.observe.get("/v1/decisions")).json()["decisions"] == []

    run(go())


@pytest.mark.parametrize(
    ("body", "kind", "status", "code", "place"),
    [
        (b"{", "application/json", 422, "GR701", "body"),
        (b"[]", "application/json", 422, "GR701", "body"),
        (b"", "application/json", 422, "GR701", "body"),
        (b'{"id":"1"}', "application/json", 422, "GR704", "body.type"),
        (b'{"id":"1","type":"message","community":{"id":"c"}}', "application/json", 422, "GR704", "body.actor"),
        (b'{"id":"\xff"}', "application/json", 422, "GR702", "body"),
        (b'{"text":"' + b"x" * LARGEST + b'"}', "application/json", 413, "too_large", "body"),
        (b"{}", "text/plain", 415, "media_type", "headers.content-type"),
        (b"{}", "", 415, "media_type", "headers.content-type"),
    ],
)
def test_what_is_no_event_is_refused(book: Path, body: bytes, kind: str, status: int, code: str, place: str) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            answer = await clients.bot.post("/v1/events", content=body, headers={"content-type": kind})
            problem = answer.json()
            assert (answer.status_code, problem["code"], problem["place"]) == (status, code, place)
            assert problem["reason"]
            assert problem["request"] == answer.headers["x-request-id"]

    run(go())


def test_a_compressed_body_is_refused(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            headers = {"content-type": "application/json", "content-encoding": "gzip"}
            answer = await clients.bot.post("/v1/events", content=b"{}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "encoded")

    run(go())


def test_each_line_of_a_stream_is_answered_whatever_the_others_are(book: Path) -> None:
    async def go() -> None:
        def source(community: str) -> Any:
            return book if community == "c" else "nowhere"

        async with serving(source) as clients:
            long = b'{"text":"' + b"x" * 3 * LARGEST + b'"}\n'
            elsewhere = lines(message("3", "banme", community="d"))
            body = lines(message("1", "banme")) + b"\n" + b"{\n" + long + elsewhere + lines(message("2", "banme"))[:-1]
            first, broken, large, unusable, last = await clients.stream(body)
            assert (first["line"], first["decisions"][0]["event"]) == (1, "1")
            assert (broken["line"], broken["decisions"][0]["rejected"]["code"]) == (3, "GR701")
            assert (large["line"], large["problem"]["code"]) == (4, "too_large")
            assert (unusable["line"], unusable["problem"]["code"]) == (5, "rulebook")
            assert (last["line"], last["decisions"][0]["event"]) == (6, "2")

    run(go())


def test_a_stream_may_be_counted_only(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            body = lines(*(message(str(number), "banme") for number in range(5000)))
            assert await clients.stream(body, answer="count") == [{"events": 5000, "decisions": 5000, "refused": 0}]

    run(go())


def test_while_too_many_wait_the_next_is_to_come_again(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            monkeypatch.setattr(Hub, "full", True)
            for kind in ("application/json", "application/x-ndjson"):
                answer = await clients.bot.post(
                    "/v1/events", content=lines(message("1")), headers={"content-type": kind}
                )
                assert (answer.status_code, answer.json()["code"]) == (429, "busy")
                assert answer.headers["retry-after"] == "1"

    run(go())


def test_under_load_whoever_comes_again_until_taken_loses_nothing(book: Path) -> None:
    refused = 0

    async def send(clients: Any, number: int) -> None:
        nonlocal refused
        while True:
            answer = await clients.bot.post("/v1/events", json=message(str(number), "banme"))
            if answer.status_code == 200:
                return
            assert answer.status_code == 429
            refused += 1
            await asyncio.sleep(0.01)

    async def go() -> None:
        async with serving(book, limit=3) as clients:
            await asyncio.gather(*(send(clients, number) for number in range(60)))
            found = (await clients.observe.get("/v1/decisions", params={"limit": 1000})).json()["decisions"]
            assert sorted(int(one["decision"]["event"]) for one in found) == list(range(60))
            assert refused > 0

    run(go())


def test_so_many_bodies_may_be_under_way(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            clients.service.slots = bodies.Slots(1)
            async with clients.service.slots.taken():
                for kind in ("application/json", "application/x-ndjson"):
                    answer = await clients.bot.post(
                        "/v1/events", content=lines(message("1")), headers={"content-type": kind}
                    )
                    assert answer.status_code == 429
            assert (await clients.bot.post("/v1/events", json=message("1"))).status_code == 200

    run(go())


def test_half_a_body_is_not_waited_for(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PAUSE", 0.05)

    async def half() -> Any:
        yield b'{"id": '
        await asyncio.sleep(5)
        yield b'"1"}'

    async def go() -> None:
        async with serving(book) as clients:
            headers = {"content-type": "application/json"}
            answer = await clients.bot.post("/v1/events", content=half(), headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (408, "slow")
            headers = {"content-type": "application/x-ndjson"}
            answer = await clients.bot.post("/v1/events", content=half(), headers=headers)
            assert answer.json()["problem"]["code"] == "slow"

    run(go())


class Lame(SqliteStore):
    """A store that can't be written to while it is `out`."""

    out = False

    def commit(self, batch: Any) -> int:
        if self.out:
            raise UnavailableError("the disk is full")
        return super().commit(batch)


def test_while_the_store_is_out_of_reach_nothing_is_taken(book: Path, tmp_path: Path) -> None:
    async def go() -> None:
        store = Lame(tmp_path / "hub.db")
        async with serving(book, store) as clients:
            store.out = True
            waits = asyncio.create_task(clients.bot.post("/v1/events", json=message("1", "banme")))
            while (await clients.nobody.get("/readyz")).status_code == 200:
                await asyncio.sleep(0.01)
            assert "disk is full" in (await clients.nobody.get("/readyz")).json()["reason"]
            assert (await clients.nobody.get("/livez")).status_code == 200
            answer = await clients.bot.post("/v1/events", json=message("2", "banme"))
            assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "store", "1")
            assert b"groundrules_store_trouble 1.0" in (await clients.observe.get("/metrics")).content
            store.out = False
            assert len((await waits).json()["decisions"]) == 1
            assert (await clients.nobody.get("/readyz")).status_code == 200
        store.close()

    run(go())
