"""Reads: fields of the event, of the event that opened a path and of items; facts; the subject; the clock.

A field of the event or of an item whose schema is known becomes attribute reads, with a check for None only where
the schema promises nothing. Reads of anything else (the start event, items of a list from the roster, an event whose
type is not known here) go through `reach`, which answers None as soon as something is absent.
"""

from __future__ import annotations

from groundrules.engine.codegen import layout
from groundrules.engine.codegen.emitter import Emitter, Frame, Operand, emits_value
from groundrules.engine.codegen.layout import OPEN, Place
from groundrules.engine.intake.decode import attribute
from groundrules.engine.intake.links import GIVEN
from groundrules.plan import ir

LINKS = "links"
NONE = Operand(("False",), "None")


@emits_value(ir.Now)
def now(emitter: Emitter, expr: ir.Now) -> Operand:
    return Operand((), "x.now")


@emits_value(ir.CalendarPeriod)
def calendar_period(emitter: Emitter, expr: ir.CalendarPeriod) -> Operand:
    return Operand((), f"period_name(x.now, {emitter.constant(expr.period)})")


@emits_value(ir.Field)
def field(emitter: Emitter, expr: ir.Field) -> Operand:
    if expr.root == "subject":
        return _subject(emitter, expr.path)
    operand, place = raw(emitter, expr.root, expr.path)
    return _converted(operand, expr.kind, place)


@emits_value(ir.Fact)
def fact(emitter: Emitter, expr: ir.Fact) -> Operand:
    """From the event, else from the roster, else `assume`, else `default`; missing if there is no subject."""
    who = _identity(emitter, expr)
    carried = None if expr.root == "subject" else raw(emitter, expr.root, (*expr.path, expr.fact))
    name = emitter.local()
    ask = f"x.readings.fact({emitter.constant(expr.entity)}, {who.source}, {emitter.constant(expr.fact)})"
    source = _otherwise(emitter, expr)
    source = f"({name} if ({name} := {ask}) is not None else {source})"
    if carried is not None:
        carried_source = _converted(carried[0], expr.kind, carried[1])
        source = _first(carried_source, source)
    if _has_default(expr):
        return Operand(who.needs, source)
    return emitter.present(who.needs, source)


def raw(emitter: Emitter, root: str, path: tuple[str, ...]) -> tuple[Operand, Place]:
    """Return a decoded value, unconverted, and its place."""
    if root == "event":
        needs = ("e is not None",) if emitter.frame.absent else ()
        return _walked(emitter, Operand(needs, "e"), emitter.frame.event, path)
    if root.startswith("$"):
        depth = int(root[1:])
        return _walked(emitter, Operand((), f"i{depth}"), emitter.frame.items[depth], path)
    return emitter.present((), f"reach(x.start, {emitter.constant(path)})"), OPEN


def place_at(frame: Frame, root: str, path: tuple[str, ...]) -> Place:
    """Return the place of a field; OPEN if it is not known."""
    place = frame.event if root == "event" else frame.items[int(root[1:])] if root.startswith("$") else OPEN
    for name in path:
        place = layout.field_of(place, name)
    return place


def _walked(emitter: Emitter, base: Operand, place: Place, path: tuple[str, ...]) -> tuple[Operand, Place]:
    for depth, name in enumerate(path):
        if layout.is_item(place, name):
            base = emitter.present(base.needs, f"item({base.source}, {int(name)})")
            place = layout.item_of(place)
            continue
        if not layout.is_declared(place, name):
            return emitter.present(base.needs, f"reach({base.source}, {emitter.constant(path[depth:])})"), OPEN
        source = f"{base.source}.{attribute(name)}"
        if name == LINKS and layout.has_links_of_text(place):  # so that the property is read once, not by every guard
            name_of_links = emitter.local()
            source = f"({name_of_links} if ({name_of_links} := {base.source}.{GIVEN}) is not None else {source})"
        promised = layout.is_promised(place, name)
        base = Operand(base.needs, source) if promised else emitter.present(base.needs, source)
        place = layout.field_of(place, name)
    return base, place


def _converted(operand: Operand, kind: ir.Kind, place: Place) -> Operand:
    if kind == "instant":
        return Operand(operand.needs, f"instant({operand.source})" if not place else f"ms({operand.source})")
    if kind == "entity" and layout.is_object(place) and layout.is_promised(place, "id"):
        return Operand(operand.needs, f"{operand.source}.{attribute('id')}")
    if kind in ("entity", "list") and not layout.is_simple(place):
        return Operand(operand.needs, f"plan_value({operand.source})")
    return operand


def _subject(emitter: Emitter, path: tuple[str, ...]) -> Operand:
    """The subject is known by its id alone; everything else about it is a fact."""
    return emitter.present((), "x.subject") if path in ((), ("id",)) else NONE


def _identity(emitter: Emitter, expr: ir.Fact) -> Operand:
    if expr.owner:
        about = ", ".join(emitter.constant(part) for part in (expr.owner, expr.path[0]))
        named = emitter.present((), "x.subject")
        owner, name = about.split(", ", 1)
        return emitter.present(named.needs, f"x.readings.fact({owner}, {named.source}, {name})")
    if expr.root == "subject":
        return _subject(emitter, expr.path)
    operand, place = raw(emitter, expr.root, expr.path)
    if layout.is_object(place) and layout.is_promised(place, "id"):
        return Operand(operand.needs, f"{operand.source}.{attribute('id')}")
    return emitter.present(operand.needs, f"plan_value({operand.source})")


def _otherwise(emitter: Emitter, expr: ir.Fact) -> str:
    """Return the fallback for when neither the event nor the roster has the fact."""
    default = "None" if expr.default is None else emitter.constant(expr.default)
    if expr.assume is None:
        return default
    return _first(emitter.operand(expr.assume), default)


def _has_default(expr: ir.Fact) -> bool:
    return expr.default is not None or (isinstance(expr.assume, ir.Const) and expr.assume.value is not None)


def _first(value: Operand, otherwise: str) -> str:
    return f"({value.source} if {' and '.join(value.needs)} else {otherwise})" if value.needs else value.source
