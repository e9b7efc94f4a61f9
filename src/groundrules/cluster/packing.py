"""Rows in pieces, for engines to which every write is a message: a list that grows, and is written anew now and then.

Each step appends what it changed. What was written before and holds no longer is carried along until it is as much as
what holds, so that all steps together write each byte twice at most, and a reader reads no more than twice the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from groundrules.cluster.step import Key

PIECE = 1 << 18
"""Bytes of rows after which a piece ends; a row that is larger stands in one of its own."""

SLACK = 1 << 16
"""Bytes that may be appended before anything is written anew, however few the rows are."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[str, str, bytes | None]]).decode


def packed(rows: Mapping[Key, bytes | None]) -> Iterator[bytes]:
    """Yield rows as pieces; None stands for one that was deleted."""
    piece: list[tuple[str, str, bytes | None]] = []
    size = 0
    for (space, key), row in rows.items():
        piece.append((space, key, row))
        size += len(space) + len(key) + len(row or b"")
        if size >= PIECE:
            yield _encode(piece)
            piece, size = [], 0
    if piece:
        yield _encode(piece)


def unpacked(pieces: Iterable[bytes]) -> dict[Key, bytes]:
    """Return the rows that hold, of pieces in the order in which they were written. Raises ValueError for others."""
    rows: dict[Key, bytes] = {}
    for piece in pieces:
        for space, key, row in _decode(piece):
            if row is None:
                rows.pop((space, key), None)
            else:
                rows[space, key] = row
    return rows


def outgrown(whole: int, appended: int) -> bool:
    """Whether rows are to be written anew, that took `whole` bytes last time and `appended` ones since."""
    return appended > max(whole, SLACK)
