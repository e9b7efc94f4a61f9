"""Domain names: one spelling each, and which of them lie under an entry of a list.

Hosts are read as browsers read them, by the URL standard of the WHATWG and UTS 46 (Ada does it): into lower-case ASCII
(`bücher.example` is `xn--bcher-kva.example`), percent escapes decoded, without what cannot be seen, numbers of four
bytes as `127.0.0.1`. A final dot goes. What can't be a name in the DNS, with an empty label or one of more than 63
characters, is no domain; nor is anything with a port, a path or a user name in it.

A dot is what people take for one: `。`, `．` and `｡`, which browsers know, `․` and `﹒`, and the `[.]` of those who
write an address so that nobody follows it.
"""

from __future__ import annotations

import re
from functools import lru_cache

import can_ada

HOSTS_VERSION: str = can_ada.__version__
"""The version of what reads hosts; they are read alike under equal versions."""

DOT = r"(?:[.\u3002\uff0e\uff61\u2024\ufe52]|[\[({]\.[\])}]|[\[(]dot[\])])"
"""A dot in a host, as the source of a regular expression."""

BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks of the direction of writing, which nobody sees and no host may hold."""

LONGEST = 253
_plain = re.compile(r"(?!(?:.*\.)?(?:xn--|[0-9]))[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
_labels = re.compile(r"[^.]{1,63}(?:\.[^.]{1,63})*|\[[0-9a-f:.]+\]")
_delimiters = re.compile(r"[@/\\?#]|:(?!.*\])", re.DOTALL)
_disguises = re.compile(f"[{BIDI}\u2024\ufe52]|{DOT}", re.IGNORECASE)
_joiners = re.compile("[\u200c\u200d]")
_surrogates = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=8192)
def normalise(domain: str) -> str | None:
    """Return the one ASCII spelling of a domain name, or None if `domain` is none."""
    name = domain.strip()
    return None if _delimiters.search(name) else read_host(name)


def read_host(written: str) -> str | None:
    """Return the host of what stands between `//` and the path; None if no browser would go there."""
    name = written.lower()
    if not _plain.fullmatch(name):
        shown = _disguises.sub(_undisguised, _surrogates.sub("\ufffd", written))
        name = _parsed(shown) or _parsed(_joiners.sub("", shown)) or ""
    name = name.removesuffix(".")
    return name if len(name) <= LONGEST and _labels.fullmatch(name) else None


def _undisguised(match: re.Match[str]) -> str:
    return "" if re.match(f"[{BIDI}]", match[0]) else "."


def _parsed(authority: str) -> str | None:
    try:
        return str(can_ada.parse(f"http://{authority}/").hostname)
    except ValueError:
        return None


def covers(entry: str, domain: str) -> bool:
    """Tell whether `domain` is `entry` or lies under it: `github.com` covers `docs.github.com`."""
    above, name = normalise(entry), normalise(domain)
    return above is not None and name is not None and (name == above or name.endswith("." + above))


def parents(domain: str) -> list[str]:
    """Return a normalised domain and all that it lies under, longest first."""
    labels = domain.split(".")
    return [".".join(labels[first:]) for first in range(len(labels))]
