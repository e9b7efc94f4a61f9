"""The parts of a document, before any layout. All texts are plain; writers escape them."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Ideographs, kana and their punctuation; Korean has spaces between words.
_CJK = "\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003ffff"
_FOLDED = re.compile(rf"(?<=[{_CJK}]) (?=[{_CJK}“‘])|(?<=[”’]) (?=[{_CJK}])")
_PRIVATE = 0xF0000  # placeholders for quoted text while the rest is folded
_KEPT = re.compile("[“「`]([\U000f0000-\U000ffffd])[”」`]")
_QUOTED = re.compile(r"(“[^“”]*”|「[^「」]*」|`[^`]*`)")


def one_line(text: str) -> str:
    """Return a text in one line: single spaces, and none where a line of Chinese or Japanese was broken.

    What is quoted is to be typed as it stands (`“售后 订单号”`), so its spaces are kept.
    """
    quoted: list[str] = []

    def keep(match: re.Match[str]) -> str:
        quoted.append(match[0])
        return f"{match[0][0]}{chr(_PRIVATE + len(quoted) - 1)}{match[0][-1]}"

    folded = _FOLDED.sub("", _QUOTED.sub(keep, " ".join(text.split())))
    return _KEPT.sub(lambda match: quoted[ord(match[1]) - _PRIVATE], folded) if quoted else folded


@dataclass(frozen=True)
class Heading:
    """`level` 2 is a chapter, 3 a section, 4 a theme."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str


class Exemption(str):
    """A note that names the exceptions of a rule; `tests` says which they are, without a lead."""

    __slots__ = ("tests",)
    tests: str

    @classmethod
    def of(cls, note: str, tests: str) -> Exemption:
        exemption = cls(note)
        exemption.tests = tests
        return exemption


@dataclass(frozen=True)
class Item:
    """An entry: what it is called, what it says, and what the rulebook adds to it, line by line."""

    lead: str
    text: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Items:
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Code:
    """Something to copy literally."""

    text: str
    language: str = "yaml"


Block = Heading | Paragraph | Items | Table | Code


@dataclass(frozen=True)
class Document:
    """`lang` is the language it is written in, `footer` how it came to be."""

    lang: str
    title: str
    blocks: tuple[Block, ...]
    footer: str
