"""Rows in pieces, for engines where every write is a message: a list that grows and is rewritten now and then.

Each step appends what it changed. Outdated rows stay until they are as large as the current ones, so that overall each
byte is written at most twice, and a reader reads at most twice the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from groundrules.cluster.step import Key

PIECE = 1 << 18
"""Bytes of rows after which a piece ends; a larger row gets its own piece."""

SLACK = 1 << 16
"""Bytes that may be appended before everything is rewritten, however small the rows are."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[str, str, bytes | None]]).decode


def packed(rows: Mapping[Key, bytes | None]) -> Iterator[bytes]:
    """Yield rows as pieces; None is a deleted row."""
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
    """Return the current rows from pieces in the order they were written. Raises ValueError for others."""
    rows: dict[Key, bytes] = {}
    for piece in pieces:
        for space, key, row in _decode(piece):
            if row is None:
                rows.pop((space, key), None)
            else:
                rows[space, key] = row
    return rows


def outgrown(whole: int, appended: int) -> bool:
    """Whether to rewrite rows that took `whole` bytes last time and `appended` ones since."""
    return appended > max(whole, SLACK)
