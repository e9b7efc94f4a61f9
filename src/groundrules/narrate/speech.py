"""Words for people: forms with holes, kept as data, in every language that has files.

`words/DOMAIN.LANG.toml` holds the forms of one domain (`explain`, `handbook`, …) in one language; `common` has what
every domain may say. Another language is just more files. They are read on first use. What will be said later, in any
language, is a `Phrase`: its form, and the values of the holes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from groundrules.calendar.zones import in_zone
from groundrules.time_units import DAY, HOUR, MINUTE, SECOND

FOLDER = Path(__file__).parent / "words"
_UNITS = {"day": DAY, "hour": HOUR, "minute": MINUTE, "second": SECOND, "millisecond": 1}


@cache
def languages() -> tuple[str, ...]:
    """The languages with wordings."""
    return tuple(sorted(file.name.split(".")[1] for file in FOLDER.glob("common.*.toml")))


def language_of(lang: str) -> str:
    """The language nearest to a tag such as zh-CN, or a locale such as zh_CN.UTF-8; else English."""
    primary = re.split("[-_.]", lang.lower())[0]
    return primary if primary in languages() else "en"


@cache
def words(domain: str, lang: str, folder: Path | None = None) -> Mapping[str, Any]:
    """The forms of a domain and the common ones; those under `[table]` are called `table.name`."""
    read = tomllib.loads(((folder or FOLDER) / f"{domain}.{lang}.toml").read_text(encoding="utf-8"))
    common = {} if domain == "common" else words("common", lang)
    return {**common, **dict(_flat(read))}


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


@dataclass(frozen=True)
class Phrase:
    """Something to say: a form, and the values of its holes."""

    form: str
    parts: tuple[object, ...] = ()


def phrase(form: str, *parts: object) -> Phrase:
    return Phrase(form, parts)


class Speech:
    """Says the forms of one domain in the language nearest to `lang`, with times in `zone`."""

    def __init__(self, domain: str, lang: str, zone: str = "UTC", folder: Path | None = None) -> None:
        self.lang = language_of(lang)
        self._words = words(domain, self.lang, folder)
        self._zone = ZoneInfo(zone)

    def __call__(self, form: str, /, *parts: object, **values: object) -> str:
        text: str = self._words[form]
        return text.format(*parts, **values)

    def knows(self, form: str) -> bool:
        return form in self._words

    def entries(self, form: str) -> Sequence[Any]:
        """A form that is a list."""
        entries: Sequence[Any] = self._words[form]
        return entries

    def phrase(self, phrase: Phrase) -> str:
        return self(phrase.form, *phrase.parts)

    def join(self, texts: Iterable[str], by: str = "list") -> str:
        """Texts joined as a language joins them; empty ones are left out."""
        return self(by).join(filter(None, texts))

    def names(self, names: Iterable[str]) -> str:
        """Names in backticks."""
        return self.join(f"`{name}`" for name in names)

    def aside(self, text: str) -> str:
        """A text in brackets, to follow another; nothing for no text."""
        return text and self("aside", text=text)

    def length(self, milliseconds: int) -> str:
        """A length of time as people say it: `1 hour 30 minutes`, `1 小时 30 分钟`."""
        parts = []
        for unit, size in _UNITS.items():
            count, milliseconds = divmod(milliseconds, size)
            if count:
                parts.append(self(f"length.{'one_' * (count == 1)}{unit}", count=count))
        return " ".join(parts) or self("length.second", count=0)

    def local(self, at: str) -> datetime:
        """An instant as the community's clock shows it."""
        return in_zone(datetime.fromisoformat(at), self._zone)

    def time(self, at: str | None) -> str:
        """An instant as `2026-03-02 09:06:00`, with milliseconds if it has any."""
        if not at:
            return ""
        moment = self.local(at)
        return f"{moment:%Y-%m-%d %H:%M:%S}" + (f".{moment.microsecond // 1000:03}" if moment.microsecond else "")


@cache
def speech(domain: str, lang: str) -> Speech:
    """Return the speech of a domain without times."""
    return Speech(domain, lang)


def length_in_words(milliseconds: int, lang: str) -> str:
    """Return a length of time in words."""
    return speech("common", lang).length(milliseconds)
