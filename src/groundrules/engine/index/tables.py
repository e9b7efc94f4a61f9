"""Tables: the access paths of all guards of one event type, as plain data that a plan file can hold.

Guards go by number. `always` lists those that must be looked at for every event. A `Probe` is one test of one subject:
its `entries` say which guards to look at for which value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from groundrules.engine.index.atoms import Atom, Atoms, Test
from groundrules.plan import ir

Guards = tuple[int, ...]


class Probe(msgspec.Struct, frozen=True, array_like=True):
    """A test of a subject, and value → guards."""

    test: Test
    subject: str
    under: str
    entries: tuple[tuple[Any, Guards], ...]


class Access(msgspec.Struct, frozen=True, array_like=True):
    """How the guards of one event type are found; `subjects` by name."""

    always: Guards
    probes: tuple[Probe, ...]
    subjects: dict[str, ir.AnyExpr]


def access(paths: Iterable[Atoms | None], subjects: Mapping[str, ir.AnyExpr]) -> Access:
    """Return the tables for guards with these access paths; None: to be looked at always."""
    always: list[int] = []
    entries: dict[tuple[Test, str, str], dict[Any, list[int]]] = {}
    for number, atoms in enumerate(paths):
        if atoms is None:
            always.append(number)
        for atom in atoms or ():
            values = entries.setdefault((atom.test, atom.subject, atom.under), {})
            values.setdefault(atom.value, []).append(number)
    probes = tuple(Probe(*key, _entries(values)) for key, values in sorted(entries.items()))
    used = sorted({probe.subject for probe in probes})
    return Access(tuple(always), probes, {name: subjects[name] for name in used})


def _entries(values: dict[Any, list[int]]) -> tuple[tuple[Any, Guards], ...]:
    """Return the entries in an order that depends only on themselves."""
    order = sorted(values, key=lambda value: (isinstance(value, str), value))
    return tuple((value, tuple(dict.fromkeys(values[value]))) for value in order)


def atom_of(probe: Probe, value: Any) -> Atom:
    """Return the atom that an entry stands for."""
    return Atom(probe.test, probe.subject, probe.under, value)
