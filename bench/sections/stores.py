"""Bare commits: a batch of one event, and of a thousand, as a hub writes them, in each store."""

from __future__ import annotations

import itertools
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from dev.postgres import NoServerError, server

from bench.figures import Results
from bench.timing import once
from groundrules.stores import Store
from groundrules.stores.records import Batch, Entry, Events, Head, Row, Touch
from groundrules.tools.running.states import opened

SIZES = (1, 1_000)
ROWS_PER_EVENT = 3
MEMBERS = 500
BODY = b'{"trigger":"event","at":"2026-03-02T01:06:30.000Z","seq":1,"event":"e4","type":"message"}'.ljust(300)
LINE = b'{"id":"e4","type":"message","community":{"id":"c"},"actor":{"id":"li"},"text":"..."}'.ljust(250)


def run(results: Results, rounds: int) -> None:
    with ExitStack() as stack:
        for name, where in _places(results, stack):
            with closing(opened(where)) as store:
                for size in SIZES:
                    took = commits(store, f"c{size}", size, rounds if size > 1 else rounds * 20)
                    results.add("stores", name, took * 1e3, "ms", events=size)


def _places(results: Results, stack: ExitStack) -> Iterator[tuple[str, str]]:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    yield "SQLite", f"sqlite:{Path(folder) / 'hub.db'}"
    try:
        yield "PostgreSQL", stack.enter_context(server(durable=True)).url
    except NoServerError as error:
        results.skipped.append(f"stores: no PostgreSQL: {error}")


def commits(store: Store, community: str, size: int, rounds: int) -> float:
    """Return the median seconds of a commit of so many events in one community, confirmed by the disk."""
    store.claim(community)
    batches = (batch(community, number, size) for number in itertools.count(1))
    store.commit(next(batches))
    return statistics.median(once(lambda made=made: store.commit(made)) for made in itertools.islice(batches, rounds))  # type: ignore[misc]


def batch(community: str, number: int, size: int) -> Batch:
    """Return the batch that a hub makes of events: what it recorded, decided and remembers."""
    id = f"{community} {number}"
    first = (number - 1) * size
    made = Batch(id, heads=[Head(community, number, id, number=first + size)])
    made.events = [Events(community, first + 1, first + size, 0, 0, b"\n".join([LINE] * size))]
    for event in range(first, first + size):
        member = f"member-{event * 7 % MEMBERS}"
        touches = (Touch("member", member), Touch("channel", "general"), Touch("rule", f"rule-{event % 20}"))
        made.entries.append(Entry(community, event, BODY, touches))
    keys = {f"member-{at * 7 % MEMBERS}" for at in range(first, first + size)}
    spaces = [f"window/{space}" for space in range(ROWS_PER_EVENT)]
    made.rows = [Row(community, space, key, number.to_bytes(40, "big")) for key in sorted(keys) for space in spaces]
    return made
