"""Changes that would flip one leaf of a guard: another word in the text, another role, one more event in a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import singledispatch
from typing import Any

from msgspec import structs

from groundrules.plan import ir
from groundrules.plan.relations import MIRRORED, NEGATED
from groundrules.reference import clauses, texts
from groundrules.reference.conditions import items_of
from groundrules.time_units import DAY, MINUTE
from groundrules.tools.counterfactual import altering
from groundrules.tools.counterfactual.altering import Alteration
from groundrules.tools.counterfactual.patterns import example
from groundrules.tools.counterfactual.reaching import (
    OTHER,
    Site,
    placed,
    reach,
    rewritten,
    set_to,
    when,
    window,
)
from groundrules.tools.explaining.model import Change

ELSEWHERE = "elsewhere.example"
MOST_CUTS = 20
SHOWN = 5  # words of a list that are named


@singledispatch
def leaf(expr: Any, want: bool, site: Site) -> Iterator[Alteration]:
    """Yield changes that may make a leaf true or false; none where no simple change would."""
    return iter(())


@leaf.register(ir.Field)
@leaf.register(ir.Fact)
def _(expr: ir.Field | ir.Fact, want: bool, site: Site) -> Iterator[Alteration]:
    yield from set_to(expr, want, "==", want, site)


@leaf.register
def _(expr: ir.InClock, want: bool, site: Site) -> Iterator[Alteration]:
    if isinstance(expr.instant, ir.Now):
        times = (expr.start, expr.end % DAY)
        yield from when(lambda moved: Site(moved).value(expr) is want, site, times)


@leaf.register
def _(expr: ir.WindowTest, want: bool, site: Site) -> Iterator[Alteration]:
    yield from window(expr, expr.operator if want else NEGATED[expr.operator], expr.bound, site)
    for part in expr.key:
        yield from _made_known(part, site)


@leaf.register
def _(expr: ir.InState, want: bool, site: Site) -> Iterator[Alteration]:
    of = None if expr.of is None else site.value(expr.of)
    if expr.of is None or of is not None:
        yield altering.state(expr.state, of, want)


@leaf.register
def _(expr: ir.HasLabel, want: bool, site: Site) -> Iterator[Alteration]:
    bearer = site.value(expr.id)
    if bearer is not None:
        yield altering.label(expr.entity, bearer, expr.label, want)


@leaf.register
def _(expr: ir.InForce, want: bool, site: Site) -> Iterator[Alteration]:
    who = site.value(expr.member)
    if who is not None:
        yield altering.sanction(who, expr.does, want)


@leaf.register
def _(expr: ir.Compare, want: bool, site: Site) -> Iterator[Alteration]:
    relation = expr.operator if want else NEGATED[expr.operator]
    left, right = site.value(expr.left), site.value(expr.right)
    if right is not None:
        yield from reach(expr.left, relation, right, site)
    if left is not None and not isinstance(expr.right, ir.Const):
        yield from reach(expr.right, MIRRORED[relation], left, site)


def _subject(expr: Any) -> Any:
    """The field whose text is looked into, behind functions that only change its view."""
    while isinstance(expr, ir.Call) and expr.arguments:
        expr = expr.arguments[0]
    return expr


@leaf.register(ir.Contains)
@leaf.register(ir.ContainsList)
@leaf.register(ir.Affix)
@leaf.register(ir.Matches)
def _(expr: Any, want: bool, site: Site) -> Iterator[Alteration]:
    yield from (_containing if want else _cut)(expr, site)


def _containing(expr: Any, site: Site) -> Iterator[Alteration]:
    """A text in which a leaf finds what it looks for."""
    subject = _subject(expr.subject)
    text = site.value(subject)
    if text is None and isinstance(subject, ir.Field):
        text = ""
    needles, among, source = _needles(expr, site)
    relation = _relation(expr)
    change = Change(
        kind="field", what=site.text(subject), relation=relation, among=among[:SHOWN], source=source, count=len(among)
    )
    if not needles or not isinstance(text, str):
        yield Alteration(change)
        return
    for write in _writings(needles, expr):
        yield from rewritten(subject, write, _with(change, write(text)), site)


def _relation(expr: Any) -> str:
    match expr:
        case ir.Affix():
            return f"{expr.end}s with"
        case ir.Matches():
            return "matches"
    return "contains all" if expr.quantifier == "all" else "contains"


def _with(change: Change, value: Any) -> Change:
    return structs.replace(change, value=value)


def _needles(expr: Any, site: Site) -> tuple[list[str], tuple[str, ...], str]:
    """(what to write into a text, everything that would do, the list's name)."""
    match expr:
        case ir.ContainsList():
            items = _fitting(site.scope.partition.lists[expr.list].items, site.value(_subject(expr.subject)))
            return list(items if expr.quantifier == "all" else items[:1]), items, expr.list
        case ir.Contains():
            items = tuple(str(item) for item in items_of(site.value(expr.needles) or []))
            return list(items if expr.quantifier == "all" else items[:1]), items, ""
        case ir.Affix():
            items = tuple(str(item) for item in items_of(site.value(expr.needle) or []) if item)
            return list(items[:1]), items, ""
    text = example(expr.pattern, expr.flags)
    return [text] if text is not None else [], (), f"/{expr.pattern}/{expr.flags}"


def _fitting(items: Sequence[str], text: Any) -> tuple[str, ...]:
    """Words in the order in which they suit a text: those in a script that it uses come first."""
    is_cjk = isinstance(text, str) and not text.isascii()
    return tuple(sorted(items, key=lambda item: is_cjk is item.isascii()))


def _writings(needles: list[str], expr: Any) -> list[Callable[[str], str]]:
    """Ways to put the needles into a text; a pattern may have to stand alone."""
    new = " ".join(needles)
    if getattr(expr, "view", "") == "domain":
        return [lambda text: new]
    if isinstance(expr, ir.Affix) and expr.end == "start":
        return [lambda text: f"{new} {text}".strip()]
    behind: Callable[[str], str] = lambda text: f"{text} {new}" if text.strip() else new  # noqa: E731
    return [behind, lambda text: new] if isinstance(expr, ir.Matches) else [behind]


def _cut(expr: Any, site: Site) -> Iterator[Alteration]:
    """A text with everything that a leaf finds in it removed."""
    subject = _subject(expr.subject)
    text = site.value(subject)
    if not isinstance(text, str):
        return
    without, patterns = _without(expr, text, site)
    change = Change(kind="field", what=site.text(subject), relation="lacks", among=patterns, value=without)
    yield from rewritten(subject, lambda whole: _without(expr, whole, site)[0], change, site)


def _without(expr: Any, text: str, site: Site) -> tuple[str, tuple[str, ...]]:
    """(the text without what a leaf finds in it, the patterns that were found)."""
    patterns: list[str] = []
    for _ in range(MOST_CUTS):
        places = [(place, pattern) for pattern, place in clauses.occurrences(expr, text, site.scope)]
        if not places:
            break
        (start, end), pattern = min(places)
        patterns.append(pattern)
        text = text[:start] + text[end:]
    return text, tuple(dict.fromkeys(patterns))


@leaf.register(ir.In)
@leaf.register(ir.InList)
def _(expr: ir.In | ir.InList, want: bool, site: Site) -> Iterator[Alteration]:
    """A value that is in a list, or is not."""
    words = site.scope.partition.lists.get(expr.list) if isinstance(expr, ir.InList) else None
    entries = tuple(words.items) if words else tuple(items_of(site.value(expr.collection) or []))  # type: ignore[union-attr]
    subject = _subject(expr.item)
    if isinstance(subject, ir.Field | ir.Fact):
        value = next(iter(entries), None) if want else _outside(entries, words.match if words else "")
        change = Change(
            kind="fact" if isinstance(subject, ir.Fact) else "field",
            what=site.text(subject),
            relation="in" if want else "not in",
            among=tuple(str(entry) for entry in entries[:SHOWN]),
            source=words.id if words else "",
            count=len(entries),
            value=value,
            before=site.value(subject),
        )
        if value is not None:
            yield from placed(subject, value, change, site)
    elif isinstance(expr, ir.In) and isinstance(_subject(expr.collection), ir.Field | ir.Fact):
        yield from _listed(_subject(expr.collection), [site.value(expr.item)], want, site)


def _outside(entries: tuple[Any, ...], match: str) -> Any:
    if match == "domain":
        return ELSEWHERE
    return OTHER if all(isinstance(entry, str) for entry in entries) else max(entries) + 1


@leaf.register(ir.Has)
@leaf.register(ir.HasList)
def _(expr: ir.Has | ir.HasList, want: bool, site: Site) -> Iterator[Alteration]:
    """A list that holds something, or does not."""
    if isinstance(expr, ir.HasList):
        values: list[Any] = list(site.scope.partition.lists[expr.list].items)
    else:
        values = items_of(site.value(expr.values) or [])
    enough = values if (expr.quantifier == "all") is want else values[:1]
    yield from _listed(_subject(expr.collection), enough if want else values, want, site, values)


def _listed(
    collection: Any, changed: list[Any], want: bool, site: Site, among: Sequence[Any] = ()
) -> Iterator[Alteration]:
    if not isinstance(collection, ir.Field | ir.Fact) or None in changed:
        return
    before = list(site.value(collection) or [])

    def change(items: Any) -> list[Any]:
        if want:
            return [*(items or ()), *(value for value in changed if value not in (items or ()))]
        return [item for item in items or () if not any(texts.equal(item, other, "folded") for other in changed)]

    after = change(before)
    named = (among or changed) if want else [value for value in before if value not in after]
    stated = Change(
        kind="fact" if isinstance(collection, ir.Fact) else "field",
        what=site.text(collection),
        relation="has" if want else "has not",
        among=tuple(str(value) for value in named[:SHOWN]),
        count=len(named),
        value=after,
        before=before,
    )
    yield from rewritten(collection, change, stated, site)


@leaf.register
def _(expr: ir.Known, want: bool, site: Site) -> Iterator[Alteration]:
    operand = _subject(expr.operand)
    if want:
        yield from _made_known(operand, site)
    elif isinstance(operand, ir.Field | ir.Fact):
        change = Change(kind="fact", what=site.text(operand), relation="unknown", before=site.value(operand))
        yield from placed(operand, None, change, site)


def _made_known(operand: Any, site: Site) -> Iterator[Alteration]:
    """A fact that becomes known, with any value."""
    if not isinstance(operand, ir.Field | ir.Fact) or site.value(operand) is not None:
        return
    specimens: dict[str, Any] = {"number": 1, "boolean": True, "list": [], "duration": MINUTE, "clock": 0}
    value = specimens.get(operand.kind, "x")
    if operand.kind == "entity":
        value = {"id": "somebody"}
    if operand.kind in ("instant", "date"):
        value = "2026-01-01T00:00:00Z" if operand.kind == "instant" else "2026-01-01"
    yield from placed(operand, value, Change(kind="fact", what=site.text(operand), relation="known", value=value), site)
