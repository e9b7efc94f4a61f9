"""The log, approvals and communities over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from strategies.serving import Clients, lines, message, run, serving

ADMIN = {"id": "zoe", "name": "Zoe", "roles": ["admin"]}


async def log(clients: Clients, **query: Any) -> tuple[list[str], int | None]:
    answer = (await clients.observe.get("/v1/decisions", params=query)).json()
    return [one["decision"]["event"] for one in answer["decisions"]], answer["next"]


def test_the_log_by_what_it_concerns(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            events = [message("1", "an advert"), message("2", "banme", who="bo"), message("3", "advert", community="d")]
            await clients.stream(lines(*events))
            assert await log(clients) == (["1", "2", "3"], None)
            assert await log(clients, newest=True) == (["3", "2", "1"], None)
            assert await log(clients, member="bo") == (["2"], None)
            assert await log(clients, rule="advert", community="c") == (["1"], None)
            assert await log(clients, channel="nowhere") == ([], None)
            first, position = await log(clients, limit=2)
            assert first == ["1", "2"]
            assert await log(clients, limit=2, after=position) == (["3"], None)
            last, position = await log(clients, limit=2, newest=True)
            assert last == ["3", "2"]
            assert await log(clients, limit=2, before=position) == (["1"], None)

    run(go())


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("limit=0", "query.limit"),
        ("limit=x", "query.limit"),
        ("after=-1", "query.after"),
        ("after=99999999999999999999", "query.after"),
        ("before=9007199254740993", "query.before"),
        ("nonsense=1", "query"),
        ("member=", "query.member"),
        ("newest=perhaps", "query.newest"),
    ],
)
def test_a_query_that_can_not_be_understood(book: Path, query: str, place: str) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            answer = await clients.observe.get(f"/v1/decisions?{query}")
            assert (answer.status_code, answer.json()["code"], answer.json()["place"]) == (400, "invalid", place)

    run(go())


def test_a_decision_in_sentences(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "an advert"), b"x" and {"id": "1"}))
            text = (await clients.observe.get("/v1/decisions/1/explain")).json()["text"]
            assert "advert" in text
            chinese = (await clients.observe.get("/v1/decisions/1/explain?lang=zh")).json()
            assert chinese["lang"] == "zh"
            assert "删除" in chinese["text"]
            assert (await clients.observe.get("/v1/decisions/2/explain")).status_code == 200  # of no community
            for id in ("3", "x", "-1", "99999999999999999999", "٣"):
                assert (await clients.observe.get(f"/v1/decisions/{id}/explain")).status_code == 404

    run(go())


def test_an_approval_is_listed_and_answered(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "serious")))
            [waits] = (await clients.observe.get("/v1/approvals")).json()["approvals"]
            assert [action["do"] for action in waits["actions"]] == ["ban"]
            assert (waits["needed"], waits["approved"]) == (1, [])
            assert waits["until"].startswith("20")
            assert (await clients.observe.get("/v1/approvals?community=c")).json()["approvals"] == [waits]
            assert (await clients.observe.get("/v1/approvals?community=d")).status_code == 404
            path = f"/v1/approvals/{waits['id']}"
            body = {"community": "c", "answer": "given", "by": {"id": "ivy", "roles": []}}
            await clients.moderate.post(path, json=body)
            assert len((await clients.observe.get("/v1/approvals")).json()["approvals"]) == 1  # she may not
            decisions = (await clients.moderate.post(path, json=body | {"by": ADMIN})).json()["decisions"]
            assert "ban" in {action["do"] for decision in decisions for action in decision.get("actions", ())}
            assert (await clients.observe.get("/v1/approvals")).json()["approvals"] == []
            late = await clients.moderate.post(path, json=body | {"by": ADMIN})
            assert (late.status_code, late.json()["code"]) == (404, "not_found")
            away = await clients.moderate.post(path, json=body | {"community": "d"})
            assert away.status_code == 404
            odd = await clients.moderate.post(path, json=body | {"answer": "perhaps"})
            assert (odd.status_code, odd.json()["place"]) == (400, "body.answer")

    run(go())


def test_communities(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            odd = "a/b ✓"
            await clients.stream(lines(*(message(id, community=id) for id in ("c", "d", odd))))
            found = (await clients.observe.get("/v1/communities?limit=2")).json()
            assert ([one["community"] for one in found["communities"]], found["next"]) == ([odd, "c"], "c")
            found = (await clients.observe.get("/v1/communities?after=c")).json()
            assert ([one["community"] for one in found["communities"]], found["next"]) == (["d"], None)
            path = "/v1/communities/a%2Fb%20%E2%9C%93"
            assert (await clients.observe.get(path)).json()["community"] == odd
            assert (await clients.moderate.post(f"{path}/pause")).json()["paused"]
            assert (await clients.observe.get("/v1/communities/nobody")).status_code == 404
            assert (await clients.moderate.post("/v1/communities/nobody/pause")).status_code == 404

    run(go())
