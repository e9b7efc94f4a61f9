"""The engine: events in, decisions out.

It does no input or output, reads no clock, and keeps no state outside its partitions. A host hands it events, one after
another for each community, carries out the actions, and keeps the snapshot or the changed rows. One engine may serve
any number of partitions; it is not safe for several threads at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from groundrules.decisions import Action, Decision, Rejection
from groundrules.diagnostics.codes import events as codes
from groundrules.engine.cases import due
from groundrules.engine.cells.entries import ListChanges
from groundrules.engine.intake.decode import Decoder, InvalidEventError, read_path
from groundrules.engine.plan_file import Compiled
from groundrules.engine.profiling import Profile
from groundrules.engine.program import Program
from groundrules.engine.runner import Runner
from groundrules.engine.state.partition import Partition
from groundrules.engine.stats import Stats
from groundrules.engine.upkeep import contents, forgetting, snapshot, swap
from groundrules.engine.upkeep.swap import SwapReport
from groundrules.plan import ir

Row = tuple[str, str, str, bytes | None]
"""(partition, space, key, row); None where the row was deleted."""


class HasPlan(Protocol):
    """A rulebook or a compiled plan, ready to run."""

    @property
    def plan(self) -> ir.Plan: ...


class Engine:
    """Runs one rulebook. `stats` counts what it did; `carried` says what became of state that was restored or loaded.

    With `track`, `drain` gives the rows that changed, for a store that writes them behind. Without `indexed`, every
    rule is asked about every event, with the same decisions.
    """

    def __init__(self, plan: ir.Plan | HasPlan, track: bool = False, indexed: bool = True) -> None:
        self._begin_with(_program(plan, indexed), track)

    def _begin_with(self, program: Program, track: bool) -> None:
        self._program = program
        self._track = track
        self._runners: dict[str, Runner] = {}
        self.stats = Stats()
        self.carried = SwapReport()

    def sibling(self, track: bool = False) -> Engine:
        """Return another engine with the same rulebook, and nothing remembered.

        What is compiled is shared, so that it costs next to nothing; the two together are not safe for several threads
        at once, like one alone.
        """
        other = Engine.__new__(Engine)
        other._begin_with(self._program, track)
        return other

    @property
    def plan(self) -> ir.Plan:
        """The plan in force."""
        return self._program.plan

    @property
    def name(self) -> str:
        """The rulebook in force as decisions name it, `team-group@sha256:…`."""
        return self._program.name

    @property
    def partitions(self) -> list[str]:
        """The ids of all partitions that have seen an event, sorted."""
        return sorted(self._runners)

    def warm(self, *types: str) -> None:
        """Prepare for events of these types, or of all, so that the first of each takes no longer than any other.

        A large rulebook takes a second or two; without this call, each type pays its share when its first event
        comes.
        """
        self._program.warm(types or self.plan.events)

    # --- deciding -------------------------------------------------------------------------------

    def feed(self, event: bytes | str | Mapping[str, Any]) -> list[Decision]:
        """Handle an event, JSON or a mapping. Return the decisions: timers due before it, its own, what it crossed.

        An event that can't be handled is answered by a decision that says why; nothing is raised. One that lies far
        ahead of the clock is answered together with whatever comes next: an event, `advance`, `finish`.
        """
        decoded = self._decoded(event)
        return decoded if isinstance(decoded, list) else decoded[0].feed(decoded[1])

    def feed_many(self, events: Iterable[bytes | str | Mapping[str, Any]]) -> Iterator[Decision]:
        """Handle events in order and yield the decisions that a log holds: where something happened or was refused.

        Those in which nothing happens are counted in `stats` and never made, which is faster than `feed`.
        """
        for event in events:
            yield from self.notable(event)

    @property
    def decoder(self) -> Decoder:
        """The decoder of its events; rulebooks with the same event types share one."""
        return self._program.decoder

    def notable(self, event: bytes | str | Mapping[str, Any], read: Any = None) -> list[Decision]:
        """Handle an event and return the decisions that a log holds, as `feed_many` does for many.

        read: what `decoder` made of it, if it was decoded before; it has the field that distinguishes partitions.
        """
        runner = None if read is None else self._runners.get(self._program.partition_of(read))
        if runner is not None:
            decisions = runner.take(read)
        else:
            decoded = self._decoded(event)
            decisions = decoded if isinstance(decoded, list) else decoded[0].take(decoded[1])
        return [] if decisions is None else [decision for decision in decisions if decision.notable]

    def feed_one(self, partition: str, event: bytes, everything: bool = True) -> list[Decision]:
        """Handle an event of this partition as `feed` does or, without `everything`, as `notable` does.

        Raises ValueError for an event of another partition.
        """
        decisions = self._decoded(event)
        if isinstance(decisions, list):
            return decisions
        runner, decoded = decisions
        if runner.partition.id != partition:
            raise ValueError(f"an event of {runner.partition.id} came to {partition}")
        if everything:
            return runner.feed(decoded)
        return [decision for decision in runner.take(decoded) or () if decision.notable]

    def _decoded(self, event: bytes | str | Mapping[str, Any]) -> tuple[Runner, Any] | list[Decision]:
        """Return an event with the runner of its partition, or the decision that says why it can't be handled."""
        try:
            decoded = self._program.decoder.decode(event)
        except InvalidEventError as invalid:
            return [self._rejected(invalid.rejection)]
        try:
            id = self._program.partition_of(decoded)
            return self._runners[id], decoded
        except (AttributeError, KeyError, TypeError):  # names no partition, a new one, or one that is not text
            return self._elsewhere(decoded)

    def _elsewhere(self, decoded: Any) -> tuple[Runner, Any] | list[Decision]:
        id = read_path(decoded, self._program.plan.partition)
        if id is None:
            path = ".".join(self.plan.partition)
            reason = f"it has no `{path}`, which partitions this rulebook's state"
            return [self._rejected(Rejection(code=codes.EVENT_NO_PARTITION.code, reason=reason, path=path))]
        return self._runners.get(str(id)) or self._runner(str(id)), decoded

    def partition_of(self, event: bytes | str | Mapping[str, Any]) -> str | None:
        """Return the id of the partition that an event belongs to; None if it can't be handled."""
        try:
            id = read_path(self._program.decoder.decode(event), self.plan.partition)
        except InvalidEventError:
            return None
        return None if id is None else str(id)

    def advance(self, now: int, partition: str | None = None) -> list[Decision]:
        """Let time pass until `now` (ms) in one partition or, by id, in all; return what fell due.

        The host vouches for the time, so nothing lies too far ahead.
        """
        return [decision for runner in self._those(partition) for decision in runner.advance(now)]

    def finish(self, partition: str | None = None) -> list[Decision]:
        """Decide the events that still wait, each at its own time, since no further input will say otherwise."""
        return [decision for runner in self._those(partition) for decision in runner.finish()]

    def waiting(self, partition: str) -> str | None:
        """Return the id of the event that lies so far ahead that it waits for the next one; None if none does."""
        runner = self._runners.get(partition)
        return None if runner is None else runner.waiting

    def _those(self, partition: str | None) -> list[Runner]:
        wanted = self.partitions if partition is None else [partition]
        return [self._runners[id] for id in wanted if id in self._runners]

    def next_due(self, partition: str | None = None) -> int | None:
        """Return when (ms) something next falls due in one partition or in any; None if nothing waits.

        Where an event lies far ahead of the clock, that is now, because `advance` says whether time has moved.
        """
        wanted = self._runners.values() if partition is None else [self._runners[partition]]
        dues = (runner.next_due() for runner in wanted)
        return min((due for due in dues if due is not None), default=None)

    def needs(self, type: str) -> tuple[str, ...]:
        """Return the dotted paths of the fields that rules read in events of a type."""
        return self.plan.reads.get(type, ())

    def clock(self, partition: str) -> int | None:
        """Return a partition's clock (ms); None if it has seen no event."""
        runner = self._runners.get(partition)
        meta = None if runner is None else runner.partition.meta
        return None if meta is None else meta.clock

    def profile(self) -> Profile:
        """Return a profile of the rulebook's parts; call its `look` with each line before feeding it."""
        return Profile(self._program, self._decoded)

    # --- looking --------------------------------------------------------------------------------

    def balance(self, partition: str, ledger: str, who: str) -> int:
        """Return a balance at the partition's clock; 0 in a partition that has seen no event."""
        runner = self._runners.get(partition)
        return 0 if runner is None else runner.readings.ledger(ledger, who)

    def labels(self, partition: str, id: str) -> list[str]:
        """Return the labels of the member, message, channel or task with this id, sorted."""
        runner = self._runners.get(partition)
        return [] if runner is None else contents.labels_of(runner.partition, id)

    def in_force(self, partition: str, who: str) -> list[contents.InForce]:
        """Return the sanctions in force against a member at the partition's clock, the earliest first."""
        runner = self._runners.get(partition)
        known = runner is not None and runner.partition.meta is not None
        return contents.in_force(self._program, runner.partition, who) if runner is not None and known else []

    def states(self, partition: str) -> list[str]:
        """Return the ids of the states that a partition is in, sorted."""
        runner = self._runners.get(partition)
        return [] if runner is None else contents.states_of(self._program, runner.partition)

    def list_changes(self, partition: str) -> dict[str, ListChanges]:
        """Return how lists that change differ from the rulebook in a partition; those that don't are left out."""
        runner = self._runners.get(partition)
        return {} if runner is None else contents.list_changes(self._program, runner.partition)

    def pending(self, partition: str) -> list[Action]:
        """Return the actions that wait for approval; their `key` is the request's id."""
        runner = self._runners.get(partition)
        return [] if runner is None else contents.pending(runner.partition)

    def standing(self, partition: str) -> list[contents.Standing]:
        """Return the requests that wait for approval, with their deadlines and whom they concern."""
        runner = self._runners.get(partition)
        return [] if runner is None else contents.standing(self._program, runner.partition)

    def _rejected(self, rejection: Rejection) -> Decision:
        self.stats.rejected += 1
        return Decision(trigger="rejected", rulebook=self._program.name, rejected=rejection)

    def _runner(self, id: str) -> Runner:
        runner = self._runners[id] = Runner(self._program, Partition(id, self._track), self.stats)
        return runner

    # --- state ----------------------------------------------------------------------------------

    def snapshot(self) -> bytes:
        """Return the whole state, as bytes for `restore`."""
        return snapshot.write(self._program, [runner.partition for runner in self._runners.values()])

    @classmethod
    def restore(cls, plan: ir.Plan | HasPlan, data: bytes, track: bool = False) -> Engine:
        """Return an engine with the state of a snapshot. One made by another rulebook is carried over as by `swap`.

        Raises snapshot.SnapshotError if `data` is not a usable snapshot.
        """
        engine, content = cls(plan, track), snapshot.read(data)
        engine.load(((id, *row) for id, rows in content.partitions for row in rows), content.shapes)
        return engine

    def drain(self, partition: str | None = None) -> Iterator[Row]:
        """Yield the rows, of one partition or all, that changed since the last call; requires an engine that tracks."""
        for runner in self._those(partition):
            for space, key, row in runner.partition.drain():
                yield runner.partition.id, space, key, row

    def load(self, rows: Iterable[tuple[str, str, str, bytes]], shapes: Mapping[str, str]) -> None:
        """Take rows that `drain` gave, and the `shapes` of the engine that gave them. For a fresh engine."""
        loaded: dict[str, Partition] = {}
        for id, space, key, row in rows:
            loaded.setdefault(id, Partition(id, self._track)).load(space, key, row)
        self.carried = swap.total([self._adopt(partition, shapes) for partition in loaded.values()])

    def adopt(self, partition: str, rows: Iterable[tuple[str, str, bytes]], shapes: Mapping[str, str]) -> SwapReport:
        """Take in one partition: all its rows, (space, key, row), and the `shapes` of the engine that gave them.

        They are carried over to this rulebook as `swap` does; its report is returned.
        """
        loaded = Partition(partition, self._track)
        for space, key, row in rows:
            loaded.load(space, key, row)
        return self._adopt(loaded, shapes)

    def rows(self, partition: str) -> list[tuple[str, str, bytes]]:
        """Return everything that a partition remembers, as (space, key, row); ids of events as of the last `drain`."""
        runner = self._runners.get(partition)
        return [] if runner is None else list(runner.partition.rows(packed=True))

    def release(self, partition: str) -> None:
        """Drop a partition from memory; what was drained from it can be brought back with `adopt`."""
        self._runners.pop(partition, None)

    @property
    def shapes(self) -> dict[str, str]:
        """How the rows are laid out: space → hash of what its rows mean. To be kept beside drained rows."""
        return swap.shapes(self.plan)

    def _adopt(self, partition: Partition, shapes: Mapping[str, str]) -> SwapReport:
        report = swap.migrate(partition, shapes, self._program)
        self._begin(partition)
        return report

    def _begin(self, partition: Partition) -> None:
        """Run a partition that was changed from outside: decoded values are dropped, and all timers are set again."""
        runner = self._runners[partition.id] = Runner(self._program, partition, self.stats)
        due.rearm(runner.room)

    def forget(self, member: str, partition: str | None = None) -> dict[str, int]:
        """Erase a person from one partition or from all; return how many rows of which space went."""
        erased: dict[str, int] = {}
        for standing in [runner.partition for runner in self._those(partition)]:
            for space, count in forgetting.forget(self._program, standing, member).items():
                erased[space] = erased.get(space, 0) + count
            self._begin(standing)
        return erased

    def swap(self, plan: ir.Plan | HasPlan, preview: bool = False) -> SwapReport:
        """Put another version of the rulebook in force and report what becomes of the state; `preview` only reports.

        A rulebook that does not check never gets here: `load` raises, and the old one stays. It also stays where this
        raises codec.PlanError: the plan was made with other tables, or keeps its state apart by another field.
        """
        swap.refuse(self.plan, plan if isinstance(plan, ir.Plan) else plan.plan)
        program, before = _program(plan, self._program.index.enabled), self.shapes
        partitions = [self._runners[id].partition for id in self.partitions]
        if preview:
            return swap.total(swap.migrate(swap.copy(partition), before, program) for partition in partitions)
        self._program = program
        return swap.total(self._adopt(partition, before) for partition in partitions)


def _program(plan: ir.Plan | HasPlan, indexed: bool) -> Program:
    if isinstance(plan, Compiled):
        return Program(plan.plan, plan.prepared, plan.digest, indexed=indexed)
    return Program(plan if isinstance(plan, ir.Plan) else plan.plan, indexed=indexed)
