"""What a firing asks for.

Targets, parameters and amounts are worked out on the state before the event. An effect whose target is missing is
dropped, and a parameter that is missing is left out; a number that no such action may have, or an amount of less than
1, is noted and asks for nothing. Messages are rendered when everything has settled: a draft then becomes a wish.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from groundrules.decisions import Note
from groundrules.plan import ir
from groundrules.reference.actions import Wish
from groundrules.reference.entries import EntryAsk
from groundrules.reference.later import LaterAsk
from groundrules.reference.ledgers import Ask
from groundrules.reference.scope import Scope
from groundrules.reference.templates import render
from groundrules.reference.values import evaluate


@dataclass(frozen=True)
class LabelAsk:
    """A label to set on somebody or something, or to take off."""

    label: str
    entity: str
    on: str
    lasts: int | None
    remove: bool


@dataclass
class Outcome:
    """What a firing asks for, as plain data; wishes once their messages are rendered."""

    wishes: list[Wish] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    labels: list[LabelAsk] = field(default_factory=list)
    opens: list[str] = field(default_factory=list)
    entries: list[EntryAsk] = field(default_factory=list)
    later: list[LaterAsk] = field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """An action asked for, its messages not rendered yet."""

    act: ir.Act
    who: str | None
    parameters: dict[str, Any]
    rule: str
    or_else: tuple[Draft, ...] = ()

    def finish(self, scope: Scope) -> Wish:
        """Render the messages."""
        texts = {
            name: render(value, scope) for name, value in self.act.parameters.items() if isinstance(value, ir.Template)
        }
        or_else = tuple(other.finish(scope) for other in self.or_else)
        return Wish(self.act.do, self.who, {**self.parameters, **texts}, (self.rule,), or_else)


@dataclass
class Gathered:
    """What one firing asks for; `notes`: what it can't do; `later`: delayed drafts, each with its delay."""

    outcome: Outcome = field(default_factory=Outcome)
    drafts: list[Draft] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    later: list[tuple[Draft, int, bool]] = field(default_factory=list)

    def finish(self, scope: Scope) -> Outcome:
        """Render all messages and return what the firing asks for."""
        later = [LaterAsk(draft.finish(scope), after, extends) for draft, after, extends in self.later]
        return replace(self.outcome, wishes=[draft.finish(scope) for draft in self.drafts], later=later)


def gather(effects: Iterable[ir.AnyEffect], rule: str, scope: Scope) -> Gathered:
    """Evaluate what a firing rule asks for."""
    gathered = Gathered()
    for effect in effects:
        match effect:
            case ir.Act():
                gathered.drafts += draft(effect, rule, scope, gathered.notes)
            case ir.Later():
                after = evaluate(effect.after, scope)
                drafts = [] if after is None else draft(effect.act, rule, scope, gathered.notes)
                gathered.later += [(draft, int(after), effect.extends) for draft in drafts]
            case ir.Delta() | ir.Reset():
                gather_balances(effect, rule, scope, gathered)
            case ir.Label():
                gathered.outcome.labels += [
                    LabelAsk(effect.label, effect.entity, target, effect.lasts, effect.remove)
                    for target in each(evaluate(effect.on, scope))
                ]
            case ir.Enlist():
                entry = evaluate(effect.entry, scope)
                gathered.outcome.entries += [] if entry is None else [EntryAsk(effect.list, entry, effect.remove)]
            case ir.Open():
                gathered.outcome.opens.append(effect.process)
    return gathered


def gather_balances(effect: ir.Delta | ir.Reset, rule: str, scope: Scope, gathered: Gathered) -> None:
    """Evaluate what an effect asks of balances."""
    targets = each(evaluate(effect.who, scope))
    if isinstance(effect, ir.Reset):
        gathered.outcome.asks += [Ask(rule, effect.ledger, target, None) for target in targets]
        return
    amount = evaluate(effect.amount, scope)
    if amount is None:
        return
    meant = -int(amount) if effect.takes else int(amount)
    for target in targets:
        if meant < 1:
            detail = {"rule": rule, "who": target, "amount": meant}
            gathered.notes.append(Note(kind="amount_below_one", subject=effect.ledger, detail=detail))
        else:
            gathered.outcome.asks.append(Ask(rule, effect.ledger, target, int(amount), effect.cap))


def each(who: Any) -> list[Any]:
    """Everybody an effect applies to, each once: nobody, one member, or everybody on a list."""
    return [] if who is None else list(dict.fromkeys(who)) if isinstance(who, list | tuple) else [who]


def draft(act: ir.Act, rule: str, scope: Scope, notes: list[Note]) -> list[Draft]:
    """The actions that an effect asks for, one for each target; none if a parameter of it is out of range."""
    who = None if act.who is None else evaluate(act.who, scope)
    if who is None and act.who is not None:
        return []
    values = {
        name: evaluate(value, scope) for name, value in act.parameters.items() if not isinstance(value, ir.Template)
    }
    known = {name: value for name, value in values.items() if value is not None}
    wrong = [note for name in sorted(known) for note in fitted(act, rule, name, known, scope.plan)]
    notes += wrong
    if wrong:
        return []
    or_else = [
        other for effect in act.or_else if isinstance(effect, ir.Act) for other in draft(effect, rule, scope, notes)
    ]
    if act.who is None:
        return [Draft(act, None, known, rule, tuple(or_else))]
    return [Draft(act, target, known, rule, tuple(or_else)) for target in each(who)]


def fitted(act: ir.Act, rule: str, name: str, known: dict[str, Any], plan: ir.Plan) -> list[Note]:
    """Round a computed number down to an integer; a note if it is outside the action's bounds."""
    bounds: dict[str, tuple[int, int]] = next((spec.bounds for spec in plan.actions if spec.name == act.do), {})
    if name not in bounds or isinstance(act.parameters[name], ir.Const):
        return []
    least, most = bounds[name]
    if not least <= known[name] < most + 1:
        detail = {"rule": rule, "parameter": name, "value": known[name]}
        return [Note(kind="out_of_range", subject=act.do, detail=detail)]
    known[name] = math.floor(known[name])
    return []
