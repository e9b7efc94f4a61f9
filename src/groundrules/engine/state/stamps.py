"""Instants as bytes.

A stamp is an instant in ms as six big-endian bytes: stamps compare as bytes the way instants compare as numbers.
Instants before 1970 are written as 1970.
"""

from __future__ import annotations

from functools import cache

SIZE = 6

_LAST = b"\xff" * SIZE


def write(instant: int) -> bytes:
    """Return the stamp of an instant."""
    try:
        return instant.to_bytes(SIZE, "big")
    except OverflowError:
        return bytes(SIZE) if instant < 0 else _LAST


def oldest(now: int, within: int) -> bytes:
    """Return the stamp above which those of the last `within` ms lie; the empty one lies below all."""
    return write(now - within) if within <= now else b""


@cache
def newest(number: int) -> slice:
    """Return the place of the n-th newest stamp in a row of stamps, the newest last."""
    return slice(-SIZE * number, SIZE * (1 - number) or None)


def read(row: bytes) -> int:
    """Return the instant of a stamp."""
    return int.from_bytes(row[:SIZE], "big")
