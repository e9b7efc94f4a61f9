"""What a service reports about itself: metrics, logs under one id, traces."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from groundrules.service import metrics
from groundrules.service.logs import Formatter, request_name
from strategies.serving import START, Clients, lines, message, run, serving


async def counted(clients: Clients) -> dict[str, float]:
    text = (await clients.observe.get("/metrics")).text
    rows = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in rows}


def test_what_happens_is_counted(book: Path) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "an advert"), message("2", "banme"), {"id": "3"}))
            lag = (await counted(clients))["groundrules_lag_seconds"]
            assert abs(time.time() - START / 1000 - lag) < 60
            found = (await clients.bot.get("/v1/actions?limit=1")).json()["actions"]
            for outcome in ("done", "done"):
                body = {"community": "c", "outcome": outcome}
                await clients.bot.post(f"/v1/actions/{found[0]['action']['key']}/result", json=body)
            counts = await counted(clients)
            assert counts["groundrules_events_total"] == 3  # with the result
            assert counts['groundrules_decisions_total{trigger="event"}'] == 2
            assert counts['groundrules_decisions_total{trigger="rejected"}'] == 1
            assert counts['groundrules_rule_fired_total{rule="advert"}'] == 1
            assert counts['groundrules_actions_total{do="mute"}'] == 1
            assert counts['groundrules_actions_ended_total{do="delete",outcome="done"}'] == 1
            assert counts["groundrules_actions_open"] == 3
            assert counts["groundrules_queue"] == 0
            assert counts["groundrules_store_commit_seconds_count"] >= 2
            assert counts['groundrules_http_request_seconds_count{endpoint="/v1/events",status="200"}'] == 1
            assert not any("ana" in name for name in counts)

    run(go())


def test_as_many_rules_are_told_apart_as_are_bounded(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MOST_RULES", 1)

    async def go() -> None:
        async with serving(book) as clients:
            await clients.stream(lines(message("1", "an advert"), message("2", "banme"), message("3", "serious")))
            counts = await counted(clients)
            assert counts['groundrules_rule_fired_total{rule="advert"}'] == 1
            assert counts['groundrules_rule_fired_total{rule="others"}'] == 2

    run(go())


def test_a_request_has_one_id(book: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            with caplog.at_level(logging.INFO, "groundrules.http"):
                headers = {"x-request-id": "mine-1"}
                answer = await clients.bot.post("/v1/events", json=message("1", "banme"), headers=headers)
            assert answer.headers["x-request-id"] == "mine-1"
            [record] = [record for record in caplog.records if record.name == "groundrules.http"]
            told: Any = record.__dict__["fields"]
            assert told["request"] == "mine-1"
            assert (told["token"], told["status"], told["event"], told["decisions"]) == ("bot", 200, "1", 1)
            answer = await clients.nobody.get("/nowhere", headers={"x-request-id": "mine\x7f2"})
            assert answer.headers["x-request-id"] == answer.json()["request"] != "mine\x7f2"

    run(go())


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", "a\nb", "{}"])
def test_an_id_that_can_not_be_used_is_replaced(given: str) -> None:
    assert request_name(given) != given


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_record_is_one_line_whatever_stands_in_it(form: Any) -> None:
    record = logging.LogRecord("groundrules.http", logging.INFO, "", 0, "a\nb \x1b[31m", (), None)
    record.fields = {"path": "/x\n\x1b[0m", "status": 404}
    line = Formatter(form).format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    if form == "json":
        assert json.loads(line)["path"] == "/x\n\x1b[0m"


def test_a_request_is_a_span_below_its_callers(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)

    async def go() -> None:
        async with serving(book) as clients:
            caller = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "x-request-id": "mine"}
            await clients.bot.post("/v1/events", json=message("1"), headers=caller)

    run(go())
    [span] = exporter.get_finished_spans()
    assert span.name == "POST /v1/events"
    assert span.context is not None
    assert span.parent is not None
    assert (span.context.trace_id, span.parent.span_id) == (int("a" * 32, 16), int("b" * 16, 16))
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/v1/events",
        "http.response.status_code": 200,
        "groundrules.request": "mine",
    }
