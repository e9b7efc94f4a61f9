"""A hub is killed again and again, at any instant and at each step, and nothing is lost and nothing doubled.

A process (`kill_child.py`) takes a hub over a stream, with a platform that notes each call durably. It is killed with
SIGKILL, started again, and so on until the stream ends. Then what the store holds and what the platform noted is
compared with an undisturbed run: decisions byte for byte, recorded events, rows and outcomes alike; actions that may be
repeated reached the platform at least once, under one key, the others at most once, and every one of those with an
unknown outcome was shown as in doubt.

`test_kill.py` runs a part of it. `python -m tests.long.kill --kills 200 --store sqlite` kills two hundred times, over
the recorded chats if available; it takes ten minutes or so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev.postgres import server

from groundrules.calendar.instants import format_ms
from groundrules.stores import Store
from groundrules.stores.records import Query
from groundrules.tools.running.states import opened
from groundrules.types.catalog import shipped_catalog

ROOT = Path(__file__).parents[2]
STREAMS = ROOT.parent / "shared" / "data" / "streams"
START = 1_767_571_200_000  # 2026-01-05T00:00:00Z
STEP = 20_000  # ms between two events
POINTS = (
    "before a commit",
    "during a commit",
    "after a commit, before the answer",
    "before the platform is called",
    "before the platform is called, once only",
    "before the platform answers",
    "before the platform answers, once only",
    "after the answer, before it is kept",
    "during start",
    "during start: a community is read",
    "during start: a community is brought in",
    "during a change of settings",
    "before settings are in force",
    "after settings are in force",
    "before a rulebook is in force",
    "after a rulebook is in force",
)
RANDOM = "at any instant"
EVERY = 1 << 60
SLOWEST = 7200
"""Seconds that a run may take on a busy machine."""


# --- the stream -------------------------------------------------------------------------------------------------------


def stream(count: int) -> list[dict[str, Any]]:
    """Return so many events of several communities: recorded chats where they are there, else an example's week."""
    recorded = [STREAMS / name for name in ("ubuntu-irc.jsonl", "gitter.jsonl")]
    files = recorded if all(path.exists() for path in recorded) else [ROOT / "examples" / "team-chat" / "week.jsonl"]
    found = [event for events in zip(*map(_events, files), strict=False) for event in events]
    while len(found) < count:
        found += found
    return [_at(number, event) for number, event in enumerate(found[:count])]


