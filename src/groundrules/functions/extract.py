"""What a text holds: addresses, numbers, and numbers with a check digit.

Each pattern begins only where a run of its characters begins (a look-behind) and repeats a bounded number of times, so
the whole search is linear in the text. Full-width forms are read as ASCII; what is returned is as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from groundrules.functions.numbers import parse_number

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDTH_OF_URLS = {
    code: ascii_code for code, ascii_code in _WIDTH.items() if chr(ascii_code).isalnum() or chr(ascii_code) in "./:"
}

_HOST = r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}"
_urls = re.compile(
    r"(?:(?<![A-Za-z])https?://|(?<![A-Za-z0-9@._-])(?=www\.|" + _HOST + r"/))[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+",
    re.IGNORECASE,
)
_emails = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@" + _HOST + r"(?![A-Za-z0-9-])")
_phones = re.compile(
    r"(?:(?<![0-9A-Za-z+])\+|(?<![0-9A-Za-z+])(?<![0-9][ ()-]))\(?[0-9](?:[ ()-]{0,2}[0-9]){6,14}"
    r"(?![ ()-]{0,2}[0-9])(?![A-Za-z])"
)
_date = re.compile(r"[12][0-9]{3}-[01]?[0-9]-[0-3]?[0-9]\b|[0-3]?[0-9]-[01]?[0-9]-[12][0-9]{3}\b")
_cards = re.compile(r"(?<![0-9])(?<![0-9][ -])[0-9](?:[ -]?[0-9]){12,18}(?![ -]?[0-9])")
_china_ids = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_numbers = re.compile(
    r"(?<![0-9A-Za-z_.])(?:(?<![^\s(])[+-])?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
)
_china_weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _found(
    pattern: re.Pattern[str], text: str, wanted: Callable[[str], bool] = bool, width: dict[int, int] = _WIDTH
) -> list[str]:
    plain = text if text.isascii() else text.translate(width)
    return [text[slice(*match.span())] for match in pattern.finditer(plain) if wanted(match[0])]


def urls(text: str) -> list[str]:
    """Addresses with `http(s)://` or `www.`, and host names followed by a path."""
    return [trimmed for url in _found(_urls, text, width=_WIDTH_OF_URLS) if (trimmed := _trimmed(url))]


def _trimmed(url: str) -> str:
    """Leave out the punctuation of the sentence around a URL."""
    end = len(url)
    while end and (url[end - 1] in ".,;:!?'\"]．：" or (url[end - 1] == ")" and "(" not in url)):
        end -= 1
    return url[:end]


def emails(text: str) -> list[str]:
    return _found(_emails, text)


def phones(text: str) -> list[str]:
    """Numbers with `+`, of ten or eleven digits, or of seven to fifteen with something between them, dates excepted."""
    return _found(_phones, text, _is_phone)


def _is_phone(written: str) -> bool:
    digits = sum(map(str.isdigit, written))
    if written.startswith("+"):
        return True
    return digits in (10, 11) or (digits < len(written) and not _date.match(written))


def cards(text: str) -> list[str]:
    """Runs of 13 to 19 digits, spaces or hyphens between them, that pass Luhn's check."""
    return _found(_cards, text, luhn)


def china_ids(text: str) -> list[str]:
    return _found(_china_ids, text, china_id)


def numbers(text: str) -> list[int | float]:
    plain = text if text.isascii() else text.translate(_WIDTH)
    parsed = (parse_number(match[0]) for match in _numbers.finditer(plain))
    return [number for number in parsed if number is not None]


def luhn(text: str) -> bool:
    """Whether the ASCII digits of a text, at least two, end in the right check digit."""
    digits = [int(char) for char in text if "0" <= char <= "9"]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return len(digits) > 1 and (sum(digits[-1::-2]) + doubled) % 10 == 0


def china_id(text: str) -> bool:
    """Whether a text is an identity number of 18 characters: area, date of birth, sequence, check character."""
    if not _china_ids.fullmatch(text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(char) * weight for char, weight in zip(text, _china_weights, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()
