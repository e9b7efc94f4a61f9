"""The domain a URL leads to, as browsers determine it.

Only web pages have one: `mailto:li@a.example` and `tg://user` do not. Slashes may be too many, too few or backslashes,
as in a browser's address bar; surrounding blanks and controls, and line breaks inside, don't count; `hxxp` and `[.]`
are read as what they mean. Without a scheme the host must have a dot: `readme` is not a host.

A URL that no browser can read (`http://[x`, `http://a..b/`) leads nowhere, but certainly not to any site in a list: its
domain is the host as written, which is not a domain and equals none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from groundrules.text.domains import DOT, LONGEST, read_host

WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDTH_OF_URLS = {code: plain for code, plain in WIDTH.items() if chr(plain).isalnum() or chr(plain) in "./:"}
_ignored = re.compile(r"[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+\Z")
_web = re.compile(r"(?:(?:https?|hxxps?|ftp|wss?):[/\\]*|[/\\]{2,})", re.IGNORECASE)
_other = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?![0-9]{1,5}(?:[/?#\\]|\Z))|[/\\]")
_authority = re.compile(r"[^/?#\\]*")
_dot = re.compile(DOT, re.IGNORECASE)
_name = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
_address = re.compile(rf"[^\s/\\?#.]+{DOT}[^\s/\\?#]*[/\\:@]", re.IGNORECASE)


@lru_cache(maxsize=8192)
def domain_of_link(url: str) -> str | None:
    """Return the domain a URL leads to, with or without a scheme; None if it leads to no web page."""
    plain = in_ascii_width(_ignored.sub("", url))
    if web := _web.match(plain):
        written = authority(plain, web.end())
        return read_host(written) or broken(written)
    if _other.match(plain):
        return None
    return _without_scheme(plain)


def _without_scheme(url: str) -> str | None:
    written = authority(url, 0)
    name = read_host(written) if _dot.search(written) else None
    if name:
        return name if _name.fullmatch(name) else None
    return broken(written) if _address.match(url) else None


def in_ascii_width(text: str) -> str:
    """Return a text of the same length with full-width letters, dots, colons and slashes as ASCII."""
    return text if text.isascii() else text.translate(_WIDTH_OF_URLS)


def authority(url: str, start: int) -> str:
    """Return the part between `//` and the path: user, host and port."""
    match = _authority.match(url, start)
    return match[0] if match else ""


def broken(written: str) -> str:
    """Return the domain used for a host that can't be read."""
    return written.lower()[:LONGEST]
