"""Literals that a regular expression needs: every match contains one of its factors.

A scan for many literals at once finds the few patterns worth trying; the regular expression engine then confirms. So
factors may only ever be too few: a text without any of them must not match. Of a sequence the best part is used (the
one whose shortest literal is longest), of alternatives the union, of optional items nothing.

The pattern is read by a small separate parser. Only RE2 knows RE2's dialect exactly, so anything this parser doesn't
know for certain (a flag group, a named class, an octal escape) makes it give up on the pattern, and dots, repetitions
and all but the smallest classes count as anything at all. If case is ignored, only ASCII letters and caseless
characters count: the folded view is known to unify their variants.
"""

from __future__ import annotations

import re

from groundrules.errors import GroundrulesError

MOST = 64
"""A pattern with more alternatives than this is not worth the look-ups."""

FEW = 8
"""A class of up to so many characters, each written out, counts as alternatives."""

Factors = frozenset[str]

_REPEAT = re.compile(r"[*+?]\??|\{\d+(?:,\d*)?\}\??")
_LITERALS = re.compile(r"[^\\()\[\]{}*+?.|^$]+(?![*+?{])")
_GROUP = re.compile(r"\((?:\?:|\?P?<\w+>|(?!\?))")
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\\[]|\[(?!:)|\\.)*\]")
_PUNCTUATION = re.compile(r"\\[!-/:-@\[-`{-~]")
_ANY = re.compile(r"\\[dDwWsS]|\.")
_ZERO_WIDTH = re.compile(r"\\[bBAz]|[\^$]")
_CONTROLS = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\f": "\f", "\\v": "\v", "\\a": "\a"}


class _GiveUpError(GroundrulesError):
    """Here is something that this parser does not know for certain."""


def factors(pattern: str, flags: str = "") -> Factors | None:
    """Return literals one of which is in every text that the pattern matches; None if none are known.

    With flag `i`, in some case.
    """
    try:
        whole = _Parser(pattern, "i" in flags).whole()
    except (_GiveUpError, RecursionError):
        return None
    return whole if whole and len(whole) <= MOST else None


class _Parser:
    """Recursive descent over alternatives, sequences and repeated items."""

    def __init__(self, pattern: str, caseless: bool) -> None:
        self._pattern = pattern
        self._caseless = caseless
        self._at = 0

    def whole(self) -> Factors | None:
        factors = self._alternatives()
        if self._at < len(self._pattern):
            raise _GiveUpError
        return factors

    def _alternatives(self) -> Factors | None:
        """Alternatives up to a closing bracket or the end."""
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        known = [branch for branch in branches if branch is not None]
        return frozenset().union(*known) if len(known) == len(branches) <= MOST else None

    def _sequence(self) -> Factors | None:
        best: Factors | None = None
        run = ""
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            if not self._caseless and (literal := self._match(_LITERALS)):
                run += literal
                continue
            if self._match(_ZERO_WIDTH):
                best, run = _better(best, run), ""
                continue
            item = self._item()
            least = self._repetition()
            if isinstance(item, str) and least is None:
                run += item
                continue
            best, run = _better(best, run), ""
            if least != 0:
                best = _best(best, _as_factors(item) if isinstance(item, str) else item)
        return _better(best, run)

    def _item(self) -> str | Factors | None:
        """A literal character, the factors of a group, or None for anything."""
        if self._match(_GROUP):
            inner = self._alternatives()
            if not self._take(")"):
                raise _GiveUpError
            return inner
        if named := self._match(_CLASS):
            if "[:" in named[1:] or "\\p" in named or "\\P" in named:
                raise _GiveUpError
            return self._few(named)
        if self._match(_ANY):
            return None
        return self._literal()

    def _few(self, named: str) -> Factors | None:
        """Return the characters of a class that lists a few; None for any other."""
        listed = named[1:-1]
        few = len(listed) <= FEW and not any(char in "\\^-[]" or not _plain(char) for char in listed)
        return frozenset(listed) if few and not self._caseless else None

    def _literal(self) -> str | None:
        char = self._pattern[self._at]
        if char == "\\":
            escaped = self._match(_PUNCTUATION)
            char = escaped[1] if escaped else _CONTROLS.get(self._pattern[self._at : self._at + 2], "")
            if not char:
                raise _GiveUpError
            self._at += 0 if escaped else 2
        elif char in "([*+?":
            raise _GiveUpError
        else:
            self._at += 1
        return char if not self._caseless or _plain(char) else None

    def _repetition(self) -> int | None:
        """Return how often at least the item before must occur, 1 for any number above; None if just once."""
        match = self._match(_REPEAT)
        if not match:
            return None
        if self._match(_REPEAT):
            raise _GiveUpError
        return 0 if match[0] in "*?" or re.match(r"\{0+[,}]", match) else 1

    def _match(self, what: re.Pattern[str]) -> str:
        match = what.match(self._pattern, self._at)
        if not match:
            return ""
        self._at = match.end()
        return match[0]

    def _take(self, char: str) -> bool:
        taken = self._pattern.startswith(char, self._at)
        self._at += taken
        return taken


def _plain(char: str) -> bool:
    return char.isascii() or char.lower() == char.upper() == char.casefold() == char.title()


def _as_factors(text: str) -> Factors | None:
    return frozenset([text]) if text else None


def _better(best: Factors | None, run: str) -> Factors | None:
    return _best(best, _as_factors(run))


def _best(first: Factors | None, other: Factors | None) -> Factors | None:
    if first is None or other is None:
        return first if other is None else other
    return other if _worth(other) > _worth(first) else first


def _worth(factors: Factors) -> tuple[int, int]:
    return min(len(factor.encode("utf-8", "replace")) for factor in factors), -len(factors)
