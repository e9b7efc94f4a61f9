"""From the parser's reductions to nodes: one method per rule of the grammar, called while parsing.

A node's offsets are those of its own text, without brackets around it. A bracketed operand travels as a
`Group` that remembers where the brackets stand, so that whatever contains it begins and ends at them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from lark import Token, Transformer

from groundrules.diagnostics.codes import syntax as codes
from groundrules.syntax import literals, nodes
from groundrules.syntax.errors import FlawError
from groundrules.syntax.mistakes.operators import lacks_of
from groundrules.time_units import WEEKDAYS

Children = list[Any]


@dataclass(slots=True)
class Group:
    """`(expression)`: `at` includes the brackets."""

    node: nodes.Node
    at: nodes.Offsets


def bare(part: Any) -> nodes.Node:
    """Return the node itself, without its brackets."""
    return part.node if type(part) is Group else part


def _at(token: Token) -> nodes.Offsets:
    return token.start_pos, token.end_pos  # type: ignore[return-value]


def _flat(kind: type, parts: Children) -> tuple[nodes.Node, ...]:
    """Return the operands of a chain; those of a bracketed chain of the same kind join it."""
    operands: list[nodes.Node] = []
    for part in parts:
        node = bare(part)
        if type(node) is kind:
            operands.extend(node.operands)  # type: ignore[attr-defined]
        else:
            operands.append(node)
    return tuple(operands)


class Builder(Transformer[Token, nodes.Node]):
    """The callbacks. Each gets the children that the grammar keeps, `None` for an optional one left out."""

    # --- conditions ---

    def or_(self, parts: Children) -> nodes.Node:
        return nodes.Or(operands=_flat(nodes.Or, parts), at=(parts[0].at[0], parts[-1].at[1]))

    def and_(self, parts: Children) -> nodes.Node:
        return nodes.And(operands=_flat(nodes.And, parts), at=(parts[0].at[0], parts[-1].at[1]))

    def not_(self, parts: Children) -> nodes.Node:
        sign, operand = parts
        return nodes.Not(operand=bare(operand), at=(sign.start_pos, operand.at[1]))

    def compare(self, parts: Children) -> nodes.Node:
        left, sign, right = parts
        at = (left.at[0], right.at[1])
        return nodes.Compare(operator=sign.value, left=bare(left), right=bare(right), at=at)

    def in_(self, parts: Children) -> nodes.Node:
        return self._in(parts[0], parts[1], negated=False)

    def not_in(self, parts: Children) -> nodes.Node:
        return self._in(parts[0], parts[2], negated=True)

    def _in(self, item: Any, collection: Any, *, negated: bool) -> nodes.Node:
        at = (item.at[0], collection.at[1])
        return nodes.In(item=bare(item), collection=bare(collection), negated=negated, at=at)

    def has_one(self, parts: Children) -> nodes.Node:
        return self._has(parts, "one")

    def has_any(self, parts: Children) -> nodes.Node:
        return self._has(parts, "any")

    def has_all(self, parts: Children) -> nodes.Node:
        return self._has(parts, "all")

    def _has(self, parts: Children, quantifier: nodes.Quantifier) -> nodes.Node:
        left, right = parts
        _check_needle(right, quantifier, "has")
        at = (left.at[0], right.at[1])
        return nodes.Has(collection=bare(left), quantifier=quantifier, value=bare(right), at=at)

    def contains_one(self, parts: Children) -> nodes.Node:
        return self._contains(parts, "one")

    def contains_any(self, parts: Children) -> nodes.Node:
        return self._contains(parts, "any")

    def contains_all(self, parts: Children) -> nodes.Node:
        return self._contains(parts, "all")

    def contains_word(self, parts: Children) -> nodes.Node:
        return self._contains(parts, "one", word=True)

    def contains_any_word(self, parts: Children) -> nodes.Node:
        return self._contains(parts, "any", word=True)

    def contains_all_words(self, parts: Children) -> nodes.Node:
        return self._contains(parts, "all", word=True)

    def _contains(self, parts: Children, quantifier: nodes.Quantifier, *, word: bool = False) -> nodes.Node:
        left, right = parts
        _check_needle(right, quantifier, "contains")
        at = (left.at[0], right.at[1])
        return nodes.Contains(subject=bare(left), quantifier=quantifier, word=word, needle=bare(right), at=at)

    def starts_with(self, parts: Children) -> nodes.Node:
        return self._affix(parts, "start", "one")

    def ends_with(self, parts: Children) -> nodes.Node:
        return self._affix(parts, "end", "one")

    def starts_with_any(self, parts: Children) -> nodes.Node:
        return self._affix(parts, "start", "any")

    def ends_with_any(self, parts: Children) -> nodes.Node:
        return self._affix(parts, "end", "any")

    def _affix(self, parts: Children, end: Literal["start", "end"], quantifier: Literal["one", "any"]) -> nodes.Node:
        left, right = parts
        _check_needle(right, quantifier, f"{end}s with")
        at = (left.at[0], right.at[1])
        return nodes.Affix(subject=bare(left), end=end, needle=bare(right), quantifier=quantifier, at=at)

    def matches(self, parts: Children) -> nodes.Node:
        subject, token = parts
        pattern, flags = literals.regex(token.value, token.start_pos)
        regex = nodes.Regex(pattern=pattern, flags=flags, at=_at(token))
        return nodes.Matches(subject=bare(subject), regex=regex, at=(subject.at[0], token.end_pos))

    # --- values ---

    def coalesce(self, parts: Children) -> nodes.Node:
        left, right = parts
        return nodes.Coalesce(value=bare(left), default=bare(right), at=(left.at[0], right.at[1]))

    def arithmetic(self, parts: Children) -> nodes.Node:
        left, sign, right = parts
        at = (left.at[0], right.at[1])
        return nodes.Arithmetic(operator=sign.value, left=bare(left), right=bare(right), at=at)

    def negate(self, parts: Children) -> nodes.Node:
        sign, operand = parts
        return nodes.Negate(operand=bare(operand), at=(sign.start_pos, operand.at[1]))

    def group(self, parts: Children) -> Group:
        opening, inner, closing = parts
        return Group(bare(inner), (opening.start_pos, closing.end_pos))

    def list_(self, parts: Children) -> nodes.Node:
        items = tuple(bare(part) for part in parts[1:-1] if part is not None)
        return nodes.ListLiteral(items=items, at=(parts[0].start_pos, parts[-1].end_pos))

    def name(self, parts: Children) -> nodes.Node:
        return nodes.Name(name=parts[0].value, at=_at(parts[0]))

    def attribute(self, parts: Children) -> nodes.Node:
        base, field = parts
        at = (base.at[0], field.end_pos)
        return nodes.Attribute(base=bare(base), name=field.value, name_at=_at(field), at=at)

    def item(self, parts: Children) -> nodes.Node:
        base, _, key, closing = parts
        value = literals.string(key.value, key.start_pos)
        return nodes.Item(base=bare(base), key=value, name_at=_at(key), at=(base.at[0], closing.end_pos))

    def call(self, parts: Children) -> nodes.Node:
        callee = parts[0]
        arguments = tuple(bare(part) for part in parts[2:-1] if part is not None)
        at = (callee.at[0], parts[-1].end_pos)
        return nodes.Call(function=_dotted(callee), function_at=callee.at, arguments=arguments, at=at)

    def pattern(self, parts: Children) -> nodes.Node:
        pattern, flags = literals.regex(parts[0].value, parts[0].start_pos)
        return nodes.Regex(pattern=pattern, flags=flags, at=_at(parts[0]))

    def known(self, parts: Children) -> nodes.Node:
        return nodes.Known(operand=bare(parts[2]), at=(parts[0].start_pos, parts[-1].end_pos))

    def quantified(self, parts: Children) -> nodes.Node:
        word, _, variable, collection, condition, closing = parts
        return nodes.Quantified(
            quantifier=word.value,
            variable=variable.value,
            variable_at=_at(variable),
            collection=bare(collection),
            condition=bare(condition),
            at=(word.start_pos, closing.end_pos),
        )

    # --- literals ---

    def number(self, parts: Children) -> nodes.Node:
        return nodes.Number(value=literals.number(parts[0].value, parts[0].start_pos), at=_at(parts[0]))

    def percent(self, parts: Children) -> nodes.Node:
        return nodes.Percent(value=literals.percent(parts[0].value), at=_at(parts[0]))

    def string(self, parts: Children) -> nodes.Node:
        return nodes.String(value=literals.string(parts[0].value, parts[0].start_pos), at=_at(parts[0]))

    def boolean(self, parts: Children) -> nodes.Node:
        return nodes.Boolean(value=parts[0].value == "true", at=_at(parts[0]))

    def duration(self, parts: Children) -> nodes.Node:
        return nodes.Duration(value=literals.duration(parts[0].value, parts[0].start_pos), at=_at(parts[0]))

    def clock(self, parts: Children) -> nodes.Node:
        return nodes.ClockTime(value=literals.clock(parts[0].value, parts[0].start_pos), at=_at(parts[0]))

    def clock_range(self, parts: Children) -> nodes.Node:
        start, end = literals.clock_range(parts[0].value, parts[0].start_pos)
        return nodes.ClockRange(start=start, end=end, at=_at(parts[0]))

    # --- windows ---

    def event_type(self, parts: Children) -> tuple[str, nodes.Offsets]:
        return ".".join(part.value for part in parts), (parts[0].start_pos, parts[-1].end_pos)

    def less(self, parts: Children) -> tuple[nodes.Node, ...]:
        return tuple(parts)

    def taken(self, parts: Children) -> nodes.Node:
        (event_type, at), where = parts
        end = at[1] if where is None else where.at[1]
        return nodes.Taken(event_type=event_type, event_type_at=at, where=bare(where), at=(at[0], end))

    def by(self, parts: Children) -> tuple[nodes.Node, ...]:
        return tuple(parts)

    def key(self, parts: Children) -> nodes.Node:
        counted, reader = parts
        at = (counted.at[0], (reader or counted).at[1])
        return nodes.KeyPart(counted=bare(counted), reader=bare(reader), at=at)

    def calendar(self, parts: Children) -> nodes.Node:
        period = {"today": "day", "week": "week", "month": "month"}[parts[0].value.split()[-1]]
        return nodes.CalendarPeriod(period=period, at=_at(parts[0]))  # type: ignore[arg-type]

    def last_events(self, parts: Children) -> nodes.Node:
        word, number = parts
        return nodes.LastEvents(number=number, at=(word.start_pos, number.at[1]))

    def window(self, parts: Children) -> nodes.Node:
        return self._window(parts[0], None, parts[2:])

    def window_of(self, parts: Children) -> nodes.Node:
        return self._window(parts[0], bare(parts[2]), parts[3:])

    def _window(self, word: Token, value: nodes.Node | None, rest: Children) -> nodes.Node:
        (event_type, event_type_at), where, less, keys, within, maximum, closing = rest
        return nodes.Window(
            kind="distinct" if word.value == "values" else word.value,
            listed=word.value == "values",
            value=value,
            event_type=event_type,
            event_type_at=event_type_at,
            where=bare(where),
            less=less or (),
            keys=keys or (),
            within=within,
            maximum=maximum,
            at=(word.start_pos, closing.end_pos),  # type: ignore[arg-type]
        )

    # --- clauses ---

    def any_value(self, parts: Children) -> nodes.Cell:
        return nodes.Cell(tests=(), at=_at(parts[0]))

    def cell(self, parts: Children) -> nodes.Cell:
        return nodes.Cell(tests=tuple(map(bare, parts)), at=(parts[0].at[0], parts[-1].at[1]))

    def column_value(self, parts: Children) -> nodes.Node:
        return nodes.ColumnValue(at=(0, 0))

    def is_(self, parts: Children) -> nodes.Node:
        value = bare(parts[0])
        subject = nodes.ColumnValue(at=value.at)
        return nodes.Compare(operator="==", left=subject, right=value, at=parts[0].at)

    def keys(self, parts: Children) -> nodes.KeysClause:
        return nodes.KeysClause(keys=tuple(bare(part) for part in parts), at=(parts[0].at[0], parts[-1].at[1]))

    def pairs(self, parts: Children) -> nodes.PairsClause:
        return nodes.PairsClause(keys=tuple(parts), at=(parts[0].at[0], parts[-1].at[1]))

    def once(self, parts: Children) -> nodes.Node:
        keys, within = parts
        return nodes.OnceClause(keys=keys.keys, within=within, per=None, at=(keys.at[0], (within or keys).at[1]))

    def once_per(self, parts: Children) -> nodes.Node:
        keys, period = parts
        return nodes.OnceClause(keys=keys.keys, within=None, per=period.value, at=(keys.at[0], period.end_pos))

    def rate(self, parts: Children) -> nodes.Node:
        amount, period = parts
        return nodes.RateClause(amount=amount, per=period.value, at=(amount.at[0], period.end_pos))

    def fade(self, parts: Children) -> nodes.Node:
        amount, every = parts
        return nodes.FadeClause(amount=amount, every=every, at=(amount.at[0], every.at[1]))

    def at(self, parts: Children) -> nodes.Node:
        return _at_clause(parts[0].at, time=parts[0])

    def at_date(self, parts: Children) -> nodes.Node:
        date, time = parts
        at = (date.start_pos, date.end_pos if time is None else time.at[1])
        if date.type == "WEEKDAY":
            return _at_clause(at, weekday=WEEKDAYS.index(date.value), time=time)
        if date.type == "WEEKDAYS":
            return _at_clause(at, weekdays=(0, 1, 2, 3, 4) if date.value == "weekdays" else (5, 6), time=time)
        if date.type == "MONTH_DAY":
            month, day = literals.month_day(date.value, date.start_pos)
            return _at_clause(at, month=month, day=day, time=time)
        return _at_clause(at, day=-1 if date.type == "LAST_DAY" else int(date.value[:-2]), time=time)

    def at_every(self, parts: Children) -> nodes.Node:
        word, every = parts
        return _at_clause((word.start_pos, every.at[1]), every=every)


def _at_clause(
    at: nodes.Offsets,
    *,
    weekday: int | None = None,
    day: int | None = None,
    month: int | None = None,
    time: nodes.Node | None = None,
    every: nodes.Node | None = None,
    weekdays: tuple[int, ...] = (),
) -> nodes.AtClause:
    return nodes.AtClause(weekday=weekday, day=day, month=month, time=time, every=every, weekdays=weekdays, at=at)


def _check_needle(needle: Any, quantifier: nodes.Quantifier, asks: str) -> None:
    """Refuse `contains any ["a"]`, which parses as an item of something named `any` but isn't meant that way."""
    if quantifier != "one" or type(needle) is not nodes.Item or type(needle.base) is not nodes.Name:
        return
    if needle.base.name in ("any", "all"):
        raise lacks_of(needle.base.name, needle.base.at, asks)


def _dotted(callee: Any) -> str:
    """Return the dotted name of what is called; only names can be called."""
    names: list[str] = []
    part = callee
    while type(part) is nodes.Attribute:
        names.append(part.name)
        part = part.base
    if type(part) is not nodes.Name:
        raise FlawError(codes.MALFORMED_CALL, callee.at, "only a function name can precede `(`")
    return ".".join([part.name, *reversed(names)])
