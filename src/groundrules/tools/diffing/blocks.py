"""Blocks: things that an author wrote as one, and that a plan has as several.

A ladder is a cell and a rule for each step; a path a cell, the rule that opens it and a rule for each step; a state a
cell and a rule for each way; a table a rule for each row. Their rules are named after them (`discipline#3`,
`lockdown#enter`, `faq#row-2`), so a block is found again by that name, or by the one it had (`was:`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from msgspec.structs import replace

from groundrules.logic.certainty import Guard
from groundrules.logic.implication import Direction, together
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.tools.diffing import guards
from groundrules.tools.diffing.model import Change, Detail
from groundrules.tools.diffing.pairs import Both, edit, paired, wording
from groundrules.tools.diffing.rules import Compared, acting, asked, items, lead, lists, untils
from groundrules.tools.diffing.texts import at, hours, length

_ROW = "row-"

Cell = ir.Ladder | ir.Process | ir.State | ir.Schedule


@dataclass
class Block:
    """A block of a plan; `rules` by what follows the `#`, "" for the block's own rule."""

    id: str
    section: str
    cell: Cell | None = None
    rules: dict[str, ir.Rule] = field(default_factory=dict)

    @property
    def lead(self) -> ir.Rule | None:
        """The rule that carries what holds for the whole block."""
        return self.rules.get("") or next(iter(self.rules.values()), None)

    @property
    def was(self) -> str | None:
        return self.lead.was.partition("#")[0] if self.lead and self.lead.was else None


def blocks(plan: ir.Plan) -> dict[str, Block]:
    """Return the blocks of a plan by id."""
    by_id: dict[str, Block] = {}
    for rule in plan.rules:
        id, _, part = rule.id.partition("#")
        by_id.setdefault(id, Block(id, rule.kind)).rules[part] = rule
    cells: Iterator[Cell] = chain(plan.ladders, plan.processes, plan.states, plan.schedules)
    for cell in cells:
        section = {ir.Ladder: "ladder", ir.Process: "path", ir.State: "state"}.get(type(cell), "schedule")
        by_id.setdefault(cell.id, Block(cell.id, section)).cell = cell
    return by_id


def changes(both: Both) -> Iterator[Change]:
    """Yield the changes of blocks: those of the new plan in order, then the removed ones."""
    old, new = blocks(both.old), blocks(both.new)
    used: set[str] = set()
    for id, block in sorted(new.items()):
        was = id if id in old else block.was
        before = old.get(was) if was and (was == id or was not in new) else None
        if before is None:
            yield Change(kind="added", section=block.section, id=id, title=_title(block), details=_whole(both, block))
            continue
        used.add(before.id)
        details, direction = _compared(both, before, block)
        if before.id != id:
            kept = before.id
            yield Change(
                kind="renamed",
                section=block.section,
                id=id,
                title=_title(block),
                was=kept,
                direction=direction,
                details=tuple(details),
            )
        elif details or direction != "same":
            yield Change(
                kind="changed",
                section=block.section,
                id=id,
                title=_title(block),
                direction=direction,
                details=tuple(details),
            )
    for id, block in sorted(old.items()):
        if id not in used:
            yield Change(kind="removed", section=block.section, id=id, title=_title(block))


def _title(block: Block) -> dict[str, str]:
    """A block's title; for a table, what its rows have in common, because each may have its own."""
    if "otherwise" in block.rules:
        return block.rules["otherwise"].title
    titles = [rule.title for rule in block.rules.values()] if _has_rows(block) else []
    return block.lead.title if block.lead and all(title == block.lead.title for title in titles) else {}


def _whole(both: Both, block: Block) -> tuple[Detail, ...]:
    """Say what a new block does."""
    rule = block.lead
    details: list[Detail] = []
    if rule is not None and isinstance(rule.trigger, ir.OnEvent):
        details += edit("on", "", ", ".join(rule.trigger.types))
        details += [] if _has_rows(block) else asked(both, "", rule)
    if rule is not None and rule.mode != "enforce":
        details += edit("mode", "", rule.mode)
    if block.cell is not None:
        details += _whole_cell(both, block.cell)
    if rule is not None and isinstance(block.cell, ir.Schedule):
        details += asked(both, "", rule)
    details += _acting(both, Block(block.id, block.section), block)
    return tuple(details)


