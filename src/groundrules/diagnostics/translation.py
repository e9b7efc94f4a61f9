"""Findings and refusals in other languages than English.

What a finding says is written in English where it is found, and read in another language by its form: `words/LANG.toml`
has the forms of findings with holes on both sides, `words/refusals.LANG.toml` those of what is refused elsewhere, and
`words/pages/LANG/` the pages of codes. So nothing that finds something knows of languages, and what has no form is told
in English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

FOLDER = Path(__file__).parent / "words"
_HOLE = "{}"
_JOINTS = ((" and ", " 和 "), (" or ", " 或 "), (", ", "、"))
_FENCE = re.compile(r"^(```(?:yaml|json)\n)(.*?)^```$", re.M | re.S)

Section = Literal["said", "mends", "refused", "usage", "values"]
_ALSO: Mapping[str, Sequence[str]] = {
    "said": ("said", "mends"),
    "mends": ("mends", "said"),
    "refused": ("refused", "said", "mends"),
}
"""Where forms are looked for besides: a refusal may say what a finding says, and a message end in its mend."""


class Form(NamedTuple):
    """What is said in English, cut at its holes, and the same in another language."""

    pieces: tuple[str, ...]
    other: str

    def holes(self, text: str) -> list[tuple[str, bool]] | None:
        """What stands in the holes of a text of this form, and whether it is quoted; None if it has another form.

        Each piece is looked for from where the one before it ended, so the time is linear, whatever a name holds.
        """
        first, *middle, last = self.pieces if len(self.pieces) > 1 else (*self.pieces, "")
        if not middle and len(self.pieces) == 1:
            return [] if text == first else None
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last):
            return None
        held, at, before = [], len(first), first
        for piece in [*middle, None]:
            is_quoted = before.endswith("`")  # a name may be empty, what a sentence says of it is not
            place = end if piece is None else text.find(piece, at + (not is_quoted), end)
            if place < at + (not is_quoted):
                return None
            held.append((text[at:place], is_quoted))
            at, before = place + len(piece or ""), piece or ""
        return held


@cache
def _file(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The words of a language; those of English if there are none."""
    files = [FOLDER / f"{lang}.toml", FOLDER / f"refusals.{lang}.toml"]
    existing = [file for file in files if file.exists()] or [FOLDER / "en.toml"]
    tables: dict[str, dict[str, str]] = {}
    for file in existing:
        for name, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
            tables.setdefault(name, {}).update(table)
    return tables


def word(name: str, lang: str, **values: object) -> str:
    """A word that stands around findings."""
    return _file(lang)["words"][name].format(**values)


def counted(name: str, lang: str, count: int, **values: object) -> str:
    """A word with its number, in the form for one where the language has it."""
    singular = {"count": "one"}.get(name.partition("_")[0], "")
    key = name.replace("count_", "one_") if singular else name
    words = _file(lang)["words"]
    return words[key if count == 1 and key in words else name].format(count=count, **values)


def translated(text: str, lang: str) -> str:
    """A message in a language; several that were joined are looked for one by one, here and below."""
    return _joined(text, lang, "said")


def mended(text: str, lang: str) -> str:
    """A help line in a language."""
    return _joined(text, lang, "mends")


def refused(text: str, lang: str) -> str:
    """Why something other than a rulebook is refused: an event, a plan, a store, a revision."""
    return _joined(text, lang, "refused")


def usage(text: str, lang: str) -> str:
    """What is wrong with the arguments of a command, as the library that reads them says it."""
    return _translated(text, lang, "usage")


def titled(code: str, title: str, lang: str) -> str:
    """What a code is about, in a language."""
    return _file(lang).get("titles", {}).get(code, title)


def page(code: str, english: str, lang: str) -> str:
    """The page of a code in a language; an example that the other language leaves empty is that of the English page."""
    other = pages(lang).get(code)
    if other is None:
        return english
    examples = (example for _, example in _FENCE.findall(english))
    return _FENCE.sub(lambda fence: fence[1] + _either(fence[2], next(examples)) + "```", other)


def _either(given: str, example: str) -> str:
    return given or example


@cache
def pages(lang: str) -> Mapping[str, str]:
    """The pages of codes in a language: one Markdown file a range, one heading a code."""
    texts = {}
    for file in sorted((FOLDER / "pages" / lang).glob("*.md")):
        for part in re.split(r"^## ", file.read_text(encoding="utf-8"), flags=re.M)[1:]:
            code, _, text = part.partition("\n")
            texts[code.strip()] = text.strip() + "\n"
    return texts


def knows(text: str, lang: str, section: Section = "said") -> bool:
    """Whether there is a form for a message."""
    return _form(text, lang, section) is not None


def _joined(text: str, lang: str, section: Section) -> str:
    parts = text.split("; ")
    whole = _form(text, lang, section)
    is_one = whole is not None and any("; " in piece for piece in whole[0].pieces)
    if len(parts) > 1 and not is_one and all(_form(part, lang, section) for part in parts):
        return word("joint", lang).join(_translated(part, lang, section) for part in parts)
    return _translated(text, lang, section)


def _translated(text: str, lang: str, section: Section) -> str:
    form_and_holes = _form(text, lang, section)
    return text if form_and_holes is None else _filled(*form_and_holes, lang)


def _filled(form: Form, holes: Sequence[tuple[str, bool]], lang: str) -> str:
    return form.other.format(*(held if is_quoted else _value(held, lang) for held, is_quoted in holes))


def _form(text: str, lang: str, section: Section) -> tuple[Form, Sequence[tuple[str, bool]]] | None:
    for form in _forms(lang, section):
        holes = form.holes(text)
        if holes is not None:
            return form, holes
    return None


@cache
def _forms(lang: str, section: Section) -> list[Form]:
    """The forms of a language, those that say most themselves first."""
    rows: dict[str, str] = {}
    for name in _ALSO.get(section, (section,)):
        rows = {**_file(lang).get(name, {}), **rows}
    ordered = sorted(rows.items(), key=lambda row: -len(row[0].replace(_HOLE, "")))
    return [Form(tuple(english.split(_HOLE)), other) for english, other in ordered]


def _value(value: str, lang: str) -> str:
    """What stands in a hole: a kind of thing has its word or form, a name stays as it is."""
    form_and_holes = _form(value, lang, "values")
    if form_and_holes is not None:
        return _filled(*form_and_holes, lang)
    quote = value[:1]
    if quote in ("`", "'") and value.endswith(quote):
        for english, other in _JOINTS if lang == "zh" else ():
            value = value.replace(quote + english + quote, quote + other + quote)
    return value
