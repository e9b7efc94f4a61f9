"""The JSON Schema of decisions, generated from their classes: `python -m dev.decision_schema`.

The file `schemas/decision.schema.json` is this module's output; a test keeps it current.
"""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import msgspec

from groundrules import decisions

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def decision_schema() -> dict[str, Any]:
    """Return the schema of one line of the log; descriptions are those of the classes and of their fields."""
    schema = msgspec.json.schema(decisions.Decision)
    for name, part in schema.get("$defs", {}).items():
        _describe(part, getattr(decisions, name))
    _order(schema)
    return {"$schema": DIALECT, "title": "A groundrules decision", **schema}


def _order(part: Any) -> None:
    """Put null last among a value's alternatives; versions of msgspec disagree about it."""
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _order(inner)
    if isinstance(part, dict) and "anyOf" in part:
        part["anyOf"].sort(key=lambda choice: choice == {"type": "null"})


def _describe(part: dict[str, Any], record: type) -> None:
    part["description"] = inspect.cleandoc(record.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    comments = re.findall(r"^ {4}(\w+): .*?  # (.+)$", inspect.getsource(record), re.MULTILINE)
    for name, comment in comments:
        if name in part.get("properties", {}):
            part["properties"][name]["description"] = comment


def main() -> None:
    print(json.dumps(decision_schema(), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
