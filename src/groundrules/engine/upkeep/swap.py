"""Changing a live rulebook: what happens to the state.

Rows say what they are by the name of their space: windows by the hash of their definition, ledgers and caps by name,
everything else by the id of the rule, ladder or path. `shapes` gives for each space of a plan a hash of what its rows
mean. A space that both plans have keeps its rows. One that only the old plan has is dropped; a rule with `was` takes
its old rows along. Paths whose definition changed don't fit any more and are cancelled, as are requests for approval
whose rule is gone; items of an `until_all` may come and go, and a path of which none remains is cancelled, too. Levels
of ladders are settled anew from the balances, without acting. A report lists all of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from groundrules.diagnostics.codes import plans as codes
from groundrules.engine.cases.due import SCHEDULE
from groundrules.engine.cells import brakes, entries, paths, sanctions, states
from groundrules.engine.cells.paths import PROCESS
from groundrules.engine.cells.states import STATE
from groundrules.engine.intake import ahead
from groundrules.engine.intake.ahead import AHEAD
from groundrules.engine.program import Program
from groundrules.engine.settlement import requests
from groundrules.engine.settlement.guards import APART
from groundrules.engine.state import keys
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.timers import Timers
from groundrules.engine.upkeep import lifetimes
from groundrules.plan import codec, ir
from groundrules.tables import TABLES

OF_RULES = ("once/", "times/", "grants/", "ladder/", "appeal/", "process/")


class SwapReport(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a swap does to the state.

    kept, added: spaces that both plans have, that only the new one has. dropped: space → rows lost. renamed: old space
    → new one. cancelled: (path or rule, key) of open paths and of requests that no longer fit. resettled: (ladder,
    who, levels before, levels after), steps counted from 1. left: states that no longer exist.
    """

    kept: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    dropped: dict[str, int] = {}
    renamed: dict[str, str] = {}
    cancelled: tuple[tuple[str, tuple[str, ...]], ...] = ()
    resettled: tuple[tuple[str, str, tuple[int, ...], tuple[int, ...]], ...] = ()
    left: tuple[str, ...] = ()


def shapes(plan: ir.Plan) -> dict[str, str]:
    """Return the spaces that a plan's cells live in, each with a hash of what its rows mean."""
    hashes = {f"window/{window.id}": f"{window.kind} {window.ids} {window.pane}" for window in plan.windows}
    hashes |= {f"ledger/{ledger.id}": ledger.per for ledger in plan.ledgers}
    hashes |= {f"list/{words.id}": words.match for words in plan.lists if words.changes}
    hashes |= {brakes.space(brake): "" for brake in plan.brakes}
    if any(spec.sanctions for spec in plan.actions):
        hashes |= {sanctions.NAME: "", sanctions.KEYS: ""}
    hashes |= {states.space_name(state.id): state.per for state in plan.states if state.per}
    hashes |= {f"cap/{cap.id}": cap.per for cap in plan.caps}
    hashes |= {f"ladder/{ladder.id}": codec.definition_hash(ladder) for ladder in plan.ladders}
    hashes |= {f"appeal/{ladder.id}": "" for ladder in plan.ladders if ladder.appeal}
    hashes |= {
        f"process/{process.id}": codec.definition_hash(replace(process, until_all=())) for process in plan.processes
    }
    for rule in plan.rules:
        hashes |= _of_rule(rule)
    return dict(sorted(hashes.items()))


def _of_rule(rule: ir.Rule) -> dict[str, str]:
    hashes: dict[str, str] = {}
    if rule.once is not None:
        shape = codec.definition_hash((rule.once.key, rule.once.per))
        hashes |= {f"once/{rule.id}{lane}": shape for lane in ("", APART)}
    if rule.times is not None:
        shape = codec.definition_hash(rule.times.key)
        hashes |= {f"times/{rule.id}{lane}": shape for lane in ("", APART)}
    if rule.undo:
        hashes[f"grants/{rule.id}"] = codec.definition_hash(rule.undo_key)
    return hashes


def refuse(before: ir.Plan, after: ir.Plan) -> None:
    """Raise codec.PlanError if a running engine can't go on with another plan."""
    if after.tables not in ("", TABLES):
        raise codec.PlanError(
            codes.OTHER_TABLES.code,
            f"this plan was made with other tables ({after.tables}) than those here ({TABLES})",
            "compile the rulebook again",
        )
    if after.partition != before.partition:
        raise codec.PlanError(
            codes.OTHER_PARTITION.code,
            f"state is partitioned by `{'.'.join(before.partition)}`, not by `{'.'.join(after.partition)}`",
            "begin with a new engine",
        )


def copy(partition: Partition) -> Partition:
    """Return a partition with the same rows."""
    other = Partition(partition.id)
    for space, key, row in partition.rows():
        other.load(space, key, row)
    return other


def migrate(partition: Partition, before: Mapping[str, str], program: Program) -> SwapReport:
    """Carry a partition's rows over to another program; its timers must be armed again."""
    after = shapes(program.plan)
    partition.timers = Timers()
    renamed = _rename(partition, before, after, program.plan)
    before = {renamed.get(space, space): shape for space, shape in before.items()}
    cancelled = _cancel(partition, before, after, program)
    dropped = _drop(partition, before, after) | _unreadable(partition, program)
    entries.forget_declared(partition, program.plan.lists)
    lifetimes.set_all(program, partition)
    return SwapReport(
        kept=tuple(sorted(space for space in after if _stays(space, before, after))),
        added=tuple(sorted(after.keys() - before.keys())),
        dropped=dropped,
        renamed=renamed,
        cancelled=tuple(cancelled),
        resettled=tuple(_resettle(partition, program, before, after)) if partition.meta is not None else (),
        left=_leave(partition, program),
    )