def _whole_cell(both: Both, cell: Cell) -> list[Detail]:
    match cell:
        case ir.Process():
            nothing = replace(cell, key=(), hours=None, steps=(), until=(), until_all=(), restart=())
            return _process(both, nothing, cell)
        case ir.State():
            sides = (("enter", cell.enter, cell.enter_on), ("leave", cell.leave, cell.leave_on))
            details = edit("per", "", cell.per)
            for part, guard, events in sides:
                details += edit(part, "", "" if isinstance(guard, ir.Const) else both.after.expression(guard))
                details += untils(both, part, (), events)
            return details
        case ir.Ladder():
            return edit("ledger", "", cell.ledger) + _ladder(replace(cell, steps=(), appeal=None), cell)[0]
    return edit("at", "", at(cell.at)) + edit("for_each", "", cell.for_each or "")


def _compared(both: Both, old: Block, new: Block) -> Compared:
    details: list[Detail] = []
    directions: list[Direction] = []
    if old.lead and new.lead:
        part_details, direction = lead(both, old.lead, new.lead, guarded=not _has_rows(new))
        details += part_details
        directions.append(direction)
    if type(old.cell) is type(new.cell) and old.cell is not None and new.cell is not None:
        part_details, direction = _cell(both, old.cell, new.cell)
        details += part_details
        directions.append(direction)
    details += _acting(both, old, new)
    directions += _of_steps(both, old, new)
    return details, together(directions)


def _of_steps(both: Both, old: Block, new: Block) -> Iterator[Direction]:
    """Where the guards of steps moved; a row that is new acts on more, one that is gone on fewer."""
    names = {_moved(part, _steps(old, new)): part for part in old.rules}
    for part, rule in new.rules.items():
        if part and part in names:
            was = old.rules[names[part]]
            yield both.sides.direction(Guard(was.when, was.unless), Guard(rule.when, rule.unless))
        elif part.startswith(_ROW):
            yield "more"
    for part in names:
        if part.startswith(_ROW) and part not in new.rules:
            yield "fewer"


def _acting(both: Both, old: Block, new: Block) -> list[Detail]:
    """Compare what the rules of two blocks do, each with the one of its name, or of its step."""
    steps = _steps(old, new)
    names = {_moved(part, steps): part for part in old.rules}
    details: list[Detail] = []
    for part in sorted({*names, *new.rules}, key=_order):
        before = old.rules.get(names.get(part, part)) if part in names else None
        details += acting(both, _name(part), before, new.rules.get(part))
    return details


def _order(part: str) -> tuple[int, str]:
    number = part.partition("#")[0].removeprefix(_ROW)
    return (int(number) if number.isdigit() else 0, part)


def _name(part: str) -> str:
    """Return how the details of a rule begin: `step 2`, `step 2 back`, `refused`, …"""
    words = [f"step {word}" if word.isdigit() else word.replace(_ROW, "row ") for word in part.split("#") if word]
    return " ".join(words) + " " if words else ""


def _steps(before: Block, after: Block) -> dict[str, str]:
    """Map the steps or rows of the old block to those of the new one, by number; removed ones are left out."""
    old, new = before.cell, after.cell
    if isinstance(old, ir.Ladder) and isinstance(new, ir.Ladder):
        pairs = paired(old.steps, new.steps, lambda step: step.reaches, lambda step: True)
        was, now = list(old.steps), list(new.steps)
        return {str(was.index(a) + 1): str(now.index(b) + 1) for a, b in pairs if a is not None and b is not None}
    if isinstance(old, ir.Process) and isinstance(new, ir.Process):
        matches = paired(old.steps, new.steps, lambda step: (step.after, step.at is None), lambda step: True)
        old_steps, new_steps = list(old.steps), list(new.steps)
        return {
            str(old_steps.index(a) + 1): str(new_steps.index(b) + 1)
            for a, b in matches
            if a is not None and b is not None
        }
    return _rows(before, after)


def _rows(before: Block, after: Block) -> dict[str, str]:
    old, new = (
        sorted((rule for part, rule in block.rules.items() if _row(part)), key=lambda rule: _order(_part(rule)))
        for block in (before, after)
    )
    alike = (_own_name, lambda row: definition_hash(row.when), lambda row: definition_hash(list(row.effects)), _part)
    pairs = paired(old, new, *alike)
    return {_row(_part(a)): _row(_part(b)) for a, b in pairs if a is not None and b is not None}


