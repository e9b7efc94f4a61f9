"""Values: constants, arithmetic, `??`, calls, and remembered numbers and lists."""

from __future__ import annotations

from groundrules.engine.codegen.emitter import Emitter, Operand, emits_value
from groundrules.engine.codegen.keying import key_text
from groundrules.engine.codegen.layout import OPEN, Place
from groundrules.engine.codegen.reads import raw
from groundrules.functions import FUNCTIONS
from groundrules.plan import ir

OPERATORS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}

# Sums and differences of milliseconds up to this stay far inside 64 bits, however they are nested within one function.
SMALL = 2**48


@emits_value(ir.Const)
def const(emitter: Emitter, expr: ir.Const) -> Operand:
    return Operand((), emitter.constant(expr.value))


@emits_value(ir.Sequence)
def sequence(emitter: Emitter, expr: ir.Sequence) -> Operand:
    needs, sources = emitter.operands(expr.items)
    return Operand(needs, f"[{sources}]")


@emits_value(ir.Arithmetic)
def arithmetic(emitter: Emitter, expr: ir.Arithmetic) -> Operand:
    left, right = emitter.operand(expr.left), emitter.operand(expr.right)
    needs = (*left.needs, *right.needs)
    if expr.operator in "+-" and is_time(expr.left) and is_time(expr.right):
        return Operand(needs, f"({left.source} {expr.operator} {right.source})")
    return emitter.present(needs, f"{OPERATORS[expr.operator]}({left.source}, {right.source})")


def is_time(expr: ir.Expr) -> bool:
    """Whether a value is surely an instant or a short constant, so that `+` and `-` cannot overflow."""
    if isinstance(expr, ir.Const):
        return type(expr.value) is int and abs(expr.value) < SMALL
    return isinstance(expr, ir.Now) or (isinstance(expr, ir.Field) and expr.kind == "instant")


@emits_value(ir.Negate)
def negate(emitter: Emitter, expr: ir.Negate) -> Operand:
    needs, source = emitter.operands((expr.operand,))
    return emitter.present(needs, f"negate({source})")


@emits_value(ir.Coalesce)
def coalesce(emitter: Emitter, expr: ir.Coalesce) -> Operand:
    value = emitter.operand(expr.value)
    if not value.needs:
        return value
    default = emitter.operand(expr.default)
    source = f"({value.source} if {' and '.join(value.needs)} else {default.optional})"
    return emitter.present((), source) if default.needs else Operand((), source)


@emits_value(ir.Call)
def call(emitter: Emitter, expr: ir.Call) -> Operand:
    if expr.function == "length":
        items, place = _list(emitter, expr.arguments[0])
        of = items if place else emitter.operand(expr.arguments[0])
        return Operand(of.needs, f"len({of.source})")
    function = FUNCTIONS[expr.function]
    needs, sources = emitter.operands(expr.arguments)
    zone = f"{emitter.constant(emitter.program.plan.timezone)}, " if function.signature.needs_zone else ""
    return emitter.present(needs, f"{emitter.constant(function.call)}({zone}{sources})")


def _list(emitter: Emitter, expr: ir.Expr) -> tuple[Operand, Place]:
    """Return a list of the event as it was decoded, and its place; OPEN for anything else."""
    if isinstance(expr, ir.Field) and expr.kind == "list" and expr.root == "event":
        return raw(emitter, expr.root, expr.path)
    return Operand((), ""), OPEN


@emits_value(ir.WindowValue)
def window_value(emitter: Emitter, expr: ir.WindowValue) -> Operand:
    return _of_window(emitter, expr, "window_value")


def _of_window(emitter: Emitter, expr: ir.WindowValue | ir.WindowValues, asked: str) -> Operand:
    """Return what a window holds, read by one of the methods of the readings."""
    key = key_text(emitter, expr.key)
    bound = f"{emitter.constant(expr.within)}, {emitter.constant(expr.maximum)}"
    return emitter.present(key.needs, f"x.readings.{asked}({emitter.constant(expr.window)}, {key.source}, {bound})")


@emits_value(ir.ByDate)
def by_date(emitter: Emitter, expr: ir.ByDate) -> Operand:
    source = emitter.constant(expr.values[0])
    for date, value in zip(expr.dates, expr.values[1:], strict=True):
        source = f"({emitter.constant(value)} if x.now >= {emitter.constant(date)} else {source})"
    return Operand((), source)


@emits_value(ir.LedgerValue)
def ledger(emitter: Emitter, expr: ir.LedgerValue) -> Operand:
    needs, who = emitter.operands((expr.key,))
    return Operand(needs, f"x.readings.ledger({emitter.constant(expr.ledger)}, {who})")


