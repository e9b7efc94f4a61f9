"""Conditions in members' words: `the level is less than 3`, `at least 8 times within 10 seconds: writing a message`.

A condition is phrased in full or not at all: if part of it can't be phrased (a list of a thousand entries, a pattern, a
function that only authors know), none of it is, and the caller's sentence says that there are further conditions.
`Phrase.facts` names what a sentence is about, `facts.facts_of` what a condition reads; they are equal, by test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from groundrules.phrasing.constants import Constants, WordlessError, calls
from groundrules.phrasing.facts import Facts, fact_name, facts_of
from groundrules.phrasing.reads import OF_DAYS, is_actor, is_list, is_settled, path_of
from groundrules.plan import ir
from groundrules.plan.dated import by_date
from groundrules.plan.relations import MIRRORED, NEGATED
from groundrules.plan.walk import calendar_period
from groundrules.time_units import format_clock
from groundrules.window_kinds import KINDS

MOST_WORDS = 6  # entries of a list that a sentence names
_SELF = ("actor", "member")  # who a sentence is about by default


@dataclass(frozen=True)
class Phrase:
    """A phrase, and the facts that it names; `joint`: it has an `and` or `or` itself."""

    text: str
    facts: Facts = frozenset()
    joint: bool = False


@dataclass(frozen=True)
class Names:
    """Names of event types, ledgers and states."""

    event: Callable[[str], str]
    ledger: Callable[[str], str]
    state: Callable[[str], str]


class Conditions(Constants):
    """Phrases the conditions of one plan."""

    def __init__(self, plan: ir.Plan, lang: str, names: Names) -> None:
        super().__init__("conditions", lang, plan.timezone)
        self._plan, self._names = plan, names
        self._roots: tuple[str, ...] = ("event",)

    def of(self, rule: ir.Rule) -> Conditions:
        """Return the phraser of a rule's conditions: a path's step has only the event that started it."""
        if not isinstance(rule.trigger, ir.OnStep):
            return self
        behind = copy(self)
        behind._roots = ("event", "start")
        return behind

    def phrased(self, expr: ir.AnyExpr) -> Phrase | None:
        """Phrase a condition; None if not all of it can be phrased."""
        try:
            return self._condition(self.pruned(expr))
        except WordlessError:
            return None

    def valued(self, expr: ir.AnyExpr) -> Phrase | None:
        """Phrase a value; None if it can't be phrased."""
        try:
            return self._value(expr)
        except WordlessError:
            return None

    def parts(self, expr: ir.AnyExpr | None) -> list[tuple[ir.AnyExpr, Phrase | None]]:
        """The conditions that must all hold, each with its phrase, except those that always hold."""
        expr = None if expr is None else self.pruned(expr)
        operands = expr.operands if isinstance(expr, ir.And) else () if expr is None else (expr,)
        return [(operand, self.phrased(operand)) for operand in operands if not is_settled(operand, True)]

    # --- conditions -----------------------------------------------------------------------------

    def _condition(self, expr: Any, denied: bool = False) -> Phrase:
        match expr:
            case ir.Not():
                phrase = self._condition(expr.operand, not denied)
            case ir.Or() if cases := by_date(expr):
                phrase = self._dated(cases, denied)
            case ir.And() | ir.Or():
                joint = "and" if isinstance(expr, ir.And) != denied else "or"
                phrase = self._joined([self._condition(part, denied) for part in expr.operands], joint)
            case ir.WindowTest():
                phrase = self._window(expr, NEGATED[expr.operator] if denied else expr.operator)
            case ir.Compare():
                phrase = self._compare(expr, NEGATED[expr.operator] if denied else expr.operator)
            case ir.TallyTest(tally=ir.Score() as score):
                phrase = self._score(score, expr, NEGATED[expr.operator] if denied else expr.operator)
            case ir.TallyTest(tally=ir.Tally() as tally):
                phrase = self._tally(tally, expr, NEGATED[expr.operator] if denied else expr.operator)
            case ir.Contains() | ir.ContainsList() | ir.In() | ir.InList() | ir.Has() | ir.HasList() | ir.Affix():
                phrase = self._search(expr, denied)
            case _:
                phrase = self._plain(expr, denied)
        return phrase

    def pruned(self, expr: Any) -> Any:
        """Drop what always or never holds, such as a test of an empty list: members need not read about it."""
        match expr:
            case ir.Not():
                inner = self.pruned(expr.operand)
                return ir.Const(value=not inner.value) if is_settled(inner) else replace(expr, operand=inner)
            case ir.And() | ir.Or() if not by_date(expr):
                neutral = isinstance(expr, ir.And)
                parts = [part for part in map(self.pruned, expr.operands) if not is_settled(part, neutral)]
                if len(parts) < 2:
                    return parts[0] if parts else ir.Const(value=neutral)
                return replace(expr, operands=tuple(parts))
            case ir.InList() | ir.HasList(quantifier="any") | ir.ContainsList(quantifier="any"):
                words = self._lists[expr.list]
                return expr if words.items or words.changes else ir.Const(value=False)
        return expr

    def _plain(self, expr: Any, denied: bool) -> Phrase:
        match expr:
            case ir.InClock(instant=ir.Now()):
                return self._form("clock", denied, {"now"}, start=format_clock(expr.start), end=format_clock(expr.end))
            case ir.InState():
                return self._form("state", denied, {f"state:{expr.state}"}, title=self._names.state(expr.state))
            case ir.HasLabel():
                return self._form("label", denied, {f"label:{expr.label}"}, label=expr.label)
            case ir.Known():
                what = self._value(expr.operand)
                form = f"known_{'.'.join(getattr(expr.operand, 'path', ()))}"
                return self._form(form if self.knows(form) else "known", denied, what.facts, what=what.text)
            case ir.Field(kind="boolean") | ir.Fact(kind="boolean"):
                what = self._value(expr)
                return self._form("is", denied, what.facts, what=what.text)
        return self._drawn(expr, denied)

    def _drawn(self, expr: Any, denied: bool) -> Phrase:
        match expr:
            case ir.InForce():
                other = "" if path_of(expr.member) in (*_SELF, "") else "_other"
                return self._form(f"{expr.does}{other}", denied, facts_of(expr))
            case ir.Chance(share=ir.Const(value=share)):
                return self._form("chance", denied, (), share=f"{share * 100:.6g}%")
            case ir.Call(function="falls_on", arguments=(date, ir.Now(), *_)):
                what = self._date(date)
                return self._form("falls_on", denied, {*what.facts, "now"}, what=what.text)
        raise WordlessError

    def _form(self, form: str, denied: bool, facts: Iterable[str], **values: object) -> Phrase:
        return Phrase(self(f"{'not_' * denied}{form}", **values), frozenset(facts))

    def _dated(self, cases: list[tuple[int | None, ir.AnyExpr]], denied: bool) -> Phrase:
        """What holds first, and what from which date on."""
        parts = [(since, self._condition(case, denied)) for since, case in cases]
        texts = [
            part.text if since is None else self("from_date", date=self.date_of(since), what=part.text)
            for since, part in parts
        ]
        facts = frozenset[str]().union(*(part.facts for _, part in parts))
        return Phrase(self("dated").join(texts), facts | {"now"}, joint=True)

    def _joined(self, parts: list[Phrase], joint: str) -> Phrase:
        form = f"{joint}_long" if any(part.joint for part in parts) else joint
        texts = list(dict.fromkeys(part.text for part in parts))
        facts = frozenset[str]().union(*(part.facts for part in parts))
        return Phrase(self(form).join(texts), facts, joint=len(texts) > 1)

    def _compare(self, expr: ir.Compare, relation: ir.Relation) -> Phrase:
        left, right = expr.left, expr.right
        if isinstance(left, ir.Const):
            left, right, relation = right, left, MIRRORED[relation]
        if isinstance(left, ir.Arithmetic) and left.operator == "%" and isinstance(left.right, ir.Const):
            return self._multiple(left, right, relation)
        what = self._value(left)
        bound = self.constants(right, left) if isinstance(right, ir.Const | ir.ByDate) else None
        other = None if bound is not None else self._value(right)
        facts = what.facts | (other.facts if other else frozenset())
        return Phrase(self(f"compare.{relation}", what=what.text, n=bound or (other and other.text)), facts)

    def _score(self, score: ir.Score, test: ir.TallyTest, relation: ir.Relation) -> Phrase:
        """Points that add up, each with what it is given for; unnamed ones count one each."""
        parts, named = [self._condition(hint.when) for hint in score.hints], bool(score.id)
        shown = [self._hint(hint, part) if named else part.text for hint, part in zip(score.hints, parts, strict=True)]
        times = self(f"bound.{relation}", n=test.bound)
        text = self(
            "score" if named else "of_these", times=times, hints=self(f"{'score' if named else 'of'}_hints").join(shown)
        )
        return Phrase(text, frozenset[str]().union(*(part.facts for part in parts)), joint=True)

    def _tally(self, tally: ir.Tally, test: ir.TallyTest, relation: ir.Relation) -> Phrase:
        """How many of some words occur in a text."""
        match tally.condition:
            case ir.Contains(needles=ir.Sequence(items=(ir.Field(root=variable),))) if variable == tally.variable:
                subject = self._value(tally.condition.subject)
            case _:
                raise WordlessError
        if not isinstance(tally.collection, ir.Const):
            raise WordlessError
        words = self("and_words").join(self._quoted(tally.collection.value))
        times = self(f"bound.{relation}", n=test.bound)
        return self._form("contains_of", False, subject.facts, what=subject.text, times=times, words=words)

    def _hint(self, hint: ir.Hint, part: Phrase) -> str:
        if not isinstance(hint.points, ir.Const):
            raise WordlessError
        return self("hint", what=part.text, n=hint.points.value)

    def _multiple(self, left: ir.Arithmetic, right: Any, relation: ir.Relation) -> Phrase:
        if not isinstance(right, ir.Const) or right.value != 0 or relation not in ("==", "!="):
            raise WordlessError
        divisor: Any = left.right
        what = self._value(left.left)
        return self._form("multiple", relation == "!=", what.facts, what=what.text, n=self.constant(divisor, left))

    def _search(self, expr: Any, denied: bool) -> Phrase:
        if isinstance(expr, ir.InList) and calls(expr.item, "date"):
            return self._day_listed(expr.item, expr.list, denied)
        words, quantifier = self._needles(expr), getattr(expr, "quantifier", "any")
        if isinstance(expr, ir.In) and calls(expr.item, "weekday"):
            words = [self.weekday(name) for name in expr.collection.value]  # type: ignore[union-attr]
        form = "contains" if isinstance(expr, ir.Contains | ir.ContainsList) else "has"
        if isinstance(expr, ir.Affix):
            form, what = f"at_the_{expr.end}", self._value(expr.subject)
        elif isinstance(expr, ir.In | ir.InList):
            form, what = "in", self._value(expr.item)
        else:
            what = self._value(expr.subject if form == "contains" else expr.collection)
        joined = self("or_words" if quantifier == "any" else "and_words").join(words)
        return self._form(form, denied, what.facts, what=what.text, words=joined)

    def _day_listed(self, day: Any, list: str, denied: bool) -> Phrase:
        (instant,) = day.arguments
        if isinstance(instant, ir.Now):
            return self._form("day_listed", denied, {"now"}, list=list)
        what = self._value(instant)
        return self._form("day_listed_of", denied, what.facts, what=what.text, list=list)

    def _needles(self, expr: Any) -> list[str]:
        if isinstance(expr, ir.ContainsList | ir.InList | ir.HasList):
            return self._entries(expr.list)
        looked_for: Any = {ir.Contains: "needles", ir.In: "collection", ir.Has: "values", ir.Affix: "needle"}
        operand = getattr(expr, looked_for[type(expr)])
        if not isinstance(operand, ir.Const):
            raise WordlessError
        of = getattr(expr, "collection", None)
        return self._quoted(self._called(of.process, operand.value) if isinstance(of, ir.Remaining) else operand.value)

    def _called(self, process: str, ids: Any) -> list[str]:
        """What items of a path are called."""
        items = next(path.until_all for path in self._plan.processes if path.id == process)
        wanted = [ids] if isinstance(ids, str) else ids
        return [item.called(self.lang) for item in items if item.id in wanted]

    def _quoted(self, items: Any) -> list[str]:
        items = items if isinstance(items, list | tuple) else [items]
        if not 0 < len(items) <= MOST_WORDS:
            raise WordlessError
        return [self("quoted" if isinstance(item, str) else "figure", text=item) for item in items]

    def _entries(self, id: str) -> list[str]:
        """The entries of a list; a changeable one is named, because its current entries are unknown."""
        words = self._lists[id]
        return [self("entry", list=id)] if words.changes else self._quoted(words.items)

    @cached_property
    def _lists(self) -> dict[str, ir.WordList]:
        return {words.id: words for words in self._plan.lists}

    # --- windows --------------------------------------------------------------------------------

    def _window(self, test: ir.WindowTest, relation: ir.Relation) -> Phrase:
        window = self._windows[test.window]
        kind, form, number = KINDS[window.kind], f"window.{window.kind}", test.bound
        if kind.keeps_entries and (relation, number) == (">", 0):
            relation, number = ">=", 1
        bound = str(number)
        if kind.elapsed:
            bound = self.length(number)
        elif number == 1 and kind.keeps_entries and not kind.takes:
            bound = self("once")
        times = self(f"bound.{relation}", n=bound)
        span = "" if kind.daily else self._span(test)
        form = f"{form}_one" if number == 1 and self.knows(f"{form}_one") else form
        if window.by_events and window.where is not None and self.knows(f"of_last.{window.kind}.{window.type}"):
            times, form = self(f"bound.{relation}", n=number), f"of_last.{window.kind}.{window.type}"
            shared, where = self.aside(self.join(self._asides(window), "then")), self._condition(window.where).text
            text = self(form, times=times, n=test.within, shared=shared, where=where)
        else:
            values = {"values": self._counted_values(window)} if kind.takes else {}
            text = self(form, times=times, within=span, type=self._counted(window), **values)
        return Phrase(text, frozenset({f"window:{window.id}"}))

    def _span(self, expr: ir.WindowTest | ir.WindowValue | ir.WindowValues) -> str:
        """How far back a window looks."""
        if period := calendar_period(expr.key):
            return self(f"this.{period}")
        if self._windows[expr.window].by_events:
            return self("last", n=expr.within)
        return self("within", length=self.length(expr.within)) if expr.within else ""

    def _counted_values(self, window: ir.Window) -> str:
        return self("them") if is_actor(window.value) else self._value(window.value).text

    def _counted(self, window: ir.Window) -> str:
        """A window's events, with their conditions and what they share."""
        where = self._condition(window.where).text if window.where is not None else ""
        asides = [self("where", what=where) if where else "", *self._asides(window)]
        return self._names.event(window.type) + self.aside(self.join(asides, "then"))

    def _asides(self, window: ir.Window) -> list[str]:
        return [*self._keys(window), self("less") if window.less else ""]

    def _keys(self, window: ir.Window) -> Iterator[str]:
        keys = [path_of(key) for key in window.key if not isinstance(key, ir.CalendarPeriod)]
        if not {"actor", "member"} & set(keys) and all(key == "community" for key in keys):
            yield self("keys.community")
        for key in keys:
            if key not in (*_SELF, "community"):
                yield self._known(f"keys.{key}")

    @cached_property
    def _windows(self) -> dict[str, ir.Window]:
        return {window.id: window for window in self._plan.windows}

    # --- values ---------------------------------------------------------------------------------

    def _value(self, expr: Any) -> Phrase:
        match expr:
            case ir.Field() | ir.Fact():
                return self._fact(expr)
            case ir.Coalesce(default=ir.Const()):
                return self._value(expr.value)
            case ir.WindowValue():
                return self._window_value(expr)
            case ir.Call():
                return self._call(expr)
            case ir.WeightIn():
                return self._weight(expr)
        return self._remembered(expr)

    def _remembered(self, expr: Any) -> Phrase:
        match expr:
            case ir.LedgerValue(key=ir.Field() as key) if path_of(key) in (*_SELF, "", self._per(expr.ledger)):
                ledger, form = self._names.ledger(expr.ledger), f"balance_of.{self._per(expr.ledger)}"
                return Phrase(self(form, ledger=ledger) if self.knows(form) else ledger, facts_of(expr))
            case ir.LedgerRank(key=ir.Field() as key) if path_of(key) in (*_SELF, ""):
                return Phrase(self("rank", ledger=self._names.ledger(expr.ledger)), facts_of(expr))
            case ir.InForceUntil(member=ir.Field() as key) if path_of(key) in (*_SELF, ""):
                return Phrase(self(f"{expr.does}_until"), facts_of(expr))
            case ir.Members() | ir.WindowValues() | ir.LedgerTop() | ir.Remaining():
                return Phrase(self.group(expr), facts_of(expr))
            case ir.Silence() | ir.Now():
                return Phrase(self("silence" if isinstance(expr, ir.Silence) else "facts.now"), facts_of(expr))
            case ir.Arithmetic(operator="-", left=ir.Now(), right=ir.Field() | ir.Fact() | ir.Coalesce()):
                return Phrase(self("functions.age", what=self._value(expr.right).text), facts_of(expr))
        raise WordlessError

    def _per(self, ledger: str) -> str:
        return next((known.per for known in self._plan.ledgers if known.id == ledger), "")

    def _window_value(self, expr: ir.WindowValue) -> Phrase:
        window = self._windows[expr.window]
        text = self(self._name(f"number.{window.kind}"), within=self._span(expr), type=self._counted(window))
        return Phrase(text, frozenset({f"window:{window.id}"}))

    def _call(self, call: ir.Call) -> Phrase:
        match call.arguments:
            case (inner,):
                what = self._value(inner)
                form = "number" if call.function == "length" and is_list(inner) else call.function
                form += "_of" if form in OF_DAYS and not isinstance(inner, ir.Now) else ""
                return Phrase(self(self._name(f"functions.{form}"), what=what.text), what.facts)
            case (subject, ir.Const(value=text)) if call.function == "occurrences":
                what = self._value(subject)
                return Phrase(self("occurrences", what=what.text, words=self("quoted", text=text)), what.facts)
            case (date, ir.Now()) if call.function == "days_until":
                what = self._date(date)
                form = "days_until_date" if isinstance(date, ir.Const) else "days_until"
                return Phrase(self(form, what=what.text), what.facts | {"now"})
        raise WordlessError

    def _date(self, date: Any) -> Phrase:
        """A day: what members call it, or month and day, in the lunar calendar if it is lunar."""
        if not isinstance(date, ir.Const):
            return self._value(date)
        calendar, _, day = str(date.value).rpartition(":")
        return Phrase(self("lunar" if calendar else "date", date=day.removeprefix("--")))

    def _weight(self, expr: ir.WeightIn) -> Phrase:
        """The weights of words in a text, each with its own if they are few."""
        words, what = self._lists[expr.list], self._value(expr.subject)
        if words.changes or len(words.items) > MOST_WORDS:
            shown = self("entry", list=expr.list)
        else:
            heavy = [(self("quoted", text=item), words.weights.get(item, 1)) for item in words.items]
            shown = self("weighed_words").join(self("weighed", what=item, n=weight) for item, weight in heavy)
        return Phrase(self("weight", what=what.text, words=shown), what.facts)

    def group(self, expr: Any) -> str:
        """Several things: members with a role, who did something or has the most points; items of a path."""
        match expr:
            case ir.Members():
                roles = self("or_words").join(self("quoted", text=role) for role in expr.roles)
                return self("members_with", roles=roles) if expr.roles else self("members")
            case ir.WindowValues():
                window = self._windows[expr.window]
                span = self._span(expr)
                if is_actor(window.value):
                    return self("members_of", within=span, type=self._counted(window))
                values = self._counted_values(window)
                return self("values_of", values=values, within=span, type=self._counted(window))
            case ir.Remaining():
                return self("remaining")
            case ir.LedgerTop():
                return self("top", n=expr.count, ledger=self._names.ledger(expr.ledger))
        raise WordlessError

    def _fact(self, expr: ir.Field | ir.Fact) -> Phrase:
        path = (*expr.path, expr.fact) if isinstance(expr, ir.Fact) else expr.path
        whose, name = path[:-1], path[-1] if path else ""
        if expr.root.startswith("$"):
            raise WordlessError
        if expr.root == "subject" or whose == ("actor",):
            text = self._known(f"facts.{name}")
        elif expr.root in self._roots and ".".join(path) and self.knows(f"facts.{'.'.join(path)}"):
            text = self(f"facts.{'.'.join(path)}")
        elif whose and expr.root in self._roots:
            text = self("of", who=self._known(f"people.{'.'.join(whose)}"), what=self._known(f"facts.{name}"))
        else:
            raise WordlessError
        return Phrase(text, frozenset({fact_name(expr)}))

    def _known(self, form: str) -> str:
        return self(self._name(form))

    def _name(self, form: str) -> str:
        """The form, if there is one."""
        if not self.knows(form):
            raise WordlessError
        return form
