"""Tables: each row of a rule's `table` becomes a rule of its own, `ID#row-1`, `ID#row-2`, or `ID#row-NAME`.

What stands beside `table` goes for each row. A row's condition is `when` and what its cells say of the columns, put
together as a text of the language that still knows where its parts were written. With `hit: first` the rows are a
group, of which the first that would fire acts; what happens `otherwise` is a rule on each row not holding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model
from groundrules.rulebook.expressions import BrokenItemError, Expressions, uncut
from groundrules.rulebook.items import Item, read_rule
from groundrules.rulebook.joined import Piece, composed
from groundrules.rulebook.model import Expression, Located
from groundrules.rulebook.yaml import YMapping, YNode
from groundrules.syntax import nodes, parse

ELSEWHERE = ("then", "times", "requires", "otherwise", "first_of", "priority")
"""Keys of a rule that a table has in another way."""

_INSTEAD = {
    "requires": "put it into `when` or a column",
    "otherwise": "write it beside `rows`",
}

Parts = list[str | Piece]
Test = tuple[bool, nodes.Node, Piece]  # whether it is denied, and where it is written, without its `not`

_CONDITIONS = (
    *(nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.In),
    *(nodes.Has, nodes.Contains, nodes.Affix, nodes.Matches),
)
_BEFORE_A_TEST = re.compile(r"\s*(?:and(?!\w)\s*)?(?:not(?!\w)\s*)?")


def read_rules(item: Item) -> tuple[model.Rule, ...]:
    """Read an item of `rules`: a rule, or the rows of a table."""
    given = item.get("table")
    rule = read_rule(item, "rule")
    return (rule,) if given is None else tuple(_rows(item, rule, given))


def _rows(item: Item, rule: model.Rule, given: YNode) -> Iterator[model.Rule]:
    assert isinstance(given, YMapping)
    key = next((key for key, _ in item.node.items if key.text in ELSEWHERE), None)
    if key is not None:
        help = _INSTEAD.get(key.text, "a table has `hit`, and its rows have a `then` each")
        raise _refused(item, key.span, f"`{key.text}` can't be combined with `table`", help)
    head = Item(given, item.reading)
    expressions = item.reading.expressions
    written = uncut(head.need("columns"), "columns", item.reading.report)
    columns = tuple(expressions.optional(parse.parse_expression, column, "columns") for column in written)
    total = head.get("otherwise") is not None
    table = model.Table(rule.id, head.word("hit", "unique"), columns, total, rule.title, given.span)
    reader = _Reader(rule, table, expressions)
    for number, row in enumerate(head.items("rows"), 1):
        try:
            yield reader.row(row, number)
        except BrokenItemError:
            expressions.failures += 1
    if head.effects("otherwise"):
        yield reader.otherwise(head)


def _refused(item: Item, span: Span, message: str, help: str) -> BrokenItemError:
    item.reading.report.add(codes.BAD_TABLE.at(span, message, help))
    return BrokenItemError("table")


@dataclass(eq=False)
class _Reader:
    """Reads the rows of a table."""

    rule: model.Rule
    table: model.Table
    expressions: Expressions

    def __post_init__(self) -> None:
        self.readable = None not in self.table.columns
        self.denied: Parts = []  # of all rows so far
        self.names: dict[str, Span] = {}  # of all rows so far, and where they are given

    def row(self, item: Item, number: int) -> model.Rule:
        written = item.need("when")
        name = self._name(item, number, written.span)
        cells = self._cells(item, written, number)
        asked = self._asked(cells) if self.readable and None not in cells else []
        if not asked and self.readable and None not in cells and self.table.total:
            message = f"row {number} requires nothing, so the otherwise case never happens"
            help = "leave out `otherwise`, or say in a cell what the row is about"
            raise _refused(item, written.span, message, help)
        self.denied += [" and not (", *asked, ")"] if asked else []
        first = self.table.hit == "first"
        return self._rule(
            f"row-{name}",
            written.span,
            before=item.text("was"),
            when=self._condition([" and ", *asked] if asked else []),
            then=item.effects(),
            title=item.texts("title") or self.rule.title,
            first_of=replace(self.rule.id, value=f"{self.rule.id.value}#rows") if first else None,
            priority=Located(number, written.span) if first else None,
        )

    def _name(self, item: Item, number: int, place: Span) -> str:
        """Return what a row is called: its id, else its number. Raises BrokenItemError if another one is so called."""
        given = item.text("id")
        name, span = (str(number), place) if given is None else (str(given.value), given.span)
        if self.names.setdefault(name, span) is not span:
            raise _refused(item, span, f"another row of this table is called `{name}`", "give it another id")
        return name

    def _cells(self, item: Item, written: YNode, number: int) -> list[nodes.Parsed[nodes.Cell] | None]:
        cells = uncut(written, "when", self.expressions.report)
        if len(cells) != len(self.table.columns):
            message = f"row {number} does not have one cell for each column"
            raise _refused(item, written.span, message, "write `-` where anything will do")
        read = [self.expressions.optional(parse.parse_cell, cell, "when") for cell in cells]
        self.readable = self.readable and None not in read
        return read

    def _asked(self, cells: list[nodes.Parsed[nodes.Cell] | None]) -> Parts:
        """Return what the cells of a row say of the columns."""
        parts: Parts = []
        for column, cell in zip(self.table.columns, cells, strict=True):
            for test in _tests(cell) if cell and column else ():
                parts += [" and ", *_stated(column, *test)] if parts else _stated(column, *test)  # type: ignore[arg-type]
        return parts

    def otherwise(self, head: Item) -> model.Rule:
        when = self._condition(self.denied) if self.readable else None
        return self._rule("otherwise", head.need("otherwise").span, when=when, then=head.effects("otherwise"))

    def _condition(self, asked: Parts) -> Expression | None:
        """Return `when` together with what is asked besides, which begins with `and`."""
        when = self.rule.when
        parts = [*_bracketed(when), *asked] if when else asked
        return self.expressions.whole(composed(_without_and(parts))) if parts else None

    def _rule(self, part: str, place: Span, before: Located | None = None, **changes: object) -> model.Rule:
        id = Located(f"{self.rule.id.value}#{part}", place)
        named, table = before or self.rule.was, self.rule.was or self.rule.id
        was = named and replace(named, value=f"{table.value}#{f'row-{before.value}' if before else part}")
        return replace(self.rule, id=id, was=was, table=self.table, **changes)  # type: ignore[arg-type]


def _without_and(parts: Parts) -> Parts:
    first = parts[0]
    return [first.removeprefix(" and "), *parts[1:]] if isinstance(first, str) else parts


def _tests(cell: nodes.Parsed[nodes.Cell]) -> Iterator[Test]:
    """Yield the tests of a cell."""
    text, behind = cell.fragment.text, 0
    for test in cell.root.tests:
        before = _BEFORE_A_TEST.match(text, behind)
        assert before is not None
        denied = isinstance(test, nodes.Not)
        yield denied, test.operand if denied else test, Piece(cell.fragment, before.end(), test.at[1])  # type: ignore[attr-defined]
        behind = test.at[1]


def _stated(column: Expression, denied: bool, test: nodes.Node, piece: Piece) -> Parts:
    """Return what a test says of a column, `true` and `false` as the column itself or its denial."""
    subject = _bracketed(column, heading=True)
    if isinstance(test, nodes.Compare) and test.operator == "==":
        if isinstance(test.right, nodes.Boolean):
            return subject if test.right.value else ["not ", *subject]
        if isinstance(test.left, nodes.ColumnValue) and test.left.at == test.right.at:
            return [*subject, " == ", piece]
    return ["not " if denied else "", *subject, " ", piece]


def _bracketed(parsed: Expression, *, heading: bool = False) -> Parts:
    """Return a whole expression as a part of another one."""
    whole = Piece(parsed.fragment, 0, len(parsed.fragment.text), heading)
    if heading:
        return ["(", whole, ")"] if isinstance(parsed.root, _CONDITIONS) else [whole]
    return ["(", whole, ")"] if isinstance(parsed.root, nodes.Or) else [whole]
