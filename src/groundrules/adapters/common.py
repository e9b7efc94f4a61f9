"""What all adapters say alike."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from groundrules.calendar.instants import format_ms
from groundrules.functions.extract import urls

Json = dict[str, Any]


def event(id: str, type: str, ms: float, community: str, **fields: Any) -> Json:
    """An event of `type` at `ms` (milliseconds since 1970); fields that are None are left out."""
    header = {"id": id, "type": type, "time": format_ms(round(ms)), "community": {"id": community}}
    return header | {name: value for name, value in fields.items() if value is not None}


def member(id: Any, name: str | None = None, **facts: Any) -> Json:
    """A member; facts that are None or empty are left out."""
    said = {"id": str(id), "name": name or None, **facts}
    return {key: value for key, value in said.items() if value not in (None, [], "")}


def links(text: str) -> list[Json]:
    """The addresses in a text."""
    found = []
    for url in urls(text):
        host = urlsplit(url if "://" in url else f"http://{url}").hostname
        if host:
            found.append({"url": url, "domain": host})
    return found
