"""Settings: the parameters of a rulebook and the values that an instance gives them.

`KINDS` says, per type of parameter, which type its value has in expressions and how it is written. Durations, numbers,
times and hours are small expressions, so that an argument may name a parameter of the using rulebook; texts, roles
and channels are taken literally unless they are written `{name}`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from groundrules.checker import wording
from groundrules.checker.bindings import BrokenBinding, Declared, Instance, LedgerBinding, ListBinding, Setting
from groundrules.checker.constants import fold
from groundrules.checker.endings import instant
from groundrules.checker.expressions import Reader
from groundrules.checker.literals import Quoted
from groundrules.checker.places import CONSTANT
from groundrules.checker.session import Session
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.model import Label, Report
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.rulebook.items import read_values
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence
from groundrules.syntax import nodes, parse
from groundrules.syntax.errors import ParseError
from groundrules.types import kinds


@dataclass(frozen=True)
class Kind:
    """A type of parameter: the type of its value, and an example for messages. `literal` values are not parsed."""

    type: kinds.Type
    example: str
    literal: bool = False


KINDS: dict[str, Kind] = {
    "duration": Kind(kinds.Duration(), "`10m`"),
    "integer": Kind(kinds.Number(integer=True), "`5`"),
    "number": Kind(kinds.Number(), "`0.5`"),
    "percent": Kind(kinds.Number(), "`30%`"),
    "boolean": Kind(kinds.Boolean(), "`true`"),
    "time": Kind(kinds.ClockTime(), "`09:00`"),
    "hours": Kind(kinds.ClockRange(), "`09:00-22:00`"),
    "text": Kind(Quoted(), "a text", literal=True),
    "role": Kind(Quoted(), "a role", literal=True),
    "channel": Kind(Quoted(), "a channel", literal=True),
}
REFERENCES = {"ledger": LedgerBinding, "list": ListBinding}


class Arguments:
    """Settles the parameters of one instance."""

    def __init__(self, session: Session, instance: Instance) -> None:
        self.session = session
        self.instance = instance
        self.given = instance.use.arguments if instance.use else instance.book.settings

    def settle(self) -> None:
        """Give every parameter its value; report arguments and declarations that are not right."""
        known = {str(parameter.name.value): parameter for parameter in self.instance.book.parameters}
        for name, (span, _) in self.given.items():
            if name not in known:
                self._unknown(name, span, known)
        for parameter in known.values():
            self._settle(parameter)

    def _unknown(self, name: str, span: Span, known: dict[str, authored.Parameter]) -> None:
        book = self.instance.book.name.value
        message = f"the rulebook `{book}` has no parameter `{name}`"
        help = did_you_mean(name, known) or (f"it has {listing(known)}" if known else "it has none")
        self.session.add(name_codes.UNKNOWN_ARGUMENT.at(span, message, help))

    def _settle(self, parameter: authored.Parameter) -> None:
        kind = str(parameter.type.value)
        if kind not in KINDS and kind not in REFERENCES:
            known = (*KINDS, *REFERENCES)
            help = did_you_mean(kind, known) or f"a type is one of {listing(known, len(known))}"
            self.session.add(codes.WRONG_VALUE.at(parameter.type.span, f"`{kind}` is not a type of a parameter", help))
            return
        if kind in REFERENCES and parameter.values:
            message = f"a {kind} is the same for all time"
            self.session.add(codes.WRONG_VALUE.at(parameter.values[0].since.span, message, "write a `default`"))
            return
        name = str(parameter.name.value)
        given = self.given.get(name)
        node = self._node(parameter, given[1] if given else None)
        if node is None:
            self._missing(parameter)
            return
        reading = self.instance.parent if given and self.instance.parent else self.instance
        labels = (Label(parameter.name.span, "declared here"),) if given else ()
        value = Value(self.session, reading, parameter, node, labels)
        if kind in REFERENCES:
            self._refer(name, value.reference(REFERENCES[kind]))
            return
        setting = value.constant(KINDS[kind])
        if setting is not None and self._in_range(parameter, KINDS[kind], setting, labels):
            self.instance.settings[name] = setting

    def _node(self, parameter: authored.Parameter, given: YNode | None) -> YNode | None:
        """Return what is written for a parameter; of dated values, that of the session's time.

        A dated value may be given from outside, too. Whoever runs a rulebook gives none to a parameter that has dates.
        """
        dated = read_values(given.get("values"), Report()) if isinstance(given, YMapping) else ()
        if given is not None and not dated:
            if self.instance.use is None and parameter.values:
                message = f"`{parameter.name.value}` has values by date, which no setting can replace"
                help = "change them in the rulebook"
                self.session.add(codes.WRONG_VALUE.at(given.span, message, help))
            return given
        values = dated or parameter.values
        if values:
            self.instance.dated[str(parameter.name.value)] = values
        return self._at_time(values, None if dated else parameter.default)

    def _at_time(self, values: Sequence[authored.DatedValue], before: YNode | None) -> YNode | None:
        """Return the value of the session's time: before all dates `before`, else the first."""
        known = []
        for dated in values:
            date = instant(self.session, dated.since)
            if date is not None:
                known.append((date, dated.value, dated.since.span))
        known.sort(key=lambda entry: entry[0])
        at, only = self.session.at, self.session.only
        counted = [entry for entry in known if only in (None, entry[2])]
        for date, _, place in counted:
            self.session.checked.dates.setdefault(date, []).append(place)
        held = [value for date, value, _ in counted if at is not None and date <= at]
        return held[-1] if held else before or (known[0][1] if known else None)

    def _refer(self, name: str, binding: Declared | Setting | None) -> None:
        if isinstance(binding, Setting):
            self.instance.settings[name] = binding
        else:
            self.instance.declared[name] = binding or BrokenBinding(self.instance, name, self.instance.book.name.span)

    def _missing(self, parameter: authored.Parameter) -> None:
        name, use = parameter.name.value, self.instance.use
        labels: tuple[Label, ...] = ()
        if use is None:
            message, span = f"the parameter `{name}` has no value", parameter.name.span
            help = "give it a `default`"
        else:
            message, span = f"`{use.path.value}` needs a value for `{name}`", use.path.span
            labels = (Label(parameter.name.span, "declared here"),)
            help = f"give one: `with: {{{name}: …}}`"
        self.session.add(name_codes.MISSING_ARGUMENT.at(span, message, help, labels))

    def _in_range(self, parameter: authored.Parameter, kind: Kind, setting: Setting, labels: tuple[Label, ...]) -> bool:
        for bound, fits, word in (
            (parameter.minimum, lambda value, limit: value >= limit, "least"),
            (parameter.maximum, lambda value, limit: value <= limit, "most"),
        ):
            if not self._within(parameter, kind, setting, bound, fits, word, labels):
                return False
        return True

    def _within(
        self,
        parameter: authored.Parameter,
        kind: Kind,
        setting: Setting,
        bound: YNode | None,
        fits: Callable[[Any, Any], bool],
        word: str,
        labels: tuple[Label, ...],
    ) -> bool:
        if bound is None:
            return True
        if kind.literal or isinstance(kind.type, kinds.ClockRange | kinds.Boolean):
            message = f"a parameter of type `{parameter.type.value}` has no range"
            self.session.add(codes.WRONG_VALUE.at(bound.span, message, "remove `min` and `max`"))
            return False
        limit = Value(self.session, self.instance, parameter, bound, ()).constant(kind)
        if limit is None or fits(setting.value, limit.value):
            return limit is not None
        message = f"`{setting.span.text}` is out of range: `{parameter.name.value}` is at {word} `{bound.span.text}`"
        self.session.add(codes.WRONG_VALUE.at(setting.span, message, None, labels))
        return False


