"""What a group pays for using what we recommend: the shipped packs and the examples over recorded chat.

A stream is fed from its beginning, in parts that alternate with `json.loads` of the same lines, in the process's own
time. Once as it was recorded, and once with the facts that a platform supplies: roles, joining and creation dates. And
what a message costs at which nothing happens, and Chinese relative to English.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import cycle
from pathlib import Path
from statistics import median

import groundrules
from bench.figures import Results
from groundrules.engine.engine import Engine
from groundrules.resources import shipped

ROOT = Path(__file__).parents[2]
STREAMS = ROOT.parent / "shared" / "data" / "streams"
EXAMPLES = ("team-chat", "study-group", "open-source", "customer-group")
NAMES = ("gitter", "ubuntu-irc")
PART = 250
SINCE = "2000-01-01T00:00:00Z"
ALL = "all packs"


@dataclass(frozen=True)
class Cost:
    """Microseconds per event, also relative to `json.loads` of the same lines; each the median of the parts."""

    microseconds: float
    ratio: float


def run(results: Results, events: int) -> None:
    if not STREAMS.is_dir():
        results.skipped.append("packs: no recorded chat at ../shared/data/streams")
        return
    plain = {name: recorded(name, events) for name in NAMES}
    supplied = {name: [with_facts(line) for line in lines] for name, lines in plain.items()}
    packs = names_of_packs()
    for facts, streams in (("facts supplied", supplied), ("as recorded", plain)):
        for stream, lines in streams.items():
            cost = _add(results, ALL, packs, lines, stream, facts)
            results.reach(f"all packs on {stream}, {facts}", cost.microseconds, 100, least=False, unit="µs")
    alone = {pack: _add(results, pack, [pack], supplied["gitter"], "gitter", "facts supplied") for pack in packs}
    worst = max(alone, key=lambda pack: alone[pack].microseconds)
    what = f"the costliest pack alone ({worst})"
    results.reach(what, alone[worst].microseconds, 12, least=False, unit="µs")
    for example in EXAMPLES:
        book = groundrules.load(ROOT / "examples" / example)
        for stream, lines in supplied.items():
            cost = measure(Engine(book), lines)
            _note(results, example, cost, stream, "facts supplied")
            results.reach(f"examples/{example} on {stream}", cost.microseconds, 60, least=False, unit="µs")
    quiet = quiet_messages(engine_of(packs), supplied["gitter"])
    results.reach("a quiet message, all packs on gitter", quiet, 40, least=False, unit="µs")
    chinese = relative(engine_of(packs), in_chinese(supplied["gitter"]), engine_of(packs), supplied["gitter"])
    results.reach("all packs, Chinese texts against English", chinese, 1.5, least=False)


def names_of_packs() -> list[str]:
    """Return the names of the shipped packs, without the event types and the starter."""
    folders = (path.name for path in shipped("policies").iterdir() if path.is_dir())
    return sorted(name for name in folders if name not in ("_starter", "chat"))


def engine_of(packs: Sequence[str]) -> Engine:
    """Return an engine with these packs as shipped."""
    with tempfile.TemporaryDirectory() as folder:
        uses = "".join(f"  - std/{pack}\n" for pack in ("chat", *packs))
        head = "rulebook: everything\nlanguages: [zh, en]\ntimezone: Asia/Shanghai\nuse:\n"
        (Path(folder) / "rulebook.yaml").write_text(head + uses, encoding="utf-8")
        return Engine(groundrules.load(folder))


def recorded(name: str, events: int) -> list[bytes]:
    """Return the first lines of a stream."""
    with (STREAMS / f"{name}.jsonl").open("rb") as file:
        return [line.rstrip(b"\n") for line, _ in zip(file, range(events), strict=False)]


def with_facts(line: bytes) -> bytes:
    """Return an event with the facts about its actor that a platform supplies: one member in fifty is an admin."""
    event = json.loads(line)
    actor = event.get("actor")
    if actor:
        number = int.from_bytes(blake2b(actor["id"].encode(), digest_size=4).digest(), "big")
        facts = {"roles": ["admin"] if number % 50 == 0 else [], "joined": SINCE, "created": SINCE, "bot": False}
        event["actor"] = {**facts, **actor}
    return json.dumps(event, ensure_ascii=False).encode()


def measure(engine: Engine, lines: Sequence[bytes]) -> Cost:
    """Feed a stream; the first part is left out, because it creates what the others use."""
    evaluating: list[float] = []
    loaded: list[float] = []
    for number, seconds in enumerate(_parts(engine, lines)):
        start = time.process_time()
        for line in lines[number * PART : (number + 1) * PART]:
            json.loads(line)
        loaded.append((time.process_time() - start) / PART)
        evaluating.append(seconds / PART)
    ratios = [ours / parsing for ours, parsing in zip(evaluating[1:], loaded[1:], strict=True)]
    return Cost(median(evaluating[1:]) * 1e6, median(ratios))


def quiet_messages(engine: Engine, lines: Sequence[bytes]) -> float:
    """Return the median of microseconds that a message takes at which nothing happens and no timer falls due."""
    engine.warm()
    times: list[float] = []
    for line in lines:
        start = time.process_time()
        quiet = not list(engine.feed_many((line,)))
        if quiet:
            times.append(time.process_time() - start)
    return median(times[PART:]) * 1e6


def in_chinese(lines: Sequence[bytes]) -> list[bytes]:
    """Return the events with the texts of recorded Chinese posts, one after another, in place of their own."""
    with (STREAMS.parent / "labelled" / "cold-zh.jsonl").open("rb") as file:
        texts = [json.loads(line)["text"] for line in file]
    events = ({**json.loads(line), "text": text} for line, text in zip(lines, cycle(texts), strict=False))
    return [json.dumps(event, ensure_ascii=False).encode() for event in events]


def relative(engine: Engine, lines: Sequence[bytes], other: Engine, others: Sequence[bytes]) -> float:
    """Return how many times longer the first engine takes over its lines: the median over alternating parts."""
    ratios = [ours / theirs for ours, theirs in zip(_parts(engine, lines), _parts(other, others), strict=True)]
    return median(ratios[1:])


def _parts(engine: Engine, lines: Sequence[bytes]) -> Iterator[float]:
    """Feed a stream part by part, and yield the seconds that each takes."""
    engine.warm()
    for begin in range(0, len(lines) - PART + 1, PART):
        start = time.process_time()
        for _ in engine.feed_many(lines[begin : begin + PART]):
            pass
        yield time.process_time() - start


def _add(results: Results, name: str, packs: Sequence[str], lines: Sequence[bytes], stream: str, facts: str) -> Cost:
    cost = measure(engine_of(packs), lines)
    _note(results, name, cost, stream, facts)
    return cost


def _note(results: Results, name: str, cost: Cost, stream: str, facts: str) -> None:
    labels = {"rulebook": name, "stream": stream, "facts": facts}
    results.add("packs", "an event", cost.microseconds, "µs", **labels)
    results.add("packs", "relative to json.loads", cost.ratio, "ratio", **labels)
