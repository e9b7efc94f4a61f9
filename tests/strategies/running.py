"""Running random streams, and comparing the results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from groundrules.decisions import Decision, encode
from groundrules.plan import codec, ir
from groundrules.plan.codec import MAGIC
from strategies.histories import Answer, as_line


def log(decisions: Iterable[Decision]) -> list[str]:
    """Decisions as in the log, without the prose of rejections."""
    return [encode(without_prose(decision)).decode() for decision in decisions]


def without_prose(decision: Decision) -> Decision:
    if decision.rejected is None:
        return decision
    return msgspec.structs.replace(decision, rejected=msgspec.structs.replace(decision.rejected, reason=""))


def from_elsewhere(plan: ir.Plan) -> ir.Plan:
    """The plan as a third party would write it to a file, with its own order of maps, and read back."""
    plain = reordered(msgspec.to_builtins(codec.Packed(codec.digest(plan), plan), builtin_types=(bytes,)))
    body = msgspec.msgpack.encode(plain)
    return codec.decode(MAGIC + ir.FORMAT_VERSION.to_bytes(2, "big") + hashlib.sha256(body).digest() + bytes(32) + body)


def reordered(value: Any) -> Any:
    """Plain data with all maps in reverse order."""
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list | tuple) else value


class Story:
    """The lines of a stream; answers are filled in from the decisions so far, or left out if there are none."""

    def __init__(self, stream: list[Any]) -> None:
        self.stream = stream
        self.requests: list[str] = []
        self.keys: list[str] = []

    def hear(self, decisions: Iterable[Decision]) -> None:
        """Note what was requested."""
        for action in (action for decision in decisions for action in decision.actions):
            self.keys.append(action.key)
            if action.do == "request_approval":
                self.requests.append(action.parameters["request"])

    def __iter__(self) -> Iterator[bytes]:
        for item in self.stream:
            if not isinstance(item, Answer):
                yield as_line(item)
            elif (event := self.filled(item)) is not None:
                yield as_line(event)

    def filled(self, answer: Answer) -> dict[str, Any] | None:
        name, known = ("key", self.keys) if answer.event["type"] == "action.result" else ("request", self.requests)
        return {**answer.event, name: known[-1 - answer.which % len(known)]} if known else None
