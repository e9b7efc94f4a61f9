"""Hand-made plans for tests of the runtime, and short ways to write events."""

from __future__ import annotations

from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.plan import ir
from groundrules.types.catalog import shipped_catalog

START = 1_767_571_200_000  # 2026-01-05T00:00:00Z, a Monday
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000

TRUE = ir.Const(value=True)
ACTOR = ir.Field(root="event", path=("actor",), kind="entity", optional=True)
CHANNEL = ir.Field(root="event", path=("channel",), kind="entity", optional=True)
MESSAGE_ID = ir.Field(root="event", path=("id",), kind="text")
TEXT = ir.Field(root="event", path=("text",), kind="text")
SUBJECT = ir.Field(root="subject", path=(), kind="entity")
START_ACTOR = ir.Field(root="start", path=("actor",), kind="entity", optional=True)

ACTIONS = (
    ir.ActionSpec(name="ban", target="member", supersedes=("kick", "mute", "warn"), opposes={"unban": "ban"}),
    ir.ActionSpec(name="delete", target="member", merge={"events": "union"}),
    ir.ActionSpec(name="kick", target="member", supersedes=("mute",)),
    ir.ActionSpec(name="mute", target="member", merge={"duration": "max"}, supersedes=("warn",)),
    ir.ActionSpec(name="notify"),
    ir.ActionSpec(name="reply", target="message"),
    ir.ActionSpec(name="request_approval"),
    ir.ActionSpec(name="unmute", target="member", opposes={"mute": "mute"}),
    ir.ActionSpec(name="warn", target="member"),
)
TYPES = (
    *("message", "message.deleted", "member.joined", "member.left", "reaction.added", "reaction.removed"),
    *("approval.given", "approval.refused", "appeal.opened", "appeal.granted", "label.set", "label.removed"),
    *("task.assigned", "task.updated", "task.completed", "action.result", "list.changed", "roster", "tick"),
)


def const(value: Any) -> ir.Const:
    return ir.Const(value=value)


def says(text: str) -> ir.Compare:
    """The guard `text == …`."""
    return ir.Compare(operator="==", left=TEXT, right=const(text))


def act(do: str, who: Any = ACTOR, **parameters: Any) -> ir.Act:
    wrapped = {
        name: value if isinstance(value, ir.Expr | ir.Template) else const(value) for name, value in parameters.items()
    }
    return ir.Act(do=do, who=who, parameters=wrapped)


def delta(ledger: str, amount: Any, who: Any = ACTOR, cap: str | None = None) -> ir.Delta:
    takes = isinstance(amount, int) and amount < 0
    value = amount if isinstance(amount, ir.Expr) else const(amount)
    return ir.Delta(ledger=ledger, who=who, amount=value, cap=cap, takes=takes)


def rule(id: str, *effects: Any, on: Any = "message", when: Any = TRUE, **more: Any) -> ir.Rule:
    trigger = ir.OnEvent(types=(on,)) if isinstance(on, str) else on
    return ir.Rule(id=id, trigger=trigger, when=when, effects=tuple(effects), **more)


def plan(*rules: ir.Rule, **cells: Any) -> ir.Plan:
    """A plan with cells given by field name; everything is sorted as lowering sorts it."""
    schemas = {name: shipped_catalog().schemas[name] for name in TYPES}
    ordered = {
        name: tuple(sorted(value, key=lambda one: one.id)) if isinstance(value, list) else value
        for name, value in cells.items()
    }
    found = tuple(sorted(rules, key=lambda one: one.id))
    return ir.Plan(rulebook="test", events=schemas, actions=ACTIONS, rules=found, **ordered)


class Story:
    """Makes events of one community, each with its own id; `at` counts ms from the start."""

    def __init__(self) -> None:
        self.count = 0

    def event(self, at: int, type: str, by: str | None = "li", id: str | None = None, **fields: Any) -> dict[str, Any]:
        self.count += 1
        event: dict[str, Any] = {"id": id or f"e{self.count}", "type": type, "time": format_ms(START + at)}
        event |= {"community": {"id": "c"}, "channel": {"id": "room"}}
        if by is not None:
            event["actor"] = {"id": by}
        return event | fields

    def message(self, at: int, text: str = "", by: str = "li", **more: Any) -> dict[str, Any]:
        return self.event(at, "message", by, text=text, **more)

    def tick(self, at: int) -> dict[str, Any]:
        return self.event(at, "tick", None)
