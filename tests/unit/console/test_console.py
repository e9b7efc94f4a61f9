"""The console: who is let in, what is shown and done, and that nothing a member writes acts on a page."""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

httpx = pytest.importorskip("httpx")
pytest.importorskip("jinja2")
pytest.importorskip("starlette")

from groundrules.calendar.instants import format_ms  # noqa: E402
from groundrules.console import Console  # noqa: E402
from groundrules.console.view import HERE  # noqa: E402
from groundrules.runtime import Hub  # noqa: E402
from groundrules.runtime.core import action_of  # noqa: E402
from groundrules.service.tokens import Tokens  # noqa: E402
from groundrules.stores.records import Query  # noqa: E402

NOW = 1_767_225_600_000
HOSTILE = "<script>alert(1)</script>\u202egnp.exe\x1b]0;x\x07 \" onmouseover=x' {{1234*4321}} " + "é" * 10_000
BOOK = """
rulebook: shop
use: [std/chat]
parameters:
  most: {type: integer, default: 3, min: 1, max: 9, title: {zh: 上限, en: Most}}
ledgers: {strikes: {per: member, title: {zh: 违规, en: Strikes}}}
rules:
  - id: long
    title: Long
    on: message
    when: length(text) > most
    then: [{strike: 1, ledger: strikes}, {reply: "{text}"}]
  - id: bad
    title: Bad
    on: message
    when: text contains "banme"
    then: [ban]
    approval: {by: admin, within: 1d}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 60))


def message(id: str, text: str, who: str = "ana") -> dict[str, Any]:
    header = {"id": id, "type": "message", "time": format_ms(NOW), "community": {"id": "c"}, "text": text}
    return header | {"actor": {"id": who}, "channel": {"id": "general"}, "message": {"id": id}}


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("not below /console")


@asynccontextmanager
async def visited(book: Path, role: Any = None) -> AsyncIterator[tuple[Any, Hub]]:
    """Somebody who is in: by a link, or with a token of a role."""
    tokens = Tokens()
    async with Hub("sqlite::memory:", book, clock=lambda: NOW, ticks=False) as hub:
        await hub.handle(message("1", HOSTILE))
        await hub.handle(message("2", "banme", who="<b>bo</b>"))
        console = Console(hub, tokens, nothing)
        transport = httpx.ASGITransport(app=console)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", follow_redirects=True) as client:
            if role is None:
                await client.post(f"/console/enter/{console.sessions.link()}", data={"member": "li"})
            else:
                await client.post("/console/enter", data={"token": tokens.new("t", role), "member": "li"})
            yield client, hub


def seal(page: str) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', page)
    assert found is not None
    return found[1]


PAGES = (
    *("", "/today", "/queue", "/log", "/log?member=ana&rule=long", "/rules", "/rules?costs=1", "/rule/long"),
    *("/settings", "/try", "/replay", "/playground", "/member/ana"),
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_that_a_member_writes_acts_on_any_page(book: Path, lang: str) -> None:
    async def go() -> None:
        async with visited(book) as (client, _):
            for path in (
                *PAGES,
                "/decision/1",
                "/decision/2",
                "/member/%3Cb%3Ebo%3C%2Fb%3E",
                f"/log?member={quote(HOSTILE[:60])}",
            ):
                page = await client.get(f"/console{path}", headers={"accept-language": lang})
                assert page.status_code == 200, path
                assert "default-src 'none'" in page.headers["content-security-policy"]
                assert not re.search(r"<script>|<b>bo|\u202e|\x1b|onmouseover=x'|5332114", page.text), path
                assert f'<html lang="{lang}' in page.text

    run(go())


def test_who_is_not_in_sees_nothing(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            strangers = httpx.AsyncClient(transport=client._transport, base_url="http://test")
            for path in (*PAGES, "/decision/1"):
                page = await strangers.get(f"/console{path}")
                assert "advert" not in page.text
                assert 'action="/console/enter"' in page.text
            for path in ("/pause", "/settings", "/forget/ana", "/answer"):
                assert 'action="/console/enter"' in (await strangers.post(f"/console{path}", data={"seal": "x"})).text
            assert (await strangers.post("/console/enter", data={"token": "gr_x"})).status_code == 403
            assert (await hub.community("c")).paused is False  # type: ignore[union-attr]

    run(go())


def test_a_link_opens_once(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, _):
            console = client._transport.app
            link = console.sessions.link()
            other = httpx.AsyncClient(transport=client._transport, base_url="http://test", follow_redirects=True)
            assert (await other.post(f"/console/enter/{link}", data={})).status_code == 200
            assert (await other.post(f"/console/enter/{link}", data={})).status_code == 403

    run(go())


def test_a_form_of_somebody_else_does_nothing(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            answer = await client.post("/console/pause?community=c", data={"wanted": "pause", "seal": "forged"})
            assert answer.status_code == 403
            assert not (await hub.community("c")).paused  # type: ignore[union-attr]
            page = (await client.get("/console/today")).text
            await client.post("/console/pause?community=c", data={"wanted": "pause", "seal": seal(page)})
            assert (await hub.community("c")).paused  # type: ignore[union-attr]

    run(go())


def test_who_may_only_look_changes_nothing(book: Path) -> None:
    async def go() -> None:
        async with visited(book, "observe") as (client, hub):
            page = (await client.get("/console/settings")).text
            forms = {
                "pause": {"wanted": "pause"},
                "settings": {"what": "save", "set.most": "5"},
                "forget/ana": {"sure": "ana"},
            }
            for path, form in forms.items():
                answer = await client.post(f"/console/{path}", data={**form, "seal": seal(page)})
                assert answer.status_code == 403, path
            assert await hub.settings("c") == {}
            assert len(await hub.history("ana")) == 1

    run(go())


def test_settings_show_what_they_would_have_done_and_are_saved(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            page = (await client.get("/console/settings", headers={"accept-language": "zh"})).text
            assert "上限" in page
            form = {"set.most": "9", "seal": seal(page)}
            previewed = (await client.post("/console/settings", data={**form, "what": "preview"})).text
            assert "&lt;b&gt;bo&lt;/b&gt;" in previewed  # no longer hit
            assert await hub.settings("c") == {}
            wrong = {**form, "set.most": "99"}
            refused = (await client.post("/console/settings", data=wrong, headers={"accept-language": "zh"})).text
            assert "这样不行：`99` 超出范围：`most` 至多为 `9`" in refused
            await client.post("/console/settings", data={**form, "what": "save"})
            assert await hub.settings("c") == {"most": 9}

    run(go())


def test_a_request_is_answered_once(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            await hub.handle(message("r", "") | {"type": "roster", "members": [{"id": "li", "roles": ["admin"]}]})
            page = (await client.get("/console/queue")).text
            case = re.search(r'name="case" value="(approval:[^"]+)"', page)
            assert case is not None
            form = {"case": case[1], "answer": "refused", "reason": "no", "seal": seal(page)}
            assert (await client.post("/console/answer", data={**form, "reason": " "})).status_code == 422
            assert "Answered" in (await client.post("/console/answer", data=form)).text
            assert "already" in (await client.post("/console/answer", data=form)).text
            assert await hub.pending("c") == []
            [told] = [action_of(one) for one in await hub.actions("c") if action_of(one).do == "send"]
            assert told.parameters["to"] == "<b>bo</b>"
            assert told.parameters["text"] == {"": "What was asked for about you was refused. Reason: no"}

    run(go())


def test_a_request_says_how_many_approvals_are_needed(tmp_path: Path) -> None:
    book = tmp_path / "shop.yaml"
    book.write_text(BOOK.replace("within: 1d", "approvals: 2, within: 1d"), encoding="utf-8")

    async def go() -> None:
        async with visited(book) as (client, hub):
            await hub.handle(message("r", "") | {"type": "roster", "members": [{"id": "li", "roles": ["admin"]}]})
            page = (await client.get("/console/queue")).text
            assert "Approvals still needed: 2" in page
            case = re.search(r'name="case" value="(approval:[^"]+)"', page)
            assert case is not None
            form = {"case": case[1], "answer": "given", "seal": seal(page)}
            assert "Approvals still needed: 1" in (await client.post("/console/answer", data=form)).text
            recorded = (await hub.community("c")).number  # type: ignore[union-attr]
            assert "You have approved this already." in (await client.post("/console/answer", data=form)).text
            assert (await hub.community("c")).number == recorded  # type: ignore[union-attr]
            assert "Approvals still needed: 1" in (await client.get("/console/queue")).text

    run(go())


def test_a_decision_links_to_members_only(tmp_path: Path) -> None:
    book = tmp_path / "shop.yaml"
    book.write_text(BOOK.replace("then: [ban]", "then: [hold]"), encoding="utf-8")
    text = book.read_text(encoding="utf-8").replace("    approval: {by: admin, within: 1d}\n", "")
    book.write_text(text.replace("default: 3", "default: 9"), encoding="utf-8")

    async def go() -> None:
        async with visited(book) as (client, _):
            page = (await client.get("/console/decision/1")).text
            assert "/console/member/ana" in page
            assert "/console/member/" not in (await client.get("/console/decision/2")).text

    run(go())


def test_a_rule_shows_its_whole_condition(tmp_path: Path) -> None:
    book = tmp_path / "shop.yaml"
    when = 'length(text) > most and (text contains "a" or not text contains "b")\n    unless: actor.id == "mod"'
    book.write_text(BOOK.replace("length(text) > most", when), encoding="utf-8")

    async def go() -> None:
        async with visited(book) as (client, _):
            page = (await client.get("/console/rule/long")).text
            assert "length(text) &gt; most\nand (text contains &#34;a&#34; or not (text contains &#34;b&#34;))" in page
            assert "actor.id == &#34;mod&#34;" in page

    run(go())


def test_another_version_is_replayed_under_the_settings_in_force(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            form = {"seal": seal((await client.get("/console/replay")).text)}
            for wrong, said in (
                ({"revision": "HEAD"}, "in no git repository"),
                ({"revision": "a:b"}, "`a:b` can&#39;t be the name"),
                ({}, "Name a revision"),
                ({"pasted": BOOK.replace("on: message", "on: mesage")}, "line 10: unknown event type `mesage`"),
            ):
                answer = await client.post("/console/replay", data={**form, **wrong})
                assert (answer.status_code, said in answer.text) == (422, True), answer.text
            await hub.change("c", {"most": 9}, by="li")
            lines = b"\n".join(msgspec.json.encode(message(f"e{n}", "123456" + "x" * 300)) for n in range(800))
            answer = await client.post("/console/replay", data={**form, "pasted": BOOK, "events": lines.decode()})
            assert "800 events" in answer.text
            assert re.findall(
                r'<td>Long</td><td class="number">(\d+)</td><td class="number">(\d+)</td>', answer.text
            ) == [("800", "800")]
            assert "data-live" not in answer.text  # or it would be taken away by the next news
            answer = await client.post("/console/try", data={**form, "text": "x" * (1 << 18)})
            assert (answer.status_code, "The form has more than 128 KiB" in answer.text) == (413, True)

    run(go())


def test_whatever_was_committed_since_a_page_was_made_is_news(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            page = (await client.get("/console/log")).text
            address = re.search(r'data-live="[^"]*since=(\d+)"', page)
            assert address is not None
            await hub.handle(message("3", "before anybody listens"))
            news = client._transport.app._house.live.news("c", int(address[1]))
            heard = [await anext(news), await anext(news)]
            await hub.handle(message("4", "while the news before it settles"))
            heard.append(await anext(news))
            await news.aclose()
            versions = [int(id) for id in re.findall(rb"id: (\d+)\ndata: changed\n\n", b"".join(heard))]
            assert versions == sorted(set(versions))
            assert len(versions) == 2
            head = await hub.community("c")
            assert head is not None
            assert versions[-1] == head.version

    monkeypatch.setattr("groundrules.console.live.SETTLES", 0.01)
    run(go())


def test_what_happened_around_the_rules_is_told_in_sentences(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            await hub.change("c", {"most": 9}, by="li")
            await hub.pause("c")
            lacking = msgspec.json.encode({"actions": [["ban", "bad", "ban_members"]]})
            await hub.do("c", lambda core: core.note("c", "lacking", **msgspec.json.decode(lacking)))
            await hub.do("c", lambda core: core.note("c", "stamped_ahead", event="5", stamped=NOW))
            await hub.do("c", lambda core: core.note("c", "unheard_of", x=1))
            for lang, sentences in {
                "zh": [
                    "li 修改了设置：上限：默认 → 9",
                    "动作已暂停执行。",
                    "规则需要而这里做不到的：封禁",
                    "2026-01-01 00:00:00",
                ],
                "en": [
                    "li changed the settings: Most: default → 9",
                    "Actions are held back.",
                    "here: ban",
                    "unheard_of",
                ],
            }.items():
                page = (await client.get("/console/today", headers={"accept-language": lang})).text
                assert [sentence for sentence in sentences if sentence not in page] == []

    run(go())


def test_the_event_behind_a_decision_is_seen_even_if_it_came_late(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            for number in range(60):
                await hub.handle(message(f"n{number}", "ab"))
            await hub.handle(message("late", "came late") | {"time": format_ms(NOW - 600_000)})
            [entry] = [entry for entry in await hub.decisions(Query(limit=99)) if b'"event":"late"' in entry.body]
            assert "came late</blockquote>" in (await client.get(f"/console/decision/{entry.position}")).text

    run(go())


def test_trying_keeps_nothing(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            page = (await client.get("/console/try")).text
            answer = (await client.post("/console/try", data={"text": "four", "seal": seal(page)})).text
            assert "→" in answer
            assert len(await hub.decisions()) == 2

    run(go())


def test_a_person_is_forgotten_only_if_named_twice(book: Path) -> None:
    async def go() -> None:
        async with visited(book) as (client, hub):
            page = (await client.get("/console/member/ana")).text
            await client.post("/console/forget/ana?community=c", data={"sure": "an", "seal": seal(page)})
            assert len(await hub.history("ana")) == 1
            await client.post("/console/forget/ana?community=c", data={"sure": "ana", "seal": seal(page)})
            assert await hub.history("ana") == []

    run(go())


def test_words_are_there_in_both_languages_and_all_are_used() -> None:
    words = {lang: tomllib.loads((HERE / "words" / f"console.{lang}.toml").read_text("utf-8")) for lang in ("zh", "en")}
    assert words["zh"].keys() == words["en"].keys()
    for key, text in ((key, text) for key, text in words["en"].items() if isinstance(text, str)):
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", words["zh"][key])), key
    sources = "\n".join(path.read_text("utf-8") for path in (*HERE.rglob("*.py"), *HERE.glob("templates/*.html")))
    assert not [key for key in words["en"] if not isinstance(words["en"][key], dict) and f'"{key}"' not in sources]
    assert words["zh"].keys() == words["en"].keys()
