"""The shipped packs under random settings, and random streams for them.

Settings are drawn within their bounds, the extremes often. Events are drawn from the schemas of the plan; their texts
from what the pack's rules compare with, its lists' entries and its tests' texts, so that rules come true. Everything
follows from the seed of a `random.Random`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Decision
from groundrules.diagnostics.model import Report
from groundrules.diagnostics.source import SourceFile, detached
from groundrules.frontend import Book, RulebookError, load
from groundrules.plan import ir
from groundrules.resources import shipped
from groundrules.rulebook.yaml import read_yaml
from groundrules.syntax import nodes
from groundrules.syntax.parse import parse_duration
from groundrules.testing.conformance import plainyaml

POLICIES = shipped("policies")
PACKS = sorted(
    path.name for path in POLICIES.iterdir() if path.is_dir() and path.name not in ("_starter", "chat", "calendar-cn")
)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC")
CHOICES: dict[str, tuple[Any, ...]] = {
    "boolean": (True, False),
    "percent": ("0%", "5%", "30%"),
    "time": ("00:00", "02:30", "09:00", "23:59"),
    "hours": ("00:00-24:00", "23:00-07:00", "02:30-02:31", "09:00-22:00"),
    "role": ("admin", "helper", "管理员"),
    "channel": ("general", "help", "反馈"),
    "text": ("x", "{", "a{{b", "多", "https://a.example/x?y=1#z", " "),
}
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
STARTS = (1_772_413_200_000, 1_774_738_800_000, 1_792_886_400_000, 1_798_758_000_000)  # DST turns, a year's end


# --- settings -----------------------------------------------------------------------------------


def plain(path: Path) -> Any:
    """The content of a YAML file."""
    root = read_yaml(SourceFile(str(path), path.read_text(encoding="utf-8")), Report())
    assert root is not None
    return root.plain()


@cache
def parameters(pack: str) -> dict[str, dict[str, Any]]:
    return dict(plain(POLICIES / pack / "rulebook.yaml").get("parameters", {}))


def setting(chance: random.Random, about: dict[str, Any]) -> Any:
    """A value for a parameter, within its bounds."""
    low, high = about.get("min"), about.get("max")
    if about["type"] == "duration":
        return f"{drawn(chance, milliseconds(low or '1s'), milliseconds(high or '400d'))}ms"
    if about["type"] in ("integer", "number"):
        return drawn(chance, 0 if low is None else low, 1000 if high is None else high)
    return chance.choice(CHOICES[about["type"]])


def drawn(chance: random.Random, low: int, high: int) -> int:
    """A number between two, often an end, rarely far from the lower one."""
    kind = chance.random()
    if kind < 0.2:
        return low
    if kind < 0.3:
        return high
    return min(high, low + int((high - low) ** chance.random()))


@cache
def milliseconds(text: str) -> int:
    return int(cast("nodes.Duration", parse_duration(detached(text)).root).value)


def settings(chance: random.Random, pack: str) -> dict[str, Any]:
    chosen = {name: about for name, about in parameters(pack).items() if chance.random() < 0.5}
    return {name: setting(chance, about) for name, about in chosen.items() if about["type"] not in ("ledger", "list")}


def rulebook(chance: random.Random, folder: Path, packs: Iterable[str]) -> Book:
    """A rulebook that uses packs under random settings, in `folder`; settings that don't go together are left out."""
    drawn_for = {pack: settings(chance, pack) for pack in packs}
    zone = chance.choice(ZONES)
    while True:
        uses: list[Any] = ["std/chat"]
        uses += [{"rulebook": f"std/{pack}", "as": f"my_{pack}", "with": chosen} for pack, chosen in drawn_for.items()]
        head = {"rulebook": "mine", "timezone": zone, "languages": ["zh", "en"], "use": uses}
        (folder / "rulebook.yaml").write_text(plainyaml.dump(head), encoding="utf-8")
        try:
            return load(folder)
        except RulebookError:
            chosen = chance.choice([chosen for chosen in drawn_for.values() if chosen])
            chosen.pop(chance.choice(sorted(chosen)))


# --- what is said -------------------------------------------------------------------------------

ODD = (
    "",
    " ",
    "\0",
    "\ud800",
    "\u202e\u200b",
    "\U0001f469\u200d\U0001f4bb",
    "e\u0301" * 3,
    "ǅ ß İ ı ﬃ",
    "\U0010ffff",
    "a\x1fb\x1dc",
    "%{}{x}",
)
DISGUISES = ("\u200b", " ", ".", "", "\u0336")
MEMBERS = ("li", "wang", "zhao", "王五", "a\x1fb", "robot")
ROOMS = ("general", "help", "反馈", "lounge")
STEPS = (0, 0, 1, SECOND, 5 * SECOND, 20 * SECOND, MINUTE, 5 * MINUTE, HOUR, 9 * HOUR, DAY, 3 * DAY, 8 * DAY, 40 * DAY)
BACK = (-1, -HOUR, -23 * HOUR, -DAY, -DAY - 1)
BROKEN = (
    b"",
    b"{",
    b"[]",
    b"\xff",
    b'{"id": "x", "type": "unheard.of", "time": "2026-03-02T01:00:00Z", "community": {"id": "c"}}',
)


@cache
def said_in_tests(pack: str) -> tuple[str, ...]:
    """The texts of a pack's own tests, and whatever else is there."""
    files = sorted((POLICIES / pack).glob("tests*.yaml"))
    return tuple(sorted({text for file in files for text in texts_of(plain(file)) if len(text) < 600}))


