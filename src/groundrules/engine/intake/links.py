"""What an event implies about its links.

An object that has a `url` (`format: uri`) and a `domain` (`format: domain`) is a link: if only the URL is given, the
domain is derived from it when the struct is made. If an event type has a `text` and a list of `links`, and an event
doesn't give the list, its links are those of its text: they are searched for when somebody first reads them, and kept.
Events without links have no such struct and pay nothing, nor do those whose links nobody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import force_setattr

from groundrules.text.addresses import links
from groundrules.text.urls import domain_of_link

GIVEN = "given_links"
"""The attribute under which a struct keeps the links that its event gives."""


def link_methods(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a struct of this schema has besides its fields: nothing, unless it is a link."""
    return {"__post_init__": _complete} if is_link(schema) else {}


def is_link(schema: Mapping[str, Any]) -> bool:
    """Whether objects of this schema are links."""
    properties = schema.get("properties", {})
    formats = [properties.get(name, {}).get("format") for name in ("url", "domain")]
    return formats == ["uri", "domain"]


def has_links_of_text(schema: Mapping[str, Any]) -> bool:
    """Whether objects of this schema have a text, and links that may be those of the text."""
    text, listed = (schema.get("properties", {}).get(name, {}) for name in ("text", "links"))
    return text.get("type") == "string" and is_link(listed.get("items", {}))


def links_of_text(link: Callable[..., Any]) -> property:
    """Return the property `links` of structs whose links are made by `link`."""

    def read(event: Any) -> Any:
        given = event.given_links
        if given is None:
            given = [link(url=url, domain=domain) for url, domain in links(event.text or "")]
            force_setattr(event, GIVEN, given)
        return given

    return property(read)


def _complete(link: Any) -> None:
    if link.domain is None and link.url is not None:
        force_setattr(link, "domain", domain_of_link(link.url))
