"""The host that a URL leads to."""

from __future__ import annotations

import re
from functools import lru_cache

from groundrules.text.domains import normalise

_authority = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
_web = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_other = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?![0-9])")
_end = re.compile(r"[/?#\\]")


def host(url: str) -> str | None:
    """Return the normalised host of a URL, with or without a scheme; None where it has none."""
    scheme = _authority.match(url)
    authority = _end.split(url[scheme.end() :] if scheme else url, maxsplit=1)[0]
    name, _, port = authority.rpartition("@")[2].partition(":")
    return normalise(name) if not port or port.isdecimal() else None


@lru_cache(maxsize=8192)
def domain_of_link(url: str) -> str | None:
    """Return the domain that a link leads to, where its event does not say.

    Only pages of the web have one: `mailto:li@a.example` and `tg://user` do not. Without a scheme the host must have a
    dot, for `readme` is no host.
    """
    if _web.match(url):
        return host(url)
    name = None if _other.match(url) else host(url)
    return name if name and "." in name else None
