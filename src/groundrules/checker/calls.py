"""Calls: builtins by their signatures, ledgers by whom they are of, and what is remembered.

`silence(member)`, `labelled(thing, "label")`, `rank(ledger, holder)`, `top(ledger, n)` and `board(ledger, n)` read the
memory of a partition and so have rules of their own; `MEMORY` is also what documentation and suggestions know them by.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from groundrules.calendar.anniversaries import parse_date
from groundrules.checker import wording
from groundrules.checker.bindings import (
    Binding,
    BrokenBinding,
    DefineBinding,
    ImportBinding,
    LedgerBinding,
    StateBinding,
)
from groundrules.checker.constants import fold
from groundrules.checker.literals import UNKNOWN, Quoted, is_entity, is_textual
from groundrules.checker.suggestions import meant_function
from groundrules.diagnostics.codes import cells as cell_codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as codes
from groundrules.syntax import nodes
from groundrules.text.patterns import groups
from groundrules.types import kinds
from groundrules.types.builtins import SIGNATURES, Parameter, Signature
from groundrules.types.kinds import Typed

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader

_LARGEST_TOP = 1000


def call(reader: Reader, node: nodes.Call) -> Typed:
    """Type a call."""
    binding = declared(reader, node.function)
    if isinstance(binding, LedgerBinding):
        reader.session.tables.bindings[reader.context.id, id(node)] = binding
        return _ledger(reader, node, binding)
    if isinstance(binding, StateBinding) and binding.declaration.per is not None:
        reader.session.tables.bindings[reader.context.id, id(node)] = binding
        return _state(reader, node, str(binding.declaration.per.value))
    if isinstance(binding, BrokenBinding):
        return UNKNOWN
    if node.function in MEMORY:
        return _memory(reader, node)
    if node.function in SEARCHES:
        return _search(reader, node)
    return _call_of_name(reader, node, binding)


def _call_of_name(reader: Reader, node: nodes.Call, binding: Binding | None) -> Typed:
    if node.function in SIGNATURES:
        return _builtin(reader, node, SIGNATURES[node.function])
    return _unknown(reader, node) if binding is None else _not_callable(reader, node, binding)


def declared(reader: Reader, name: str) -> Binding | None:
    """Return what a dotted name stands for, or None."""
    *aliases, last = name.split(".")
    if not aliases:
        return reader.scope.lookup(last, reader.variables)
    instance = reader.context.instance
    for alias in aliases:
        if alias not in instance.imports:
            return None
        instance = instance.imports[alias]
    return instance.declared.get(last)


def _unknown(reader: Reader, node: nodes.Call) -> Typed:
    instance = reader.context.instance
    ledgers = [name for name, binding in instance.declared.items() if isinstance(binding, LedgerBinding)]
    for alias, imported in instance.imports.items():
        ledgers += [
            f"{alias}.{name}" for name, binding in imported.declared.items() if isinstance(binding, LedgerBinding)
        ]
    known = (*SIGNATURES, *MEMORY, *SEARCHES, *ledgers)
    help = meant_function(node.function, list(map(reader.text, node.arguments)), known)
    words = (f"no function or ledger is called `{node.function}`", help)
    return reader.error(name_codes.UNKNOWN_NAME, reader.offsets(node.function_at), words)


def _not_callable(reader: Reader, node: nodes.Call, binding: Binding) -> Typed:
    what = {DefineBinding: "define", StateBinding: "state", ImportBinding: "import"}.get(type(binding), "value")
    words = (f"`{node.function}` is a {what} and takes no arguments", f"write `{node.function}` alone")
    return reader.error(codes.BAD_CALL, node, words)


# --- builtins -----------------------------------------------------------------------------------


def _builtin(reader: Reader, node: nodes.Call, signature: Signature) -> Typed:
    arguments = [reader.type_of(argument) for argument in node.arguments]
    if not signature.takes(len(arguments)):
        return _wrong_number(reader, node, str(signature), len(signature.parameters))
    if any(isinstance(argument.type, kinds.Unknown) for argument in arguments):
        return UNKNOWN
    for index, argument in enumerate(arguments):
        parameter, given = signature.parameter(index), node.arguments[index]
        if isinstance(argument.type, Quoted) and (words := _unfit_words(reader, given, parameter)):
            return reader.error(codes.BAD_CALL, given, words)
        if not isinstance(_as_value(argument.type, parameter), parameter.accepts) or _is_unsure(argument, parameter):
            return _wrong_kind(reader, given, argument.type, signature, parameter.accepts)
    types = [_as_value(argument.type) for argument in arguments]
    if words := _unfit_together(reader, node, signature, types):
        return reader.error(codes.BAD_CALL, node, words)
    optional = signature.may_be_missing or any(argument.optional for argument in arguments)
    return Typed(signature.result_of(types), optional)


def _as_value(type: kinds.Type, parameter: Parameter | None = None) -> kinds.Type:
    """Return what a text written out means to a parameter: a date where dates are taken, else words."""
    if isinstance(type, Quoted):
        return kinds.Date() if parameter is not None and kinds.Date in parameter.accepts else kinds.Prose()
    return type


def _is_unsure(argument: Typed, parameter: Parameter) -> bool:
    """Tell whether a parameter with choices is given something that only events tell."""
    return bool(parameter.choices) and not isinstance(argument.type, Quoted)


def _unfit_words(reader: Reader, argument: nodes.Node, parameter: Parameter) -> tuple[str, str] | None:
    """Return what is wrong with a text written out where a date or one of a few words is wanted."""
    text, value = reader.text(argument), fold(reader, argument)
    if parameter.choices and value not in parameter.choices:
        known = " or ".join(f'`"{choice}"`' for choice in parameter.choices)
        return f"`{parameter.name}` is not `{text}`", f"write {known}"
    if kinds.Date in parameter.accepts and (not isinstance(value, str) or parse_date(value) is None):
        return f"`{text}` is not a date", 'write `"--10-01"` for each year, `"2026-10-01"` or `"lunar:08-15"`'
    return None


def _unfit_together(
    reader: Reader, node: nodes.Call, signature: Signature, types: list[kinds.Type]
) -> tuple[str, str] | None:
    """Return what is wrong with arguments each of which would do."""
    if signature.repeated and len({type(each) for each in types}) > 1:
        return f"`{signature.name}` compares values of one type", f"it is called `{signature.example}`"
    return _no_such_group(reader, node) if signature.name == "capture" else None


def _no_such_group(reader: Reader, node: nodes.Call) -> tuple[str, str] | None:
    """Return what is wrong with the group that `capture` is asked for: it is written out, and the pattern has it."""
    _, pattern, *group = node.arguments
    if not group or not isinstance(pattern, nodes.Regex):
        return None
    known, value = groups(pattern.pattern), fold(reader, group[0])
    if isinstance(value, int | str) and known.number(value) is not None:
        return None
    names = [str(number) for number in range(1, known.count + 1)] + [f'"{name}"' for name in sorted(known.names)]
    help = f"it has {', '.join(names[:20])}" if names else "put brackets around what is wanted, `/#([0-9]+)/`"
    return f"the pattern has no group `{reader.text(group[0])}`", help


def _wrong_number(reader: Reader, node: nodes.Call, shape: str, wanted: int) -> Typed:
    given = len(node.arguments)
    words = (
        f"`{shape}` takes {wanted} argument{'s' * (wanted != 1)}, and {given} {'is' if given == 1 else 'are'} given",
        None,
    )
    return reader.error(codes.BAD_CALL, node, words)


def _wrong_kind(
    reader: Reader,
    argument: nodes.Node,
    type: kinds.Type,
    signature: Signature,
    accepts: tuple[type[kinds.Type], ...],
) -> Typed:
    text = reader.text(argument)
    if isinstance(type, kinds.Number) and kinds.Duration in accepts and kinds.Number not in accepts:
        return reader.error(codes.MISSING_UNIT, argument, wording.missing_unit(signature.name, text))
    words = (
        f"`{signature}` does not take {wording.described(type)} (`{text}`)",
        f"it is called like this: `{signature.example}`",
    )
    return reader.error(codes.BAD_CALL, argument, words)


# --- ledgers ------------------------------------------------------------------------------------


def _ledger(reader: Reader, node: nodes.Call, ledger: LedgerBinding) -> Typed:
    if not _may_remember(reader, node):
        return UNKNOWN
    per = str(ledger.declaration.per.value)
    if per == "community":
        if node.arguments:
            words = (
                f"`{node.function}` is the community's ledger, and nobody's in particular",
                f"write `{node.function}`",
            )
            return reader.error(cell_codes.FOREIGN_LEDGER, node, words)
        return Typed(kinds.Number(integer=True))
    if len(node.arguments) != 1:
        return _wrong_number(reader, node, f"{node.function}({per})", 1)
    holder = _holder(reader, node.arguments[0], node.function, per)
    return Typed(kinds.Number(integer=True), holder.optional) if holder is not None else UNKNOWN


def _state(reader: Reader, node: nodes.Call, per: str) -> Typed:
    """Type the question whether a thing is in a state that things are in by themselves."""
    if not _may_remember(reader, node):
        return UNKNOWN
    if len(node.arguments) != 1:
        return _wrong_number(reader, node, f"{node.function}({per})", 1)
    thing = _holder(reader, node.arguments[0], node.function, per)
    return Typed(kinds.Boolean(), thing.optional) if thing is not None else UNKNOWN


def _may_remember(reader: Reader, node: nodes.Node) -> bool:
    if reader.place.memory:
        return True
    words = (f"{reader.place.name} reads only the event, and `{reader.text(node)}` is remembered", None)
    reader.error(name_codes.NOT_HERE, node, words)
    return False


def _holder(reader: Reader, argument: nodes.Node, ledger: str, per: str) -> Typed | None:
    """Type whom a ledger is asked for; None once a mistake is reported."""
    holder = reader.type_of(argument)
    if isinstance(holder.type, kinds.Unknown):
        return None
    if isinstance(holder.type, kinds.Object) and holder.type.entity == per:
        return holder
    if isinstance(holder.type, kinds.Identifier | Quoted):
        return holder
    text = reader.text(argument)
    words = (f"`{ledger}` is kept per {per}, and `{text}` is {wording.described(holder.type)}", None)
    reader.error(cell_codes.FOREIGN_LEDGER, argument, words)
    return None


# --- memory -------------------------------------------------------------------------------------


def _memory(reader: Reader, node: nodes.Call) -> Typed:
    shape, numbers, rule = MEMORY[node.function]
    if not _may_remember(reader, node):
        return UNKNOWN
    if len(node.arguments) not in numbers:
        return _wrong_number(reader, node, shape, max(numbers))
    return rule(reader, node)


def _silence(reader: Reader, node: nodes.Call) -> Typed:
    member = _member(reader, node)
    return UNKNOWN if member is None else Typed(kinds.Duration(), optional=True)


def _in_force(reader: Reader, node: nodes.Call) -> Typed:
    member = _member(reader, node)
    if member is None:
        return UNKNOWN
    until = node.function.endswith("_until")
    return Typed(kinds.Instant(), optional=True) if until else Typed(kinds.Boolean(), member.optional)


def _member(reader: Reader, node: nodes.Call) -> Typed | None:
    """Return the type of the member that is asked about; None, reported, if it is none."""
    member = reader.type_of(node.arguments[0])
    if isinstance(member.type, kinds.Unknown):
        return None
    if isinstance(member.type, kinds.Object) and member.type.entity == "member":
        return member
    text = reader.text(node.arguments[0])
    words = (
        f"`{node.function}` needs a member, and `{text}` is {wording.described(member.type)}",
        f"write `{node.function}(member)`",
    )
    reader.error(codes.BAD_CALL, node.arguments[0], words)
    return None


def _labelled(reader: Reader, node: nodes.Call) -> Typed:
    bearer, label = (reader.type_of(argument) for argument in node.arguments)
    if isinstance(bearer.type, kinds.Unknown) or isinstance(label.type, kinds.Unknown):
        return UNKNOWN
    if not is_entity(bearer.type):
        text = reader.text(node.arguments[0])
        words: wording.Words = (
            f"a label is on a member, message, channel or task, and `{text}` is {wording.described(bearer.type)}",
            None,
        )
        return reader.error(codes.BAD_CALL, node.arguments[0], words)
    if not isinstance(fold(reader, node.arguments[1]), str):
        words = ("the name of a label is a text", 'write `labelled(actor, "trusted")`')
        return reader.error(codes.NOT_CONSTANT, node.arguments[1], words)
    return Typed(kinds.Boolean(), bearer.optional)


def _rank(reader: Reader, node: nodes.Call) -> Typed:
    ledger = _ledger_argument(reader, node)
    if ledger is None:
        return UNKNOWN
    per = str(ledger.declaration.per.value)
    holder = _holder(reader, node.arguments[1], ledger.name, per)
    return UNKNOWN if holder is None else Typed(kinds.Number(integer=True, minimum=1), optional=True)


def _top(reader: Reader, node: nodes.Call) -> Typed:
    return _highest(reader, node, kinds.Identifier())


def _board(reader: Reader, node: nodes.Call) -> Typed:
    return _highest(reader, node, kinds.Prose())


def _highest(reader: Reader, node: nodes.Call, item: kinds.Type) -> Typed:
    ledger = _ledger_argument(reader, node)
    count = reader.type_of(node.arguments[1])
    if ledger is None or isinstance(count.type, kinds.Unknown):
        return UNKNOWN
    value = fold(reader, node.arguments[1])
    if isinstance(value, int) and isinstance(count.type, kinds.Number) and 1 <= value <= _LARGEST_TOP:
        return Typed(kinds.ListOf(item))
    words = (
        f"how many is a whole number from 1 to {_LARGEST_TOP:,}, known before any event",
        f"write `{node.function}(points, 10)`",
    )
    return reader.error(codes.NOT_CONSTANT, node.arguments[1], words)


def _ledger_argument(reader: Reader, node: nodes.Call) -> LedgerBinding | None:
    """Return the ledger that a call names as its first argument."""
    argument = node.arguments[0]
    name = "".join(reader.text(argument).split())
    binding = declared(reader, name) if isinstance(argument, nodes.Name | nodes.Attribute) else None
    if isinstance(binding, LedgerBinding) and binding.declaration.per.value != "community":
        reader.session.tables.bindings[reader.context.id, id(argument)] = binding
        return binding
    if not isinstance(binding, BrokenBinding):
        words = (f"`{node.function}` needs a ledger with many balances", f"write `{MEMORY[node.function][0]}`")
        reader.error(codes.BAD_CALL, argument, words)
    return None


# --- searches for the entries of a list ---------------------------------------------------------


def _search(reader: Reader, node: nodes.Call) -> Typed:
    shape, result = SEARCHES[node.function]
    if len(node.arguments) != 2:
        return _wrong_number(reader, node, shape, 2)
    text, words = (reader.type_of(argument) for argument in node.arguments)
    if isinstance(text.type, kinds.Unknown) or isinstance(words.type, kinds.Unknown):
        return UNKNOWN
    if not is_textual(text.type) or not isinstance(words.type, kinds.WordList):
        wrong, typed = (node.arguments[1], words) if is_textual(text.type) else (node.arguments[0], text)
        shown: wording.Words = (
            f"`{shape}` does not take {wording.described(typed.type)} (`{reader.text(wrong)}`)",
            None,
        )
        return reader.error(codes.BAD_CALL, wrong, shown)
    if words.type.match == "pattern":
        shown = (f"`{reader.text(node.arguments[1])}` is a list of patterns", "write `text contains any of …`")
        return reader.error(codes.BAD_CALL, node.arguments[1], shown)
    return Typed(result, text.optional)


SEARCHES: dict[str, tuple[str, kinds.Type]] = {
    "found": ("found(text, list)", kinds.ListOf(kinds.Prose())),
    "weight": ("weight(text, list)", kinds.Number(integer=True)),
}


def _pick(reader: Reader, node: nodes.Call) -> Typed:
    items, count = (reader.type_of(argument) for argument in node.arguments)
    if isinstance(items.type, kinds.Unknown) or isinstance(count.type, kinds.Unknown):
        return UNKNOWN
    if not _draws(reader, node):
        return UNKNOWN
    words: wording.Words
    if not isinstance(items.type, kinds.ListOf):
        shown = reader.text(node.arguments[0])
        words = (f"`pick` draws from a list, and `{shown}` is {wording.described(items.type)}", None)
        return reader.error(codes.BAD_CALL, node.arguments[0], words)
    if not isinstance(count.type, kinds.Number) or not count.type.integer:
        words = (f"how many is a whole number, and `{reader.text(node.arguments[1])}` is not one", None)
        return reader.error(codes.BAD_CALL, node.arguments[1], words)
    item = kinds.Prose() if isinstance(items.type.item, Quoted) else items.type.item
    return Typed(kinds.ListOf(item), items.optional or count.optional)


def _chance(reader: Reader, node: nodes.Call) -> Typed:
    share = reader.type_of(node.arguments[0])
    if isinstance(share.type, kinds.Unknown) or not _draws(reader, node):
        return UNKNOWN
    if isinstance(share.type, kinds.Number):
        return Typed(kinds.Boolean(), share.optional)
    shown = (
        f"a chance is a share such as `10%`, and `{reader.text(node.arguments[0])}` is {wording.described(share.type)}"
    )
    return reader.error(codes.BAD_CALL, node.arguments[0], (shown, None))


def _draws(reader: Reader, node: nodes.Call) -> bool:
    """Whether lots can be drawn here: once for an occasion of a rule."""
    if reader.place.draws:
        return True
    words = (f"{reader.place.name} can't draw lots", f"write `{node.function}(…)` into `when` or the effects of a rule")
    reader.error(name_codes.NOT_HERE, node, words)
    return False


def _members(reader: Reader, node: nodes.Call) -> Typed:
    for argument in node.arguments:
        typed = reader.type_of(argument)
        value = fold(reader, argument)
        if isinstance(typed.type, kinds.Unknown):
            return UNKNOWN
        if not isinstance(value, str) and not (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        ):
            words = ("the role of members is a text known before any event", 'write `members("helper")`')
            return reader.error(codes.NOT_CONSTANT, argument, words)
    return Typed(kinds.ListOf(kinds.Identifier()))


def _names(reader: Reader, node: nodes.Call) -> Typed:
    ids = reader.type_of(node.arguments[0])
    if isinstance(ids.type, kinds.Unknown):
        return UNKNOWN
    if isinstance(ids.type, kinds.ListOf) and (is_entity(ids.type.item) or isinstance(ids.type.item, kinds.Identifier)):
        return Typed(kinds.ListOf(kinds.Prose()), ids.optional)
    shown = f"`names` takes a list of members, and `{reader.text(node.arguments[0])}` is {wording.described(ids.type)}"
    return reader.error(codes.BAD_CALL, node.arguments[0], (shown, None))


MEMORY: dict[str, tuple[str, tuple[int, ...], Callable[[Reader, nodes.Call], Typed]]] = {
    "silence": ("silence(member)", (1,), _silence),
    "labelled": ('labelled(thing, "label")', (2,), _labelled),
    **{name: (f"{name}(member)", (1,), _in_force) for name in ("muted", "banned", "muted_until", "banned_until")},
    "rank": ("rank(ledger, member)", (2,), _rank),
    "top": ("top(ledger, 10)", (2,), _top),
    "board": ("board(ledger, 10)", (2,), _board),
    "members": ('members("role")', (0, 1), _members),
    "names": ("names(members)", (1,), _names),
    "pick": ("pick(list, 3)", (2,), _pick),
    "chance": ("chance(10%)", (1,), _chance),
}
