"""What all adapters share, and how they read untrusted input: a member may send what no platform documents."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from groundrules.calendar.instants import FIRST, LAST, format_ms
from groundrules.narrate.localised import pick
from groundrules.text.addresses import links as links_in
from groundrules.text.urls import domain_of_link

Json = dict[str, Any]


def event(id: str, type: str, ms: float, community: str, **fields: Any) -> Json:
    """An event of `type` at `ms` (milliseconds since 1970); fields that are None are left out."""
    header = {"id": id, "type": type, "time": instant(ms), "community": {"id": community}}
    return header | {name: value for name, value in fields.items() if value is not None}


def instant(ms: float) -> str:
    """The nearest instant in the years 1 to 9999."""
    return format_ms(round(min(max(ms, FIRST), LAST)))


def member(id: Any, name: Any = None, **facts: Any) -> Json:
    """A member; facts that are None or empty are left out."""
    fields = {"id": str(id), "name": text(name) or None, **facts}
    return {key: value for key, value in fields.items() if value not in (None, [], "")}


def links(written: str, *further: Json) -> list[Json]:
    """The addresses in a text, and further links, `{url, text?}`, that it doesn't show; each URL once."""
    known = [{"url": url, "domain": domain} for url, domain in links_in(written)]
    hidden = [{**link, "domain": domain} for link in further if (domain := domain_of_link(link["url"])) is not None]
    shown = {link["url"] for link in hidden if "text" in link}
    return list(
        {link["url"]: link for link in (*(link for link in known if link["url"] not in shown), *hidden)}.values()
    )


def mapping(value: Any) -> Mapping[str, Any]:
    """The value as an object; an empty one if it is anything else."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """The value as a list; an empty one if it is anything else."""
    return value if isinstance(value, list | tuple) else ()


def localised(value: Any, lang: str) -> str:
    """Return one language of a text that may come in several."""
    return pick(value, lang) if isinstance(value, Mapping) else text(value)


def text(value: Any) -> str:
    """The value as a text; numbers as written, anything else as an empty one."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def number(value: Any, otherwise: float = 0) -> float:
    """The value as a number, quoted or not."""
    try:
        parsed = float(value)
    except (TypeError, ValueError, OverflowError):
        return otherwise
    return parsed if math.isfinite(parsed) else otherwise
