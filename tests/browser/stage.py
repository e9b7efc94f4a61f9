"""A console on a socket, with a rulebook, members and a week behind it, for a browser to visit."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.console import Console
from groundrules.runtime import Hub
from groundrules.service import Service, application
from groundrules.service.server import Server, bound
from groundrules.service.tokens import Tokens

NOW = 1_772_805_600_000
"""A Friday in March 2026, 22:00 in Shanghai."""
BOOK = """\
rulebook: tea-house
title: {zh: 茶馆群, en: Tea house}
text: {zh: 喝茶、聊天、不卖东西。, en: "Tea, talk, nothing for sale."}
languages: [zh, en]
timezone: Asia/Shanghai
use: [std/chat]
parameters:
  burst: {type: integer, default: 4, min: 2, max: 20, title: {zh: 刷屏上限, en: Messages in ten seconds}}
  quiet: {type: duration, default: 10m, min: 1m, max: 1d, title: {zh: 禁言时长, en: Length of a mute}}
lists:
  adverts: {match: squeezed, file: lists/adverts.txt}
  our_sites: {match: domain, items: [example.org, github.com]}
define:
  staff: actor.roles has any of ["owner", "admin"]
ledgers:
  strikes: {per: member, title: {zh: 违规, en: Strikes}}
rules:
  - id: no-adverts
    title: {zh: 禁止广告, en: No advertising}
    text: {zh: 群内请勿发广告, en: Do not advertise here}
    on: message
    unless: staff
    when: text contains any of adverts and not any(link in links where link.domain in our_sites)
    then: [delete, {strike: 1}]
  - id: flood
    title: {zh: 不要刷屏, en: No floods}
    text: {zh: "十秒内不超过 {burst} 条", en: "No more than {burst} messages in ten seconds"}
    on: message
    unless: staff
    when: count(message by actor within 10s) > burst
    then: [{mute: quiet}]
  - id: strangers
    title: {zh: 陌生链接先审, en: Unknown links wait}
    on: message
    unless: staff
    when: any(link in links where link.domain not in our_sites)
    then: [hold]
  - id: swindle
    title: {zh: 诈骗移出, en: Swindlers go}
    on: message
    unless: staff
    when: text contains "刷单"
    then: [ban]
    approval: {by: admin, approvals: 1, within: 1d}
ladders:
  - id: discipline
    title: {zh: 违规阶梯, en: Discipline}
    ledger: strikes
    appeal: {within: 7d, to: owner}
    steps: [{reaches: 2, then: [{mute: 1d}]}]
"""
TESTS = """\
tests:
  - name: an advert is deleted
    timeline:
      - {at: "09:00", message: 加微信 xyz, by: li, id: a, expect: [{delete: [a]}]}
"""


def event(type: str, who: str = "li", minutes: float = 0, **fields: Any) -> dict[str, Any]:
    """An event so many minutes before the hour at which the browser comes."""
    at = NOW - round(minutes * 60_000)
    id = str(fields.pop("id", f"{type}-{who}-{minutes}"))
    header = {"id": id, "type": type, "time": format_ms(at), "community": {"id": "tea"}, "actor": {"id": who}}
    return header | fields


def message(id: str, text: str, who: str = "li", minutes: float = 0, **fields: Any) -> dict[str, Any]:
    channel = {"channel": {"id": "general", "name": "general"}, "message": {"id": id}}
    return event("message", who, minutes, id=id, text=text, **channel, **fields)


def week() -> list[dict[str, Any]]:
    """What happened: adverts, a flood, a step of the ladder, an appeal, a report, a held message, a request."""
    people = [
        {"id": "ana", "name": "安娜", "roles": ["owner", "admin"]},
        {"id": "bo", "name": "阿博", "roles": ["owner", "admin"]},
        *({"id": who, "name": name, "roles": []} for who, name in (("li", "小李"), ("wang", "老王"), ("xu", "小许"))),
    ]
    events = [event("roster", "ana", 6000, members=people)]
    events += [message(f"t{n}", "今天喝龙井 🍵", "wang", 5000 - 40 * n) for n in range(60)]
    events += [message(f"f{n}", f"在吗 {n}", "xu", 1500 - n / 60) for n in range(7)]
    events += [message(f"w{n}", f"喝茶吗 {n}", "wang", 800 - n / 60) for n in range(4)]
    events += [message("a1", "加微信 abc，兼职日结", "li", 300), message("a2", "兼职日结，速来", "li", 200)]
    link = {"url": "https://unknown.example.net/x", "domain": "unknown.example.net"}
    events.append(message("h1", "看看这个 https://unknown.example.net/x", "xu", 90, links=[link]))
    report = {"id": "r1", "reporter": {"id": "wang"}}
    events.append(event("report.created", "wang", 60, report=report, target={"id": "li"}, reason="他一直发广告"))
    events.append(message("s1", "刷单返利，日入千元", "li", 50))
    events.append(event("appeal.opened", "li", 20, text="我只是转发，不是广告"))
    return events


class Performer:
    """A platform that does everything it is told, and remembers it."""

    can = None
    repeats = None

    def __init__(self) -> None:
        self.done: list[Any] = []

    async def perform(self, action: Any, community: str) -> Any:
        from groundrules.runtime import Done

        self.done.append(action)
        return Done()


class _Unsignalled(Server):
    """Off the main thread nobody hears of signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Stage:
    """A hub with its console, on a thread of its own."""

    def __init__(self, book: Path, events: list[Any], place: str = "sqlite::memory:") -> None:
        self.book, self._events, self._place = book, events, place
        begun = time.monotonic()
        self._clock = lambda: NOW + round((time.monotonic() - begun) * 1000)
        self.platform = Performer()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.error: BaseException | None = None

    def __enter__(self) -> Stage:
        self._thread.start()
        assert self._ready.wait(120), "the console did not begin"
        if self.error is not None:
            raise self.error
        return self

    def __exit__(self, *details: object) -> None:
        self._server.should_exit = True
        self._thread.join(30)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # told by whoever waits
            self.error = error
        finally:
            self._ready.set()
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self) -> None:
        tokens = Tokens()
        hub = Hub(self._place, self.book, self.platform, clock=self._clock, ticks=False)
        async with hub, Service(hub, tokens) as service:
            await hub.handle_many(self._events)
            await hub.drained()
            self.hub, self.tokens = hub, tokens
            self.console = Console(hub, tokens, application(service))
            service.at_stop(self.console.stop)
            with bound("127.0.0.1", 0) as listening:
                self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
                self._server = _Unsignalled(service, self.console)
                self._loop.call_soon(self._ready.set)
                await self._server.serve(sockets=[listening])

    def call(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run something on the hub's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def token(self, name: str, role: Any = "administer") -> str:
        """A token for somebody."""
        return self.tokens.new(name, role)
