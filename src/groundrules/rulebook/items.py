"""Rules, rewards, ladders, paths, states and schedules: from a valid mapping to the model.

Each function may raise BrokenItemError where something that the item can't do without was not readable; what is
optional is reported, counted and left out, and the caller then drops the item.
"""

from __future__ import annotations

from typing import Any

from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.model import Report
from groundrules.rulebook import model
from groundrules.rulebook.effects import Reading, read_approval, read_effects, read_grant, read_times
from groundrules.rulebook.expressions import BrokenItemError, as_integer, text
from groundrules.rulebook.messages import read_texts
from groundrules.rulebook.model import Effect, Expression, Located
from groundrules.rulebook.yaml import YMapping, YNode, YSequence
from groundrules.syntax import nodes, parse


class Item:
    """One mapping of a section, read key by key."""

    def __init__(self, node: YMapping, reading: Reading) -> None:
        self.node = node
        self.reading = reading
        self._values = {key.text: value for key, value in node.items}

    def get(self, key: str) -> YNode | None:
        return self._values.get(key)

    def need(self, key: str) -> YNode:
        if key not in self._values:
            raise BrokenItemError(key)
        return self._values[key]

    def text(self, key: str) -> Located | None:
        node = self.get(key)
        return None if node is None else text(node)

    def word(self, key: str, default: str) -> str:
        written = self.text(key)
        return default if written is None else str(written.value)

    def expression(self, key: str) -> Expression | None:
        return self.reading.expressions.optional(parse.parse_expression, self.get(key), key)

    def duration(self, key: str) -> Expression | None:
        return self.reading.expressions.optional(parse.parse_duration, self.get(key), key)

    def hours(self) -> Expression | None:
        return self.reading.expressions.optional(parse.parse_hours, self.get("hours"), "hours")

    def effects(self, key: str = "then") -> tuple[Effect, ...]:
        return read_effects(self.get(key), self.reading.languages, self.reading.report)

    def approval(self) -> model.Approval | None:
        return read_approval(self.get("approval"), self.reading)

    def texts(self, key: str) -> model.Texts:
        return read_texts(self.get(key), self.reading.report)

    def all(self, key: str) -> tuple[Located, ...]:
        """Return a list of scalars, or a single one as a list."""
        node = self.get(key)
        if node is None:
            return ()
        return tuple(map(text, node.items)) if isinstance(node, YSequence) else (text(node),)

    def items(self, key: str) -> list[Item]:
        given_node = self.get(key)
        nodes_ = given_node.items if isinstance(given_node, YSequence) else []
        return [Item(node, self.reading) for node in nodes_ if isinstance(node, YMapping)]

    def common(self) -> dict[str, Any]:
        """Return the arguments of model.Common."""
        return {
            "id": text(self.need("id")),
            "span": self.node.span,
            "title": self.texts("title"),
            "text": self.texts("text"),
            "tags": self.all("tags"),
            "mode": self.word("mode", "enforce"),
            "rollout": share(self.text("rollout")),
            "was": self.text("was"),
            "ends": self.text("ends"),
            "starts": self.text("starts"),
            "because": self.texts("because"),
            "source": self.text("source"),
        }


def read_values(node: YNode | None, report: Report) -> tuple[model.DatedValue, ...]:
    """Read values by date: each alone, or as a mapping with why and where it was decided."""
    if not isinstance(node, YMapping):
        return ()
    return tuple(_dated_value(text(date), value, report) for date, value in node.items)


def _dated_value(since: Located, node: YNode, report: Report) -> model.DatedValue:
    if not isinstance(node, YMapping):
        return model.DatedValue(since, node)
    given = {key.text: value for key, value in node.items}
    source = given.get("source")
    because = read_texts(given.get("because"), report)
    return model.DatedValue(since, given.get("value", node), because, None if source is None else text(source))


def share(written: Located | None) -> float:
    """Return a share from 0 to 1, written as such or in percent; 1 where nothing is written."""
    if written is None:
        return 1.0
    value = str(written.value)
    return float(value[:-1]) / 100 if value.endswith("%") else float(value)


def read_rule(item: Item, kind: str) -> model.Rule:
    expressions, grant = item.reading.expressions, read_grant(item.get("grant"), item.reading)
    return model.Rule(
        **item.common(),
        kind=kind,
        on=item.all("on"),
        when=item.expression("when"),
        unless=item.expression("unless"),
        then=item.effects(),
        times=read_times(item.get("times"), item.reading),
        once_per=expressions.optional(parse.parse_once, item.get("once_per"), "once_per"),
        approval=item.approval(),
        grant=grant,
        cap=_cap(item),
        undo_on=_undo_on(item),
        requires=item.expression("requires"),
        otherwise=item.effects("otherwise"),
        first_of=item.text("first_of"),
        priority=as_integer(priority) if (priority := item.get("priority")) else None,
    )


def _cap(item: Item) -> nodes.Parsed[nodes.RateClause] | Located | None:
    written = item.text("cap")
    if written is None or " " not in str(written.value).strip():
        return written
    return item.reading.expressions.optional(parse.parse_rate, item.get("cap"), "cap")


