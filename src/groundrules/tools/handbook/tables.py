"""Tables of a rulebook as tables: which case, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from groundrules.narrate.localised import pick
from groundrules.plan import ir
from groundrules.tools.handbook.document import Block, Item, Items, Table
from groundrules.tools.handbook.guide import Guide


def tables(guide: Guide, rules: Iterable[ir.Rule]) -> dict[str, list[ir.Rule]]:
    """Return the rows of each table among rules, by its id and in its order, what happens otherwise last."""
    rows: dict[str, list[ir.Rule]] = {}
    for rule in rules:
        id, _, part = rule.id.partition("#")
        if part.startswith("row-"):
            rows.setdefault(id, []).append(rule)
    return {id: sorted(of_table, key=lambda row: _place(guide, row)) for id, of_table in rows.items()}


def _place(guide: Guide, row: ir.Rule) -> tuple[int, int]:
    """Where a row is written; all rows of a table stand in one file."""
    source = guide.plan.sources[row.src]
    return source.line, source.column


def lead(guide: Guide, rows: list[ir.Rule]) -> ir.Rule:
    """Return the rule that says what holds for all rows of a table and otherwise, too: what they have in common.

    It has no text, so that its condition is told in full: nothing else in a table tells it.
    """
    otherwise = _otherwise(guide, rows)
    first, *others = (_operands(row.when) for row in [*rows, *([otherwise] if otherwise else [])])
    shared = tuple(operand for operand in first if others and all(operand in other for other in others))
    when = ir.And(operands=shared) if len(shared) > 1 else shared[0] if shared else ir.Const(value=True)
    return replace(rows[0], when=when, first_of="", text={})


def table(guide: Guide, rows: list[ir.Rule], title: str, notes: Iterable[str]) -> Iterator[Block]:
    """Yield a table: what it is called, what holds for all of it, and its rows."""
    phrases, shared = guide.phrases, _operands(lead(guide, rows).when)
    small_print = (*notes, *([phrases("first_row")] if rows[0].first_of else ()))
    yield Items((Item(title, pick(rows[0].text, phrases.lang), small_print),))
    cases = [(_case(guide, row, shared, title), phrases.effects(row.effects)) for row in rows]
    otherwise = _otherwise(guide, rows)
    if otherwise and otherwise.effects:
        cases.append((phrases("other_cases"), phrases.effects(otherwise.effects)))
    yield Table((phrases("case"), phrases("follows")), tuple(cases))


def _otherwise(guide: Guide, rows: list[ir.Rule]) -> ir.Rule | None:
    return guide.by_id.get(f"{rows[0].id.partition('#')[0]}#otherwise")


def _case(guide: Guide, row: ir.Rule, shared: tuple[ir.AnyExpr, ...], title: str) -> str:
    phrases = guide.phrases
    asked = tuple(operand for operand in _operands(row.when) if operand not in shared)
    parts = phrases.conditions.of(row).parts(ir.And(operands=asked)) if asked else []
    texts = list(dict.fromkeys(part.text for _, part in parts if part))
    texts += [phrases("further")] if len([part for _, part in parts if part]) < len(parts) else []
    name = pick(row.title, phrases.lang)
    case = phrases.join(texts, "then") or phrases("any_case")
    return phrases.join([name, case], "colon") if name and name != title else case


def _operands(when: ir.AnyExpr) -> tuple[ir.AnyExpr, ...]:
    if isinstance(when, ir.And):
        return when.operands
    return () if when == ir.Const(value=True) else (when,)
