"""What members and moderators type, as commands; the words are data."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from groundrules import confined

PREFIXES = "/!"
"""Full-width forms count too."""
ALONE = frozenset({"accept", "check_in", "points", "rank", "rules", "why", "take_back", "pause", "resume"})
"""Commands without further words: a text that only begins with one of theirs is talk."""
FILE, LARGEST = "commands.toml", 1 << 20
LONGEST = 2_000
"""Characters of a text that may be a command."""


class Spoken(NamedTuple):
    """A command, and the text after its word. Bare, without a prefix: if not understood it is talk."""

    name: str
    rest: str = ""
    bare: bool = False


@cache
def shipped() -> Mapping[str, Sequence[str]]:
    """The words of each command, as shipped."""
    return tomllib.loads((Path(__file__).parent / "commands.toml").read_text(encoding="utf-8"))


def beside(book: object) -> Mapping[str, Sequence[str]]:
    """Return the words in the `commands.toml` next to a rulebook; none if there is no such file.

    Raises ValueError if it can't be read, is not TOML, or has anything but lists of words.
    """
    if not isinstance(book, str | PathLike):
        return {}
    file = confined.home_of(Path(book)) / FILE
    try:
        table = tomllib.loads(confined.read(file, LARGEST).decode("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from error
    for name, words in table.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError(f"{file}: `{name}` must be a list of words")
    return table


class Commands:
    """Finds the command in a text. `words` replace ours, command by command.

    Raises ValueError for an unknown command, or a word that would mean two.
    """

    def __init__(self, words: Mapping[str, Sequence[str]] | None = None) -> None:
        if unknown := sorted(set(words or ()) - set(shipped())):
            raise ValueError(f"there is no command {unknown[0]}; there are {', '.join(shipped())}")
        self.words = {**shipped(), **(words or {})}
        self._known: dict[str, str] = {}
        self._bare: dict[str, str] = {}
        for name, spellings in self.words.items():
            for spelling in spellings:
                self._add(name, spelling)

    def _add(self, name: str, spelling: str) -> None:
        word = _folded(spelling.lstrip("="))
        if not word or len(word.split()) > 1 or self._known.setdefault(word, name) != name:
            raise ValueError(f"`{spelling}` can't be a word of {name}: it is empty, several words, or taken")
        if spelling.startswith("="):
            self._bare[word] = name

    def read(self, text: str) -> Spoken | None:
        """Return the command in a text; None for talk."""
        parts = text.split(None, 1) if len(text) <= LONGEST else []
        if not parts:
            return None
        word, rest = _folded(parts[0]), parts[1].strip() if len(parts) > 1 else ""
        if word[0] in PREFIXES:
            name = self._known.get(word[1:].partition("@")[0])
            return Spoken(name, rest) if name else None
        name = self._bare.get(word)
        return Spoken(name, rest, bare=True) if name and not (rest and name in ALONE) else None

    def shown(self, name: str, lang: str) -> str:
        """Return how a command is typed in a language; the first of its words if none is of that language."""
        words = self.words[name]
        fitting = [word for word in words if (lang == "zh") != word.lstrip("=").isascii()]
        word = next(iter((*fitting, *words)), name)
        return word[1:] if word.startswith("=") else f"/{word}"


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
