"""`assume`: what is taken for granted about a fact that neither the event nor the roster tells."""

from __future__ import annotations

from groundrules.check import wording
from groundrules.check.constants import fold
from groundrules.check.expressions import Reader
from groundrules.check.model import Instance, Value
from groundrules.check.near import listing
from groundrules.check.places import CONSTANT
from groundrules.check.session import Session
from groundrules.check.views import alike
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.rulebook import model as authored
from groundrules.types import kinds
from groundrules.types.catalog import ROSTER


def assumptions(session: Session) -> None:
    """Check what the rulebook and its imports assume; where several do, the using rulebook has its way."""
    for instance in session.checked.instances:
        for assumption in instance.book.assumptions:
            _assumption(session, instance, assumption)


def _assumption(session: Session, instance: Instance, assumption: authored.Assumption) -> None:
    entity, name = str(assumption.entity.value), str(assumption.field.value)
    found = session.catalog.entity(entity) if entity in ROSTER else None
    if found is None:
        message = f"nothing can be assumed about `{entity}`"
        help = did_you_mean(entity, ROSTER) or f"facts are remembered of {listing(ROSTER)}"
        session.add(name_codes.UNKNOWN_DECLARATION.at(assumption.entity.span, message, help))
        return
    field = found.fields.get(name)
    if field is None or name == "id":
        help = did_you_mean(name, found.fields) or f"it has {listing(found.fields)}"
        message = f"a {entity} has no fact `{name}`"
        session.add(name_codes.UNKNOWN_FIELD.at(assumption.field.span, message, help))
        return
    _value(session, instance, assumption, (entity, name), field)


def _value(
    session: Session, instance: Instance, assumption: authored.Assumption, key: tuple[str, str], field: kinds.Field
) -> None:
    parsed = assumption.value
    value = Value(session.context(instance), parsed)
    reader = Reader(session, value.context, parsed, CONSTANT)
    typed = reader.type_of(parsed.root)
    if isinstance(typed.type, kinds.Unknown):
        return
    text = reader.text(parsed.root)
    if not alike(typed.type, field.type):
        reader.error(codes.WRONG_VALUE, parsed.root, wording.wrong_value(text, typed.type, ".".join(key), field.type))
    elif fold(reader, parsed.root) is None:
        words = (f"`{text}` is not known before any event", "write a constant or a parameter")
        reader.error(codes.NOT_CONSTANT, parsed.root, words)
    else:
        session.checked.assumed.setdefault(key, value)
