"""Cases as they stand in the files beside this one.

A case has a `name`, a `rulebook` (YAML text, or a mapping that is completed with a name and `use: [std/chat]`),
`files` beside it (path → text or JSON), and either `events` in short form (`shorthand`), each with what it `want`s
(`wants`), or `codes`: the codes of the errors that the rulebook has. `zone` is the offset, in hours, in which `at:
"09:00"` is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import plainyaml
from .shorthand import Writer

HERE = Path(__file__).parent


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

    def lines(self) -> list[bytes]:
        """The events as lines of JSON."""
        writer = Writer(self.zone)
        return [writer.line(event) for event in self.events]


def as_text(name: str, content: Any) -> str:
    return json.dumps(content, ensure_ascii=False) if name.endswith(".json") else plainyaml.dump(content)


def complete(rulebook: Any) -> str:
    """The rulebook as YAML text."""
    if isinstance(rulebook, str):
        return rulebook
    return plainyaml.dump({"rulebook": "case", "use": ["std/chat"], **rulebook})


def read_all() -> Iterator[Case]:
    """Yield all cases of all files, sorted."""
    for path in sorted(HERE.glob("*.yaml")):
        for raw in plainyaml.load(path):
            unknown = set(raw) - {"name", "rulebook", "files", "events", "codes", "zone"}
            assert not unknown, f"{path.name}: {raw['name']}: unknown keys {unknown}"
            yield Case(path.stem, **{**raw, "rulebook": complete(raw["rulebook"])})
