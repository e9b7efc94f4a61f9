"""The console with a million decisions stored: how long a page takes to open, and a preview of other settings.

The decisions, and what they touch, are written into the store as by a hub; each page is requested as by a browser,
through the whole application but without a socket. The preview is over 200,000 recorded events.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from bench.figures import Results
from groundrules.calendar.instants import format_ms
from groundrules.console import Console
from groundrules.runtime import Hub
from groundrules.service.tokens import Tokens
from groundrules.stores.records import Batch, Entry, Events, Head, Touch
from groundrules.stores.sqlite import SqliteStore

NOW = 1_772_805_600_000
MONTH = 30 * 86_400_000
AT_ONCE = 1_000
PREVIEWED = 200_000
PAGES = (
    "today",
    "queue",
    "log",
    "log?member=m7",
    "log?rule=long",
    "member/m7",
    "rules",
    "rule/long",
    "settings",
    "try",
)
BOOK = """\
rulebook: large-group
title: {zh: 大群, en: Large group}
use: [std/chat]
parameters:
  most: {type: integer, default: 60, min: 1, max: 999, title: {zh: 字数上限, en: Longest message}}
  burst: {type: integer, default: 5, min: 2, max: 50, title: {zh: 刷屏上限, en: Messages in ten seconds}}
ledgers: {strikes: {per: member}}
rules:
  - id: long
    title: {zh: 长消息, en: Long messages}
    on: message
    when: length(text) > most
    then: [delete, strike: 1]
  - id: flood
    title: {zh: 刷屏, en: Floods}
    on: message
    when: count(message by actor within 10s) > burst
    then: [mute: 10m]
"""


def run(results: Results, decisions: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book, place = Path(folder) / "large.yaml", Path(folder) / "console.db"
        book.write_text(BOOK, encoding="utf-8")
        _filled(place, decisions, min(decisions, PREVIEWED))
        asyncio.run(_visited(results, book, place, decisions, rounds))


def _filled(place: Path, decisions: int, events: int) -> None:
    with SqliteStore(place) as store:
        store.claim("c")
        for number, first in enumerate(range(0, decisions, AT_ONCE)):
            batch = Batch(f"b{number}")
            batch.entries = [_entry(one, decisions) for one in range(first, min(first + AT_ONCE, decisions))]
            lines = [_line(one, events) for one in range(first, min(first + AT_ONCE, events))]
            if lines:
                since, until = _at(first, events), _at(first + len(lines), events)
                batch.events = [Events("c", first + 1, first + len(lines), since, until, b"\n".join(lines))]
            batch.heads = [Head("c", number + 1, f"b{number}", number=min(first + AT_ONCE, events))]
            store.commit(batch)
        store.release(["c"])


def _at(number: int, of: int) -> int:
    return NOW - MONTH + number * MONTH // of


def _line(number: int, of: int) -> bytes:
    at, who = format_ms(_at(number, of)), f"m{number * 7919 % 5000}"
    return (
        f'{{"id":"e{number}","type":"message","time":"{at}","community":{{"id":"c"}},"actor":{{"id":"{who}"}},'
        f'"channel":{{"id":"general","name":"general"}},"text":"{"word " * (1 + number * 31 % 16)}"}}'
    ).encode()


def _entry(number: int, of: int) -> Entry:
    at, who, rule = _at(number, of), f"m{number * 7919 % 5000}", ("long", "flood")[number % 3 == 0]
    does, parameters = ("mute", '{"duration":600000}') if rule == "flood" else ("delete", f'{{"events":["e{number}"]}}')
    body = (
        f'{{"trigger":"event","at":"{format_ms(at)}","seq":{number + 1},"event":"e{number}","type":"message",'
        f'"partition":"c","rulebook":"large-group@0","actions":[{{"do":"{does}","who":"{who}","parameters":{parameters},'
        f'"key":"k{number}","rules":["{rule}"]}}],"fired":[{{"rule":"{rule}","clauses":[{{"text":"length(text) > most",'
        f'"line":8,"file":"large.yaml","outcome":true,"reads":{{"length(text)":80}}}}]}}]}}'
    ).encode()
    return Entry("c", at, body, (Touch("member", who), Touch("channel", "general"), Touch("rule", rule)))


async def _visited(results: Results, book: Path, place: Path, decisions: int, rounds: int) -> None:
    async with Hub(f"sqlite:{place}", book, clock=lambda: NOW, ticks=False) as hub:
        tokens = Tokens()
        transport = httpx.ASGITransport(app=Console(hub, tokens, _nobody))
        async with httpx.AsyncClient(transport=transport, base_url="http://console", follow_redirects=True) as client:
            await client.post("/console/enter", data={"token": tokens.new("bench", "administer"), "member": "m1"})
            slowest = 0.0
            for page in (*PAGES, f"decision/{decisions // 2}"):
                times = [time_ async for time_ in _opened(client, page, rounds)]
                took = statistics.median(times[1:] or times)
                slowest = max(slowest, took)
                results.add("console", f"opens {page.partition('?')[0].partition('/')[0]}", 1e3 * took, "ms", page=page)
            what = f"the slowest page with {decisions:,} decisions stored opens in"
            results.reach(what, 1e3 * slowest, 100, least=False, unit="ms")
        begun = time.perf_counter()
        found = await hub.estimate("c", {"most": 70})
        took = time.perf_counter() - begun
        results.add("console", "preview", took, "s", events=found.events, replayed=found.replayed)
        results.reach(f"a preview over {found.events:,} recorded events", took, 2, least=False, unit="s")


async def _opened(client: Any, page: str, rounds: int) -> AsyncIterator[float]:
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        answer = await client.get(f"/console/{page}")
        assert answer.status_code == 200, (page, answer.status_code)
        yield time.perf_counter() - begun


async def _nobody(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("not below /console")
