"""Names: ids that are given twice, and declarations that hide a field.

Comes last, because which event types are in use is known once every expression was read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from groundrules.checker.bindings import Instance
from groundrules.checker.session import Session
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.codes import names as codes
from groundrules.diagnostics.model import Label
from groundrules.rulebook import model as authored


def names(session: Session) -> None:
    """Check ids and names of every instance."""
    used: dict[int, set[str]] = {}
    for context in session.checked.contexts.values():
        used.setdefault(context.instance.index, set()).update(context.types, context.start)
    for instance in session.checked.instances:
        _ids(session, instance.book)
        _fields(session, instance, used.get(instance.index, set()))


def _ids(session: Session, book: authored.Rulebook) -> None:
    tables = {id(rule.table): rule for rule in book.rules if rule.table}.values()
    rules = [rule for rule in book.rules if rule.table is None]
    named = [replace(rule, id=rule.table.id) for rule in tables if rule.table]
    blocks: Iterable[authored.Common] = (*rules, *named, *book.ladders, *book.paths, *book.states, *book.schedules)
    by_id: dict[str, authored.Common] = {}
    for block in blocks:
        name = str(block.id.value)
        first = by_id.setdefault(name, block)
        if first is not block:
            label = Label(first.id.span, "first used here")
            message = f"the id `{name}` is given twice"
            session.add(codes.DUPLICATE_NAME.at(block.id.span, message, "give one of the two another id", (label,)))


def _fields(session: Session, instance: Instance, used: set[str]) -> None:
    fields = {kind: session.fields((kind,)) for kind in sorted(used)}
    own: tuple[Any, ...] = (
        *instance.book.parameters,
        *instance.book.lists,
        *instance.book.defines,
        *instance.book.scores,
        *instance.book.ledgers,
    )
    for declaration in own:
        name = str(declaration.name.value)
        owners = [kind for kind, names in fields.items() if name in names]
        if owners:
            what = instance.declared[name].what if name in instance.declared else "declaration"
            message = f"the {what} `{name}` has the name of a field of {listing(owners, 3)}"
            help = f"rename it; the field can also be written `event.{name}`"
            session.add(codes.NAME_OF_A_FIELD.at(declaration.name.span, message, help))
