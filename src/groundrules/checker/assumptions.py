"""`assume`: what is taken for granted about a fact that neither the event nor the roster tells."""

from __future__ import annotations

from groundrules.checker import wording
from groundrules.checker.bindings import Instance, NowBinding
from groundrules.checker.constants import fold
from groundrules.checker.constructs import Value
from groundrules.checker.expressions import Reader
from groundrules.checker.places import CONSTANT
from groundrules.checker.session import Session
from groundrules.checker.suggestions import listing
from groundrules.checker.views import alike
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.catalog import ROSTER


def assumptions(session: Session) -> None:
    """Check what the rulebook and its imports assume; where several do, the using rulebook has its way."""
    for instance in session.checked.instances:
        for assumption in instance.book.assumptions:
            _assumption(session, instance, assumption)


def _assumption(session: Session, instance: Instance, assumption: authored.Assumption) -> None:
    entity, name = str(assumption.entity.value), str(assumption.field.value)
    entity_type = session.catalog.entity(entity) if entity in ROSTER else None
    if entity_type is None:
        message = f"nothing can be assumed about `{entity}`"
        help = did_you_mean(entity, ROSTER) or f"facts are kept about {listing(ROSTER)}"
        session.add(name_codes.UNKNOWN_DECLARATION.at(assumption.entity.span, message, help))
        return
    field = entity_type.fields.get(name)
    if field is None or name == "id":
        help = did_you_mean(name, entity_type.fields) or f"it has {listing(entity_type.fields)}"
        message = f"a {entity} has no fact `{name}`"
        session.add(name_codes.UNKNOWN_FIELD.at(assumption.field.span, message, help))
        return
    _value(session, instance, assumption, (entity, name), field)


def _settled(reader: Reader, node: nodes.Node) -> bool:
    """Whether a value follows from constants and the clock alone."""
    if isinstance(node, nodes.Arithmetic):
        return _settled(reader, node.left) and _settled(reader, node.right)
    bound = reader.session.tables.bindings.get((reader.context.id, id(node)))
    return isinstance(bound, NowBinding) or fold(reader, node) is not None


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
    elif not _settled(reader, parsed.root):
        words = (f"`{text}` depends on the event", "write a constant, a parameter, or `now` and a duration")
        reader.error(codes.NOT_CONSTANT, parsed.root, words)
    else:
        session.checked.assumed.setdefault(key, value)
