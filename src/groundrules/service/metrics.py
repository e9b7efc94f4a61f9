"""What is counted for Prometheus. Nothing is counted by member; by rule and action only as many as rulebooks have."""

from __future__ import annotations

import time

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from groundrules.runtime import Hub
from groundrules.stores.records import OPEN, Batch

MOST_RULES = 2000
OTHERS = "others"
"""The rule under which those are counted that would be one too many."""
TEXT = "text/plain; version=0.0.4; charset=utf-8"

_COMMIT = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_REQUEST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
_TOGETHER = (1, 10, 100, 1000)


class _Fired(msgspec.Struct):
    rule: str


class _Decision(msgspec.Struct):
    trigger: str
    fired: list[_Fired] = []


class _Action(msgspec.Struct):
    do: str


_decision = msgspec.json.Decoder(_Decision).decode
_action = msgspec.json.Decoder(_Action).decode


class Metrics:
    """The counters of a service; they begin at nought with the process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._registry = CollectorRegistry()
        self._rules: set[str] = set()
        self._count_decisions()
        self._measure()

    def _count_decisions(self) -> None:
        to = self._registry
        self._events = Counter("groundrules_events", "Events recorded, with ticks and results", registry=to)
        self._decisions = Counter("groundrules_decisions", "Decisions kept", ["trigger"], registry=to)
        self._fired = Counter("groundrules_rule_fired", "Decisions in which a rule fired", ["rule"], registry=to)
        self._actions = Counter("groundrules_actions", "Actions decided on", ["do"], registry=to)
        ends = "Actions by what became of them: done, failed, doubtful, dropped"
        self._ended = Counter("groundrules_actions_ended", ends, ["do", "outcome"], registry=to)
        self._open = Gauge("groundrules_actions_open", "Actions whose end is not known", registry=to)

    def _measure(self) -> None:
        to, hub = self._registry, self._hub
        self._commit = Histogram(
            "groundrules_store_commit_seconds", "How long a commit takes", buckets=_COMMIT, registry=to
        )
        self._together = Histogram(
            "groundrules_commit_events", "Events kept in one commit", buckets=_TOGETHER, registry=to
        )
        self._lag = Gauge("groundrules_lag_seconds", "From an event's time until it was kept, lately", registry=to)
        labels = ["endpoint", "status"]
        self._requests = Histogram(
            "groundrules_http_request_seconds", "How long a request takes", labels, buckets=_REQUEST, registry=to
        )
        Gauge("groundrules_queue", "Events and other jobs that wait", registry=to).set_function(lambda: hub.waiting)
        trouble = Gauge("groundrules_store_trouble", "1 while the store can't be written to", registry=to)
        trouble.set_function(lambda: hub.trouble is not None)

    async def start(self) -> None:
        """Follow the hub from now on."""
        self._hub.watch(self._kept)
        open = await self._hub.do(
            None, lambda core: sum(len(community.open) for community in core.communities.values())
        )
        self._open.inc(open)

    def request(self, endpoint: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(endpoint, str(status)).observe(seconds)

    def page(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)

    def _kept(self, batch: Batch) -> None:
        self._commit.observe(self._hub.commit_seconds)
        if batch.events:
            events = sum(event.last - event.first + 1 for event in batch.events)
            self._events.inc(events)
            self._together.observe(events)
            self._lag.set(max(0.0, time.time() - max(event.until for event in batch.events) / 1000))
        for entry in batch.entries:
            decision = _decision(entry.body)
            self._decisions.labels(decision.trigger).inc()
            for fired in decision.fired:
                self._fired.labels(self._bounded(fired.rule)).inc()
        self._acted(batch)

    def _acted(self, batch: Batch) -> None:
        for action in batch.actions:
            self._actions.labels(_action(action.body).do).inc()
            self._open.inc()
        for action in batch.outcomes:
            if action.status not in OPEN or action.status == "doubtful":
                self._ended.labels(_action(action.body).do, action.status).inc()
            if action.status not in OPEN:
                self._open.dec()

    def _bounded(self, rule: str) -> str:
        if rule not in self._rules:
            if len(self._rules) >= MOST_RULES:
                return OTHERS
            self._rules.add(rule)
        return rule
