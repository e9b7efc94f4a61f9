"""One story that every bot lives through, each on its own platform, and what is left in the store afterwards.

A `Stage` is a platform as members see it: real software where available, else a server that speaks the documented
protocol. The bot is a separate process, its library's example in `examples/bots`, with shorter timeouts so that nobody
waits for half an hour; in the middle of the story it is killed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from groundrules.decisions import Decision
from groundrules.runtime import Hub
from groundrules.runtime.core import action_of
from groundrules.stores.records import Query
from groundrules.stores.sqlite import SqliteStore

EXAMPLES = Path(__file__).parents[2] / "examples" / "bots"
PATIENCE = "2s"
WAIT = 180.0
"""Seconds in which what is waited for has to come."""
SETTLED = 1.0
"""Seconds before the bot is killed: a message whose end is not kept yet would rightly be in doubt after it."""
ADVERT = "加微信 领兼职"
IN_ENGLISH = {
    "欢迎": "Welcome",
    "再发广告将被禁言": "One more and you will be muted",
    "的申诉成立": "The appeal of",
    "积分：0": "reputation: 0",
    "积分：1": "reputation: 1",
    "有提问还没人回答": "A question waits for an answer",
    "做不到": "I can't do here",
}
"""What bots say on QQ, and everywhere else."""
LACKING = "做不到"
"""Of what moderators are told where a right is missing."""

HOSTILE = (
    "[https://a.example](https://a.example)",
    "@everyone @here @room <@&1> <!everyone> [CQ:at,qq=all]",
    "/vote " + "9" * 1900,
    "/\u202e\u0000\ufffe" * 20,
    "申诉 {actor.name} {0} %s </mx-reply> " + "长" * 1500,
    "![](x) ``` || ~~ " * 50,
)
"""What members may write to stop or blind a bot, or to make it call everybody."""

LEDGER = {"strikes": {"li": 2}, "reputation": {"li": 1}}
"""What is in the store at the end, whatever the platform."""
ACTED = {"announce": 2, "delete": 3, "warn": 1, "mute": 1, "unmute": 1, "notify": 1}


class Stage(Protocol):
    """A platform. Members are called `owner`, `li` and `wang`; the stage knows their ids."""

    community: str

    def environment(self) -> Mapping[str, str]:
        """What the bot's process is told."""
        ...

    def id(self, name: str) -> str: ...

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def connected(self) -> bool:
        """Whether the bot is there."""
        ...

    def gone(self) -> bool:
        """Whether it is seen that the bot was killed, where that matters for what is written next."""
        ...

    async def join(self, name: str) -> None: ...

    async def write(self, name: str, words: str) -> None: ...

    async def whisper(self, name: str, words: str) -> None:
        """Write to the bot alone."""
        ...

    def said(self) -> list[str]:
        """Everything that the bot has written so far."""
        ...

    def deleted(self) -> int:
        """How many messages the bot took away."""
        ...

    def is_muted(self, name: str) -> bool: ...


class Started(NamedTuple):
    """How a bot is started, and where it keeps its store."""

    program: str = "bot.py"
    python: str | Path = sys.executable
    store: str = "groundrules.db"
    rulebook: str = "rulebook.yaml"


class Bot:
    """An example bot as a process, in a folder of its own."""

    def __init__(self, library: str, folder: Path, environment: Mapping[str, str], how: Started) -> None:
        self.how = how
        self.folder = folder / "bot"
        shutil.copytree(EXAMPLES / library, self.folder, ignore=shutil.ignore_patterns("*.db*", "__pycache__"))
        self.rulebook = rulebook = self.folder / how.rulebook
        text = rulebook.read_text(encoding="utf-8")
        assert text.count("default: 30m") == 1
        rulebook.write_text(text.replace("default: 30m", f"default: {PATIENCE}"), encoding="utf-8")
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
        self.log = folder / "bot.log"
        self.process: asyncio.subprocess.Process | None = None

    @property
    def store(self) -> Path:
        return self.folder / self.how.store

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                str(self.how.python), self.how.program, cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)
        self.process = None

    async def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            try:
                await asyncio.wait_for(self.process.wait(), 15)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()

    def tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-6000:] if self.log.exists() else ""


