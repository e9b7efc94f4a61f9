"""Our names for what people call otherwise, in English and Chinese; `synonyms.toml` is the table."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        table: {word.casefold(): name for name, words in names.items() for word in words.split()}
        for table, names in rows.items()
    }


def synonyms(table: str) -> Mapping[str, str]:
    """Return the names of a table by each of their synonyms, in lower case."""
    return _tables()[table]


def synonym(table: str, word: str) -> str | None:
    """Return our name for what somebody called `word`, or None."""
    return synonyms(table).get(word.strip().casefold())
