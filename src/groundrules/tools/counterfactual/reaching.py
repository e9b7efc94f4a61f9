"""Changes that would make a value another one: `actor.joined` later, one more strike, a longer text.

`reach(expression, relation, bound)` undoes what is calculated with the value until something is found that can be
altered: `age(actor.joined) < 3d` asks for `now - actor.joined < 3d`, and so for `actor.joined > now - 3d`. A
calculation that can't be undone gives no change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.calendar.zones import instant_of, local_day, time_of_day
from groundrules.plan import ir
from groundrules.plan.ir import Relation
from groundrules.plan.relations import HOLDS, MIRRORED
from groundrules.reference import clauses
from groundrules.reference import scope as scopes
from groundrules.reference.kinds import kind_of
from groundrules.reference.scope import Scope
from groundrules.reference.values import evaluate
from groundrules.time_units import DAY, HOUR, format_duration
from groundrules.tools.counterfactual import altering
from groundrules.tools.counterfactual.altering import Alteration, InWindow, Place
from groundrules.tools.counterfactual.specimens import findable
from groundrules.tools.explaining.model import Change
from groundrules.tools.explaining.tree import looks_back
from groundrules.window_kinds import KINDS

SAME_TEXT = ("folded", "squeezed", "lower", "trimmed")
OTHER = "something else"
HOURS_AHEAD = 24 * 8


@dataclass(frozen=True)
class Site:
    """Where an expression stands: its scope, and where in the event the items of `any` and `all` stand."""

    scope: Scope
    items: tuple[Place | None, ...] = field(default=())

    def binding(self, item: Any, place: Place | None) -> Site:
        return Site(self.scope.binding(item), (*self.items, place))

    def value(self, expr: Any) -> Any:
        return evaluate(expr, self.scope)

    def text(self, expr: Any) -> str:
        return " ".join(clauses.text_of(expr, self.scope).split()) or ".".join(getattr(expr, "path", ()))

    def place(self, expr: Any) -> Place | None:
        """The place of a field or fact in the event; None if it is read from elsewhere."""
        if not isinstance(expr, ir.Field | ir.Fact):
            return None
        path = (*expr.path, expr.fact) if isinstance(expr, ir.Fact) else expr.path
        below = altering.concrete(self.scope.root(expr.root), path)
        if expr.root == "event":
            return below if self.scope.event is not None else None
        if expr.root.startswith("$"):
            base = self.items[int(expr.root[1:])]
            return None if base is None else (*base, *below)
        return None


def reach(expr: Any, relation: Relation, bound: Any, site: Site) -> Iterator[Alteration]:
    """Yield changes after which the value of `expr` stands in this relation to `bound`."""
    match expr:
        case ir.Field() | ir.Fact():
            yield from set_to(expr, nearest(relation, bound), relation, bound, site)
        case ir.Now():
            yield from _later(relation, bound, site)
        case ir.Coalesce():
            yield from reach(expr.value, relation, bound, site)
        case ir.Negate():
            yield from reach(expr.operand, MIRRORED[relation], -bound, site)
        case ir.Arithmetic():
            yield from _calculated(expr, relation, bound, site)
        case ir.Call():
            yield from _called(expr, relation, bound, site)
        case ir.LedgerValue():
            yield from _balance(expr, relation, bound, site)
        case ir.WindowValue():
            yield from window(expr, relation, bound, site)
        case ir.Silence():
            who = site.value(expr.member)
            if who is not None and relation in (">", ">=", "=="):
                length = nearest(relation, bound)
                change = Change(
                    kind="fact",
                    what=site.text(expr),
                    relation=relation,
                    type="duration",
                    bound=format_duration(bound),
                    who=who,
                )
                yield altering.silence(who, length, change)


def nearest(relation: Relation, bound: Any) -> Any:
    """The nearest value that stands in a relation to `bound`."""
    if isinstance(bound, bool):
        return bound is (relation == "==")
    if isinstance(bound, int | float):
        return bound + {"<": -1, ">": 1, "!=": 1}.get(relation, 0)
    return bound if relation == "==" else OTHER


# --- fields and facts -------------------------------------------------------------------------------


def set_to(expr: ir.Field | ir.Fact, value: Any, relation: Relation, bound: Any, site: Site) -> Iterator[Alteration]:
    """Yield the change of a field or fact to `value`, described by its relation to `bound`."""
    before = site.value(expr)
    change = Change(
        kind="fact" if isinstance(expr, ir.Fact) else "field",
        what=site.text(expr),
        relation=relation,
        type=kind_of(expr) or "",
        bound=_shown(bound, expr),
        value=_shown(value, expr),
        before=_shown(before, expr),
    )
    yield from placed(expr, _as_json(value, expr), change, site)


def placed(expr: Any, value: Any, change: Change, site: Site) -> Iterator[Alteration]:
    """Yield the alteration that puts `value` where `expr` reads it."""
    place = site.place(expr)
    if place is not None:
        yield altering.field(place, value, change)
    elif isinstance(expr, ir.Fact) and expr.root == "subject" and site.scope.subject is not None:
        yield altering.fact(expr.entity, site.scope.subject, expr.fact, value, change)


def rewritten(expr: Any, change: Callable[[Any], Any], stated: Change, site: Site) -> Iterator[Alteration]:
    """Yield the alteration that makes over the text or list that `expr` reads."""
    place, before = site.place(expr), site.value(expr)
    if place is not None:
        yield altering.rewrite(place, "" if before is None and expr.kind == "text" else before, change, stated)
    else:
        yield from placed(expr, change(before), stated, site)


def _as_json(value: Any, expr: Any) -> Any:
    if value is None:
        return None
    if kind_of(expr) == "instant":
        return format_ms(round(value))
    return {"id": value} if kind_of(expr) == "entity" and expr.path[-1:] != ("id",) else value


def _shown(value: Any, expr: Any) -> Any:
    return None if value is None else clauses.written(value, expr)


# --- calculations -----------------------------------------------------------------------------------


def _calculated(expr: ir.Arithmetic, relation: Relation, bound: Any, site: Site) -> Iterator[Alteration]:
    left, right = site.value(expr.left), site.value(expr.right)
    match expr.operator:
        case "+":
            sides = [(expr.left, relation, right, -1), (expr.right, relation, left, -1)]
            for side, operand, other, sign in sides:
                if other is not None:
                    yield from reach(side, operand, bound + sign * other, site)
        case "-":
            if right is not None:
                yield from reach(expr.left, relation, bound + right, site)
            if left is not None:
                yield from reach(expr.right, MIRRORED[relation], left - bound, site)
        case "*" if right and isinstance(right, int | float):
            yield from reach(expr.left, relation if right > 0 else MIRRORED[relation], _whole(bound / right), site)
        case "/" if right and isinstance(right, int | float):
            yield from reach(expr.left, relation if right > 0 else MIRRORED[relation], _whole(bound * right), site)
        case "%" if relation == "==" and isinstance(right, int) and right and isinstance(left, int):
            yield from reach(expr.left, "==", left + (bound - left) % right, site)


def _whole(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def _called(expr: ir.Call, relation: Relation, bound: Any, site: Site) -> Iterator[Alteration]:
    first = expr.arguments[0] if expr.arguments else None
    match expr.function:
        case "age" if isinstance(bound, int | float):
            yield from reach(first, MIRRORED[relation], site.scope.now - round(bound), site)
        case "length" if isinstance(bound, int | float):
            if isinstance(first, ir.Call):
                yield from written_for(first, round(nearest(relation, bound)) - len(site.value(first) or ()), site)
            else:
                yield from _resized(first, nearest(relation, bound), relation, bound, site)
        case "round" | "number":
            yield from reach(first, relation, bound, site)
        case "first" | "last":
            yield from _item(first, relation, bound, site)
        case name if name in SAME_TEXT and isinstance(bound, str):
            yield from reach(first, relation, bound, site)
        case "timestamp":
            yield from reach(first, relation, bound, site)
        case "hour" | "minute" | "weekday" | "day" | "month" | "year" | "date" if isinstance(first, ir.Now):
            yield from when(lambda moved: _holds(evaluate(expr, moved), relation, bound), site)


def _holds(value: Any, relation: Relation, bound: Any) -> bool:
    return value is not None and HOLDS[relation](value, bound)


def _resized(expr: Any, size: Any, relation: Relation, bound: Any, site: Site) -> Iterator[Alteration]:
    """Yield a text or list that is as long."""
    value, size = site.value(expr), max(0, round(size))
    change = Change(
        kind="field", what=f"length({site.text(expr)})", relation=relation, type="number", bound=bound, value=size
    )
    if isinstance(value, str):
        yield from rewritten(expr, lambda text: (text + "…" * size)[:size], change, site)
    elif isinstance(value, list):
        raw = scopes.walk(site.scope.root(expr.root), expr.path) if isinstance(expr, ir.Field) else value
        filled = [*raw, *(_another(raw, number) for number in range(size - len(raw)))][:size]
        yield from placed(expr, filled, change, site)


def written_for(call: ir.Call, count: int, site: Site) -> Iterator[Alteration]:
    """Yield a text in which a function like `emails(text)` finds that many more."""
    subject = call.arguments[0] if call.arguments else None
    text, items = site.value(subject), findable(call.function, count)
    if not isinstance(subject, ir.Field) or not isinstance(text, str) or len(items) < count or not items:
        return
    value = " ".join([text, *items]).strip()
    change = Change(
        kind="field",
        what=site.text(subject),
        relation="contains all",
        among=tuple(items),
        count=len(items),
        value=value,
    )
    yield from rewritten(subject, lambda text: " ".join([text, *items]).strip(), change, site)


def _item(collection: Any, relation: Relation, bound: Any, site: Site) -> Iterator[Alteration]:
    """Yield the first or last item of a list of people or texts as something else."""
    place = site.place(collection)
    if place is None or relation not in ("==", "!="):
        return
    value = bound if relation == "==" else "somebody-else"
    items = scopes.walk(site.scope.root(collection.root), collection.path) or []
    item = value if items and isinstance(items[0], str) else {"id": value}
    change = Change(kind="field", what=site.text(collection), relation="has", among=(str(value),), value=value)
    yield altering.field(place, [item], change)


def _another(items: list[Any], number: int) -> Any:
    """One more item for a list, like the existing ones."""
    if items and isinstance(items[0], dict):
        return {**items[0], "id": f"another-{number}"} if "id" in items[0] else dict(items[0])
    return {"id": f"another-{number}"} if not items else f"another-{number}"


# --- time, ledgers, windows -------------------------------------------------------------------------


def _later(relation: Relation, bound: Any, site: Site) -> Iterator[Alteration]:
    instant = nearest(relation, bound)
    if relation in (">", ">=", "==") and instant > site.scope.now:
        yield altering.later(round(instant), site.scope)


def when(holds: Any, site: Site, exact: tuple[int, ...] = ()) -> Iterator[Alteration]:
    """Yield the next instant at which something holds: one of `exact` times of day (ms), or a full hour."""
    zone, now = site.scope.plan.timezone, site.scope.now
    hour = now - time_of_day(zone, now) % HOUR
    midnight = instant_of(zone, local_day(zone, now), 0)
    days = (midnight + day * DAY + time for day in range(2) for time in exact)
    hours = (hour + step * HOUR for step in range(1, HOURS_AHEAD))
    for instant in sorted({*days, *hours}):
        if instant > site.scope.now and holds(replace(site.scope, now=instant)):
            yield altering.later(instant, site.scope)
            return


def _balance(expr: ir.LedgerValue, relation: Relation, bound: Any, site: Site) -> Iterator[Alteration]:
    who, current = site.value(expr.key), site.value(expr)
    if who is not None and current is not None:
        yield altering.balance(expr.ledger, who, round(nearest(relation, bound)), site.scope.now, current)


def window(expr: ir.WindowTest | ir.WindowValue, relation: Relation, bound: Any, site: Site) -> Iterator[Alteration]:
    """Yield more or fewer events in a window."""
    key = [site.value(part) for part in expr.key]
    if None in key:
        return
    where = in_window(expr, key, site)
    current = site.scope.partition.windows.value(expr.window, key, expr.within, None, site.scope.now)
    target = nearest(relation, bound)
    kind = KINDS[where.window.kind]
    if kind.elapsed:
        yield where.still_for(round(target)) if target > current else where.more(1)
    elif kind.keeps_entries:
        missing = round(target) - current
        yield from (where.more(where.needed(round(target))),) if missing > 0 else where.fewer(-missing)
    elif target > current:
        yield where.days(round(target)) if kind.daily else where.amount(_whole(target - current))


def in_window(expr: ir.WindowTest | ir.WindowValue, key: list[Any], site: Site) -> InWindow:
    window = site.scope.partition.windows.definitions[expr.window]
    names = [site.text(part) for part in expr.key]
    details = {
        "among": tuple(f"{name}" for name in names),
        "source": window.kind,
        **looks_back(window, expr),
    }
    return InWindow(window, key, expr.within, site.scope, details)
