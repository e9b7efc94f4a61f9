"""What a link leads to, where its event gives only the URL.

An object that has a `url` (`format: uri`) and a `domain` (`format: domain`) is a link. Its struct looks for the domain
when it is made; events without links have no such struct and pay nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import force_setattr

from groundrules.text.urls import domain_of_link


def link_methods(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a struct of this schema has besides its fields: nothing, unless it is a link."""
    return {"__post_init__": _complete} if is_link(schema) else {}


def is_link(schema: Mapping[str, Any]) -> bool:
    """Whether objects of this schema are links."""
    properties = schema.get("properties", {})
    formats = [properties.get(name, {}).get("format") for name in ("url", "domain")]
    return formats == ["uri", "domain"]


def _complete(link: Any) -> None:
    if link.domain is None and link.url is not None:
        force_setattr(link, "domain", domain_of_link(link.url))
