"""Effects: what firing rules ask for, gathered before anything happens.

Gathering evaluates targets, parameters and amounts on the state before the event. An effect whose target is missing is
dropped; a parameter that is missing is left out. Messages are not rendered yet: a `Draft` keeps what they need until
the ledgers have settled, and becomes a `Wish`, plain data that can also wait for approval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from groundrules.decisions import Note
from groundrules.engine.cells.entries import EntryAsk
from groundrules.engine.evaluation.actions import Wish
from groundrules.engine.evaluation.compile import Compiler, Rendering, Value
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir

Types = tuple[str, ...] | None


class Ask(msgspec.Struct, array_like=True):
    """What a rule asks of one balance; `amount` None is a reset.

    `given` is what the settlement left of it, `counted` what its cap counts.
    """

    rule: str
    ledger: str
    who: str
    amount: int | None
    cap: str | None = None
    given: int = 0
    counted: int = 0


class LabelAsk(msgspec.Struct, array_like=True):
    """A label to set on an entity, or to remove from it."""

    label: str
    entity: str
    on: str
    lasts: int | None
    remove: bool


class LaterAsk(msgspec.Struct, array_like=True):
    """An action to be done `after` a time (ms)."""

    wish: Wish
    after: int
    extends: bool


class Outcome(msgspec.Struct, array_like=True):
    """What a rule asks for, as plain data."""

    wishes: list[Wish] = []
    asks: list[Ask] = []
    labels: list[LabelAsk] = []
    opens: list[str] = []
    entries: list[EntryAsk] = []
    later: list[LaterAsk] = []


class ActCode(NamedTuple):
    do: str
    who: Value | None
    values: tuple[tuple[str, Value], ...]
    bounds: Mapping[str, tuple[int, int]]  # the computed parameters
    texts: tuple[tuple[str, Rendering], ...]
    or_else: tuple[ActCode, ...]


class DeltaCode(NamedTuple):
    ledger: str
    who: Value
    amount: Value | None
    cap: str | None
    sign: int = 1


class LabelCode(NamedTuple):
    effect: ir.Label
    on: Value


class OpenCode(NamedTuple):
    process: str


class LaterCode(NamedTuple):
    act: ActCode
    after: Value
    extends: bool


class EnlistCode(NamedTuple):
    effect: ir.Enlist
    entry: Value


EffectCode = LaterCode | EnlistCode | ActCode | DeltaCode | LabelCode | OpenCode


class Draft(NamedTuple):
    """An action asked for, its messages not rendered yet."""

    code: ActCode
    who: str | None
    parameters: dict[str, Any]
    rule: str
    or_else: tuple[Draft, ...]

    def finish(self, e: Any, x: Scope) -> Wish:
        """Render the messages."""
        parameters = self.parameters
        if self.code.texts:
            parameters = parameters | {name: text(e, x) for name, text in self.code.texts}
        or_else = tuple([other.finish(e, x) for other in self.or_else]) if self.or_else else ()
        return Wish(self.code.do, self.who, parameters, (self.rule,), or_else)


class Gathered(NamedTuple):
    """What one firing asks for; `outcome.wishes` is filled when the drafts are finished. `notes`: what it can't do."""

    outcome: Outcome
    drafts: list[Draft]
    notes: list[Note]
    later: list[tuple[Draft, int, bool]]

    def finish(self, e: Any, x: Scope) -> Outcome:
        """Render all messages and return what the firing asks for."""
        self.outcome.wishes.extend([draft.finish(e, x) for draft in self.drafts])
        later = [LaterAsk(draft.finish(e, x), after, extends) for draft, after, extends in self.later]
        self.outcome.later.extend(later)
        return self.outcome


def compile_effects(compiler: Compiler, effects: Iterable[ir.AnyEffect], types: Types) -> tuple[EffectCode, ...]:
    """Compile effects; exemptions are left out, because they only act on guards."""
    return tuple(_compile(compiler, effect, types) for effect in effects if not isinstance(effect, ir.Exempt))


def _compile(compiler: Compiler, effect: ir.AnyEffect, types: Types) -> EffectCode:
    match effect:
        case ir.Act():
            return _compile_act(compiler, effect, types)
        case ir.Delta() | ir.Reset():
            return _compile_delta(compiler, effect, types)
        case ir.Label():
            return LabelCode(effect, compiler.value(effect.on, types))
        case ir.Later():
            act = _compile_act(compiler, effect.act, types)
            return LaterCode(act, compiler.value(effect.after, types), effect.extends)
        case ir.Enlist():
            return EnlistCode(effect, compiler.value(effect.entry, types))
        case ir.Open():
            return OpenCode(effect.process)
    raise TypeError(f"not an effect: {effect!r}")


