"""Whether the service lives and does its work, what it counts, and what can be asked of it."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from groundrules.service import messages, metrics
from groundrules.service.endpoint import JSON, Ask, Endpoint


async def live(ask: Ask) -> messages.Health:
    """Say that the process answers."""
    return messages.Health(True)


async def ready(ask: Ask) -> Response:
    """Say whether events are decided and kept; with 503 why they are not."""
    trouble = ask.service.hub.trouble
    if trouble is None and ask.service.stopping.is_set():
        trouble = "the service is about to stop"
    health = messages.Health(trouble is None, trouble or "")
    return Response(msgspec.json.encode(health), 200 if health.ok else 503, media_type=JSON)


async def counted(ask: Ask) -> Response:
    """Return what is counted, in Prometheus's text format."""
    return Response(ask.service.metrics.page(), media_type=metrics.TEXT)


async def described(ask: Ask) -> Response:
    """Return this description of the service."""
    from groundrules.service.openapi import document

    return Response(document(), media_type=JSON)


ENDPOINTS = (
    Endpoint("GET", "/livez", None, live, {JSON: messages.Health}),
    Endpoint("GET", "/readyz", None, ready, {JSON: messages.Health}, refuses=(503,)),
    Endpoint("GET", "/metrics", "observe", counted, {metrics.TEXT: str}),
    Endpoint("GET", "/openapi.json", None, described, {JSON: dict[str, Any]}),
)
