"""The whole plan: every construct is lowered by its own module, everything named is sorted by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from groundrules.checker.model import Checked
from groundrules.checker.people import filled
from groundrules.lower.actions import actions
from groundrules.lower.brakes import brakes
from groundrules.lower.decided import decided
from groundrules.lower.ground import Ground
from groundrules.lower.ladders import ladders
from groundrules.lower.ledgers import caps, ledgers
from groundrules.lower.paths import paths
from groundrules.lower.periods import Conflict, Periods
from groundrules.lower.rules import rules
from groundrules.lower.schedules import schedules
from groundrules.lower.states import states
from groundrules.plan import ir, sanctions
from groundrules.tables import TABLES
from groundrules.types.schema import Schema

ENGINE_TYPES = (  # what the engine itself takes in, whatever a rulebook says
    "action.result",
    "approval.given",
    "approval.refused",
    "member.joined",
    "member.left",
    "message",
    "roster",
    "tick",
)

LIST_CHANGED = "list.changed"

N = TypeVar(
    "N", ir.Rule, ir.Window, ir.Ledger, ir.Cap, ir.Ladder, ir.Process, ir.State, ir.Schedule, ir.WordList, ir.Brake
)


def lower(checked: Checked, ground: Ground | None = None) -> ir.Plan:
    """Return the plan of a rulebook that checked without errors; a fresh `ground` keeps what is gathered."""
    ground = ground or Ground(checked)
    first = _lowered(checked, ground)
    return _with_dates(checked, ground, first)[0] if checked.later else first


def conflicts(checked: Checked) -> list[Conflict]:
    """Return what has dated values in a rulebook but must have one for all time."""
    ground = Ground(checked)
    return _with_dates(checked, ground, _lowered(checked, ground))[1] if checked.later else []


def _with_dates(checked: Checked, ground: Ground, first: ir.Plan) -> tuple[ir.Plan, list[Conflict]]:
    periods = Periods([date for date, _ in checked.later], lambda date, how: ground.date(checked.dates[date][0], how))
    others = [_lowered(at_date, ground.of_date(at_date)) for _, at_date in checked.later]
    plan = replace(periods.plan([first, *others]), sources=ground.sources)
    return decided(checked, plan, [first, *others], periods.dates), periods.conflicts


def _lowered(checked: Checked, ground: Ground) -> ir.Plan:
    every = rules(ground)
    steps, on_crossing = ladders(ground)
    processes, on_step = paths(ground)
    conditions, on_state = states(ground)
    times, on_time = schedules(ground)
    held, on_brake = brakes(ground)
    book = checked.book
    specs = sorted(actions(ground), key=lambda spec: spec.name)
    wanted = {LIST_CHANGED} if any(words.changes for words in ground.lists.values()) else set()
    wanted |= set(sanctions.TYPES) if any(spec.sanctions for spec in specs) else set()
    return ir.Plan(
        rulebook=str(book.name.value),
        title=filled(book.title, checked.instances[0]),
        languages=book.languages,
        timezone=ground.zone,
        partition=checked.partition,
        events=_events(checked, wanted),
        facts={entity: tuple(sorted(names)) for entity, names in sorted(ground.facts.items())},
        reads={kind: tuple(sorted(fields)) for kind, fields in sorted(ground.reads.items())},
        actions=tuple(specs),
        lists=_sorted(ground.lists.values()),
        rules=_sorted([*every, *on_crossing, *on_step, *on_state, *on_time, *on_brake]),
        windows=_sorted(ground.windows.values()),
        ledgers=_sorted(ledgers(ground)),
        caps=_sorted(caps(ground)),
        retain=checked.retain,
        ahead=checked.ahead,
        longest_text=checked.longest_text,
        sources=ground.sources,
        tables=TABLES,
        ladders=_sorted(steps),
        processes=_sorted(processes),
        states=_sorted(conditions),
        schedules=_sorted(times),
        brakes=_sorted(held),
    )


def _sorted(named: Iterable[N]) -> tuple[N, ...]:
    return tuple(sorted(named, key=lambda item: item.id))


def _events(checked: Checked, wanted: set[str]) -> dict[str, Schema]:
    """Return the schemas of all event types known to an instance or the engine, or needed by what it keeps."""
    known = {kind for instance in checked.instances for kind in instance.types} | set(ENGINE_TYPES) | wanted
    event_types = {kind: checked.catalog.event(kind) for kind in sorted(known)}
    return {kind: event.schema for kind, event in event_types.items() if event is not None}