@emits_value(ir.LedgerRank)
def ledger_rank(emitter: Emitter, expr: ir.LedgerRank) -> Operand:
    needs, who = emitter.operands((expr.key,))
    return emitter.present(needs, f"x.readings.ledger_rank({emitter.constant(expr.ledger)}, {who})")


@emits_value(ir.LedgerTop)
def ledger_top(emitter: Emitter, expr: ir.LedgerTop) -> Operand:
    return Operand((), f"list(x.readings.ledger_top({emitter.constant(expr.ledger)}, {emitter.constant(expr.count)}))")


@emits_value(ir.LedgerBoard)
def ledger_board(emitter: Emitter, expr: ir.LedgerBoard) -> Operand:
    asked = ", ".join(emitter.constant(part) for part in (expr.ledger, expr.count, expr.entity, expr.called))
    return Operand((), f"x.readings.ledger_board({asked})")


@emits_value(ir.Silence)
def silence(emitter: Emitter, expr: ir.Silence) -> Operand:
    needs, member = emitter.operands((expr.member,))
    return emitter.present(needs, f"x.readings.silence({member})")


@emits_value(ir.InForceUntil)
def in_force_until(emitter: Emitter, expr: ir.InForceUntil) -> Operand:
    needs, who = emitter.operands((expr.member,))
    return emitter.present(needs, f"x.readings.in_force_until({who}, {emitter.constant(expr.does)})")


@emits_value(ir.FoundIn)
def found_in(emitter: Emitter, expr: ir.FoundIn) -> Operand:
    needs, subject = emitter.operands((expr.subject,))
    matcher = matcher_of(emitter, expr.list)
    return Operand(needs, f"entries_in({matcher}, {subject})")


@emits_value(ir.WeightIn)
def weight_in(emitter: Emitter, expr: ir.WeightIn) -> Operand:
    needs, subject = emitter.operands((expr.subject,))
    matcher = matcher_of(emitter, expr.list)
    weights = emitter.constant(emitter.program.word_list(expr.list).weights)
    return Operand(needs, f"weigh({weights}, {matcher}, {subject})")


def matcher_of(emitter: Emitter, name: str) -> str:
    """Return an expression for the matcher of a list."""
    if emitter.program.word_list(name).changes:
        return f"x.readings.words({emitter.constant(name)}).matcher"
    return emitter.constant(emitter.program.matcher(name))


@emits_value(ir.Match)
def match(emitter: Emitter, expr: ir.Match) -> Operand:
    return Operand((), "x.match")


@emits_value(ir.Those)
def those(emitter: Emitter, expr: ir.Those) -> Operand:
    return Operand((), "list(x.those)")


@emits_value(ir.Remaining)
def remaining(emitter: Emitter, expr: ir.Remaining) -> Operand:
    process = next(process for process in emitter.program.plan.processes if process.id == expr.process)
    items = emitter.constant([(item.id, item.called(expr.language)) for item in process.until_all])
    return Operand((), f"[title for id, title in {items} if id not in x.done]")


@emits_value(ir.Nth)
def nth(emitter: Emitter, expr: ir.Nth) -> Operand:
    return Operand((), "x.nth")


@emits_value(ir.Standings)
def standings(emitter: Emitter, expr: ir.Standings) -> Operand:
    entity, called = emitter.constant(expr.entity), emitter.constant(expr.called)
    return Operand((), f"x.readings.standings(x.those, x.figures, {entity}, {called})")


@emits_value(ir.WindowValues)
def window_values(emitter: Emitter, expr: ir.WindowValues) -> Operand:
    return _of_window(emitter, expr, "window_values")


@emits_value(ir.Chance)
def chance(emitter: Emitter, expr: ir.Chance) -> Operand:
    needs, share = emitter.operands((expr.share,))
    return Operand(needs, f"(x.readings.lot(e, x, {emitter.constant(expr.site)}) < {share})")


@emits_value(ir.Pick)
def pick(emitter: Emitter, expr: ir.Pick) -> Operand:
    needs, asked = emitter.operands((expr.items, expr.count))
    return Operand(needs, f"x.readings.picked(e, x, {emitter.constant(expr.site)}, {asked})")


@emits_value(ir.Members)
def members(emitter: Emitter, expr: ir.Members) -> Operand:
    return Operand((), f"x.readings.members({emitter.constant(expr.roles)})")


@emits_value(ir.Names)
def names(emitter: Emitter, expr: ir.Names) -> Operand:
    needs, ids = emitter.operands((expr.ids,))
    return Operand(needs, f"x.readings.names({ids})")


@emits_value(ir.Matched)
def matched(emitter: Emitter, expr: ir.Matched) -> Operand:
    return Operand((), "list(x.matched)")