def total(reports: Iterable[SwapReport]) -> SwapReport:
    """Return one report for all partitions."""
    all_reports = list(reports)
    dropped: dict[str, int] = {}
    for report in all_reports:
        for space, count in report.dropped.items():
            dropped[space] = dropped.get(space, 0) + count
    return SwapReport(
        kept=tuple(sorted({space for report in all_reports for space in report.kept})),
        added=tuple(sorted({space for report in all_reports for space in report.added})),
        dropped=dropped,
        renamed={old: new for report in all_reports for old, new in report.renamed.items()},
        cancelled=tuple(cancelled for report in all_reports for cancelled in report.cancelled),
        resettled=tuple(resettled for report in all_reports for resettled in report.resettled),
        left=tuple(sorted({state for report in all_reports for state in report.left})),
    )


def _rename(partition: Partition, before: Mapping[str, str], after: Mapping[str, str], plan: ir.Plan) -> dict[str, str]:
    """Move the rows of rules that have a new id; return old space → new one."""
    renamed = {}
    for rule in plan.rules:
        for kind in OF_RULES if rule.was else ():
            for lane in ("", APART):
                old, new = f"{kind}{rule.was}{lane}", f"{kind}{rule.id}{lane}"
                if old in before and old not in after and new in after:
                    _move(partition, old, new)
                    renamed[old] = new
    return renamed


def _move(partition: Partition, old: str, new: str) -> None:
    if old not in partition.spaces:
        return
    source = partition.spaces[old]
    for key, row in source.items():
        partition.space(new).put(key, row, partition.now)
        source.drop(key)


def _cancel(
    partition: Partition, before: Mapping[str, str], after: Mapping[str, str], program: Program
) -> list[tuple[str, tuple[str, ...]]]:
    """Give up open paths and requests that no longer fit."""
    cancelled: list[tuple[str, tuple[str, ...]]] = []
    for name, space in sorted(partition.spaces.items()):
        if name.startswith(PROCESS + "/") and before.get(name) != after.get(name):
            cancelled += [(name.removeprefix(PROCESS + "/"), tuple(keys.decode(key))) for key in space.names()]
            for key in space.names():
                space.drop(key)
    for path in program.processes.values():
        for key in paths.completed(partition, path):
            partition.space(path.space).drop(key)
            cancelled.append((path.id, tuple(keys.decode(key))))
    for request in requests.standing(partition):
        code = program.rules.get(request.rule)
        if code is None or code.rule.approval is None:
            requests.close(partition, request)
            cancelled.append((request.rule, (request.id,)))
    return cancelled


def _stays(space: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether rows still mean the same; levels always do, because they are settled anew."""
    return space in before and (before[space] == after.get(space) or (space.startswith("ladder/") and space in after))


def _drop(partition: Partition, before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, int]:
    """Drop the spaces of cells that are gone or mean something else now."""
    dropped = {}
    for name in before:
        space = partition.spaces.get(name)
        if space is None or _stays(name, before, after):
            continue
        dropped[name] = len(space)
        for key in space.names():
            space.drop(key)
    return {name: count for name, count in sorted(dropped.items()) if count}


def _unreadable(partition: Partition, program: Program) -> dict[str, int]:
    """Drop the waiting event if the new rulebook can't read it."""
    waits = bool(partition.spaces.get(AHEAD))
    return {AHEAD: 1} if waits and ahead.load(partition, program.decoder) is None else {}


def _resettle(
    partition: Partition, program: Program, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterable[tuple[str, str, tuple[int, ...], tuple[int, ...]]]:
    """Settle the levels of ladders that changed anew from the balances."""
    for ladder in program.ladders.values():
        if not ladder.remembers or before.get(ladder.name) == after[ladder.name]:
            continue
        space, ledger = ladder.space(partition), program.ledgers[ladder.ladder.ledger]
        balances = ledger.space(partition)
        for who in sorted({*space.names(), *balances.names()}):
            level, row = ladder.read(space.get(who), partition.now), balances.get(who)
            settled = ladder.resettle(level, ledger.balance(row, partition.now).value)
            settled.moved = ledger.moved(row, partition.now)
            ladder.store(space, who, settled, partition.now)
            if settled.held != level.held:
                yield ladder.id, who, _steps(level.held), _steps(settled.held)


def _steps(held: list[int]) -> tuple[int, ...]:
    return tuple(step + 1 for step in held)


def _leave(partition: Partition, program: Program) -> tuple[str, ...]:
    """Forget states and schedules that no longer exist; return the states that were left that way."""
    known = {code.id for code in program.states if not code.per}
    left = tuple(name for name in partition.space(STATE).names() if name not in known)
    for name in left:
        partition.space(STATE).drop(name)
    for name in partition.space(SCHEDULE).names():
        if name not in program.schedules:
            partition.space(SCHEDULE).drop(name)
    return left
