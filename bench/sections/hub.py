"""The hub against the engine alone: the same events, decided and stored, in each store and over HTTP.

Waiting events come a thousand at a time, as when a bot catches up or a service is under load; each way gets a thousand
in turn. The engine alone writes its decisions as log lines, in memory. The process's own time is counted; next to it is
elapsed time, including the disk and PostgreSQL's own processes. One event alone is compared with a bare commit of the
same size.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from dev.postgres import NoServerError, server

from bench import ours
from bench.figures import Results
from bench.sections.endtoend import Days
from bench.timing import Times, ratio
from bench.workloads import Workload, workload
from groundrules import Engine
from groundrules.decisions import encode
from groundrules.runtime import Hub, SyncHub
from groundrules.service import Service, Tokens
from groundrules.service.server import Server
from groundrules.stores.records import Batch, Entry, Events, Head, Row
from groundrules.stores.sqlite import SqliteStore

WAITING = 1_000
RULES = 1_000
LATER = 4_102_444_800_000  # 2100: no event is ahead of this clock
LEAST = {"hub, SQLite": 0.6, "hub, PostgreSQL": 0.4}
HTTP = "hub, SQLite, NDJSON over HTTP"

Run = Callable[[Sequence[bytes]], Awaitable[None]]


def run(results: Results, rounds: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places, started = {"hub, SQLite": f"sqlite:{folder / 'waiting.db'}"}, None
        try:
            started = stack.enter_context(server(durable=True))
            places["hub, PostgreSQL"] = started.url
        except NoServerError as error:
            results.skipped.append(f"hub: no PostgreSQL: {error}")
        asyncio.run(_waiting(results, places, folder, rounds))
        _alone(results, folder, 40 * rounds)


# --- a thousand that wait ---------------------------------------------------------------------------------------------


async def _waiting(results: Results, places: dict[str, str], folder: Path, rounds: int) -> None:
    work = workload(RULES)
    async with _ways(work, places, folder) as ways:
        days = {name: Days(work) for name in ways}
        own, wall = await _in_turns(ways, days, rounds)
    for name, times in own.items():
        results.add("hub", name, times.microseconds, "µs", waiting=WAITING, rules=RULES)
    for name, times in wall.items():
        results.add("hub", f"{name}, with all waiting", times.microseconds, "µs", waiting=WAITING, rules=RULES)
    for name, least in LEAST.items():
        reached = ratio(own[name], own["feed_many"]) if name in own else None
        results.reach(f"{name} against feed_many", reached, least)
    results.reach("NDJSON over HTTP against the hub", ratio(own[HTTP], own["hub, SQLite"]), 0.5)
    results.reach("events a second, hub with SQLite", 1 / wall["hub, SQLite"].median, 25_000, unit="/s")


async def _in_turns(
    ways: dict[str, Run], days: dict[str, Days], rounds: int
) -> tuple[dict[str, Times], dict[str, Times]]:
    """Return what an event cost in each way, turn by turn: the process's own time, and elapsed time."""
    for name, way in ways.items():
        await way(days[name]()[:WAITING])
    own: dict[str, list[float]] = {name: [] for name in ways}
    wall: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        lines = {name: days[name]() for name in ways}
        gc.collect()
        gc.disable()
        spent, passed = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0.0)
        size = min(map(len, lines.values())) // WAITING * WAITING
        for begin in range(0, size, WAITING):
            for name, way in ways.items():
                began, at = time.perf_counter(), time.process_time()
                await way(lines[name][begin : begin + WAITING])
                spent[name] += time.process_time() - at
                passed[name] += time.perf_counter() - began
        gc.enable()
        for name in ways:
            own[name].append(spent[name] / size)
            wall[name].append(passed[name] / size)
    return ({name: Times(tuple(found)) for name, found in one.items()} for one in (own, wall))  # type: ignore[return-value]


