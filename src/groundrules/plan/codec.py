"""Plans as bytes, and the digest that names what a plan means.

A plan file is a header and a body: the magic, the format version (two bytes, big-endian), the SHA-256 of the body,
and the body, which is MessagePack with every map sorted. Equal plans give equal bytes.

The digest is narrower than the bytes: it leaves out where things were written (`src` and `Plan.sources`), so that
moving files, comments and layout about changes no digest, and it leaves out fields that hold their defaults, so that a
later version that adds a field gives old plans the digest they had.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import msgspec

from groundrules.plan import ir

MAGIC = b"GRPLAN"
_VERSION_AT = len(MAGIC)
_HASH_AT = _VERSION_AT + 2
_BODY_AT = _HASH_AT + hashlib.sha256().digest_size
_LOCATIONS = frozenset({"src", "sources"})

_encoder = msgspec.msgpack.Encoder(order="deterministic")


@cache
def _decoder() -> msgspec.msgpack.Decoder[ir.Plan]:
    return msgspec.msgpack.Decoder(ir.Plan)


class PlanError(Exception):
    """Bytes that are no usable plan. `code` is a code of the table of diagnostics (GR8xx)."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.help = help


def encode(plan: ir.Plan) -> bytes:
    """Return the plan as the bytes of a plan file."""
    body = _encoder.encode(plan)
    return MAGIC + ir.FORMAT_VERSION.to_bytes(2, "big") + hashlib.sha256(body).digest() + body


def decode(data: bytes) -> ir.Plan:
    """Return the plan that `data` holds; raise PlanError if it is foreign, newer or damaged."""
    if data[:_VERSION_AT] != MAGIC:
        raise PlanError("GR801", "this is not a plan file", "compile the rulebook with `groundrules compile`")
    version = int.from_bytes(data[_VERSION_AT:_HASH_AT], "big")
    if version != ir.FORMAT_VERSION and len(data) >= _HASH_AT:
        raise PlanError(
            "GR802",
            f"this plan has format {version}, and this version of groundrules reads format {ir.FORMAT_VERSION}",
            "compile the rulebook again with this version, or install the version that made the plan",
        )
    body = data[_BODY_AT:]
    if hashlib.sha256(body).digest() != data[_HASH_AT:_BODY_AT]:
        raise PlanError("GR803", "this plan file is damaged: its content does not match its hash", "compile it again")
    try:
        return _decoder().decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise PlanError("GR803", f"this plan file is damaged: {error}", "compile it again") from error


def digest(plan: ir.Plan) -> str:
    """Return `sha256:…`, the name of what the plan means; it does not depend on places in files."""
    return "sha256:" + hashlib.sha256(_encoder.encode(_meaning(plan))).hexdigest()


def definition_hash(value: Any, size: int = 12) -> str:
    """Return the hex of a hash of any part of a plan, places left out; `size` in bytes."""
    return hashlib.blake2b(_encoder.encode(_meaning(value)), digest_size=size).hexdigest()


@cache
def _slots(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Return (name, default) of the fields that bear meaning."""
    found = msgspec.structs.fields(kind)
    return tuple((slot.name, _default(slot)) for slot in found if slot.name not in _LOCATIONS)


def _default(slot: msgspec.structs.FieldInfo) -> Any:
    if slot.default_factory is not msgspec.NODEFAULT:
        return slot.default_factory()
    return slot.default


def _meaning(value: Any) -> Any:
    """Return `value` as plain data without places and defaults, structures as [class name, field, value, …]."""
    if isinstance(value, msgspec.Struct):
        kind = type(value)
        plain: list[Any] = [kind.__name__]
        for name, default in _slots(kind):
            content = getattr(value, name)
            if content is not default and content != default:
                plain.append(name)
                plain.append(_meaning(content))
        return plain
    if isinstance(value, tuple | list):
        return [_meaning(item) for item in value]
    if isinstance(value, dict):
        return {key: _meaning(item) for key, item in value.items()}
    return value