def _own_name(row: ir.Rule) -> object:
    """What is the same for two rows of one name; those that only have a number are never so called."""
    name = _row(_part(row))
    return object() if name.isdigit() else name


def _part(rule: ir.Rule) -> str:
    return rule.id.partition("#")[2]


def _has_rows(block: Block) -> bool:
    return any(map(_row, block.rules))


def _row(part: str) -> str:
    """Return the number or name of a row, "" for what is none."""
    return part.removeprefix(_ROW) if part.startswith(_ROW) and "#" not in part else ""


def _moved(part: str, steps: dict[str, str]) -> str:
    name, sign, rest = part.partition("#")
    number = name.removeprefix(_ROW)
    if not number.isdigit() and not name.startswith(_ROW):
        return part
    return f"{name.removesuffix(number)}{steps.get(number, f'{number}#gone')}{sign}{rest}"


# --- cells --------------------------------------------------------------------------------------


def _cell(both: Both, old: Cell, new: Cell) -> Compared:
    match (old, new):
        case (ir.Ladder(), ir.Ladder()):
            return _ladder(old, new)
        case (ir.Process(), ir.Process()):
            return _process(both, old, new), "same"
        case (ir.State(), ir.State()):
            return _state(both, old, new)
        case (ir.Schedule(), ir.Schedule()):
            return edit("at", at(old.at), at(new.at)) + edit("for_each", old.for_each or "", new.for_each or ""), "same"
    return [], "same"


def _ladder(old: ir.Ladder, new: ir.Ladder) -> Compared:
    details = edit("ledger", old.ledger, new.ledger)
    details += edit("fire", old.fire, new.fire) + edit("beyond", old.beyond, new.beyond)
    details += edit("appeal", _appeal(old.appeal), _appeal(new.appeal))
    directions: list[Direction] = []
    for was, now in paired(old.steps, new.steps, lambda step: step.reaches, lambda step: True):
        if was is None or now is None:
            kept = now or was
            assert kept is not None
            threshold = str(kept.reaches)
            details += edit("step reaches", threshold if now is None else "", threshold if was is None else "")
            directions.append("more" if was is None else "fewer")
            continue
        part = f"step {new.steps.index(now) + 1}"
        details += edit(f"{part} reaches", str(was.reaches), str(now.reaches))
        details += edit(f"{part} falls_below", _number(was.falls_below), _number(now.falls_below))
        details += edit(f"{part} cool_down", length(was.cool_down or None), length(now.cool_down or None))
        details += wording(f"{part} title", was.title, now.title)
        if was.reaches != now.reaches:
            directions.append("more" if now.reaches < was.reaches else "fewer")
    return details, together(directions)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _appeal(appeal: ir.Appeal | None) -> str:
    return "" if appeal is None else f"within {length(appeal.within)}, to {appeal.to}"


def _process(both: Both, old: ir.Process, new: ir.Process) -> list[Detail]:
    details = edit("one_per", both.before.keys(old.key), both.after.keys(new.key))
    details += edit("hours", hours(old.hours), hours(new.hours)) + edit("limit", str(old.limit), str(new.limit))
    for was, now in paired(old.steps, new.steps, lambda step: (step.after, step.at is None), lambda step: True):
        part = f"step {new.steps.index(now) + 1}" if now is not None else "step"
        before = "" if was is None else both.before.due(was)
        details += edit(part, before, "" if now is None else both.after.due(now))
    details += untils(both, "until", old.until, new.until) + items(both, old.until_all, new.until_all)
    return details + untils(both, "restart_on", old.restart, new.restart)


def _state(both: Both, old: ir.State, new: ir.State) -> Compared:
    details = edit("per", old.per, new.per)
    details += guards.differences(old.enter, new.enter, both.before, both.after, "enter")
    details += guards.differences(old.leave, new.leave, both.before, both.after, "leave")
    for role in ("enter", "leave"):
        details += lists(both, role, Guard(getattr(old, role)), Guard(getattr(new, role)))
    details += untils(both, "enter", old.enter_on, new.enter_on) + untils(both, "leave", old.leave_on, new.leave_on)
    return details, both.sides.direction(Guard(old.enter), Guard(new.enter))