class Value:
    """One value that is written for a parameter, read in `reading`."""

    def __init__(
        self,
        session: Session,
        reading: Instance,
        parameter: authored.Parameter,
        node: YNode,
        labels: tuple[Label, ...],
    ) -> None:
        self.session = session
        self.reading = reading
        self.parameter = parameter
        self.node = node
        self.labels = labels

    def wrong(self, message: str, help: str | None) -> None:
        self.session.add(codes.WRONG_VALUE.at(self.node.span, message, help, self.labels))

    def reference(self, wanted: type[Declared]) -> Declared | Setting | None:
        """Return the ledger or list that is named; a list may also be written out."""
        if wanted is ListBinding and isinstance(self.node, YSequence):
            items = [item.text for item in self.node.items if isinstance(item, YScalar)]
            return Setting(kinds.ListOf(Quoted()), sorted(set(items)), self.node.span)
        name = self.node.text if isinstance(self.node, YScalar) else ""
        binding = find(self.reading, name)
        if isinstance(binding, wanted):
            return binding
        if isinstance(binding, BrokenBinding):
            return None
        what = wanted.what
        known = [candidate for candidate, declared in self.reading.declared.items() if isinstance(declared, wanted)]
        self.session.add(
            name_codes.UNKNOWN_DECLARATION.at(
                self.node.span,
                f"no {what} is called `{name}`",
                did_you_mean(name, known)
                or (f"there are {listing(known)}" if known else f"declare it under `{what}s`"),
                self.labels,
            )
        )
        return None

    def constant(self, kind: Kind) -> Setting | None:
        """Return the value in its run-time form, or None once it is reported."""
        if not isinstance(self.node, YScalar):
            self._unfit(kind)
            return None
        text = self.node.text.strip()
        if kind.literal and not (text.startswith("{") and text.endswith("}")):
            return Setting(kind.type, self.node.text, self.node.span)
        return self._expression(kind, self.node, literal=kind.literal)

    def _expression(self, kind: Kind, node: YScalar, literal: bool) -> Setting | None:
        try:
            parsed = parse.parse_template(node.fragment()) if literal else parse.parse_expression(node.fragment())
        except ParseError as problem:
            self.session.add(problem.diagnostic)
            return None
        self.session.tables.kept.append(parsed)
        root: nodes.Node = parsed.root
        if isinstance(root, nodes.Template):
            holes = [part.expression for part in root.parts if isinstance(part, nodes.Hole)]
            if len(root.parts) != 1 or len(holes) != 1:
                self._unfit(kind)
                return None
            root = holes[0]
        reader = Reader(self.session, self.session.context(self.reading), parsed, CONSTANT)
        if not literal and _means_nothing(reader, root):
            self._unfit(kind)
            return None
        typed = reader.type_of(root)
        if isinstance(typed.type, kinds.Unknown):
            return None
        value = fold(reader, root)
        if value is None or not _fits(typed.type, kind.type):
            self._unfit(kind, typed.type)
            return None
        if kind is KINDS["percent"] and isinstance(root, nodes.Number) and value > 1:
            shown = f"`{node.text.strip()}` is {value * 100:,.15g} %"
            self.wrong(f"{shown}, and `{self.parameter.name.value}` is a percentage", f"write `{value:.15g}%`")
        return Setting(kind.type, value, node.span)

    def _unfit(self, kind: Kind, actual: kinds.Type | None = None) -> None:
        name = self.parameter.name.value
        if actual is not None and isinstance(actual, kinds.Number) and isinstance(kind.type, kinds.Duration):
            self.wrong(*wording.wrong_value(self.node.span.text, actual, str(name), kind.type))
            return
        needed = f"`{name}` is {wording.needed(kind.type)}"
        if isinstance(self.node, YScalar) and "\n" not in self.node.text:
            self.wrong(f"{needed}, and `{self.node.text}` is not one", f"write for example {kind.example}")
            return
        self.wrong(f"{needed}, such as {kind.example}", None)


def _means_nothing(reader: Reader, root: nodes.Node) -> bool:
    """Whether a word stands where a value should that no name is near, and of which nothing more can be said."""
    if not isinstance(root, nodes.Name) or reader.scope.lookup(root.name) is not None:
        return False
    return reader.scope.help(root.name) is None and not wording.is_without_end(root.name)


def _fits(actual: kinds.Type, wanted: kinds.Type) -> bool:
    if isinstance(actual, kinds.Number) and isinstance(wanted, kinds.Number):
        return actual.integer or not wanted.integer
    return type(actual) is type(wanted)


def find(instance: Instance, name: str) -> Declared | None:
    """Return what a dotted name declares as seen from an instance: `points`, `flood.points`."""
    *aliases, last = name.split(".")
    for alias in aliases:
        if alias not in instance.imports:
            return None
        instance = instance.imports[alias]
    return instance.declared.get(last)
