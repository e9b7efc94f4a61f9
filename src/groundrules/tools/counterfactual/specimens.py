"""Plain values to put into a made-up event: an item that meets a schema, a text that a function finds."""

from __future__ import annotations

from typing import Any

SHAPES = {
    "emails": "someone{n}@example.org",
    "phones": "1381234567{n}",
    "cards": "4111 1111 1111 1111",
    "china_ids": "11010519491231002X",
    "urls": "https://example.org/{n}",
    "numbers": "{n}",
    "secrets": "AKIAIOSFODNN7EXAMPLE",
}
MOST = 9


def findable(function: str, count: int) -> list[str]:
    """`count` texts that a function which searches texts would find; fewer if it finds one kind of thing only."""
    shape = SHAPES.get(function)
    if shape is None or not 0 < count <= MOST:
        return []
    return list(dict.fromkeys(shape.replace("{n}", str(number)) for number in range(1, count + 1)))


def specimen(schema: dict[str, Any]) -> Any:
    """The plainest value that meets a schema."""
    match schema.get("type"):
        case "object":
            required = schema.get("required") or list(schema.get("properties", {}))[:1]
            return {name: specimen(schema["properties"].get(name, {})) for name in required}
        case "array":
            return []
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    plain = {"uri": "https://example.org/", "domain": "example.org", "date-time": "2026-01-01T00:00:00Z"}
    return schema.get("enum", [plain.get(schema.get("format", ""), "x")])[0]
