"""The description of the service says what it does: what it allows and what it forbids is sent to a real server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from groundrules.service.endpoints import ENDPOINTS
from groundrules.service.openapi import document
from strategies.serving import BOOK, Process, bearer, message, process

EXAMPLES = 15
DESCRIBED = msgspec.json.decode(document())
OPERATIONS = [(endpoint.path, endpoint.method) for endpoint in ENDPOINTS]
EVENTS = {"/v1/events", "/v1/what-if"}  # what makes an event valid is for its rulebook to say
SLOW = {"/v1/plan": 3}  # each rulebook that is put in force is linted and tested in a process of its own


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("served")
    book = folder / "shop.yaml"
    book.write_text(BOOK, encoding="utf-8")
    with process(folder, book) as served:
        with served.client as client:
            for number, text in enumerate(("an advert", "serious", "banme")):
                assert client.post("/v1/events", json=message(str(number), text)).status_code == 200
        yield served


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: part)
def test_it_does_what_it_says(server: Process, path: str, method: str) -> None:
    schema = schemathesis.openapi.from_dict(DESCRIBED)

    @given(case=schema[path][method].as_strategy())
    @settings(
        max_examples=SLOW.get(path, EXAMPLES) if method != "GET" else EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def tried(case: Any) -> None:
        if case.query and "wait" in case.query:
            case.query["wait"] = 0
        began = time.monotonic()
        case.call_and_validate(
            base_url=f"http://127.0.0.1:{server.port}",
            headers=bearer(server.secret),
            excluded_checks=[positive_data_acceptance] if path in EVENTS else [],
            timeout=60,
        )
        assert time.monotonic() - began < 60

    tried()
    assert httpx.get(f"http://127.0.0.1:{server.port}/readyz").status_code == 200
    assert "defect" not in server.log


def test_every_endpoint_is_described(server: Process) -> None:
    answer = httpx.get(f"http://127.0.0.1:{server.port}/openapi.json")
    assert answer.json() == DESCRIBED
    for endpoint in ENDPOINTS:
        described = DESCRIBED["paths"][endpoint.path][endpoint.method.lower()]
        assert described["summary"]
        assert described.get("x-role") == endpoint.role
    assert len(
        {described["operationId"] for path in DESCRIBED["paths"].values() for described in path.values()}
    ) == len(ENDPOINTS)


def test_the_page_names_every_endpoint() -> None:
    page = (Path(__file__).parents[3] / "docs" / "service.md").read_text(encoding="utf-8")
    for endpoint in ENDPOINTS:
        assert f"`{endpoint.method} {endpoint.path}`" in page
