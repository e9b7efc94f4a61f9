"""Snapshots: everything that an engine remembers, as bytes.

A snapshot is a header and a body: the magic, the format version (two bytes, big-endian), the SHA-256 of the body, and
the body, which is MessagePack: the name of the rulebook that made it, how its rows are laid out, and all rows of all
partitions, sorted. The same state gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import plans as codes
from groundrules.engine.program import Program
from groundrules.engine.state.partition import Partition
from groundrules.engine.upkeep import swap
from groundrules.errors import GroundrulesError

MAGIC = b"GRSTATE"
FORMAT_VERSION = 1

_VERSION_AT = len(MAGIC)
_HASH_AT = _VERSION_AT + 2
_BODY_AT = _HASH_AT + hashlib.sha256().digest_size


class Snapshot(msgspec.Struct, array_like=True):
    """What a snapshot holds: space → hash of what its rows mean; (partition, rows) with rows (space, key, row)."""

    rulebook: str
    shapes: dict[str, str]
    partitions: list[tuple[str, list[tuple[str, str, bytes]]]]


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decoder = msgspec.msgpack.Decoder(Snapshot)


class SnapshotError(GroundrulesError):
    """Bytes that are no usable snapshot. `code` is a code of the table of diagnostics (GR8xx)."""

    def __init__(self, code: Code, message: str, help: str) -> None:
        super().__init__(f"{code.code}: {message}")
        self.code = code.code
        self.message = message
        self.help = help


def write(program: Program, partitions: Iterable[Partition]) -> bytes:
    """Return a snapshot of partitions."""
    held = sorted((partition.id, list(partition.rows())) for partition in partitions)
    body = _encode(Snapshot(program.name, swap.shapes(program.plan), held))
    return MAGIC + FORMAT_VERSION.to_bytes(2, "big") + hashlib.sha256(body).digest() + body


def read(data: bytes) -> Snapshot:
    """Return what a snapshot holds; raise SnapshotError if it is foreign, newer or damaged."""
    if data[:_VERSION_AT] != MAGIC:
        raise SnapshotError(codes.SNAPSHOT_FOREIGN, "this is not a snapshot of an engine", "check the path")
    version = int.from_bytes(data[_VERSION_AT:_HASH_AT], "big")
    if version != FORMAT_VERSION:
        message = f"this snapshot has format {version}, and this version reads format {FORMAT_VERSION}"
        raise SnapshotError(codes.SNAPSHOT_NEWER, message, "use the version of groundrules that wrote it")
    body = data[_BODY_AT:]
    if hashlib.sha256(body).digest() != data[_HASH_AT:_BODY_AT]:
        message = "this snapshot is damaged: its content does not match its hash"
        raise SnapshotError(codes.SNAPSHOT_DAMAGED, message, "use an earlier one")
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SnapshotError(
            codes.SNAPSHOT_DAMAGED, "this snapshot is damaged: its content can't be read", "use an earlier one"
        ) from error
