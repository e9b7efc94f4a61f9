"""What a text holds: web addresses and numbers.

Each pattern begins only where a run of its characters begins (a look-behind) and repeats a bounded number of times, so
the whole search is linear in the text. Full-width forms are read as ASCII; what is returned is as written.
"""

from __future__ import annotations

import re

from groundrules.functions.numbers import parse_number

WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDTH_OF_URLS = {
    code: ascii_code for code, ascii_code in WIDTH.items() if chr(ascii_code).isalnum() or chr(ascii_code) in "./:"
}

HOST = r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}"
_urls = re.compile(
    r"(?:(?<![A-Za-z])https?://|(?<![A-Za-z0-9@._-])(?=www\.|" + HOST + r"/))[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+",
    re.IGNORECASE,
)
_numbers = re.compile(
    r"(?<![0-9A-Za-z_.])(?:(?<![^\s(])[+-])?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
)


def urls(text: str) -> list[str]:
    """Addresses with `http(s)://` or `www.`, and host names followed by a path."""
    return [text[start:end] for start, end in url_spans(text)]


def url_spans(text: str) -> list[tuple[int, int]]:
    """Where the addresses of a text stand, from left to right."""
    plain = text if text.isascii() else text.translate(_WIDTH_OF_URLS)
    spans = (
        (match.start(), match.start() + len(_trimmed(text[slice(*match.span())]))) for match in _urls.finditer(plain)
    )
    return [(start, end) for start, end in spans if start < end]


def _trimmed(url: str) -> str:
    """Leave out the punctuation of the sentence around a URL."""
    end = len(url)
    while end and (url[end - 1] in ".,;:!?'\"]．：" or (url[end - 1] == ")" and "(" not in url)):
        end -= 1
    return url[:end]


def numbers(text: str) -> list[int | float]:
    plain = text if text.isascii() else text.translate(WIDTH)
    parsed = (parse_number(match[0]) for match in _numbers.finditer(plain))
    return [number for number in parsed if number is not None]
