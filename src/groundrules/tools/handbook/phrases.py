"""Parts of a plan as phrases: triggers, effects, times, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from groundrules.calendar.days import date_of
from groundrules.calendar.zones import local
from groundrules.narrate.deeds import sentence_of, title_of, wording_of
from groundrules.narrate.localised import pick
from groundrules.narrate.speech import Speech
from groundrules.phrasing.conditions import Conditions, Names
from groundrules.phrasing.reads import path_of
from groundrules.plan import ir
from groundrules.plan.order import as_written
from groundrules.time_units import format_clock

CLEAR = ("", "actor", "channel", "community", "member")  # who these are needs no words


class Phrases(Speech):
    """Puts the parts of one plan into words."""

    def __init__(self, plan: ir.Plan, lang: str) -> None:
        super().__init__("handbook", lang)
        self.plan = plan
        self.conditions = Conditions(plan, lang, Names(self.event, self.ledger, self.state))

    def named(self, table: str, name: str) -> str | None:
        """What a name is called here; None if there are no words for it."""
        return self(f"{table}.{name}") if self.knows(f"{table}.{name}") else None

    # --- names ----------------------------------------------------------------------------------

    def title(self, texts: Mapping[str, str], id: str) -> str:
        """A title in this language; else what the id says."""
        return pick(texts, self.lang) or id.rpartition(".")[2].partition("#")[0].replace("_", " ").replace("-", " ")

    def event(self, type: str) -> str:
        if named := self.named("events", type):
            return named
        title = self.plan.events.get(type, {}).get("title")
        return str(title) if title and title != type else type.replace(".", " ").replace("_", " ")

    def fact(self, name: str) -> str:
        """What a fact about members is called."""
        form = f"facts.{name}"
        return self.conditions(form) if self.conditions.knows(form) else name.replace("_", " ")

    def kept_fact(self, name: str) -> str:
        """What a fact that is kept about members is called where it stands alone."""
        return self.named("kept", name) or self.fact(name)

    def every_one(self, kind: str) -> str:
        """`each message`."""
        return self.named("every_one", kind) or self("every_one_of", what=kind.replace("_", " "))

    def events(self, types: Iterable[str]) -> str:
        return self.join(map(self.event, types))

    def ledger(self, id: str) -> str:
        return self.title(self._ledgers[id].title, id)

    def state(self, id: str) -> str:
        rules = (rule for rule in self.plan.rules if rule.id.startswith(f"{id}#"))
        return self.title(next((rule.title for rule in rules), {}), id)

    @cached_property
    def _ledgers(self) -> dict[str, ir.Ledger]:
        return {ledger.id: ledger for ledger in self.plan.ledgers}

    @cached_property
    def _actions(self) -> dict[str, ir.ActionSpec]:
        return {action.name: action for action in self.plan.actions}

    # --- values ---------------------------------------------------------------------------------

    def value(self, expr: Any, length: bool = False) -> str:
        """A parameter's value: a constant as people say it, a path in words, anything else as the rule says."""
        match expr:
            case ir.Const():
                return self._constant(expr.value, "duration" if length else expr.kind)
            case ir.ByDate():
                return self._by_date(expr, length)
            case ir.Coalesce():
                return self.value(expr.value, length)
            case ir.Field(path=path) | ir.Fact(path=path):
                fact = (expr.fact,) if isinstance(expr, ir.Fact) else ()
                return self._read(".".join((*path, *fact)))
        return self._computed(expr, length)

    def _computed(self, expr: Any, length: bool) -> str:
        match expr:
            case ir.Call(function="duration_in"):
                return self("written_length")
            case ir.Call(function="min", arguments=(chosen, ir.Const() as limit)):
                return self.value(chosen, length) + self.aside(self("no_more", n=self.value(limit, length)))
        return self("some_time" if length else "as_rule_says")

    def _by_date(self, expr: ir.ByDate, length: bool) -> str:
        first, *later = [self._constant(value, "duration" if length else expr.kind) for value in expr.values]
        then = [self("from_date", date=self.date(date), what=it) for date, it in zip(expr.dates, later, strict=True)]
        return first + self.aside(self.join(then))

    def _read(self, path: str) -> str:
        """What is read of an event, in words."""
        if not path:
            return self("them")
        return self.named("moments", path) or self.named("people", path) or self("as_rule_says")

    def once(self, once: ir.Once) -> str:
        """`at most once per member and message in 90 days`."""
        each = self.each(once.key)
        if once.per:
            return self(f"once_{once.per}", each=each)
        return self("once_within", each=each, length=self.length(once.within or 0))

    def each(self, key: tuple[ir.AnyExpr, ...]) -> str:
        """For what something counts by itself; nothing where that is each member."""
        key = tuple(part.arguments[0] if isinstance(part, ir.Call) and part.arguments else part for part in key)
        paths = [path_of(part) for part in key]
        things = [self._thing(part, path) for part, path in zip(key, paths, strict=True) if path != "community"]
        if not things:
            return self("of_the_group")
        if set(paths) <= {"actor", "member", "community"}:
            return ""
        return self("of_each", things=self("each_joined").join(things))

    def _thing(self, part: ir.AnyExpr, path: str) -> str:
        """What one part of a key is: `member`, `message`."""
        if named := self.named("things", path):
            return self("one_thing", what=named)
        phrase = self.conditions.valued(part)
        if phrase is None and path:
            return self("odd_thing", what=path.replace(".", " ").replace("_", " "))
        return self("one_thing", what=phrase.text.removeprefix("the ") if phrase else self("something"))

    def _constant(self, value: Any, kind: ir.Kind | None) -> str:
        if isinstance(value, list):
            return self.join((self._constant(item, kind) for item in value), "comma")
        if kind == "duration":
            return self.length(value)
        return format_clock(value) if kind == "clock" else str(value)

    def whom(self, expr: Any) -> str:
        """Who is meant, where that is not who did it."""
        if isinstance(expr, ir.Coalesce):
            expr = expr.value
        if isinstance(expr, ir.Field):
            path = ".".join(expr.path)
            return "" if path in CLEAR else self.named("people", path) or self("concerned")
        if isinstance(expr, ir.Those):
            return self("those_found")
        if isinstance(expr, ir.Pick):
            return self._picked(expr)
        if isinstance(expr, ir.Members | ir.WindowValues | ir.LedgerTop):
            return self.conditions.group(expr)
        return "" if expr is None else self("concerned")

    def _picked(self, pick: ir.Pick) -> str:
        """The members picked by lot."""
        whom = self.whom(pick.items) or self("concerned")
        number = self.value(pick.count)
        return self("picked_one" if number == "1" else "picked", n=number, whom=whom)

    def date(self, instant: int) -> str:
        year, month, day = date_of(local(self.plan.timezone, instant)[0])
        return f"{year:04}-{month:02}-{day:02}"

    # --- effects --------------------------------------------------------------------------------

    def effects(self, effects: Iterable[ir.AnyEffect]) -> str:
        """What happens, in a phrase: `delete the message, mute for 10 minutes`."""
        return self.join(dict.fromkeys(map(self.effect, as_written(effects))), "comma") or self("nothing")

    def effect(self, effect: ir.AnyEffect) -> str:
        match effect:
            case ir.Act():
                return self._act(effect)
            case ir.Delta() | ir.Reset():
                ledger = self.ledger(effect.ledger)
                moved = self("reset", ledger=ledger) if isinstance(effect, ir.Reset) else self._moved(ledger, effect)
                return self._of(moved, effect.who)
            case ir.Label():
                return self._label(effect)
            case ir.Later() | ir.Enlist():
                return self._unusual(effect)
            case ir.Exempt():
                return self("exempt", rules=self.join(map(self.rule_name, effect.rules), "comma"))
        return ""

    def _unusual(self, effect: ir.Later | ir.Enlist) -> str:
        if isinstance(effect, ir.Later):
            return self("later", what=self.effect(effect.act), length=self.value(effect.after))
        return self("unlist" if effect.remove else "enlist", list=effect.list)

    def _label(self, label: ir.Label) -> str:
        if label.remove:
            return self("unlabel", label=label.label)
        if label.lasts is None:
            return self("label", label=label.label)
        return self("label_lasts", label=label.label, length=self.length(label.lasts))

    def _moved(self, ledger: str, delta: ir.Delta) -> str:
        if isinstance(delta.amount, ir.Const):
            return f"{ledger} {delta.amount.value:+}"
        if isinstance(delta.amount, ir.Negate):
            return f"{ledger} - {self.value(delta.amount.operand)}"
        return f"{ledger} + {self.value(delta.amount)}"

    def action(self, name: str) -> str:
        """What an action is called."""
        return title_of(name, self.lang, self._actions)

    def rule_name(self, id: str) -> str:
        rule = next((rule for rule in self.plan.rules if rule.id == id), None)
        return self.title(rule.title if rule else {}, id)

    def _of(self, what: str, who: Any) -> str:
        named = self.whom(who)
        return self("who", what=what, who=named) if named else what

    def _act(self, act: ir.Act) -> str:
        """An action in the words of its schema: what is computed only where it must be, what is said never."""
        wording = wording_of(act.do, self._actions)
        lengths = wording.durations if wording else ()
        parameters = {name: value for name, value in act.parameters.items() if not _is_unspoken(value)}
        shown = {name: self._parameter(value, name in lengths) for name, value in parameters.items()}
        plain = {name for name, value in parameters.items() if name in lengths or isinstance(value, _PLAIN)}
        matched = frozenset(name for name, value in act.parameters.items() if isinstance(value, ir.Matched))
        phrases = {name: text for name, text in shown.items() if text}
        brief = {name: text for name, text in phrases.items() if name in plain}
        sentence = sentence_of(wording, self.lang, brief, matched) or sentence_of(wording, self.lang, phrases, matched)
        text = sentence[0] if sentence else " ".join([self.action(act.do), *phrases.values()])
        if matched:
            text = self("those", what=text)
        spec = self._actions.get(act.do)
        return self._of(text, act.who if spec is None or spec.target == "member" else None)

    def _parameter(self, value: Any, length: bool) -> str:
        if length and isinstance(value, ir.Const) and value.value == 0:
            return ""
        is_computed = isinstance(value, ir.Coalesce) and isinstance(value.value, ir.Call)
        if isinstance(value, _REFERENCES) and not (length and is_computed):
            return self._reference(value, length)
        return self.value(value, length)

    def _reference(self, value: Any, length: bool) -> str:
        """What an effect takes from the event."""
        inner = value.value if isinstance(value, ir.Coalesce) else value
        path = ".".join(inner.path) if isinstance(inner, ir.Field) else ""
        if named := self.named("moments", path):
            return named
        return self("some_time") if length else self.whom(value) or self("them")

    # --- times ----------------------------------------------------------------------

    def times(self, times: ir.Times) -> Iterator[str]:
        """What is done from which time on; the last step is repeated."""
        length, each = self.length(times.within), self.each(times.key)
        for place, (number, effects) in enumerate(times.steps, 1):
            form = "times_last" if place == len(times.steps) else "times"
            yield self(form, length=length, nth=self.ordinal(number), each=each, what=self.effects(effects))

    def ordinal(self, number: int) -> str:
        """`third`, `11th`; in Chinese only the number."""
        named = self.entries("ordinals")
        if number <= len(named):
            return str(named[number - 1])
        ending = 0 if number // 10 % 10 == 1 else number % 10
        return self("ordinal" if ending not in (1, 2, 3) else f"ordinal_{ending}", n=number)

    def at(self, when: ir.When) -> str:
        """`every Monday at 09:00`."""
        time = format_clock(when.time)
        if when.every is not None:
            return self("every", length=self.length(when.every))
        if when.weekdays:
            return self("every_weekday" if 0 in when.weekdays else "every_weekend", time=time)
        if when.weekday is not None:
            return self("every_week", day=self.entries("weekdays")[when.weekday], time=time)
        if when.month is not None:
            return self("every_year", month=f"{when.month:02}", day=f"{when.day or 1:02}", time=time)
        if when.day is not None:
            return self("last_day" if when.day < 0 else "every_month", day=when.day, time=time)
        return self("every_day", time=time)

    def due(self, due: ir.Due) -> str:
        """`after 30 minutes`, `1 day before task.due`."""
        return self._instant(due.at) if due.after is None else self.length(due.after)

    def _instant(self, at: Any) -> str:
        if isinstance(at, ir.Arithmetic) and isinstance(at.right, ir.Const):
            word = "before" if at.operator == "-" else "behind"
            return self(word, length=self.value(at.right), date=self._moment(at.left))
        return self("at", date=self._moment(at))

    def _moment(self, at: Any) -> str:
        path = ".".join(at.path) if isinstance(at, ir.Field) else ""
        return self.named("moments", path) or self("some_time")


_REFERENCES = (ir.Field, ir.Fact, ir.Coalesce)
_PLAIN = (ir.Const, *_REFERENCES)  # what people can read


def _is_unspoken(value: Any) -> bool:
    """Texts for people and ids from the current event, which sentences leave out."""
    items = value.items if isinstance(value, ir.Sequence) else ()
    return isinstance(value, ir.Template | ir.Matched) or any(
        isinstance(item, ir.Field | ir.Template) for item in items
    )