def free_port() -> int:
    """Return a port of the loopback that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


S = TypeVar("S", bound=Stage)
USUALLY = Started()


@asynccontextmanager
async def staged(stage: S, library: str, folder: Path, how: Started = USUALLY) -> AsyncIterator[tuple[S, Bot]]:
    """Set the stage and a bot for it, which the story starts; both end with the test."""
    await stage.start()
    bot = Bot(library, folder, stage.environment(), how)
    try:
        yield stage, bot
    finally:
        await bot.stop()
        await stage.close()


def tell(told: AbstractAsyncContextManager[tuple[Stage, Bot]]) -> None:
    """Let a bot live through the story."""

    async def run() -> None:
        async with told as (stage, bot):
            await play(stage, bot)
            await check(stage, bot)

    asyncio.run(run())


async def until(what: Callable[[], Any], bot: Bot, story: str) -> None:
    """Wait until something is so."""
    for _ in range(int(WAIT / 0.05)):
        if what():
            return
        if bot.process is not None and bot.process.returncode not in (None, -signal.SIGKILL.value):
            break
        await asyncio.sleep(0.05)
    raise AssertionError(f"this did not come: {story}\n{bot.tail()}")


def times(stage: Stage, words: str, right: str = "") -> int:
    """Return how often the bot has said something, in its language."""
    ways = {words, IN_ENGLISH.get(words, words)}
    return sum(right in said and any(way in said for way in ways) for said in stage.said())


async def play(stage: Stage, bot: Bot) -> None:
    """Live through the story."""

    def heard(words: str) -> Callable[[], bool]:
        return lambda: times(stage, words) > 0

    await bot.start()
    await until(stage.connected, bot, "the bot is there")
    await stage.join("li")
    await until(heard("欢迎"), bot, "the greeting")
    await stage.write("li", ADVERT)
    await until(lambda: stage.deleted() == 1, bot, "the first advert goes")
    await stage.write("li", ADVERT)
    await until(heard("再发广告将被禁言"), bot, "the warning")
    await until(lambda: stage.deleted() == 2, bot, "the second advert goes")
    await asyncio.sleep(SETTLED)
    await bot.kill()
    await until(stage.gone, bot, "the bot is gone")
    await bot.start()
    await until(stage.connected, bot, "the bot is there again")
    await stage.write("li", ADVERT)
    await until(lambda: stage.is_muted("li"), bot, "the mute")
    await until(lambda: stage.deleted() == 3, bot, "the third advert goes")
    await stage.whisper("li", "申诉 我只是问问")
    await until(heard("我只是问问"), bot, "moderators hear of the appeal")
    await stage.write("owner", f"/approve {stage.id('li')}")
    await until(lambda: not stage.is_muted("li"), bot, "the mute is lifted")
    await until(heard("的申诉成立"), bot, "the appeal is granted in words")
    await stage.write("li", "签到")
    await until(heard("0 → 1"), bot, "the point for signing in")
    await stage.write("li", "积分")
    await until(heard("积分：1"), bot, "the points are told")
    await stage.write("wang", "请问几点开会？")
    await until(heard("有提问还没人回答"), bot, "admins hear of the question")
    await asyncio.sleep(0.3)
    await bot.stop()


async def survive(stage: Stage, bot: Bot) -> None:
    """Whatever was written before, an advert goes."""
    await bot.start()
    await until(stage.connected, bot, "the bot is there")
    for words in HOSTILE:
        await stage.write("wang", words)
    await stage.write("wang", ADVERT)
    await until(lambda: stage.deleted() == 1, bot, "the advert behind them goes")


async def told_once(stage: Stage, bot: Bot, right: str) -> None:
    """What the bot has no right to is told to moderators once, by this process and those that follow."""
    for start in range(2):
        await bot.start()
        await until(stage.connected, bot, "the bot is there")
        await stage.write("wang", "大家好")
        await stage.write("wang", "积分")
        await until(lambda start=start: times(stage, "积分：0") > start, bot, "the points are told")
        await until(lambda: times(stage, LACKING, right), bot, "what can't be done is told")
        await asyncio.sleep(0.5)
        await bot.stop()
        await until(stage.gone, bot, "the bot is gone")
    assert times(stage, LACKING, right) == 1


async def ledger(stage: Stage, bot: Bot) -> dict[str, dict[str, int]]:
    """The balances that the store holds, by the members' names in the story."""
    hub = Hub(f"sqlite:{bot.store}", str(bot.rulebook), ticks=False)
    async with hub:
        return await hub.do(
            stage.community,
            lambda core: {
                one: {"li": core.communities[stage.community].engine.balance(stage.community, one, stage.id("li"))}
                for one in LEDGER
            },
        )


def acted(stage: Stage, bot: Bot) -> tuple[Counter[str], Counter[str]]:
    """How many actions of each kind were done, and how many have another end or none."""
    store = SqliteStore(str(bot.store))
    try:
        done, other = Counter[str](), Counter[str]()
        for one in store.outgoing(stage.community, open=False):
            (done if one.status == "done" else other)[action_of(one).do] += 1
        return done, other
    finally:
        store.close()


def rejected(bot: Bot) -> list[Decision]:
    """What the engine could not handle."""
    store = SqliteStore(str(bot.store))
    try:
        found = [msgspec.json.decode(one.body, type=Decision) for one in store.decisions(Query(limit=10_000))]
        return [decision for decision in found if decision.rejected is not None]
    finally:
        store.close()


async def check(stage: Stage, bot: Bot) -> None:
    """The end of the story is the same on every platform."""
    assert not times(stage, LACKING), "it had all rights"
    done, other = acted(stage, bot)
    assert done == ACTED, bot.tail()
    assert not other, other
    assert not rejected(bot)
    balances = await ledger(stage, bot)
    assert balances == LEDGER, balances
