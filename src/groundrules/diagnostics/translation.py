"""Findings in other languages than English.

What a finding says is written in English where it is found, and read in another language by its form: `words/LANG.toml`
has the forms with holes on both sides. So nothing that finds something knows of languages, and what has no form is told
in English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
_HOLE = "{}"
_JOINTS = ((" and ", "和"), (" or ", "或"), (", ", "、"))


@cache
def _file(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The words of a language; those of English if there are none."""
    file = FOLDER / f"{lang}.toml"
    return tomllib.loads((file if file.exists() else FOLDER / "en.toml").read_text(encoding="utf-8"))


def word(name: str, lang: str, **values: object) -> str:
    """A word that stands around findings."""
    return _file(lang)["words"][name].format(**values)


def counted(name: str, lang: str, count: int, **values: object) -> str:
    """A word with its number, in the form for one where the language has it."""
    singular = {"count": "one"}.get(name.partition("_")[0], "")
    one = name.replace("count_", "one_") if singular else name
    words = _file(lang)["words"]
    return words[one if count == 1 and one in words else name].format(count=count, **values)


def said(text: str, lang: str) -> str:
    """A message in a language."""
    return _translated(text, lang, "said")


def mended(text: str, lang: str) -> str:
    """A help line in a language; several that were joined are looked for one by one."""
    whole = _translated(text, lang, "mends")
    if whole != text or "; " not in text:
        return whole
    return "；".join(_translated(part, lang, "mends") for part in text.split("; ")) if lang == "zh" else text


def titled(code: str, title: str, lang: str) -> str:
    """What a code is about, in a language."""
    return _file(lang).get("titles", {}).get(code, title)


def knows(text: str, lang: str) -> bool:
    """Whether there is a form for a message."""
    return _form(text, lang, "said") is not None


def _translated(text: str, lang: str, section: str) -> str:
    found = _form(text, lang, section)
    if found is None:
        return text
    match, form = found
    values = [(value, text[: match.start(number)]) for number, value in enumerate(match.groups(), 1)]
    return form.format(*(value if before.endswith("`") else _value(value, lang) for value, before in values))


def _form(text: str, lang: str, section: str) -> tuple[re.Match[str], str] | None:
    for pattern, form in _forms(lang, section):
        match = pattern.fullmatch(text)
        if match:
            return match, form
    return None


@cache
def _forms(lang: str, section: str) -> list[tuple[re.Pattern[str], str]]:
    """The forms of a language, those that say most themselves first."""
    forms = _file(lang).get(section, {})
    ordered = sorted(forms.items(), key=lambda row: -len(row[0].replace(_HOLE, "")))
    return [(re.compile("(.+?)".join(map(re.escape, english.split(_HOLE))), re.S), form) for english, form in ordered]


def _value(value: str, lang: str) -> str:
    """What stands in a hole; a name stays as it is, a kind of thing has its word."""
    known = _file(lang).get("values", {})
    if value in known:
        return known[value]
    if value.startswith("`") and value.endswith("`"):
        for english, other in _JOINTS if lang == "zh" else ():
            value = value.replace(f"`{english}`", f"`{other}`")
    return value
