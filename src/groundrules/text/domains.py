"""Domain names: one spelling each, and which of them are under a list entry.

Hosts are read as browsers read them, by the URL standard of the WHATWG and UTS 46 (through Ada): into lower-case ASCII
(`bücher.example` is `xn--bcher-kva.example`), percent escapes decoded, invisible characters removed, four-byte numbers
as `127.0.0.1`. A final dot is dropped. What can't be a DNS name, with an empty label or one of more than 63 characters,
is not a domain; nor is anything with a port, a path or a user name.

A dot is whatever people take for one: `。`, `．` and `｡`, which browsers know, `․` and `﹒`, and the `[.]` of defanged
addresses.
"""

from __future__ import annotations

import re
from functools import lru_cache

import can_ada

HOSTS_VERSION: str = can_ada.__version__
"""The version of the library that reads hosts; equal versions read alike."""

DOT = r"(?:[.\u3002\uff0e\uff61\u2024\ufe52]|[\[({]\.[\])}]|[\[(]dot[\])])"
"""A dot in a host, as the source of a regular expression."""

BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Text direction marks, which are invisible and not allowed in hosts."""

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
    """Return the host from the text between `//` and the path; None if no browser would go there."""
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
    """Tell whether `domain` is `entry` or under it: `github.com` covers `docs.github.com`."""
    above, name = normalise(entry), normalise(domain)
    return above is not None and name is not None and (name == above or name.endswith("." + above))


def parents(domain: str) -> list[str]:
    """Return a normalised domain and all its parents, longest first."""
    labels = domain.split(".")
    return [".".join(labels[first:]) for first in range(len(labels))]
