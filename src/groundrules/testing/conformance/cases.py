"""Cases as they stand in `tests/conformance`.

A case has a `name`, a `rulebook` (YAML text, or a mapping that is completed with a name and `use: [std/chat]`),
`files` beside it (path → text or JSON), and either `events` in short form (`shorthand`), each with what it `want`s
(`wants`), or `codes`: the codes of the errors that the rulebook has. In events, "R1" stands for the id of the first
request for approval, "K1" for the key of the first action that was asked for. `zone` is the offset, in hours, in which
`at: "09:00"` is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundrules.decisions import Decision
from groundrules.plan import ir
from groundrules.reference import Interpreter
from groundrules.resources import shipped
from groundrules.testing.conformance import plainyaml
from groundrules.testing.conformance.shorthand import Writer


@dataclass(frozen=True)
class Case:
    """One case; `topic` is the file it stands in."""

    topic: str
    name: str
    rulebook: str
    files: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    codes: list[str] | None = None
    zone: float = 8

    def write(self, folder: Path) -> None:
        """Write the rulebook and the files beside it."""
        (folder / "rulebook.yaml").write_text(self.rulebook, encoding="utf-8")
        for name, content in self.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str) else as_text(name, content)
            target.write_text(text, encoding="utf-8")

    def lines(self, plan: ir.Plan) -> list[bytes]:
        """The events as lines of JSON, with the ids and keys of what the events before them asked for."""
        writer, interpreter, asked = Writer(self.zone), Interpreter(plan), Asked()
        lines = []
        for event in self.events:
            lines.append(asked.filled(writer.line(event)))
            asked.hear(interpreter.feed(lines[-1]))
        return lines


class Asked:
    """What decisions asked for: `"R1"` stands for the first request for approval, `"K1"` for the first action's key."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {"R": [], "K": []}

    def hear(self, decisions: list[Decision]) -> None:
        for action in (action for decision in decisions for action in decision.actions):
            self.names["K"].append(action.key)
            if action.do == "request_approval":
                self.names["R"].append(action.parameters["request"])

    def filled(self, line: bytes) -> bytes:
        for letter, known in self.names.items():
            for number, name in enumerate(known, 1):
                line = line.replace(f'"{letter}{number}"'.encode(), f'"{name}"'.encode())
        return line


def as_text(name: str, content: Any) -> str:
    return json.dumps(content, ensure_ascii=False) if name.endswith(".json") else plainyaml.dump(content)


def complete(rulebook: Any) -> str:
    """The rulebook as YAML text."""
    if isinstance(rulebook, str):
        return rulebook
    return plainyaml.dump({"rulebook": "case", "use": ["std/chat"], **rulebook})


def read_all() -> Iterator[Case]:
    """Yield all cases of all files, sorted."""
    for path in sorted(shipped("conformance").glob("*.yaml")):
        for raw in plainyaml.load(path):
            unknown = set(raw) - {"name", "rulebook", "files", "events", "codes", "zone"}
            assert not unknown, f"{path.name}: {raw['name']}: unknown keys {unknown}"
            yield Case(path.stem, **{**raw, "rulebook": complete(raw["rulebook"])})
