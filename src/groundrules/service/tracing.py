"""Traces by OpenTelemetry, if it is installed (`groundrules[otel]`): a span for each request, under its caller's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Scope

try:
    from opentelemetry import propagate, trace
except ImportError:
    INSTALLED = False
else:
    INSTALLED = True


@contextmanager
def span(scope: Scope) -> Iterator[None]:
    """Have a span while a request is answered."""
    if not INSTALLED:
        yield
        return
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    tracer = trace.get_tracer("groundrules")
    with tracer.start_as_current_span(
        scope["method"], propagate.extract(headers), trace.SpanKind.SERVER, {"http.request.method": scope["method"]}
    ):
        yield


def note(method: str, endpoint: str, status: int, request: str) -> None:
    """Say in the span at hand what was asked and how it was answered."""
    if not INSTALLED:
        return
    current = trace.get_current_span()
    current.update_name(f"{method} {endpoint}")
    current.set_attributes(
        {"http.route": endpoint, "http.response.status_code": status, "groundrules.request": request}
    )
