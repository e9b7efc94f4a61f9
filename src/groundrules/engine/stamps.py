"""Instants as bytes.

A stamp is an instant in ms as six big-endian bytes: stamps compare as bytes the way instants compare as numbers. What
lies before 1970 is written as 1970.
"""

from __future__ import annotations

SIZE = 6

_LAST = (1 << 8 * SIZE) - 1


def write(instant: int) -> bytes:
    """Return the stamp of an instant."""
    return min(max(instant, 0), _LAST).to_bytes(SIZE, "big")


def read(row: bytes) -> int:
    """Return the instant of a stamp."""
    return int.from_bytes(row[:SIZE], "big")
