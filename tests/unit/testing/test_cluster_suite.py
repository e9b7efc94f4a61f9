"""The suite for stream engines, passed by two engines in memory, and failed by one that loses something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from groundrules.cluster import packing
from groundrules.cluster.step import Key
from groundrules.decisions import encode
from groundrules.testing.cluster_suite import Answer, Batches, ClusterSuite, Run, Steps
from groundrules.tools.running.run import numbered


def by_rows(steps: Steps, batches: Batches) -> Iterator[Answer]:
    """A step an event; nothing but rows stays in between."""
    step = steps()
    kept: dict[str, dict[Key, bytes]] = {}
    for batch in batches:
        for community, position, event in batch:
            rows = kept.setdefault(community, {})
            stepped = step(community, dict(rows), [] if event is None else [event], end=event is None)
            for key, row in stepped.rows.items():
                rows.pop(key, None)
                if row is not None:
                    rows[key] = row
            yield from (Answer(community, encode(numbered(one, position))) for one in stepped.decisions)


def in_pieces(steps: Steps, batches: Batches) -> Iterator[Answer]:
    """A step a community and batch, in one of two processes; rows stand in pieces."""
    processes = steps(), steps()
    pieces: dict[str, list[bytes]] = {}
    tokens: dict[str, bytes] = {}
    for number, batch in enumerate(batches):
        for community in dict.fromkeys(record.community for record in batch):
            process, held = processes[(number + len(community)) % 2], pieces.setdefault(community, [])
            came = [record for record in batch if record.community == community]
            events = [record.event for record in came if record.event is not None]
            stepped, tokens[community] = process.lasting(
                community,
                tokens.get(community, b""),
                lambda held=held: packing.unpacked(held),  # type: ignore[misc]
                events,
                end=came[-1].event is None,
            )
            held += packing.packed(stepped.rows)
            decisions = iter(stepped.decisions)
            for record, count in zip(came, stepped.counts, strict=False):
                for _ in range(count):
                    yield Answer(community, encode(numbered(next(decisions), record.position)))
            yield from (Answer(community, encode(decision)) for decision in decisions)


class TestByRows(ClusterSuite):
    @pytest.fixture
    def run(self) -> Run:
        return by_rows


class TestInPieces(ClusterSuite):
    every = 3

    @pytest.fixture
    def run(self) -> Run:
        return in_pieces


def forgetful(steps: Steps, batches: Batches) -> Iterator[Answer]:
    """An engine that keeps nothing from one batch to the next."""
    return (told for batch in batches for told in by_rows(steps, [batch]))


class TestForgetful(ClusterSuite):
    every = 12

    @pytest.fixture
    def run(self) -> Run:
        return forgetful

    @pytest.mark.xfail(strict=True, raises=AssertionError)
    def test_cases_are_decided_as_one_engine_does(self, run, tmp_path) -> None:  # type: ignore[no-untyped-def]
        super().test_cases_are_decided_as_one_engine_does(run, tmp_path)
