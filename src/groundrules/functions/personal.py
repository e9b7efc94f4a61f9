"""What a text says about people: e-mail addresses, telephone numbers, payment cards, Chinese identity numbers.

Chats are full of other numbers: sizes, times, versions, ids of messages, output of programs. A run of digits is told
apart by its shape: its grouping, its prefix, its check digit, and not being part of a web address or a longer word.
Where the shape is not clear (ten digits in one piece), it is nothing; a missed number can still be reported, but one
wrongly struck out of somebody's message costs trust every time.

Each pattern begins only where a run of its characters begins and repeats a bounded number of times, so the whole search
is linear in the text. Full-width forms are read as ASCII; what is returned is as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from groundrules.text.addresses import addresses
from groundrules.text.urls import WIDTH

_DIGITS = b"0123456789"
_BEFORE = r"(?<![0-9A-Za-z_+/=#&%@$.-])"
_AFTER = r"(?![0-9A-Za-z_])"

_emails = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}"
    r"(?![A-Za-z0-9-])(?!:[A-Za-z0-9_~./-]+/)"
)
_phones = re.compile(
    _BEFORE + r"(?P<number>\+?(?:[0-9]|\([0-9]{1,5}\) ?[0-9])(?:(?: ?\([0-9]{1,5}\) ?|[ .-])?[0-9]){5,16})"
    r"(?: ?(?:x|ext\.? ?)[0-9]{1,6})?" + _AFTER + r"(?![.:-][0-9])"
)
_groups = re.compile(r"[0-9]+")
_either_width = re.compile("[0-9\uff10-\uff19]")
_mobile = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
_dated = re.compile(r"(?:19|20)[0-9]{2}([ .-])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])")
_cards = re.compile(
    _BEFORE
    + r"(?<![0-9] )(?:[0-9]{13,19}|[0-9]{4}(?:[ -][0-9]{4}){2,3}(?:[ -][0-9]{1,4})?|[0-9]{4}[ -][0-9]{6}[ -][0-9]{4,5})"
    + _AFTER
    + r"(?![ .-][0-9])"
)
_networks = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}|35[0-9]{14}|3[068][0-9]{12}"
    r"|6[0-9]{15,18}"
)
_china_ids = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_china_weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _has_digits(text: str, least: int) -> bool:
    """Whether a text has so many digits; most have none, which is faster to see than by a pattern."""
    if not text.isascii():
        return len(_either_width.findall(text)) >= least
    data = text.encode()
    return len(data) - len(data.translate(None, _DIGITS)) >= least


def _spans(
    pattern: re.Pattern[str], text: str, wanted: Callable[[re.Match[str]], bool], in_urls: bool = False
) -> list[str]:
    plain = text if text.isascii() else text.translate(WIDTH)
    matches = [match for match in pattern.finditer(plain) if wanted(match)]
    if matches and not in_urls:
        matches = list(_outside([address[:2] for address in addresses(text)], matches))
    return [text[slice(*match.span())] for match in matches]


def _outside(spans: list[tuple[int, int]], matches: list[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Yield the matches that begin in none of the spans; both go from left to right."""
    waiting = iter(spans)
    start, end = next(waiting, (len(matches[-1].string), len(matches[-1].string)))
    for match in matches:
        while match.start() >= end and (following := next(waiting, None)):
            start, end = following
        if not start <= match.start() < end:
            yield match


def emails(text: str) -> list[str]:
    """E-mail addresses; `git@host:path/…` is not one."""
    return _spans(_emails, text, bool, in_urls=True) if "@" in text or "\uff20" in text else []


def phones(text: str) -> list[str]:
    """International numbers, Chinese mobile numbers, and digits grouped like telephone numbers."""
    return _spans(_phones, text, lambda match: _is_phone(match["number"])) if _has_digits(text, 6) else []


def _is_phone(written: str) -> bool:
    groups = _groups.findall(written)
    digits = "".join(groups)
    if _dated.match(written) or len(set(digits)) == 1:
        return False
    if written.startswith("+"):
        return 8 <= len(digits) <= 15
    if len(groups) == 1:
        return _mobile.fullmatch(digits) is not None or (len(digits) == 11 and digits[0] == "0" and digits[1] != "0")
    if "." in written:
        return [len(group) for group in groups] == [3, 3, 4] or (digits[0] == "0" and _in_pairs(groups))
    if _mobile.fullmatch(digits) and all(2 <= len(group) <= 8 or _mobile.fullmatch(group) for group in groups):
        return True
    return _is_local(written, groups, digits)


def _in_pairs(groups: list[str]) -> bool:
    return len(groups) == 5 and all(len(group) == 2 for group in groups)


def _is_local(written: str, groups: list[str], digits: str) -> bool:
    """Tell whether digits grouped with spaces, hyphens or brackets are a number as people dial it."""
    sizes = [len(group) for group in groups]
    if digits.startswith("00"):
        return len(digits) >= 10 and len(sizes) < 6 and all(2 <= size <= 5 for size in sizes)
    if written.startswith("(") and sizes == [3, 3, 4] and not _dialled_in_america(groups[0]):
        return False
    if written.startswith("(") or digits[0] == "0":
        return 8 <= len(digits) <= 12 and len(groups) <= 5 and all(2 <= size <= 8 for size in sizes)
    if sizes[0] == 1:
        return digits[0] == "1" and sizes[1:] == [3, 3, 4]
    return _is_bare_local(written, sizes)


def _dialled_in_america(area: str) -> bool:
    """Tell whether an area code is possible: none begins with 0 or 1, and 555 is fictional."""
    return area[0] not in "01" and area != "555"


def _is_bare_local(written: str, sizes: list[int]) -> bool:
    """Tell whether groups that begin with neither `0` nor a bracket are a number: three or four uneven ones."""
    if sizes in ([3, 2, 4], [4, 2, 2], [4, 4, 4], [3, 3, 3], [3, 3, 3, 3]) or len(set(written) & set(" -")) != 1:
        return False
    return 3 <= len(sizes) <= 4 and 9 <= sum(sizes) <= 12 and all(2 <= size <= 4 for size in sizes) and max(sizes) > 2


def cards(text: str) -> list[str]:
    """Numbers of the large card networks that pass Luhn's check, in one piece or grouped as on a card."""
    return _spans(_cards, text, lambda match: _is_card(match[0])) if _has_digits(text, 12) else []


def _is_card(written: str) -> bool:
    digits = "".join(_groups.findall(written))
    return _networks.fullmatch(digits) is not None and luhn(digits)


def china_ids(text: str) -> list[str]:
    return _spans(_china_ids, text, lambda match: china_id(match[0]), in_urls=True) if _has_digits(text, 17) else []


def luhn(text: str) -> bool:
    """Whether a text's ASCII digits, at least two, end in the right check digit."""
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