def _undo_on(item: Item) -> tuple[tuple[Located, nodes.Parsed[nodes.PairsClause]], ...]:
    node = item.get("undo_on")
    if not isinstance(node, YMapping):
        return ()
    return tuple((text(key), item.reading.expressions.pairs(value)) for key, value in node.items)


_OF_BRAKES = ("then", "approval")


def read_brake(item: Item) -> model.Brake:
    named = [(key, value) for key, value in item.node.items if key.text not in _OF_BRAKES]
    if len(named) != 1:
        words = ("a brake is about one action", "write `{ban: 5 per hour}`, an item for each action")
        item.reading.report.add(codes.BAD_BRAKE.at(item.node.span, *words))
        raise BrokenItemError("at_most")
    do, rate = named[0]
    return model.Brake(text(do), text(rate), item.effects(), item.approval(), item.node.span)


def read_score(item: Item) -> model.ScoreDeclaration:
    return model.ScoreDeclaration(
        name=text(item.need("id")),
        on=item.all("on"),
        hints=tuple(map(_hint, item.items("points"))),
        title=item.texts("title"),
        span=item.node.span,
    )


def _hint(item: Item) -> model.HintDeclaration:
    return model.HintDeclaration(
        item.expression("when"), item.reading.expressions.expression(item.need("add"), "add"), item.node.span
    )


def read_ladder(item: Item) -> model.Ladder:
    return model.Ladder(
        **item.common(),
        ledger=text(item.need("ledger")),
        steps=tuple(_ladder_step(step) for step in item.items("steps")),
        fire=item.word("fire", "highest"),
        beyond=item.word("beyond", "nothing"),
        appeal=_appeal(item.get("appeal"), item.reading),
    )


def _ladder_step(item: Item) -> model.LadderStep:
    return model.LadderStep(
        reaches=item.reading.expressions.expression(item.need("reaches"), "reaches"),
        falls_below=item.expression("falls_below"),
        then=item.effects(),
        on_the_way_back=item.effects("on_the_way_back"),
        approval=item.approval(),
        cool_down=item.duration("cool_down"),
        title=item.texts("title"),
        span=item.node.span,
        when=item.expression("when"),
        unless=item.expression("unless"),
    )


def _appeal(node: YNode | None, reading: Reading) -> model.Appeal | None:
    if not isinstance(node, YMapping):
        return None
    item = Item(node, reading)
    within = reading.expressions.parse(parse.parse_duration, item.need("within"), "within")
    return model.Appeal(within, text(item.need("to")), node.span)


def read_path(item: Item) -> model.Path:
    return model.Path(
        **item.common(),
        on=item.all("on"),
        when=item.expression("when"),
        unless=item.expression("unless"),
        one_per=item.reading.expressions.keys(item.need("one_per")),
        until=tuple(map(_until, item.items("until"))),
        steps=tuple(map(_path_step, item.items("steps"))),
        hours=item.hours(),
        restart_on=tuple(map(_until, item.items("restart_on"))),
        afterwards=item.effects("afterwards"),
        until_all=tuple(map(_path_item, item.items("until_all"))),
    )


def _path_item(item: Item) -> model.PathItem:
    return model.PathItem(text(item.need("id")), item.texts("title"), _until(item))


def _until(item: Item) -> model.Until:
    return model.Until(item.all("on"), item.expression("when"), item.node.span)


def _path_step(item: Item) -> model.PathStep:
    repeat = item.get("repeat")
    return model.PathStep(
        after=item.duration("after"),
        due=item.expression("due"),
        then=item.effects(),
        approval=item.approval(),
        repeat=as_integer(repeat) if repeat else None,
        every=item.duration("every"),
        span=item.node.span,
        when=item.expression("when"),
        unless=item.expression("unless"),
    )


def read_state(item: Item) -> model.State:
    return model.State(
        **item.common(),
        enter=_turn(item, "enter"),
        leave=_turn(item, "leave"),
        then=item.effects(),
        afterwards=item.effects("afterwards"),
        per=item.text("per"),
    )


def _turn(item: Item, key: str) -> model.Turn:
    """Read a condition, an event, or a list of them. Raises BrokenItemError."""
    given_node = item.need(key)
    given = given_node.items if isinstance(given_node, YSequence) else [given_node]
    events = tuple(_until(Item(node, item.reading)) for node in given if isinstance(node, YMapping))
    conditions = [node for node in given if not isinstance(node, YMapping)]
    return model.Turn(tuple(item.reading.expressions.expression(node, key) for node in conditions), events)


def read_schedule(item: Item) -> model.Schedule:
    return model.Schedule(
        **item.common(),
        at=item.reading.expressions.parse(parse.parse_at, item.need("at"), "at"),
        for_each=item.text("for_each"),
        when=item.expression("when"),
        then=item.effects(),
        approval=item.approval(),
        hours=item.hours(),
        together=item.effects("together"),
        most=item.expression("most"),
        least=item.expression("least"),
        limit=item.expression("limit"),
    )
