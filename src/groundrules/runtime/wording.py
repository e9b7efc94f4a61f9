"""How much of people's own words is kept: in recorded events, the log and finished actions.

The hub's `Keep` decides. A text that is not kept is replaced by an empty one, or by its hash, which shows whether texts
are equal and can be compared with a text that somebody presents; short texts can be guessed. What the engine still
needs (the event that started a path, a waiting action) stays complete in its state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from groundrules.decisions import Action, Clause, Decision, Evidence, Fired, Rejection, Shadow, encode
from groundrules.engine.intake.decode import HEADER

What = Literal["texts", "evidence", "hashes"]
"""Of what people write. texts: everything as received; evidence: what rules matched, and where; hashes: of texts and of
evidence."""

PROSE = ("prose", "uri")
_TYPES: dict[Any, Any] = {"object": dict, "array": list, "boolean": bool, "integer": int, "number": (int, float)}
"""JSON types except `string`, and what they are read as."""
_encode = msgspec.json.encode
_deterministic = msgspec.json.Encoder(order="deterministic").encode
_action = msgspec.json.Decoder(Action).decode

Schemas = Mapping[str, Mapping[str, Any]]


def hashed(text: str) -> str:
    """Return the replacement for a text kept as its hash."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}" if text else ""


def nothing(text: str) -> str:
    """Return the replacement for a text that is not kept."""
    return ""


def same(text: str) -> str:
    """Return a text unchanged."""
    return text


class Wording:
    """Removes texts from what is to be kept. texts: what replaces them; evidence: what replaces the matches in them."""

    def __init__(self, texts: Callable[[str], str], evidence: Callable[[str], str]) -> None:
        self._texts = texts
        self._evidence = evidence

    def event(self, line: bytes, schemas: Schemas) -> bytes:
        """Return the line of an event; of one without a schema only the header stays."""
        try:
            event: Any = msgspec.json.decode(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return b"{}"
        type = event.get("type") if isinstance(event, dict) else None
        schema = schemas.get(type) if isinstance(type, str) else None
        if schema is None:
            return _encode(_header(event))
        return _encode(self._object(event, schema))

    def decision(self, decision: Decision) -> bytes:
        """Return the line of a decision."""
        rejected = decision.rejected
        if rejected is not None:
            rejected = Rejection(code=rejected.code, reason="", path=rejected.path, line=rejected.line)
        return encode(
            replace(
                decision,
                actions=tuple(map(self._asked, decision.actions)),
                fired=tuple(
                    Fired(rule=fired.rule, title=fired.title, clauses=self._clauses(fired)) for fired in decision.fired
                ),
                shadow=tuple(map(self._shadow, decision.shadow)),
                rejected=rejected,
            )
        )

    def action(self, body: bytes) -> bytes:
        """Return the body of a finished action."""
        return _deterministic(self._asked(_action(body)))

    # --- parts ----------------------------------------------------------------------------------

    def _object(self, value: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
        known = schema.get("properties", {})
        kept = {name: self._value(inner, known[name]) for name, inner in value.items() if name in known}
        return {name: inner for name, inner in kept.items() if inner is not None}

    def _value(self, value: Any, schema: Mapping[str, Any]) -> Any:
        """Return what is kept of a value; nothing if its type is not the schema's."""
        type = schema.get("type")
        if isinstance(value, str):
            fits = type == "string" and schema.get("format") not in PROSE and value in schema.get("enum", (value,))
            return value if fits else self._texts(value)
        if not isinstance(value, _TYPES.get(type, ())):
            return None
        if isinstance(value, dict):
            return self._object(value, schema)
        if isinstance(value, list):
            kept = (self._value(item, schema.get("items", {})) for item in value)
            return [item for item in kept if item is not None]
        return value

    def _asked(self, action: Action) -> Action:
        """Return an action with its texts reworded: the parameters given by language."""
        parameters = {
            name: self._reworded(value) if isinstance(value, dict) else value
            for name, value in action.parameters.items()
        }
        return replace(action, parameters=parameters, or_else=tuple(map(self._asked, action.or_else)))

    def _reworded(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._texts(value)
        if isinstance(value, dict):
            return {name: self._reworded(inner) for name, inner in value.items()}
        return [self._reworded(item) for item in value] if isinstance(value, list) else value

    def _shadow(self, shadow: Shadow) -> Shadow:
        return replace(shadow, clauses=self._clauses(shadow), actions=tuple(map(self._asked, shadow.actions)))

    def _clauses(self, of: Fired | Shadow) -> tuple[Clause, ...]:
        return tuple(
            replace(clause, reads=self._reworded(clause.reads), evidence=tuple(map(self._masked, clause.evidence)))
            for clause in of.clauses
        )

    def _masked(self, evidence: Evidence) -> Evidence:
        return replace(evidence, text=self._evidence(evidence.text))


def _header(event: Any) -> dict[str, Any]:
    """Return who, where and when of an event that can't be understood."""
    if not isinstance(event, dict):
        return {}
    named = {name: {"id": event[name]["id"]} for name in ("community", "actor", "channel") if _has_id(event.get(name))}
    return {name: event[name] for name in HEADER if _is_text(event.get(name))} | named


def _has_id(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("id"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


WORDINGS: dict[What, Wording | None] = {
    "texts": None,
    "evidence": Wording(nothing, same),
    "hashes": Wording(hashed, hashed),
}
"""The wording for each kind of thing that may be kept; None where everything stays."""

GONE = Wording(nothing, nothing)
"""For texts whose time is over."""
