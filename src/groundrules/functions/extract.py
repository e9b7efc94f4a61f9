"""What a text contains: web addresses and numbers; and which network an IP address is in.

Numbers: the pattern begins only where a run of digits begins (a look-behind), so that the search is linear in the text.
Full-width forms are read as ASCII; what is returned is as written.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from groundrules.functions.numbers import parse_number
from groundrules.text.addresses import links
from groundrules.text.urls import WIDTH

_numbers = re.compile(
    r"(?<![0-9A-Za-z_.])(?:(?<![^\s(])[+-])?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
)


def urls(text: str) -> list[str]:
    """Addresses with a scheme or `www.`, and host names followed by a path."""
    return [url for url, _ in links(text)]


def numbers(text: str) -> list[int | float]:
    plain = text if text.isascii() else text.translate(WIDTH)
    parsed = (parse_number(match[0]) for match in _numbers.finditer(plain))
    return [number for number in parsed if number is not None]


def in_network(address: str, network: str) -> bool | None:
    """Whether an IP address is in a network; None if either is invalid."""
    try:
        return ipaddress.ip_address(address.strip()) in _network(network.strip())
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _network(written: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(written, strict=False)