def _compile_delta(compiler: Compiler, effect: ir.Delta | ir.Reset, types: Types) -> DeltaCode:
    who = compiler.value(effect.who, types)
    if isinstance(effect, ir.Reset):
        return DeltaCode(effect.ledger, who, None, None)
    return DeltaCode(effect.ledger, who, compiler.value(effect.amount, types), effect.cap, -1 if effect.takes else 1)


def _compile_act(compiler: Compiler, act: ir.Act, types: Types) -> ActCode:
    values, texts = [], []
    for name, parameter in sorted(act.parameters.items()):
        if isinstance(parameter, ir.Template):
            texts.append((name, compiler.template(parameter, types)))
        else:
            values.append((name, compiler.value(parameter, types)))
    return ActCode(
        act.do,
        None if act.who is None else compiler.value(act.who, types),
        tuple(values),
        _bounds(compiler, act),
        tuple(texts),
        tuple(_compile_act(compiler, other, types) for other in act.or_else if isinstance(other, ir.Act)),
    )


def _bounds(compiler: Compiler, act: ir.Act) -> Mapping[str, tuple[int, int]]:
    bounds = next((spec.bounds for spec in compiler.plan.actions if spec.name == act.do), {})
    return {name: bound for name, bound in bounds.items() if not isinstance(act.parameters.get(name), ir.Const | None)}


def gather(effects: Sequence[EffectCode], rule: str, e: Any, x: Scope) -> Gathered:
    """Evaluate what a firing rule asks for."""
    gathered = Gathered(Outcome(), [], [], [])
    for effect in effects:
        match effect:
            case ActCode():
                gathered.drafts.extend(_draft(effect, rule, e, x, gathered.notes))
            case DeltaCode():
                _ask(gathered, effect, rule, e, x)
            case LabelCode(label, on):
                gathered.outcome.labels += [
                    LabelAsk(label.label, label.entity, str(bearer), label.lasts, label.remove)
                    for bearer in each(on(e, x))
                ]
            case LaterCode(act, length, extends):
                after = length(e, x)
                drafts = () if after is None else _draft(act, rule, e, x, gathered.notes)
                gathered.later.extend((draft, int(after), extends) for draft in drafts)
            case EnlistCode(enlisting, value):
                entry = value(e, x)
                if entry is not None:
                    gathered.outcome.entries.append(EntryAsk(enlisting.list, entry, enlisting.remove))
            case OpenCode(process):
                gathered.outcome.opens.append(process)
    return gathered


def _draft(code: ActCode, rule: str, e: Any, x: Scope, notes: list[Note]) -> Sequence[Draft]:
    who = None if code.who is None else code.who(e, x)
    if who is None and code.who is not None:
        return ()
    parameters = {name: worth for name, value in code.values if (worth := value(e, x)) is not None}
    if code.bounds and not _within_bounds(code, rule, parameters, notes):
        return ()
    others = code.or_else
    or_else = tuple([draft for other in others for draft in _draft(other, rule, e, x, notes)]) if others else ()
    if code.who is None:
        return (Draft(code, None, parameters, rule, or_else),)
    return tuple([Draft(code, target, parameters, rule, or_else) for target in each(who)])


def each(who: Any) -> Sequence[Any]:
    """Return everybody an effect applies to, each once: nobody, one member, or everybody on a list."""
    return () if who is None else tuple(dict.fromkeys(who)) if isinstance(who, list | tuple) else (who,)


def _within_bounds(code: ActCode, rule: str, parameters: dict[str, Any], notes: list[Note]) -> bool:
    """Round computed numbers down; note those outside the action's bounds."""
    fits = True
    for name, (least, most) in code.bounds.items():
        value = parameters.get(name, least)
        if not least <= value < most + 1:
            detail = {"rule": rule, "parameter": name, "value": value}
            notes.append(Note(kind="out_of_range", subject=code.do, detail=detail))
            fits = False
        elif name in parameters:
            parameters[name] = math.floor(value)
    return fits


def _ask(gathered: Gathered, code: DeltaCode, rule: str, e: Any, x: Scope) -> None:
    value = None if code.amount is None else code.amount(e, x)
    if value is None and code.amount is not None:
        return
    amount = None if value is None else int(value)
    for who in each(code.who(e, x)):
        if amount is not None and code.sign * amount < 1:
            detail = {"rule": rule, "who": who, "amount": code.sign * amount}
            gathered.notes.append(Note(kind="amount_below_one", subject=code.ledger, detail=detail))
        else:
            gathered.outcome.asks.append(Ask(rule, code.ledger, who, amount, code.cap))
