"""What a document is made of, before anybody decides how it looks. All texts are plain; writers escape them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """`level` 2 is a chapter, 3 a section, 4 a theme."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str


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
    """Something to copy, as it stands."""

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