def _events(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [event for event in found if event["type"] in ("message", "member.joined", "member.left")]


def _at(number: int, event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as one of this stream; those who write in one recorded chat are spread over three communities."""
    who = event.get("actor", {}).get("id", "")
    community = f"{event['community']['id']}-{hashlib.sha256(who.encode()).digest()[0] % 3}"
    kept = {name: value for name, value in event.items() if name != "reply_to"}
    return kept | {
        "id": f"e{number}",
        "time": format_ms(START + number * STEP),
        "community": {"id": community},
    }


# --- one run ----------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What happened: kills by where they came, rounds through the stream, calls and doubts."""

    kills: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    decisions: int = 0
    actions: int = 0
    again: int = 0
    doubts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


@dataclass
class Kept:
    """What a run left behind."""

    decisions: dict[str, list[bytes]]
    events: dict[str, bytes]
    rows: dict[str, list[tuple[Any, ...]]]
    outcomes: dict[tuple[str, str], tuple[str, str]]
    actions: dict[str, dict[str, Any]]


def kept(store: Store) -> Kept:
    """Read everything that a run left behind."""
    heads = store.heads(limit=EVERY)
    communities = [head.community for head in heads]
    rows = {}
    for head in heads:
        found = store.claim(head.community)
        assert found is not None
        rows[head.community] = sorted(tuple(row) for row in found[1] if row.space.partition("/")[0] in LASTING)
    store.release(communities)
    actions = [one for id in communities for one in store.outgoing(id, open=False, limit=EVERY)]
    return Kept(
        {id: [one.body for one in store.decisions(Query(community=id, limit=EVERY))] for id in communities},
        {id: b"\n".join(segment.body for segment in store.events(id)) for id in communities},
        rows,
        {(one.community, one.key): (one.status, one.reason) for one in actions},
        {one.key: json.loads(one.body) for one in actions},
    )


LASTING = {"meta", "approval", "label", "ladder", "ledger", "process", "schedule", "state"}
"""Rows that nothing drops for their age. When the others go, which nobody can see any more, hangs on the stops."""


def child(folder: Path, where: str, point: str = "", nth: int = 0) -> subprocess.Popen[bytes]:
    """Start the process that is to be killed."""
    command = [sys.executable, "-m", "long.kill_child", str(folder), where, point, str(nth)]
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    return subprocess.Popen(command, cwd=ROOT / "tests", env={**os.environ, "PYTHONPATH": paths})


def undisturbed(folder: Path, where: str) -> Kept:
    """Run to the end of the stream; return what is left behind."""
    folder.mkdir()
    assert child(folder, where).wait() == 0
    with opened(where) as store:
        return kept(store)


def disturbed(folder: Path, where: str, kills: int, chance: random.Random, report: Report) -> Kept:
    """Kill, `kills` times at most, and run to the end of the stream; return what is left behind."""
    folder.mkdir()
    for _ in range(kills):
        point = chance.choice([RANDOM, RANDOM, *POINTS])
        rare = point.startswith("during start") or "rulebook" in point or "settings" in point
        process = child(folder, where, point, chance.choice([1, 1, 2] if rare else [1, 2, 3, 5, 8, 20]))
        try:
            process.wait(0.3 + (2.0 if point == RANDOM else 20.0) * chance.random())
        except subprocess.TimeoutExpired:  # a point that it does not pass any more is no reason to let it live
            point = RANDOM
            process.kill()
        code = process.wait(SLOWEST)
        assert code in (0, -9), f"the process ended with {code}"
        if code == 0:
            break
        report.kills[point] += 1
    else:
        assert child(folder, where).wait(SLOWEST) == 0
    with opened(where) as store:
        return kept(store)


# --- comparing --------------------------------------------------------------------------------------------------------


def compare(expected: Kept, found: Kept, folder: Path, report: Report) -> None:
    """Fail unless a run that was killed left behind what one left that was not."""
    for id, lines in expected.decisions.items():
        _alike(f"the decisions of {id}", lines, found.decisions.get(id, []))
        _alike(f"the events of {id}", expected.events[id].split(b"\n"), found.events[id].split(b"\n"))
        _alike(f"the state of {id}", expected.rows[id], found.rows[id])
    assert expected.decisions.keys() == found.decisions.keys()
    _alike("the outcomes", sorted(expected.outcomes.items()), sorted(found.outcomes.items()))
    report.decisions += sum(map(len, found.decisions.values()))
    _compare_calls(found, folder, report)


def _alike(what: str, expected: list[Any], found: list[Any]) -> None:
    for number, (one, other) in enumerate(zip(expected, found, strict=False)):
        assert one == other, f"{what} differ at {number}:\n{one!r}\n{other!r}"
    assert len(expected) == len(found), f"{what}: {len(expected)} and {len(found)}"


def _compare_calls(found: Kept, folder: Path, report: Report) -> None:
    """Check what the platform noted against what was decided."""
    noted = _lines(folder / "calls.jsonl")
    times = Counter(call["key"] for call in noted)
    assert times.keys() <= found.actions.keys(), "nothing was performed that was not decided"
    doubts = {one["key"] for one in _lines(folder / "doubts.jsonl")}
    repeats = {do for do in _names(found) if _repeats(do)}
    for key, action in found.actions.items():
        retried = int(key[:2], 16) in range(40, 60)  # the platform put the first call off
        if action["do"] in repeats:
            assert times[key] >= 1 + retried, f"{action['do']} {key} was never performed"
            report.again += times[key] - 1 - retried
        else:
            assert times[key] == 1 + retried, f"{action['do']} {key} was performed {times[key]} times"
        assert {call["do"] for call in noted if call["key"] == key} == {action["do"]}
    assert not doubts & {key for key, action in found.actions.items() if action["do"] in repeats}
    report.doubts.update("called" if one["called"] else "not called" for one in _lines(folder / "doubts.jsonl"))
    report.actions += len(found.actions)


def _names(found: Kept) -> set[str]:
    return {action["do"] for action in found.actions.values()}


def _repeats(do: str) -> bool:
    spec = shipped_catalog().action(do)
    return spec is not None and spec.repeat == "again"


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


# --- all of it --------------------------------------------------------------------------------------------------------


def trial(
    folder: Path,
    place: Callable[[str], str],
    kills: int,
    events: int,
    seed: int = 0,
    after: Callable[[Iterable[str]], object] = list,
) -> Report:
    """Kill so many times, over as many rounds through the stream as that takes; compare after each of them.

    `place` gives for a name the location of a fresh store; `after` is told how it stands after each round.
    """
    began, chance, report = time.monotonic(), random.Random(seed), Report()
    folder.mkdir(exist_ok=True)
    (folder / "stream.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in stream(events)), encoding="utf-8")
    _write_books(folder, events)
    expected = undisturbed(folder / "whole", place("whole"))
    assert any(expected.decisions.values())
    while report.kills.total() < kills:
        name = f"round-{report.rounds}"
        found = disturbed(folder / name, place(name), kills - report.kills.total(), chance, report)
        compare(expected, found, folder / name, report)
        report.rounds += 1
        report.seconds = time.monotonic() - began
        after(list(told(report))[:1])
    return report


def _write_books(folder: Path, events: int) -> None:
    """Write the rulebook, and the one that takes its place half through the stream."""
    first = (Path(__file__).parent / "killed" / "rulebook.yaml").read_text(encoding="utf-8")
    second = first.replace("[0-9]{3,}", "[0-9]{2,}").replace('"A link, {actor.name}"', '"Another link, {actor.name}"')
    (folder / "book-0.yaml").write_text(first, encoding="utf-8")
    (folder / f"book-{events // 2}.yaml").write_text(second, encoding="utf-8")


def told(report: Report) -> Iterator[str]:
    """Yield the lines of a report."""
    yield f"{report.kills.total()} kills in {report.rounds} rounds, {report.seconds:.0f} s"
    yield f"{report.decisions:,} decisions, each once; {report.actions:,} actions, {report.again} calls repeated"
    yield f"in doubt: {report.doubts['called']} had reached the platform, {report.doubts['not called']} had not"
    yield from (f"  {count:>4}  {where}" for where, count in sorted(report.kills.items()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--store", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--events", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, places(asked.store, Path(folder)) as place:
        report = trial(
            Path(folder), place, asked.kills, asked.events, asked.seed, lambda so_far: print(*so_far, sep="\n")
        )
    print(*told(report), sep="\n")


@contextmanager
def places(store: str, folder: Path) -> Iterator[Callable[[str], str]]:
    """Yield where the stores of a trial are, by their names."""
    if store == "sqlite":
        yield lambda name: f"sqlite:{folder / name}.db"
        return
    with server() as started:
        yield schemas(started.url)


def schemas(url: str) -> Callable[[str], str]:
    """Return where the stores of a trial are on a PostgreSQL server, by their names."""
    return lambda name: f"{url}&schema={name.replace('-', '_')}"


if __name__ == "__main__":
    main()
