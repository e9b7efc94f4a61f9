"""A stream over several processes: each has an engine, and decides the events of its own partitions.

Partitions never read each other, so each is assigned, at its first event, to the process that has had the fewest lines.
The answers are put together in the order of the input, so that one process and many write the same. Lines are handed
out by the thousand, so decisions lag behind by as much.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from itertools import islice
from multiprocessing import get_context
from operator import itemgetter
from secrets import token_bytes
from typing import NamedTuple

import msgspec

from groundrules.decisions import Decision, encode
from groundrules.engine import plan_file
from groundrules.engine.engine import Engine, HasPlan
from groundrules.tools.replaying.sources import partitioner
from groundrules.tools.running.run import Answer, Lines
from groundrules.tools.running.tally import Tally

LINES = 1000  # handed out at a time
AHEAD = 3  # so many times are under way at once

Numbered = tuple[int, bytes]


class Shown(NamedTuple):
    """An answer: after which line of the input, in which partition, about which line, with what decisions."""

    number: int
    partition: str
    line: bytes
    decisions: list[bytes]


class Workers:
    """Runs lines through `count` processes. Without `everything`, decisions in which nothing happened are left out.

    With `each_line`, lines without any decision are answered, too. `tally` is complete when `run` has ended.
    """

    def __init__(self, ready: HasPlan, count: int, everything: bool, each_line: bool) -> None:
        self._ready = ready
        self._count = count
        self._options = everything, each_line
        self._partition = partitioner(ready.plan)
        self._owner: dict[str, int] = {}
        self._sizes = [0] * count
        self.tally = Tally()

    def run(self, lines: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
        """Yield lines with their decisions as JSON, in the order in which one process would."""
        key = token_bytes()  # our own file, for as long as this lasts
        plan = plan_file.write(plan_file.compile_plan(self._ready.plan), key)
        with ExitStack() as stack:
            pools = [
                stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"), _begin, (plan, key, *self._options)))
                for _ in range(self._count)
            ]
            yield from _in_order(self._handed_out(pools, lines))
            ended = [pool.submit(_finish) for pool in pools]
            answers = [answer for future in ended for answer in future.result()[0]]
            for future in ended:
                self.tally.merge(future.result()[1])
            yield from ((answer.line, answer.decisions) for answer in sorted(answers, key=itemgetter(1)))

    def _handed_out(
        self, pools: Sequence[ProcessPoolExecutor], lines: Iterable[bytes]
    ) -> Iterator[list[Future[list[Shown]]]]:
        numbered = enumerate(lines, 1)
        while some := list(islice(numbered, LINES)):
            shares: list[list[Numbered]] = [[] for _ in pools]
            for number, line in some:
                shares[self._owner_of(line)].append((number, line))
            yield [pool.submit(_decide, share) for pool, share in zip(pools, shares, strict=True) if share]

    def _owner_of(self, line: bytes) -> int:
        id = self._partition(line)
        owner = self._owner.get(id)
        if owner is None:
            owner = self._owner[id] = self._sizes.index(min(self._sizes))
        self._sizes[owner] += 1
        return owner


def _in_order(handed_out: Iterator[list[Future[list[Shown]]]]) -> Iterator[tuple[bytes, list[bytes]]]:
    under_way: deque[list[Future[list[Shown]]]] = deque()
    for futures in handed_out:
        under_way.append(futures)
        if len(under_way) >= AHEAD:
            yield from _together(under_way.popleft())
    while under_way:
        yield from _together(under_way.popleft())


def _together(futures: Iterable[Future[list[Shown]]]) -> Iterator[tuple[bytes, list[bytes]]]:
    answers = [answer for future in futures for answer in future.result()]
    return ((answer.line, answer.decisions) for answer in sorted(answers, key=itemgetter(0)))


# --- in a process -------------------------------------------------------------------------------


class Worker:
    """The state of one process."""

    def __init__(self, plan: bytes, key: bytes, everything: bool, each_line: bool) -> None:
        self.engine = Engine(plan_file.read(plan, key))
        self.lines = Lines(self.engine)
        self.tally = Tally()
        self._everything = everything
        self._each_line = each_line

    def shown(self, number: int, answers: Iterable[Answer]) -> Iterator[Shown]:
        """Count answers, and yield what is to be written of them."""
        for answer in answers:
            self.tally.add(answer.decisions)
            shown = [encode(decision) for decision in answer.decisions if self._everything or decision.notable]
            if shown or self._each_line:
                partition = answer.decisions[0].partition if answer.decisions else None
                yield Shown(number, partition or "", answer.line, shown)


_worker: Worker


def _begin(plan: bytes, key: bytes, everything: bool, each_line: bool) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever hands out lines stops
    _worker = Worker(plan, key, everything, each_line)


def _decide(lines: Sequence[Numbered]) -> list[Shown]:
    answers: list[Shown] = []
    for number, line in lines:
        _worker.tally.lines += 1
        answers += _worker.shown(number, _worker.lines.feed(number, line))
    return answers


def _finish() -> tuple[list[Shown], Tally]:
    answers = list(_worker.shown(0, _worker.lines.finish()))
    if _worker.tally.untold:
        _worker.tally.take(_worker.engine.stats)
    return answers, _worker.tally


_decoder = msgspec.json.Decoder(Decision)


def decoded(decisions: Iterable[bytes]) -> list[Decision]:
    """Return decisions that came as JSON."""
    return [_decoder.decode(decision) for decision in decisions]
