"""Web addresses in running text: where each begins and ends, and the host it leads to.

| an address | what is one |
|---|---|
| with a scheme | `https://…`, `http:/…`, `https:\\…`, `hxxp://…`, `ftp://…`, the host in any script |
| without | `www.…`, and a host name followed by a path: `t.me/x`, `evil.example:443/x`, `evil[.]example/x` |

An address ends where the text around it begins: at white space, quotes and brackets, marks of Markdown, a comma or
semicolon in front of another address, Chinese punctuation. Where Chinese follows without a space (`http://a.example看`)
the host ends with its last ASCII letter, because no top-level name mixes the two; an ideographic full stop is a dot
inside an address (`http://a。example/x`) and otherwise ends the sentence. In paths the letters of scripts with spaces
count.

`hosts` finds more, for lists of domains: every name in the text, with or without a path, in each possible reading. Both
look at each character a bounded number of times, so they are linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from groundrules.text.domains import BIDI, DOT, normalise
from groundrules.text.fold import folding_into
from groundrules.text.scripts import SEPARATORS, SEPARATORS_BEYOND_ASCII, UNSPACED
from groundrules.text.urls import domain_of_link, in_ascii_width

_HTTP = r"h(?:tt|xx)ps?"
_NEXT = rf"{_HTTP}:[/\\]{{2}}"
_SYMBOLS = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"  # emoji are allowed in hosts
_EDGES = frozenset(
    "_-.\u3002\uff61\u2024\ufe52\xad\u200b\u200c\u200d\u2060\ufe0f\ufeff\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_ASCII = "A-Za-z0-9_-"

_schemes = re.compile(rf"(?:{_HTTP}|(?<![A-Za-z])(?:ftp|wss?)):[/\\]{{1,8}}", re.IGNORECASE)
_glued_scheme = re.compile(rf"{_HTTP}\Z", re.IGNORECASE)
_user = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:%-]*+@){1,4}")
_address_6 = re.compile(r"\[[0-9A-Fa-f:.]{2,45}\]")
_port = re.compile(r":[0-9]{1,5}(?![0-9])")
_before_path = re.compile(r"(?::[0-9]{1,5})?[/\\]")
_full_stop = re.compile("[\u3002\uff61]")
_numeric = re.compile(r"[0-9.]*\.[0-9]+")
_address_4 = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_dot = re.compile(DOT, re.IGNORECASE)
_separators = re.compile(f"[{SEPARATORS}]")
_touched_top = re.compile(rf"{DOT}[A-Za-z]{{2,24}}(?=[{UNSPACED}{_SYMBOLS}])", re.IGNORECASE)


class Address(NamedTuple):
    """Where an address and its host are, and the domain it leads to."""

    start: int
    end: int
    host: tuple[int, int]
    domain: str


class _Alphabet(NamedTuple):
    """The patterns for one kind of text, ASCII or not."""

    names: tuple[re.Pattern[str], ...]
    """Names, first those whose letters touch no others; the first pattern is that of addresses without a scheme."""
    host: re.Pattern[str]
    path: re.Pattern[str]
    top: re.Pattern[str]


def addresses(text: str) -> list[Address]:
    """Return the addresses of a text, from left to right."""
    plain = in_ascii_width(text)
    return list(_Reader(plain).addresses()) if _dot.search(plain) or ":" in plain else []


def links(text: str) -> list[tuple[str, str]]:
    """Return the addresses of a text as written, each with the domain it leads to."""
    return [(text[address.start : address.end], address.domain) for address in addresses(text)]


def hosts(text: str) -> list[tuple[int, int, str]]:
    """Return what may be domain names in a text: `(start, end, normalised)` in order, longer first."""
    if text.isascii() and "." not in text and "%" not in text and "dot" not in text.lower():
        return []
    places = {(start, end, name) for start, end in _readings(text) if (name := normalise(text[start:end]))}
    places |= {(*address.host, address.domain) for address in addresses(text) if normalise(address.domain)}
    return sorted(places, key=lambda name: (name[0], -name[1], name[2]))


class _Reader:
    """Reads the addresses of one text, full-width letters already converted to ASCII."""

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.alphabet = _alphabet(plain.isascii())

    def addresses(self) -> Iterator[Address]:
        end = 0
        for start, scheme_end in sorted([*self._schemes(), *self._names()]):
            if start >= end and (address := self._address(start, scheme_end)):
                end = address.end
                yield address

    def _schemes(self) -> Iterator[tuple[int, int]]:
        return (match.span() for match in _schemes.finditer(self.plain))

    def _names(self) -> Iterator[tuple[int, int]]:
        """Names that make an address without a scheme, each as `(start, start)`."""
        for match in self.alphabet.names[0].finditer(self.plain):
            start, end = _without_edges(self.plain, *match.span())
            if self._is_address(start, end):
                yield start, start

    def _is_address(self, start: int, end: int) -> bool:
        before = self.plain[max(start - 2, 0) : start]
        if before[-1:] == "@" or (before[-1:] in ("/", "\\") and before not in ("//", "\\\\")):
            return False
        if self.plain[start : start + 4].lower() == "www.":
            return True
        end = self._host_end(start, end)
        return bool(_before_path.match(self.plain, end) and self.alphabet.top.search(self.plain[start:end]))

    def _address(self, start: int, scheme_end: int) -> Address | None:
        user = _user.match(self.plain, scheme_end) if scheme_end > start else None
        begins = user.end() if user else scheme_end
        run = _address_6.match(self.plain, begins) or self.alphabet.host.match(self.plain, begins)
        ends = self._host_end(begins, run.end()) if run else begins
        if not run or begins == ends:
            return None
        end = self._end(start, ends) if ends == run.end() else ends
        domain = domain_of_link(self.plain[start:end])
        return Address(start, end, (begins, ends), domain) if domain else None

    def _host_end(self, start: int, end: int) -> int:
        """Return where the host written in `[start, end)` ends, at `end` or before."""
        plain = self.plain
        if plain[end : end + 1] == ":" and plain[end + 1 : end + 3] in ("//", "\\\\"):
            glued = _glued_scheme.search(plain, start, end)
            end = glued.start() if glued else end
        for stop in _full_stop.finditer(plain, start, end):
            if "." in plain[start : stop.start()] and not self._goes_on(stop.end(), end):
                end = stop.start()
                break
        top = _touched_top.search(plain, start, end)
        if top and plain[start : top.start()].lower() != "www":
            end = top.end()
        return _without_edges(plain, start, end)[1]

    def _goes_on(self, start: int, end: int) -> bool:
        """Tell whether an ASCII name and then a port or path follow an ideographic full stop."""
        return start < end and self.plain[start:end].isascii() and self.plain[end : end + 1] in (*"/\\?#:",)

    def _end(self, start: int, host_end: int) -> int:
        port = _port.match(self.plain, host_end)
        end = port.end() if port else host_end
        path = self.alphabet.path.match(self.plain, end)
        return _trimmed(self.plain, start, path.end()) if path else end


def _trimmed(plain: str, start: int, end: int) -> int:
    """Return where an address ends, without the punctuation and marks of the surrounding text."""
    open_left = {")": plain.count("(", start, end) - plain.count(")", start, end)}
    open_left["]"] = plain.count("[", start, end) - plain.count("]", start, end)
    underlined = plain[start - 1 : start] == "_"
    while end > start:
        last = plain[end - 1]
        if open_left.get(last, 0) < 0:
            open_left[last] += 1
        elif last not in ".,;:!?'\"*~" and not (underlined and last == "_"):
            break
        end -= 1
    return end


def _without_edges(plain: str, start: int, end: int) -> tuple[int, int]:
    while start < end and plain[start] in _EDGES:
        start += 1
    while start < end and plain[end - 1] in _EDGES:
        end -= 1
    return start, end


def _readings(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names may be: each run of letters, and each part of one split at an ideographic full stop."""
    for pattern in _alphabet(text.isascii()).names:
        for match in pattern.finditer(text):
            ends = [stop.start() for stop in _full_stop.finditer(text, *match.span())]
            starts = [match.start(), *(end + 1 for end in ends)]
            parts = zip(starts, [*ends, match.end()], strict=True) if ends else ()
            for start, end in (match.span(), *parts):
                start, end = _without_edges(text, start, end)
                if _dot.search(text, start, end) and not _is_number(text[start:end]):
                    yield start, end


