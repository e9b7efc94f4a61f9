"""What every engine of streams passes that runs `groundrules.cluster.Step`: the whole language, byte for byte.

```python
from groundrules.testing.cluster_suite import ClusterSuite


class TestMyEngine(ClusterSuite):
    @pytest.fixture
    def run(self):
        return my_engine  # (steps, batches) -> decisions
```

All cases come as one stream, so that an engine that begins slowly begins once. `steps()` gives, in whatever process,
what is called as a `Step` is (and as a `Lasting` is); it has the rulebooks of all cases and tells them apart by the
community. A batch is what an engine may decide together; of one community, positions say in which order. A record
without an event ends its community's input. The engine returns every decision with its community.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from secrets import token_bytes
from typing import NamedTuple

import msgspec
import pytest

from groundrules.cluster.step import Key, Lasting, Step, Stepped
from groundrules.decisions import encode
from groundrules.engine import plan_file
from groundrules.engine.engine import Engine
from groundrules.engine.plan_file import Compiled
from groundrules.frontend import load
from groundrules.plan import ir
from groundrules.testing.conformance.cases import Case, read_all
from groundrules.tools.running.run import numbered


class Record(NamedTuple):
    """An event on its way: whose it is, where it stands, its line of JSON; None ends the community's input."""

    community: str
    position: int
    event: bytes | None


class Answer(NamedTuple):
    """A decision, as a line of JSON, of a community."""

    community: str
    decision: bytes


Batches = Sequence[Sequence[Record]]
Run = Callable[["Steps", Batches], Iterable[Answer]]


class Steps:
    """The steps of all cases, from a file that all processes can read.

    Calling it gives a new one of them, as `Step(plan)` does of one rulebook. A community's name begins with the number
    of its case.
    """

    partition = ("community", "id")

    def __init__(self, file: Path, key: bytes) -> None:
        self._file = file
        self._key = key

    def __call__(self) -> CaseSteps:
        return CaseSteps(self._plans)

    @cached_property
    def _plans(self) -> list[Compiled]:
        return [
            plan_file.read(data, self._key)
            for data in msgspec.msgpack.decode(self._file.read_bytes(), type=list[bytes])
        ]

    def lasting(self, everything: bool) -> CaseSteps:
        """Return those of this process, the same each time."""
        return _lasting(self._file, self._key)

    def __getstate__(self) -> tuple[Path, bytes]:
        return self._file, self._key

    def __setstate__(self, state: tuple[Path, bytes]) -> None:
        self._file, self._key = state


@cache
def _lasting(file: Path, key: bytes) -> CaseSteps:
    return Steps(file, key)()


class CaseSteps:
    """What decides on the events of all cases; see `Step` and `Lasting`."""

    partition = ("community", "id")

    def __init__(self, plans: Sequence[Compiled]) -> None:
        self._plans = plans
        self._steps: dict[int, Step] = {}
        self._lasting: dict[int, Lasting] = {}

    def __call__(
        self,
        community: str,
        rows: Mapping[Key, bytes],
        events: Iterable[bytes],
        now: int | None = None,
        end: bool = False,
    ) -> Stepped:
        """Decide as a step does."""
        number, own = apart(community)
        step = self._steps.get(number) or self._steps.setdefault(number, Step(self._plans[number]))
        return step(own, rows, events, now, end)

    def lasting(
        self,
        community: str,
        token: bytes,
        rows: Callable[[], Mapping[Key, bytes]],
        events: Iterable[bytes],
        now: int | None = None,
        end: bool = False,
    ) -> tuple[Stepped, bytes]:
        """Decide as a lasting step does."""
        number, own = apart(community)
        return self._of(number).lasting(own, token, rows, events, now, end)

    def waits(self, community: str) -> bool:
        """Whether an event waits."""
        number, own = apart(community)
        return self._of(number).waits(own)

    def everything(self, community: str) -> dict[Key, bytes]:
        """Return all rows of a community in memory."""
        number, own = apart(community)
        return self._of(number).everything(own)

    def _of(self, number: int) -> Lasting:
        return self._lasting.get(number) or self._lasting.setdefault(number, Lasting(self._plans[number]))


def apart(community: str) -> tuple[int, str]:
    """Return the number of the case that a community is of, and its own name."""
    number, _, own = community.partition("/")
    return int(number), own


class ClusterSuite:
    """The suite. Make a subclass whose name begins with `Test`, and override the fixture `run`.

    every: run each so many-th case, where an engine takes long. batches: into how many the stream is divided.
    """

    every = 1
    batches = 3

    @pytest.fixture
    def run(self) -> Run:
        """Return what lets the engine decide on batches, with the steps that are to be called."""
        raise NotImplementedError

    def test_cases_are_decided_as_one_engine_does(self, run: Run, tmp_path: Path) -> None:
        """Every case through the engine, and through one that is fed event by event."""
        cases = [case for case in read_all() if case.codes is None][:: self.every]
        plans = [plan_of(case, tmp_path / str(number)) for number, case in enumerate(cases)]
        file, key = tmp_path / "plans", token_bytes()
        file.write_bytes(msgspec.msgpack.encode([plan_file.write(plan_file.compile_plan(plan), key) for plan in plans]))
        lines = [case.lines(plan) for case, plan in zip(cases, plans, strict=True)]
        records = list(stream(plans, lines))
        size = -(-len(records) // self.batches)
        decided: dict[str, list[bytes]] = {}
        for output in run(Steps(file, key), [records[start : start + size] for start in range(0, len(records), size)]):
            decided.setdefault(output.community, []).append(output.decision)
        wrong = [
            f"{cases[apart(community)[0]].name}: of {apart(community)[1] or 'nobody'}"
            for community, wanted in expected(plans, records).items()
            if decided.get(community, []) != wanted
        ]
        assert not wrong, "\n".join(["these cases are decided otherwise:", *wrong])


def plan_of(case: Case, folder: Path) -> ir.Plan:
    """Return the plan of a case, whose files are written into a folder."""
    folder.mkdir()
    case.write(folder)
    return load(folder).plan


def stream(plans: Sequence[ir.Plan], lines: Sequence[Sequence[bytes]]) -> Iterator[Record]:
    """Yield the events of all cases, those of one between those of others, and the ends of their communities."""
    position = 0
    known: dict[str, None] = {}
    finders = [Engine(plan) for plan in plans]
    for turn in range(max(map(len, lines))):
        for number, (finder, own) in enumerate(zip(finders, lines, strict=True)):
            if turn < len(own):
                position += 1
                community = f"{number}/{finder.partition_of(own[turn]) or ''}"
                known[community] = None
                yield Record(community, position, own[turn])
    for nth, community in enumerate(known, position + 1):
        yield Record(community, nth, None)


def expected(plans: Sequence[ir.Plan], records: Iterable[Record]) -> dict[str, list[bytes]]:
    """Return the decisions on each community, by an engine a case."""
    engines = [Engine(plan) for plan in plans]
    decided: dict[str, list[bytes]] = {}
    for community, position, event in records:
        number, own = apart(community)
        engine = engines[number]
        decisions = engine.finish(own) if event is None else engine.feed(event)
        lines = [encode(numbered(decision, position)) for decision in decisions]
        decided.setdefault(community, []).extend(lines)
    return decided
