"""Plan files for engines: a plan together with everything derived from it before the first event.

`compile_plan` makes, `write` and `read` turn that into the bytes of a plan file and back. Reading one needs no part of
the front end. The signature of the file is the hash of its content, which also covers the derived parts.

A plan made with other tables of letters or time zones than those at hand is refused, because they are part of its
meaning. The derived parts are trusted only if they are sealed with the user's own key (`plan_key`); otherwise they are
made again: a pattern database goes into native code as it is, and tables decide which rules are asked at all. A
database that does not fit this machine is also made again; nothing else depends on the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import msgspec

from groundrules.calendar.zones import problem
from groundrules.diagnostics.codes import plans as codes
from groundrules.engine.index.atoms import Atom
from groundrules.engine.index.lookup import lookup
from groundrules.engine.index.prepared import Prepared
from groundrules.engine.index.selectivity import Frequency, Sample, estimated
from groundrules.engine.index.tables import Access, access
from groundrules.engine.intake.decode import InvalidEventError, milliseconds
from groundrules.engine.plan_key import own_key
from groundrules.engine.program import Listening, Program
from groundrules.engine.readings import PartitionReadings
from groundrules.engine.state.partition import Meta, Partition
from groundrules.engine.state.scope import Scope
from groundrules.plan import codec, ir
from groundrules.plan.references import dangling
from groundrules.tables import TABLES

Events = Mapping[str, Sequence[Any]]
"""Event type → decoded events of a sample."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decoder = msgspec.msgpack.Decoder(Prepared)


@dataclass(frozen=True)
class Compiled:
    """A plan ready to run. `prepared` is None where nothing was kept beside it."""

    plan: ir.Plan
    digest: str
    prepared: Prepared | None = None

    @property
    def name(self) -> str:
        return self.plan.rulebook

    def asked_always(self) -> list[str]:
        """Return the ids of the rules that are asked about every event of some type, sorted."""
        rules = [rule for rule in self.plan.rules if rule.mode != "off" and isinstance(rule.trigger, ir.OnEvent)]
        names: set[str] = set()
        for type, tables in ({} if self.prepared is None else self.prepared.rules).items():
            ids = sorted(rule.id for rule in rules if type in rule.trigger.types)  # type: ignore[union-attr]
            names.update(ids[number] for number in tables.always)
        return sorted(names)


def compile_plan(plan: ir.Plan, sample: Iterable[bytes] = ()) -> Compiled:
    """Make everything that an engine needs; given a sample of events, access paths are chosen by what is in them."""
    with codec.no_collection():
        program = Program(plan)
        events = _decoded(program, sample)
        prepared = Prepared(
            literals=program.compiler.program.literals.save(),
            kept=program.kept,
            rules=_accesses(program, program.rules_on, events),
            windows=_accesses(program, program.windows_on, events),
            paths=_accesses(program, program.paths_on, events),
        )
        return Compiled(plan, codec.digest(plan), prepared)


def write(compiled: Compiled, key: bytes | None = None) -> bytes:
    """Return the bytes of a plan file, sealed with a key; whoever has it (`plan_key.own_key`) trusts derived parts."""
    return codec.encode(compiled.plan, b"" if compiled.prepared is None else _encode(compiled.prepared), key)


def read(data: bytes, key: bytes | None = None) -> Compiled:
    """Return what a plan file holds. Without the seal of `key`, the derived parts are made anew.

    Raises codec.PlanError if it is foreign, newer, damaged, of other tables, or no plan that can be run.
    """
    with codec.no_collection():
        packed = codec.unpack(data)
        if packed.plan.tables not in ("", TABLES):
            message = f"this plan was made with other tables ({packed.plan.tables}) than those here ({TABLES})"
            raise codec.PlanError(codes.OTHER_TABLES.code, message, "compile the rulebook again")
        return _trusted(packed) if codec.is_sealed(data, key) else _of_others(packed)


def _of_others(packed: codec.Packed) -> Compiled:
    """Make what an engine needs of a plan that somebody may have written by hand."""
    missing = next(dangling(packed.plan), None) or problem(packed.plan.timezone)
    if missing is not None:
        raise _damaged(f"what its plan names is not there ({missing:.80})")
    try:
        compiled = compile_plan(packed.plan)
    except Exception as error:  # anything else that a plan can get wrong but a rulebook can't
        raise _damaged(f"it has no runnable plan ({type(error).__name__})") from error
    if compiled.digest != packed.digest:
        raise _damaged(f"its plan is not the one that it names, {packed.digest:.80}")
    return compiled


def _damaged(what: str) -> codec.PlanError:
    return codec.PlanError(codes.DAMAGED_PLAN.code, f"this plan file is damaged: {what}", "compile it again")


def _trusted(packed: codec.Packed) -> Compiled:
    try:
        prepared = _decoder.decode(packed.prepared) if packed.prepared else None
    except msgspec.DecodeError:
        raise _damaged("what was compiled into it can't be read") from None
    return Compiled(packed.plan, packed.digest, prepared)


def load_plan(path: str | PathLike[str], key: bytes | None = None) -> Compiled:
    """Read the plan file at `path`, trusting parts sealed with `key`, by default this user's own.

    Raises OSError if it can't be read, and codec.PlanError as `read` does.
    """
    return read(Path(path).read_bytes(), key or own_key())


# --- samples ------------------------------------------------------------------------------------


def _decoded(program: Program, sample: Iterable[bytes]) -> Events:
    """Return the events of a sample by type; lines that are not events are skipped."""
    events: dict[str, list[Any]] = {}
    for line in sample:
        try:
            event: Any = program.decoder.decode(line)
        except InvalidEventError:
            continue
        events.setdefault(event.type, []).append(event)
    return events


def _accesses(program: Program, listening: Mapping[str, Listening], events: Events) -> dict[str, Access]:
    return {
        type: listening_here.access(
            _measured(program, type, listening_here, events[type]) if type in events else estimated
        )
        for type, listening_here in listening.items()
    }


def _measured(program: Program, type: str, listening: Listening, events: Sequence[Any]) -> Frequency:
    """Return how often the atoms that choices depend on held in a sample; the roster is empty."""
    wanted, subjects = _atoms_of(listening)
    frame = program.compiler.frame((type,))
    find = lookup(program.compiler.program, frame, access([(atom,) for atom in wanted], subjects), ())
    counts = dict.fromkeys(wanted, 0)
    partition = Partition("sample")
    readings = PartitionReadings(program, partition)
    for event in events:
        now = milliseconds(event.time)
        partition.meta = Meta(now, 1, now)
        for number in find(event, Scope(now, readings)):
            counts[wanted[number]] += 1
    return Sample(len(events), counts)


def _atoms_of(listening: Listening) -> tuple[list[Atom], Mapping[str, Any]]:
    """Return the atoms that choosing access paths asks about, and their subjects."""
    asked: dict[Atom, None] = {}

    def ask(atom: Atom) -> float:
        asked[atom] = None
        return estimated(atom)

    subjects = listening.subjects(ask)
    return list(asked), subjects