def _is_number(name: str) -> bool:
    """Tell numbers from four-byte addresses: `3.14`, `1.2.3`."""
    return _numeric.fullmatch(name) is not None and _address_4.fullmatch(name) is None


@cache
def _alphabet(ascii: bool) -> _Alphabet:
    if ascii:
        return _patterns([f"[{_ASCII}]"], f"[{_ASCII}]")
    letters = f"[^\\x00-,./:-@\\[-^`{{-\\x7f{SEPARATORS_BEYOND_ASCII}{_breaking()}"
    spaced = f"{letters}{UNSPACED}]"
    return _patterns([spaced, f"[{_ASCII}]", f"{letters}]"], f"(?:{letters}]|[{_SYMBOLS}])", f"{spaced[:-1]}{BIDI}]")


def _patterns(letters: list[str], host: str, path: str = "") -> _Alphabet:
    further = rf"\]\(|[,;](?:{_NEXT}|www\.)|(?<![/=:?&#@%+.-]){_NEXT}"
    chars = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"
    joined = "[%\\xad\xc0-\u024f\u0300-\u036f\u1e00-\u1eff\u200b-\u200d\u2060]"  # where Latin letters go on
    return _Alphabet(
        names=tuple(
            re.compile(rf"(?<!{letter})(?<!{joined}){letter}++(?:{DOT}{letter}++)++(?!{joined})", re.IGNORECASE)
            for letter in letters
        ),
        host=re.compile(rf"(?:{host}|%[0-9A-Fa-f]{{2}}|{DOT})++", re.IGNORECASE),
        path=re.compile(rf"[/?#\\](?:(?!{further})(?:{chars}{'|' + path if path else ''}))*+", re.IGNORECASE),
        top=re.compile(rf"{DOT}(?:[A-Za-z]{{2,24}}|xn--[A-Za-z0-9-]{{2,59}}|[^\x00-\x7f]{{2,24}})\Z"),
    )


@cache
def _breaking() -> str:
    """Return what folds into punctuation or white space, as the inside of a character class."""
    return "".join(sorted(folding_into(_separates)))


def _separates(text: str) -> bool:
    return _separators.search(text) is not None
