"""The description of the service, OpenAPI 3.1, made from the endpoints and the types that answer them."""

from __future__ import annotations

import inspect
import re
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec

from groundrules._version import __version__
from groundrules.service import messages
from groundrules.service.endpoint import EVENT_STREAM, JSON, NDJSON, Endpoint
from groundrules.service.endpoints import ENDPOINTS
from groundrules.service.problems import Problem

_REFERENCE = "#/components/schemas/{name}"
_WORDS = {
    400: "What was sent can't be understood",
    401: "No token, or one that is not known",
    403: "The token's role is not enough",
    404: "There is no such thing",
    408: "The body did not come in time",
    409: "It can't be done as things stand",
    413: "The body is too large",
    415: "The body is of another type",
    422: "The event is not valid",
    429: "More waits than can be decided now; come again",
    503: "The store can't be used, or the service is about to stop; come again",
}


@cache
def document() -> bytes:
    """Return the description as JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "groundrules",
                "version": __version__,
                "description": "Rules as code for communities: events in, decisions kept, actions out.",
            },
            "paths": paths,
            "components": {
                "schemas": _components(),
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _components() -> dict[str, Any]:
    types: list[Any] = [Problem]
    for endpoint in ENDPOINTS:
        bodies = [endpoint.body] if endpoint.body is not None else list((endpoint.streams or {}).values())
        types += [*bodies, *endpoint.answers.values()]
    _, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    return dict(components)


def _schema(type: Any) -> dict[str, Any]:
    [schema], _ = msgspec.json.schema_components([type], ref_template=_REFERENCE)
    return schema


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    text = inspect.getdoc(endpoint.call) or ""
    summary, _, more = text.partition("\n\n")
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.call.__module__.rpartition('.')[2]}_{endpoint.call.__name__}",
        "summary": summary.replace("\n", " "),
        "parameters": [*_path_parameters(endpoint.path), *_query_parameters(endpoint.query)],
        "responses": _responses(endpoint),
    }
    if more:
        operation["description"] = more
    if endpoint.role is not None:
        operation["security"] = [{"token": []}]
        operation["x-role"] = endpoint.role
    contents = endpoint.streams or ({JSON: endpoint.body} if endpoint.body is not None else None)
    if contents is not None:
        required = endpoint.body is None or any(field.required for field in msgspec.structs.fields(endpoint.body))
        content = {media: _content(media, type) for media, type in contents.items()}
        operation["requestBody"] = {"required": required, "content": content}
    return operation


def _content(media: str, type: Any) -> dict[str, Any]:
    if media in (NDJSON, EVENT_STREAM):
        return {"schema": {"type": "string"}, "x-item": _schema(type)}
    return {"schema": _schema(type)}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", path)
    return [{"name": name, "in": "path", "required": True, "schema": _schema(messages.Id)} for name in names]


def _query_parameters(query: type[msgspec.Struct]) -> list[dict[str, Any]]:
    parameters = []
    for field in msgspec.structs.fields(query):
        schema = _schema(field.type)
        if "anyOf" in schema:  # None is said by leaving it out
            [schema] = [option for option in schema["anyOf"] if option != {"type": "null"}]
        if field.default not in (msgspec.NODEFAULT, None):
            schema = {**schema, "default": field.default}
        parameters.append({"name": field.encode_name, "in": "query", "required": field.required, "schema": schema})
    return parameters


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    content = {media: _content(media, type) for media, type in endpoint.answers.items()}
    responses: dict[str, Any] = {"200": {"description": "Done", "content": content}}
    for status in sorted({*endpoint.refuses, *_common(endpoint)}):
        type = messages.Health if endpoint.path == "/readyz" and status == 503 else Problem
        headers = {"Retry-After": {"schema": {"type": "integer"}}} if status in (429, 503) else {}
        words = _WORDS.get(status) or HTTPStatus(status).phrase
        responses[str(status)] = {"description": words, "content": {JSON: {"schema": _schema(type)}}} | (
            {"headers": headers} if headers and type is Problem else {}
        )
    return responses


def _common(endpoint: Endpoint) -> set[int]:
    """Return how any endpoint of this kind may refuse."""
    statuses = {400}
    if endpoint.role is not None:
        statuses |= {401, 403}
    if endpoint.body is not None or endpoint.streams is not None:
        statuses |= {408, 413, 415, 429}
    return statuses
