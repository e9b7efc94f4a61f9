"""What an ASCII text cannot contain, judged by its bare letters: lower case, without separators and white space.

Most lists are Chinese or plain words, so an ASCII text seldom holds anything visible only squeezed or by its sound.
Squeezing and scanning a chat message takes 15 µs, finding out that this is unnecessary takes less than one.

**Squeezed.** Two letters that are adjacent in the squeezed view, spaces aside, are adjacent among the bare letters,
unless one of them may have been written as a digit or symbol (`a` as `4` or `@`). So a literal needs its pairs of other
letters there, and each other letter by itself.

**By sound.** The sound of an ASCII text is its bare letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from groundrules.text.scripts import SEPARATORS

MOST = 16
"""More literals than this are faster to scan for than to rule out one by one."""

_SEPARATORS = bytes(code for code in range(128) if re.match(f"[{SEPARATORS}]", chr(code)))
_DISGUISED = frozenset("aeiost")
_FREQUENT = "etaoinsrhldcumfpgwybvkxjqz"


def bare(folded: str) -> bytes:
    """Return the bare letters of a folded ASCII text."""
    return folded.encode().translate(None, _SEPARATORS)


class Squeezable:
    """Tells which ASCII texts may have one of some ASCII literals in their squeezed view."""

    def __init__(self, literals: Iterable[str]) -> None:
        needed = list(map(_needed, literals))
        known = len(needed) <= MOST and () not in needed
        self._needed = [(parts[0], parts[1:]) for parts in needed] if known else None

    def may_stand_in(self, letters: bytes) -> bool:
        """Whether one of the literals may occur in a text with these bare letters."""
        if self._needed is None:
            return True
        left = [others for rarest, others in self._needed if rarest in letters]
        return any(all(part in letters for part in others) for others in left) if left else False


def _needed(literal: str) -> Sequence[bytes]:
    """Return what must occur among the bare letters, the rarest first."""
    letters = literal.replace(" ", "")
    sure = {char for char in letters if char.isalpha() and char not in _DISGUISED}
    pairs = [first + second for first, second in pairwise(letters) if {first, second} <= sure and first != second]
    alone = sure - set("".join(pairs))
    parts = sorted({*pairs, *alone}, key=lambda part: (len(part), sum(map(_FREQUENT.index, part)), part))
    return tuple(part.encode() for part in reversed(parts))
