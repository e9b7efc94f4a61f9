"""Plans as bytes, and the digest that names what a plan means.

A plan file is a header and a body: the magic, the format version (two bytes, big-endian), the SHA-256 of the body, the
seal (the HMAC of that hash under the maker's key; zeros without one), and the body, which is MessagePack with every map
sorted: the plan's digest, the plan, and what an engine made of it, which only that engine reads (empty if nothing was
made). Equal plans give equal bytes.

The digest is narrower than the bytes: it leaves out where things were written (`src` and `Plan.sources`) and how
actions are worded, so that changing files, comments, layout or wording changes no digest.
"""

from __future__ import annotations

import gc
import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import replace

from groundrules.errors import GroundrulesError
from groundrules.plan import ir

MAGIC = b"GRPLAN"
LONGEST_MARK = _VERSION_AT = len(MAGIC)
_HASH_AT = _VERSION_AT + 2
_SEAL_AT = _HASH_AT + hashlib.sha256().digest_size
_BODY_AT = _SEAL_AT + hashlib.sha256().digest_size
_UNSEALED = bytes(_BODY_AT - _SEAL_AT)
_MUCH = 100_000  # objects
_MOST_UNSEEN = 30 * _MUCH
_unseen = 0
_PLACE = re.compile(rb',"src":-?[0-9]+')

_encoder = msgspec.msgpack.Encoder(order="deterministic")
_canonical = msgspec.json.Encoder(order="deterministic")


class Packed(msgspec.Struct, frozen=True, array_like=True):
    """What a plan file holds."""

    digest: str
    plan: ir.Plan
    prepared: bytes = b""


@cache
def _decoder() -> msgspec.msgpack.Decoder[Packed]:
    return msgspec.msgpack.Decoder(Packed)


@cache
def _plain_decoder() -> msgspec.msgpack.Decoder[ir.Plan]:
    return msgspec.msgpack.Decoder(ir.Plan)


class PlanError(GroundrulesError):
    """Bytes that are not a usable plan. `code` is a diagnostic code (GR8xx)."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.help = help


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from rescanning everything while only new objects are made.

    New objects are usually kept, so a large number goes to the old generation unscanned; now and then everything is
    collected, for a process that makes and drops one big thing after another.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            _grow_old()
            gc.enable()


def _grow_old() -> None:
    """Move everything to the old generation if much was made; leave a host that has frozen objects alone."""
    global _unseen
    prepared = gc.get_count()[0]
    if prepared < _MUCH or gc.get_freeze_count():
        return
    _unseen += prepared
    if _unseen > _MOST_UNSEEN:
        _unseen = 0
        gc.collect()
    else:
        gc.freeze()
        gc.unfreeze()


def is_plan(data: bytes) -> bool:
    """Tell whether bytes, or the beginning of a file, claim to be a plan."""
    return data[:_VERSION_AT] == MAGIC


def encode(plan: ir.Plan, prepared: bytes = b"", key: bytes | None = None) -> bytes:
    """Return a plan file's bytes for the plan and what an engine made of it, sealed if there is a key."""
    body = _encoder.encode(Packed(digest(plan), plan, prepared))
    named = hashlib.sha256(body).digest()
    return MAGIC + ir.FORMAT_VERSION.to_bytes(2, "big") + named + (_seal(named, key) if key else _UNSEALED) + body


def is_sealed(data: bytes, key: bytes | None) -> bool:
    """Tell whether the holder of a key made these bytes of a plan file."""
    return key is not None and hmac.compare_digest(data[_SEAL_AT:_BODY_AT], _seal(data[_HASH_AT:_SEAL_AT], key))


def _seal(named: bytes, key: bytes) -> bytes:
    return hmac.digest(key, named, "sha256")


def decode(data: bytes) -> ir.Plan:
    """Return the plan that `data` holds; raise PlanError if it is foreign, newer or damaged."""
    return unpack(data).plan


def unpack(data: bytes) -> Packed:
    """Return everything that a plan file holds; raise PlanError if it is foreign, newer or damaged."""
    if not is_plan(data):
        raise PlanError("GR801", "this is not a plan file", "compile the rulebook with `groundrules compile`")
    version = int.from_bytes(data[_VERSION_AT:_HASH_AT], "big")
    if version != ir.FORMAT_VERSION and len(data) >= _HASH_AT:
        raise PlanError(
            "GR802",
            f"this plan has format {version}, and this version of groundrules reads format {ir.FORMAT_VERSION}",
            "compile the rulebook again with this version, or install the version that made the plan",
        )
    body = memoryview(data)[_BODY_AT:]
    if hashlib.sha256(body).digest() != data[_HASH_AT:_SEAL_AT]:
        raise PlanError("GR803", "this plan file is damaged: its content does not match its hash", "compile it again")
    try:
        with no_collection():
            return _decoder().decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanError("GR803", "this plan file is damaged: its plan can't be read", "compile it again") from error


def digest(plan: ir.Plan) -> str:
    """Return `sha256:…`, the name of what the plan means; it does not depend on places in files.

    The plan is hashed as read back from its bytes, where defaults that were written out are omitted.
    """
    bare = replace(plan, sources=(), actions=tuple(map(_unworded, plan.actions)))
    read_back = _plain_decoder().decode(_encoder.encode(bare))
    return "sha256:" + hashlib.sha256(meaning(read_back)).hexdigest()


def _unworded(action: ir.ActionSpec) -> ir.ActionSpec:
    return replace(action, sentence={}, names={}, unsaid=(), repeat="leave")


def definition_hash(value: Any, size: int = 12) -> str:
    """Return a hex hash of any part of a plan, without places; `size` in bytes."""
    return hashlib.blake2b(meaning(value), digest_size=size).hexdigest()


def meaning(value: Any) -> bytes:
    """Return canonical JSON of a part of a plan, without places.

    JSON strings contain no bare quote, so the pattern matches only keys; a structure never begins with `src`.
    """
    return _PLACE.sub(b"", _canonical.encode(value))
