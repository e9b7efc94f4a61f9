"""Writes the tables of `fold` and `squeeze`: `python -m dev.fold_table`, for maintainers.

The tables are committed, so that texts fold alike under every Python; their content comes from the Unicode data of the
Python that ran this module, from OpenCC's single-character table (traditional to simplified, the first of several
choices) and from `lookalikes.tsv`. For each code point one step after another is tried until nothing changes:

1. invisible and merely decorative characters are dropped: zero-width and bidirectional marks, variation selectors, soft
   hyphens, tags, combining accents, tatweel, Arabic and Hebrew vowel points;
2. a look-alike becomes its ASCII letter; so do letters with strokes or hooks, small capitals and enclosed letters;
3. decimal digits of every script and enclosed numbers become ASCII digits, `⑴` and `⒈` without their brackets and dots;
   number words (一, 二, 〇) stay words and Roman numerals become letters;
4. canonical decomposition (Hangul syllables excepted, which `fold` puts together), case folding, compatibility forms;
5. traditional Chinese becomes simplified, letters of Persian and Urdu keyboards become the Arabic ones they look like.

Every target is itself folded, so folding is idempotent. Regional indicators stay as they are: a flag is not a word.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from groundrules.text.fold import hexadecimal_ranges
from groundrules.text.scripts import INVISIBLE

FOLDER = Path(__file__).parent.parent / "src" / "groundrules" / "text"
FORMAT = 2

_INVISIBLE = tuple(hexadecimal_ranges(INVISIBLE))
_ADORNING = tuple(
    hexadecimal_ranges(
        "300-36F 483-489 591-5BD 5BF 5C1-5C2 5C4-5C5 5C7 610-61A 640 64B-65F 670 6D6-6DC 6DF-6E4 6E7-6E8 6EA-6ED "
        "1AB0-1AFF 1DC0-1DFF 20D0-20FF FE20-FE2F"
    )
)
_ENCLOSED = ((0x2460, 0x24FF), (0x2776, 0x2793), (0x3200, 0x33FF), (0x1F100, 0x1F1E5))
_BLANK = {"\x85", "\u1680", "\u2028", "\u2029", "\u2800"}  # looks like a space, but is not a compatibility form of one
_NAMED_LETTER = re.compile(
    r"LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?"
    r"|(?:CROSSED )?NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER ([A-Z])"
)
_BRACKETED = re.compile(r"[(〔](.+)[)〕]|(\w+)[.,]")


@cache
def _members(ranges: tuple[tuple[int, int], ...]) -> frozenset[int]:
    return frozenset(code for first, last in ranges for code in range(first, last + 1))


def _within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return ord(char) in _members(ranges)


_ONE_IN_PRINT = {"ی": "ي", "ى": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه"}
"""Letters of Persian, Urdu and Uighur keyboards that look like Arabic ones."""


@cache
def _lookalikes() -> dict[str, str]:
    lines = (FOLDER / "lookalikes.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("# "))
    return {char: target for target, chars in rows for char in chars}


@cache
def _simplified() -> dict[str, str]:
    """OpenCC's characters; the package is needed only when the tables are generated."""
    file = files("opencc") / "dictionary" / "TSCharacters.txt"
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return {char: choices.split(" ")[0] for char, choices in rows}


def _number(char: str) -> str | None:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    words = "IDEOGRAPH" in unicodedata.name(char, "")  # ㈤ and ㊄ are Chinese words, not digits
    if category != "No" or words or not _within(char, _ENCLOSED):
        return None
    value = unicodedata.numeric(char)
    return str(int(value)) if value.is_integer() else None


def _letter(char: str) -> str | None:
    match = _NAMED_LETTER.fullmatch(unicodedata.name(char, ""))
    return (match[1] or match[2]).lower() if match else None


def _compatible(char: str) -> str:
    text = unicodedata.normalize("NFKC", char)
    if len(text) > 1 and text.startswith(" "):  # a spacing accent
        return text.strip() if text[1] in "\u3099\u309a" else char
    brackets = _BRACKETED.fullmatch(text) if _within(char, _ENCLOSED) else None
    return (brackets[1] or brackets[2]) if brackets else text


def _decomposed(char: str) -> str:
    return char if "\uac00" <= char <= "\ud7a3" else unicodedata.normalize("NFD", char)


def _step(char: str) -> str:
    """One step towards the folded form; `char` itself if already folded."""
    if char.isascii():
        return char.lower()
    if _within(char, _INVISIBLE) or _within(char, _ADORNING):
        return ""
    if char in _BLANK:
        return " "
    return (
        _lookalikes().get(char)
        or _ONE_IN_PRINT.get(char)
        or _number(char)
        or next((text for text in _forms(char) if text != char), None)
        or _letter(char)
        or char
    )


def _forms(char: str) -> Iterator[str]:
    yield _decomposed(char)
    yield char.casefold()
    yield _compatible(char)
    yield _simplified().get(char, char)


@cache
def folded(char: str) -> str:
    """Return the folded form of one code point: none, one or several code points, each folded."""
    text = _step(char)
    return text if text == char else "".join(map(folded, text))


def _assigned() -> Iterator[str]:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if _within(char, _INVISIBLE) or unicodedata.category(char) not in ("Cn", "Cs", "Co"):
            yield char


def ranges(codes: Iterable[int]) -> str:
    """Write code points as `9-D 20 2000-200A`."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return " ".join(f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in spans)


def _row(target: str, sources: list[str]) -> str:
    """`target TAB characters TAB ranges`: unprintable and dropped characters are written as hexadecimal ranges."""
    readable = [char for char in sources if target.strip() and unicodedata.category(char)[0] in "LNPS"]
    hidden = sorted(set(sources) - set(readable))
    return f"{target}\t{''.join(readable)}\t{ranges(map(ord, hidden))}"


def header(kind: str, body: str, unicode: str = unicodedata.unidata_version) -> str:
    """Return the first line of a table: format, Unicode version, hash of the content."""
    digest = hashlib.blake2b(body.encode(), digest_size=4).hexdigest()
    return f"# {kind} {FORMAT}/unicode-{unicode}/{digest}\n"


def fold_table() -> str:
    """Return the content of `fold.tsv`: one line per folded form, with everything that becomes it."""
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for char in _assigned():
        text = folded(char)
        if text != char:
            sources[text].append(char)
    body = "".join(_row(target, sources[target]) + "\n" for target in sorted(sources))
    return header("fold", body) + body


def _separates(char: str) -> bool:
    return unicodedata.category(char)[0] in "PSZC" and folded(char) == char


def separator_table() -> str:
    """Return the content of `separators.tsv`: ranges of folded code points that are not part of words.

    Beyond the basic plane only whole blocks of symbols count, which keeps the test for a separator fast.
    """
    basic = ranges(ord(char) for char in _assigned() if char <= "\uffff" and _separates(char))
    body = f"{basic} 1D000-1D24F 1F000-1FBFF\n"
    return header("separators", body) + body


def main() -> None:
    """Write both tables next to the module that reads them."""
    (FOLDER / "fold.tsv").write_text(fold_table(), encoding="utf-8", newline="\n")
    (FOLDER / "separators.tsv").write_text(separator_table(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
