"""Which endpoint a path leads to. Paths are cut before they are decoded, so that an id may hold a slash as `%2F`."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, unquote_to_bytes

from starlette.types import Scope

from groundrules.service.endpoint import Endpoint
from groundrules.service.problems import ProblemError, not_found


class Routes:
    """The endpoints by the number of parts that their paths have."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._by_length: dict[int, list[tuple[list[str], Endpoint]]] = {}
        for endpoint in endpoints:
            parts = endpoint.path.split("/")
            self._by_length.setdefault(len(parts), []).append((parts, endpoint))

    def find(self, scope: Scope) -> tuple[Endpoint, dict[str, str]]:
        """Return the endpoint of a request and the variable parts of its path. Raises ProblemError if there is none."""
        raw = scope.get("raw_path") or quote(scope["path"]).encode()
        sent = [unquote_to_bytes(part).decode("utf-8", "replace") for part in raw.split(b"/")]
        fitting = [(endpoint, _met(parts, sent)) for parts, endpoint in self._by_length.get(len(sent), ())]
        fitting_here = [(endpoint, values) for endpoint, values in fitting if values is not None]
        if not fitting_here:
            raise not_found("there is nothing under this path", "path")
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        for endpoint, values in fitting_here:
            if endpoint.method == method:
                return endpoint, values
        allowed = ", ".join(sorted({endpoint.method for endpoint, _ in fitting_here}))
        raise ProblemError(405, "method", f"this path has {allowed}", "method", {"Allow": allowed})


def _met(parts: list[str], sent: list[str]) -> dict[str, str] | None:
    values = {}
    for part, segment in zip(parts, sent, strict=True):
        if part.startswith("{") and segment:
            values[part.strip("{}")] = segment
        elif part != segment:
            return None
    return values
