"""A forgiving scan of a text that did not parse: every character ends up in some lexeme.

The parser's own lexer stops at the first unknown character. Explaining a mistake takes looking past it: which
strings and brackets are open, what is to the left and right, which characters are look-alikes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "number", "string", "regex", "unclosed", "sign", "quoted", "lookalike", "other"]

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<unclosed>["'][^\n]*)
    | (?P<quoted>“[^“”\n]*”|[“”„＂][^“”„"＂\n]*[”"＂]|‘[^‘’'\n]*[’']|「[^「」\n]*」)
    | (?P<number>[0-9][0-9.]*(?:[:_]?\w)*(?<![\uff01-\uff5e])%?)
    | (?P<word>[^\W\d\uff01-\uff5e][^\W\uff01-\uff5e]*)
    | (?P<sign>===|!==|<=>|[=!<>]=|=>|=<|=~|<>|&&?|\|\|?|\?\?|\*\*|//|->|[-+*/%=<>!.,:;?~^(){}\[\]])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"[ \t\r\n]*(?P<regex>/(?:[^/\\\n]|\\.)+/\w*)|[ \t\r\n]*(?P<unclosed>/[^\n]*)")

_ASCII = {
    **dict.fromkeys("“”„＂「」", '"'),
    **dict.fromkeys("‘’＇", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212～", "-"),
    **dict.fromkeys("【〔", "["),
    **dict.fromkeys("】〕", "]"),
    "。": ".",
    "、": ",",
    "×": "*",
    "÷": "/",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
}


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of text; `end` is exclusive."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def at(self) -> tuple[int, int]:
        return self.start, self.end


def ascii_for(char: str) -> str | None:
    """What `char` looks like in ASCII (`（` → `(`, nothing for invisible ones), or None if it is not a look-alike."""
    if char.isascii():
        return None
    if char in _ASCII:
        return _ASCII[char]
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if category == "Cf":
        return ""
    plain = unicodedata.normalize("NFKC", char)
    return plain if "\uff00" <= char <= "\uffef" and plain.isascii() else None


def scan(text: str, start: int = 0, end: int | None = None) -> list[Lexeme]:
    """Cut `text[start:end]` into lexemes without spaces; never fails."""
    end = len(text) if end is None else end
    lexemes: list[Lexeme] = []
    position = start
    while position < end:
        behind_matches = bool(lexemes) and lexemes[-1].kind == "word" and lexemes[-1].text == "matches"
        match = (behind_matches and _REGEX.match(text, position, end)) or _TOKEN.match(text, position, end)
        assert match is not None
        kind = match.lastgroup or "other"
        position = match.end()
        if kind != "space":
            lexemes.append(_lexeme(kind, match[kind], match.start(kind)))
    return _joined(lexemes)


def _lexeme(kind: str, text: str, start: int) -> Lexeme:
    if kind == "other" and ascii_for(text) is not None:
        kind = "lookalike"
    return Lexeme(kind, text, start, start + len(text))  # type: ignore[arg-type]


def _joined(lexemes: list[Lexeme]) -> list[Lexeme]:
    """Join neighbouring look-alikes into one lexeme, so that `＞＝` and `ａｎｄ` are one mistake each."""
    joined: list[Lexeme] = []
    for lexeme in lexemes:
        last = joined[-1] if joined else None
        if last and last.kind == lexeme.kind == "lookalike" and last.end == lexeme.start:
            joined[-1] = Lexeme("lookalike", last.text + lexeme.text, last.start, lexeme.end)
        else:
            joined.append(lexeme)
    return joined
