"""Domain names: one spelling each, and which of them lie under an entry of a list.

A domain is normalised by UTS 46 and IDNA 2008 into lower-case ASCII (`bücher.example` is `xn--bcher-kva.example`),
without a final dot. What browsers accept beyond IDNA 2008 (emoji, underscores) is kept in the same spelling, because
spam uses it. Only hosts are taken: what has a port, a path or a user name in it is no domain.
"""

from __future__ import annotations

import re
from functools import lru_cache

import idna

_host = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_candidate = re.compile(r"[\w\-\u00b7\u200c\u200d]+(?:[.\u3002\uff0e\uff61][\w\-\u00b7\u200c\u200d]+)+")
_ascii_candidate = re.compile(r"[A-Za-z0-9_-]+(?:[.\u3002\uff0e\uff61][A-Za-z0-9_-]+)+")


@lru_cache(maxsize=8192)
def normalise(domain: str) -> str | None:
    """Return the one ASCII spelling of a domain name, or None if `domain` is none."""
    name = domain.strip()
    if not name.isascii():
        name = _to_ascii(name) or ""
    name = name.lower().removesuffix(".")
    return name if _host.fullmatch(name) else None


def _to_ascii(name: str) -> str | None:
    try:
        mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
        return ".".join(_label_to_ascii(label) for label in mapped.split("."))
    except (UnicodeError, IndexError):
        return None


def _label_to_ascii(label: str) -> str:
    if label.isascii():
        return label
    try:
        return idna.alabel(label).decode("ascii")
    except idna.IDNAError:
        return "xn--" + label.encode("punycode").decode("ascii")


def covers(entry: str, domain: str) -> bool:
    """Tell whether `domain` is `entry` or lies under it: `github.com` covers `docs.github.com`."""
    above, name = normalise(entry), normalise(domain)
    return above is not None and name is not None and (name == above or name.endswith("." + above))


def parents(domain: str) -> list[str]:
    """Return a normalised domain and all that it lies under, longest first."""
    labels = domain.split(".")
    return [".".join(labels[first:]) for first in range(len(labels))]


def hosts(text: str) -> list[tuple[int, int, str]]:
    """Return what may be domain names in a text: `(start, end, normalised)` in order, the longer first.

    Names end where letters, digits and hyphens end. Where Chinese touches an ASCII name (`看baidu.com吧`) the ASCII
    part is tried as well.
    """
    spans = {match.span() for match in _ascii_candidate.finditer(text)}
    if not text.isascii():
        spans |= {match.span() for match in _candidate.finditer(text)}
    found = ((start, end, normalise(text[start:end])) for start, end in sorted(spans, key=lambda s: (s[0], -s[1])))
    return [(start, end, name) for start, end, name in found if name]