@asynccontextmanager
async def _ways(work: Workload, places: dict[str, str], folder: Path) -> AsyncIterator[dict[str, Run]]:
    ready = ours.compiled(work)
    engine = Engine(ready)

    async def alone(lines: Sequence[bytes]) -> None:
        for decision in engine.feed_many(lines):
            encode(decision)

    ways: dict[str, Run] = {"feed_many": alone}
    hubs = {name: Hub(place, ready, clock=lambda: LATER, ticks=False) for name, place in places.items()}
    over_http = Hub(f"sqlite:{folder / 'http.db'}", ready, clock=lambda: LATER, ticks=False)
    async with over_http as served:
        for name, hub in hubs.items():
            await hub.__aenter__()
            ways[name] = _kept(hub)
        try:
            async with _posting(served) as post:
                yield {**ways, HTTP: post}
        finally:
            for hub in hubs.values():
                await hub.close()


def _kept(hub: Hub) -> Run:
    async def run(lines: Sequence[bytes]) -> None:
        await hub.handle_many(lines)

    return run


CLIENT = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
headers = {"Authorization": f"Bearer {sys.argv[2]}", "Content-Type": "application/x-ndjson"}
for size in sys.stdin.buffer:
    connection.request("POST", "/v1/events", sys.stdin.buffer.read(int(size)), headers)
    answers = connection.getresponse().read().count(b"\\n")
    print(answers, flush=True)
"""


@asynccontextmanager
async def _posting(hub: Hub) -> AsyncIterator[Run]:
    """Serve a hub; yield a function that has a client, in its own process, post lines and read the answers."""
    tokens = Tokens()
    token = tokens.new("bench", "administer")
    listening = socket.create_server(("127.0.0.1", 0))
    async with Service(hub, tokens) as service:
        serving = Server(service)
        task = asyncio.create_task(serving.serve(sockets=[listening]))
        command = (sys.executable, "-c", CLIENT, str(listening.getsockname()[1]), token)
        pipe = asyncio.subprocess.PIPE
        client = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        assert client.stdin is not None
        assert client.stdout is not None
        to, back = client.stdin, client.stdout

        async def post(lines: Sequence[bytes]) -> None:
            body = b"\n".join(lines)
            to.write(b"%d\n" % len(body) + body)
            answered = int(await back.readline())
            assert answered == len(lines), f"{answered} of {len(lines)} lines were answered"

        yield post
        to.close()
        await client.wait()
        serving.should_exit = True
        await task


# --- one alone --------------------------------------------------------------------------------------------------------


def _alone(results: Results, folder: Path, count: int) -> None:
    """One event on an idle hub, against a bare commit of the same size."""
    work = workload(RULES)
    lines = Days(work)()[:count]
    place = f"sqlite:{folder / 'alone.db'}"
    with (
        SyncHub(place, ours.compiled(work), clock=lambda: LATER, ticks=False) as hub,
        SqliteStore(folder / "bare.db") as store,
    ):
        hub.handle(lines[0])
        store.claim("c")
        one, bare = [], []
        for number, line in enumerate(lines[1:], 1):
            one.append(timed(hub.handle, line))
            bare.append(timed(store.commit, _batch(number, line)))
    results.add("hub", "one event alone", statistics.median(one) * 1e6, "µs", waiting=1, rules=RULES)
    results.add("hub", "bare commit", statistics.median(bare) * 1e6, "µs", waiting=1, rules=RULES)
    times = statistics.median(here / there for here, there in zip(one, bare, strict=True))
    results.reach("one event alone, relative to a bare commit", times, 3, least=False)


def _batch(number: int, line: bytes) -> Batch:
    events = [Events("c", number, number, number, number, line)]
    rows = [Row("c", "meta", "", line[:30]), Row("c", "seen/packs", str(number), line[:30])]
    return Batch(str(number), [Head("c", number, str(number), number=number)], rows, events, [Entry("c", 0, line)])


def timed(call: Callable[..., object], *arguments: object) -> float:
    """Return the seconds of a call."""
    begin = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - begin
