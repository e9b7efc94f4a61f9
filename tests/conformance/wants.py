"""What a case wants of the decisions of one event, and what is wrong with those it got.

A list wants exactly these actions, over the event's decision and those of its timers and crossings, in their order.
An action is a name (`delete`) or a mapping whose first key is the name with the shorthand parameter (`{mute: 10m, who:
li}`); what is not mentioned is not looked at. Lengths of time may be written `10m`. A list of actions may also give
`or_else`.

A mapping looks closer, at the decision of the event itself unless it says otherwise:

- `actions`: as above; `fired`: rule ids; `keys`: how many different action keys; `exempted`: rule → by whom;
- `unknown`: rule → missing reads; `shadow`: rule → actions (or `{rollout: [actions]}`, `{ledgers: {…}}`);
- `dropped`: action → because; `labels`: list of {kind, subject, detail…}; `notes`: list of kinds, or mappings;
- `ledgers`: ledger → {member: balance after} or {member: [before, after]}; `clamped`: ledger → what clamped it;
  `asked_by`: ledger → {rule: what it asked for}, where several rules did;
- `clauses`: rule → list of clause texts, `!` before those that are false; `reads`: rule → {source text: value};
- `evidence`: rule → list of [start, end, raw text, pattern];
- `rejected`: a code; `duplicate`: true; `late`: true; `at`: the clock;
- `timers`, `crossings`: a list of wants, one for each decision of that kind, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from groundrules.decisions import Action, Clause, Decision
from groundrules.plan import ir
from groundrules.testing.conformance import shorthand


class Judge:
    """Compares decisions with wants, for one plan."""

    def __init__(self, plan: ir.Plan) -> None:
        self.specs = {spec.name: spec for spec in plan.actions}

    def faults(self, want: Any, decisions: list[Decision]) -> list[str]:
        """What is wrong with the decisions of one event; nothing if they are as wanted."""
        if isinstance(want, list):
            got = [action for decision in decisions for action in decision.actions]
            return self.differing("actions", want, got)
        own = next((d for d in decisions if d.trigger not in ("timer", "crossing")), None)
        assert own is not None, "every event is answered by a decision of its own"
        found = self.of_decision({k: v for k, v in want.items() if k not in ("timers", "crossings")}, own)
        for kind in ("timers", "crossings"):
            if kind in want:
                found += self.of_kind(kind, want[kind], [d for d in decisions if f"{d.trigger}s" == kind])
        return found

    def of_kind(self, kind: str, wants: list[Any], got: list[Decision]) -> list[str]:
        if len(wants) != len(got):
            return [f"{kind}: wanted {len(wants)}, got {[show(d) for d in got]}"]
        faults = []
        for want, decision in zip(wants, got, strict=True):
            inner = self.of_decision({"actions": want} if isinstance(want, list) else want, decision)
            faults += [f"{kind}: {fault}" for fault in inner]
        return faults

    def of_decision(self, want: dict[str, Any], decision: Decision) -> list[str]:
        faults = []
        for name, wanted in want.items():
            if name == "actions":
                faults += self.differing("actions", wanted, list(decision.actions))
            elif name == "shadow":
                faults += self.of_shadow(wanted, decision)
            else:
                got = ASPECTS[name](decision, wanted)
                faults += [] if got == wanted else [f"{name}: wanted {wanted}, got {got}"]
        return faults

    def of_shadow(self, wanted: dict[str, Any], decision: Decision) -> list[str]:
        got = {shadow.rule: shadow for shadow in decision.shadow}
        if sorted(got) != sorted(wanted):
            return [f"shadow: wanted {sorted(wanted)}, got {sorted(got)}"]
        faults = []
        for rule, want in wanted.items():
            asked = want if isinstance(want, dict) else {"actions": want}
            if "rollout" in asked:
                faults += [] if got[rule].reason == "rollout" else [f"{rule} is not outside its rollout share"]
            actions = asked.get("actions", asked.get("rollout"))
            if actions is not None:
                faults += self.differing(f"shadow of {rule}", actions, list(got[rule].actions))
            if got[rule].ledgers != asked.get("ledgers", got[rule].ledgers):
                faults.append(f"shadow of {rule}: ledgers {got[rule].ledgers}")
        return faults

    def differing(self, name: str, wanted: list[Any], got: list[Action]) -> list[str]:
        if len(wanted) == len(got) and all(map(self.is_wanted, wanted, got)):
            return []
        return [f"{name}: wanted {wanted}, got {[plain(action) for action in got]}"]

    def is_wanted(self, want: Any, got: Action) -> bool:
        if isinstance(want, str):
            return got.do == want
        (name, shorthand_value), *others = want.items()
        spec = self.specs.get(name, ir.ActionSpec(name=name))
        wanted = dict(others)
        if shorthand_value is not None:
            wanted[spec.shorthand or "?"] = shorthand_value
        if got.do != name or got.who != wanted.pop("who", got.who):
            return False
        if "or_else" in wanted and not all(map(self.is_wanted, wanted.pop("or_else"), got.or_else)):
            return False
        return all(same(got.parameters.get(parameter), value) for parameter, value in wanted.items())


def same(got: Any, want: Any) -> bool:
    """Whether a parameter is as wanted; one text for all languages, a single item and `10m` may be written short."""
    if isinstance(want, str) and isinstance(got, int) and shorthand.LENGTH.fullmatch(want):
        return got == shorthand.milliseconds(want)
    if isinstance(want, str) and isinstance(got, dict):
        return got == {"": want}
    if isinstance(got, list | tuple) and not isinstance(want, list):
        return list(got) == [want]
    return list(got) == want if isinstance(got, tuple) else bool(got == want)


def signed(clause: Clause) -> str:
    return clause.text if clause.outcome else f"!{clause.text}"


def ledgers(decision: Decision, want: Any) -> Any:
    got: dict[str, dict[str, Any]] = {}
    for change in decision.ledgers:
        wanted = want.get(change.ledger, {}).get(change.who)
        pair = [change.before, change.after]
        got.setdefault(change.ledger, {})[change.who] = pair if isinstance(wanted, list) else change.after
    return got


def noted(field: str) -> Callable[[Decision, Any], Any]:
    def read(decision: Decision, want: Any) -> Any:
        got = []
        for index, note in enumerate(getattr(decision, field)):
            wanted = want[index] if index < len(want) else None
            everything = {"kind": note.kind, "subject": note.subject, **note.detail}
            is_mapping = isinstance(wanted, dict)
            got.append({k: v for k, v in everything.items() if k in wanted} if is_mapping else note.kind)
        return got

    return read


ASPECTS: dict[str, Callable[[Decision, Any], Any]] = {
    "fired": lambda d, _: [fired.rule for fired in d.fired],
    "exempted": lambda d, _: {one.rule: list(one.by) for one in d.exempted},
    "unknown": lambda d, _: {one.rule: list(one.missing) for one in d.unknown},
    "dropped": lambda d, _: {one.do: one.because for one in d.dropped},
    "labels": noted("labels"),
    "notes": noted("notes"),
    "ledgers": ledgers,
    "asked_by": lambda d, _: {change.ledger: change.asked_by for change in d.ledgers if change.asked_by},
    "clamped": lambda d, _: {change.ledger: change.clamped for change in d.ledgers if change.clamped},
    "clauses": lambda d, want: {f.rule: [signed(c) for c in f.clauses] for f in d.fired if f.rule in want},
    "reads": lambda d, want: {
        f.rule: {k: v for c in f.clauses for k, v in c.reads.items()} for f in d.fired if f.rule in want
    },
    "evidence": lambda d, want: {
        f.rule: [[e.start, e.end, e.text, e.pattern] for c in f.clauses for e in c.evidence]
        for f in d.fired
        if f.rule in want
    },
    "rejected": lambda d, _: d.rejected and d.rejected.code,
    "duplicate": lambda d, _: d.trigger == "duplicate",
    "late": lambda d, _: d.late,
    "at": lambda d, _: d.at,
    "cause": lambda d, _: d.cause,
    "titles": lambda d, _: {f.rule: f.title for f in d.fired},
    "rules": lambda d, _: [list(action.rules) for action in d.actions],
    "keys": lambda d, _: len({action.key for action in d.actions}),
}


def plain(action: Action) -> Any:
    return msgspec.to_builtins(msgspec.structs.replace(action, key=""))


def show(decision: Decision) -> Any:
    return decision.cause, [action.do for action in decision.actions]