def texts_of(data: Any) -> Iterator[str]:
    """All texts in plain data, except keys."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts_of(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from texts_of(value)


def constants(data: Any) -> Iterator[str]:
    """The texts that a plan's expressions compare with."""
    if isinstance(data, dict):
        if isinstance(data.get("value"), str | list):
            yield from texts_of(data["value"])
        for value in data.values():
            yield from constants(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from constants(value)


def heard(plan: ir.Plan) -> tuple[str, ...]:
    """Event types that rules of a plan read, sorted."""
    return tuple(sorted(set(plan.events) & {*plan.reads, *(window.type for window in plan.windows)}))


@dataclass
class Chatter:
    """Makes events for a plan. Give it the decisions, so that it can respond to what they request."""

    chance: random.Random
    plan: ir.Plan
    said: tuple[str, ...] = ()
    now: int = 0
    number: int = 0
    requests: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = self.chance.choice(STARTS)
        self.types = heard(self.plan)
        self.constants = tuple(sorted(set(constants(msgspec.to_builtins([self.plan.rules, self.plan.windows])))))
        self.words = tuple(item for found in self.plan.lists for item in found.items)

    def hear(self, decisions: Iterable[Decision]) -> None:
        """Note what was requested."""
        for action in (action for decision in decisions for action in decision.actions):
            self.keys.append(action.key)
            if action.do == "request_approval":
                self.requests.append(action.parameters["request"])

    def line(self) -> bytes:
        """The next line of the stream."""
        if self.chance.random() < 0.01:
            return self.chance.choice(BROKEN)
        self.number += 1
        step = self.chance.choice(STEPS[: self.chance.choice((6, 9, len(STEPS)))])
        at = self.now + (step if self.chance.random() < 0.96 else self.chance.choice(BACK))
        self.now = max(self.now, at)
        id = f"e{self.number}" if self.chance.random() < 0.97 or not self.ids else self.chance.choice(self.ids)
        self.ids = [*self.ids[-8:], id]
        return json.dumps(self.event(id, at)).encode()

    def event(self, id: str, at: int) -> dict[str, Any]:
        kind = self.chance.choice([*self.types, *["message"] * (len(self.types) // 2 + 1), *self.plan.events])
        community = "d" if self.chance.random() < 0.15 else "c"
        made = self.object(self.plan.events[kind], 0)
        return {**made, "id": id, "type": kind, "time": format_ms(at), "community": {"id": community}}

    # --- by schema ------------------------------------------------------------------------------

    def object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        required, found = schema.get("required", ()), {}
        for name, inner in schema.get("properties", {}).items():
            if name in required or self.chance.random() < (0.85 if name in ("actor", "channel", "text") else 0.55):
                found[name] = self.value(inner, name, schema.get("entity"), depth + 1)
            elif self.chance.random() < 0.1:
                found[name] = None
        return found

    def value(self, schema: dict[str, Any], name: str, entity: str | None, depth: int) -> Any:
        match schema.get("type"):
            case "object":
                return self.object(schema, depth)
            case "array":
                most = 3 if self.chance.random() < 0.9 else min(schema.get("maxItems", 40), 40)
                return [self.value(schema["items"], name, entity, depth) for _ in range(self.chance.randint(0, most))]
            case "boolean":
                return self.chance.random() < (0.1 if name in ("self", "bot") else 0.5)
            case "integer" | "number":
                return self.amount(schema)
        return self.text(schema, name, entity)

    def amount(self, schema: dict[str, Any]) -> int:
        low, high = schema.get("minimum", -(2**53)), schema.get("maximum", 2**53)
        likely = [low, high, -1, 0, 1, 2, 3, 5, 12, 16, 100, 2**31, *([HOUR, DAY] if "format" in schema else [])]
        return int(self.chance.choice([number for number in likely if low <= number <= high]))

    def text(self, schema: dict[str, Any], name: str, entity: str | None) -> str:
        if "enum" in schema or "const" in schema:
            return str(self.chance.choice(schema.get("enum", [schema.get("const")])))
        match schema.get("format"):
            case "date-time":
                return format_ms(self.now + self.chance.choice((-1, 1)) * self.chance.choice(STEPS))
            case "date":
                return self.chance.choice(["--03-03", "2000-02-29", "lunar:08-15", "lunar:2001-12-30", "--02-29"])
            case "domain":
                return self.chance.choice(
                    ["github.com", "a.example", "bit.ly", "xn--fiqs8s", "?", "例子.中国", *self.words[:3]]
                )
        return self.identifier(name, entity) if "format" not in schema else self.prose(name, schema)

    def identifier(self, name: str, entity: str | None) -> str:
        chance = self.chance
        if name == "id":
            known = {"member": MEMBERS, "channel": ROOMS, "message": tuple(self.ids) or ("e0",)}
            return chance.choice(known.get(entity or "", ("t1", "t2")))
        if name in ("request", "key", "reply_to") and chance.random() < 0.9:
            pool = {"request": self.requests, "key": self.keys, "reply_to": self.ids}[name]
            return chance.choice(pool[-5:] or ["none"])
        if name == "roles":
            return chance.choice(["admin", "owner", "helper", "core", *self.constants])
        return chance.choice([*MEMBERS, *self.constants, "x"])

    def prose(self, name: str, schema: dict[str, Any]) -> str:
        chance = self.chance
        if name == "name" and chance.random() < 0.8:
            return chance.choice([*ROOMS, *self.constants])
        pools = [pool for pool in (self.said, self.words, self.constants, ODD) if pool]
        parts = [chance.choice(chance.choice(pools)) for _ in range(chance.choice((1, 1, 2, 3)))]
        text = chance.choice(("", " ", "，")).join(parts)
        if chance.random() < 0.15:
            text = chance.choice(DISGUISES).join(text)
        return (text * chance.choice((20, 2000)) if chance.random() < 0.01 else text) or "x" * schema.get(
            "minLength", 0
        )
