"""The outbox as a feed: open actions are handed out, what must not be repeated once; rules learn the results."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from strategies.serving import Clients, lines, message, run, serving


async def feed(clients: Clients, **query: Any) -> tuple[list[str], str]:
    """Return what is to be done now, and the cursor behind it."""
    answer = await clients.bot.get("/v1/actions", params=query)
    assert answer.status_code == 200, answer.text
    return [f"{one['community']}.{one['action']['do']}" for one in answer.json()["actions"]], answer.json()["after"]


async def handed(clients: Clients, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await clients.bot.get("/v1/actions", params=query)).json()["actions"]
    return found


async def report(clients: Clients, item: dict[str, Any], outcome: str, **more: Any) -> Any:
    body = {"community": item["community"], "outcome": outcome, **more}
    return await clients.bot.post(f"/v1/actions/{item['action']['key']}/result", json=body)


def test_what_is_open_is_handed_out_and_then_what_is_new(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "an advert"), message("2", "banme", community="d")))
            one, after = await feed(clients, limit=2)
            assert one == ["c.delete", "c.mute"]
            await clients.stream(lines(message("3", "banme", community="a")))
            rest, after = await feed(clients, after=after)
            assert rest == ["c.reply", "d.ban", "a.ban"]
            assert await feed(clients, after=after) == ([], after)
            assert await feed(clients, after=after, community="a") == ([], after)
            await clients.stream(lines(message("4", "banme"), message("5", "banme", community="a")))
            found, _ = await feed(clients, after=after, community="a")
            assert found == ["a.ban"]

    run(go())


def test_who_begins_anew_is_given_again_what_may_be_repeated(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "an advert")))
            assert (await feed(clients))[0] == ["c.delete", "c.mute", "c.reply"]
            assert (await feed(clients))[0] == ["c.delete", "c.mute"]

    run(go())


def test_what_has_an_end_is_not_handed_out(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "an advert")))
            delete, mute, reply = await handed(clients)
            for item in (delete, mute):
                assert (await report(clients, item, "done")).json() == {"decisions": []}
            assert (await report(clients, reply, "done", message={"id": "m9"})).status_code == 200
            assert (await feed(clients))[0] == []
            assert (await report(clients, mute, "done")).json() == {"decisions": []}
            late = await report(clients, mute, "failed", reason="no")
            assert (late.status_code, late.json()["code"]) == (409, "ended")

    run(go())


def test_what_failed_is_told_to_the_rules(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "banme")))
            [ban] = await handed(clients)
            [decision] = (await report(clients, ban, "failed", reason="no rights")).json()["decisions"]
            assert [action["do"] for action in decision["actions"]] == ["mute"]

    run(go())


def test_what_is_to_be_tried_again_comes_when_it_is_due(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "banme")))
            [ban] = await handed(clients)
            _, after = await feed(clients)
            await report(clients, ban, "retry", after=0.3)
            assert (await feed(clients))[0] == []
            found, _ = await feed(clients, after=after, wait=10)
            assert found == ["c.ban"]

    run(go())


def test_it_waits_for_news(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            _, after = await feed(clients)
            waits = asyncio.create_task(feed(clients, after=after, wait=30))
            await asyncio.sleep(0.05)
            await clients.bot.post("/v1/events", json=message("1", "banme"))
            assert (await waits)[0] == ["c.ban"]

    run(go())


def test_a_pause_holds_back_and_what_was_held_comes_after_it(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("0")))
            _, after = await feed(clients)
            assert (await clients.moderate.post("/v1/communities/c/pause")).json()["paused"]
            await clients.stream(lines(message("1", "banme")))
            assert (await feed(clients))[0] == []
            assert (await feed(clients, after=after))[0] == []
            await clients.moderate.post("/v1/communities/c/resume")
            assert (await feed(clients, after=after, wait=10))[0] == ["c.ban"]
            await clients.moderate.post("/v1/communities/c/pause")
            await clients.moderate.post("/v1/communities/c/resume", json={"drop": True})
            assert (await feed(clients))[0] == []

    run(go())


def test_without_a_result_what_may_be_repeated_comes_again_and_the_rest_is_in_doubt(book: Path) -> None:
    async def go() -> None:
        async with serving(book, hold=0.2) as clients:
            await clients.stream(lines(message("1", "an advert")))
            found, after = await feed(clients)
            assert found == ["c.delete", "c.mute", "c.reply"]
            found, _ = await feed(clients, after=after, wait=10)
            assert set(found) <= {"c.delete", "c.mute"}
            while not (doubtful := (await clients.observe.get("/v1/actions/doubtful")).json()["actions"]):
                await asyncio.sleep(0.05)
            [reply] = doubtful
            assert (reply["action"]["do"], reply["reason"]) == ("reply", "it was handed out, and no result came")
            path = f"/v1/actions/{reply['action']['key']}/again"
            assert (await clients.moderate.post(path, json={"community": "c"})).status_code == 200
            assert (await clients.moderate.post(path, json={"community": "c"})).status_code == 409
            assert "c.reply" in (await feed(clients))[0]

    run(go())


def test_after_a_restart_what_must_not_be_repeated_is_in_doubt(book: Path, tmp_path: Path) -> None:
    async def go() -> None:
        place = f"sqlite:{tmp_path / 'hub.db'}"
        async with serving(book, place) as clients:
            await clients.stream(lines(message("1", "an advert")))
            _, after = await feed(clients)
        async with serving(book, place) as clients:
            assert (await feed(clients, after=after))[0] == ["c.delete", "c.mute"]
            found = (await clients.observe.get("/v1/actions/doubtful", params={"community": "c"})).json()["actions"]
            assert [one["action"]["do"] for one in found] == ["reply"]
            assert (await clients.observe.get("/v1/actions/doubtful?community=d")).json() == {"actions": []}

    run(go())


@pytest.mark.parametrize("after", ["x", "1-x", "a-1-2-zz", "a-1-2-ff", "----", "٣-٣"])
def test_what_is_no_cursor_begins_anew(book: Path, after: str) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "banme")))
            assert (await feed(clients, after=after))[0] == ["c.ban"]

    run(go())


def test_results_of_what_never_was(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            item = {"community": "c", "action": {"key": "nothing"}}
            assert (await report(clients, item, "done")).status_code == 404
            odd = await report(clients, item, "perhaps")
            assert (odd.status_code, odd.json()["place"]) == (400, "body.outcome")

    run(go())


def test_a_stream_of_events(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "an advert")))
            headers = {"accept": "text/event-stream"}
            reads = asyncio.create_task(clients.bot.get("/v1/actions", headers=headers))
            await asyncio.sleep(0.2)
            await clients.stream(lines(message("2", "banme")))
            await asyncio.sleep(0.2)
            clients.service.stop()
            answer = await reads
            assert answer.headers["content-type"].startswith("text/event-stream")
            data = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
            assert [one["action"]["do"] for one in data] == ["delete", "mute", "reply", "ban"]

    run(go())
