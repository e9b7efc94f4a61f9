"""Of all of it together: whatever is done in whatever order, a store tells what one in memory tells."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundrules.stores import OwnedError, Store
from groundrules.stores.records import Batch, Entry, Erasure, Events, Head, Note, Outgoing, Plan, Query, Row, Touch
from groundrules.testing.memory_store import MemoryStore
from groundrules.testing.store_suite.base import Base
from groundrules.testing.store_suite.hands import FAR, HARD_TEXTS, all_heads

PLACES = range(3)
_FINE = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow]
"""Each example has communities of its own, and every store's tests run the one test here."""

_example = itertools.count()

_texts = st.sampled_from([text for text in HARD_TEXTS if len(text) < 100]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=8
)
_names = st.sampled_from(["", "li", "wang", "李", "a\0b"])
_bodies = st.binary(max_size=12)
_times = st.integers(0, 5)
_places = st.sampled_from(PLACES)
_touches = st.lists(st.builds(Touch, st.sampled_from(["member", "rule", "channel"]), _names), max_size=3).map(tuple)
_statuses = st.sampled_from(["waiting", "sending", "done", "failed", "doubtful", "dropped"])
_queries = st.builds(
    Query,
    member=st.none() | _names,
    rule=st.none() | _names,
    channel=st.none() | _names,
    before=st.none() | st.just(FAR),
    limit=st.integers(1, 5),
)

# Records are drawn without their community, and with numbers that are taken up where the community stands.
_parts = st.fixed_dictionaries(
    {},
    optional={
        "rows": st.dictionaries(st.tuples(st.sampled_from(["s", "t"]), _texts), st.none() | _bodies, max_size=4),
        "events": st.lists(st.tuples(st.integers(1, 3), _times, _times, st.binary(min_size=1, max_size=9)), max_size=2),
        "entries": st.lists(st.tuples(_times, _bodies, _touches), max_size=4),
        "actions": st.lists(st.tuples(_bodies, _statuses), max_size=2),
        "outcomes": st.lists(st.tuples(_statuses, st.integers(0, 3), _texts), max_size=2),
        "notes": st.lists(st.tuples(_times, _texts, _bodies), max_size=2),
        "due": st.none() | _times,
        "paused": st.booleans(),
    },
)
_commits = st.tuples(st.just("commit"), st.dictionaries(_places, _parts, min_size=1, max_size=2))
_others = st.one_of(
    st.tuples(st.just("plan"), st.builds(Plan, _names, _times, _bodies, _bodies)),
    st.tuples(st.just("source"), st.tuples(_names, _bodies)),
    st.tuples(st.just("again"), st.none()),
    st.tuples(st.just("stale"), _places),
    st.tuples(st.just("erase"), st.tuples(_places, st.lists(st.none() | st.just(b"-")), _names, _times)),
    st.tuples(st.just("look"), _queries),
)
_stories = st.lists(_commits | _commits | _others, max_size=12)


class Likeness(Base):
    """Of all of it together."""

    @settings(suppress_health_check=_FINE, deadline=None)
    @given(story=_stories)
    def test_it_tells_what_a_store_in_memory_tells(self, store: Store, story: list[tuple[str, Any]]) -> None:
        pair = Pair(store, f"example {next(_example)}/")
        for what, facts in story:
            pair.steps[what](facts)
        pair.compare()


class Pair:
    """A store and one in memory, to which the same is done. Communities, plans and sources are of one example alone."""

    def __init__(self, store: Store, prefix: str) -> None:
        self.store, self.model, self.prefix = store, MemoryStore(), prefix
        self.heads = {place: Head(f"{prefix}{place}") for place in PLACES}
        self.last: Batch | None = None
        for head in self.heads.values():
            store.claim(head.community)
            self.model.claim(head.community)
        self.steps: dict[str, Callable[[Any], None]] = {
            name: getattr(self, f"_{name}") for name in ("commit", "plan", "source", "again", "stale", "erase", "look")
        }

    # --- what is done ---------------------------------------------------------------------------

    def _keep(self, batch: Batch) -> None:
        position = self.store.commit(batch)
        self.model.place.last = position - 1  # others may have taken positions between
        assert self.model.commit(batch) == position
        self.last = batch

    def _commit(self, places: dict[int, dict[str, Any]]) -> None:
        batch = Batch(f"{self.prefix}batch {len(self.model.place.kept.batches)}")
        for place, parts in places.items():
            head = self.heads[place]
            self._fill(batch, head, parts)
            self.heads[place] = batch.heads[-1]
        self._keep(batch)

    def _fill(self, batch: Batch, head: Head, parts: dict[str, Any]) -> None:
        of, number, acts = head.community, head.number, head.acts
        batch.rows += [Row(of, space, key, row) for (space, key), row in parts.get("rows", {}).items()]
        for length, since, until, body in parts.get("events", ()):
            batch.events.append(Events(of, number + 1, number + length, min(since, until), max(since, until), body))
            number += length
        batch.entries += [Entry(of, *facts) for facts in parts.get("entries", ())]
        for body, status in parts.get("actions", ()):
            acts += 1
            batch.actions.append(Outgoing(of, acts, f"key {acts}", body, 1, status))
        for status, back, reason in parts.get("outcomes", ()):
            known = self.model.outgoing(of, open=False)[back : back + 1]
            ended = {outcome.number for outcome in batch.outcomes if outcome.community == of}
            batch.outcomes += [
                action._replace(status=status, reason=reason, attempts=back)
                for action in known
                if action.number not in ended
            ]
        batch.notes += [Note(of, *facts) for facts in parts.get("notes", ())]
        facts = {"due": parts.get("due", head.due), "paused": parts.get("paused", head.paused)}
        batch.heads.append(head._replace(version=head.version + 1, batch=batch.id, number=number, acts=acts, **facts))

    def _plan(self, plan: Plan) -> None:
        self._keep(Batch(f"{self.prefix}{id(plan)}", plans=[plan._replace(digest=self.prefix + plan.digest)]))

    def _source(self, source: tuple[str, bytes]) -> None:
        self._keep(Batch(f"{self.prefix}{id(source)}", sources={self.prefix + source[0]: source[1]}))

    def _again(self, _: None) -> None:
        if self.last is not None:
            assert self.store.commit(self.last) == self.model.commit(self.last)

    def _stale(self, place: int) -> None:
        batch = Batch(f"{self.prefix}stale", heads=[self.heads[place]], rows=[Row(self.prefix, "s", "stale", b"")])
        for store in (self.store, self.model):
            try:
                store.commit(replace(batch, heads=[self.heads[place]._replace(batch="stale")]))
            except OwnedError:
                continue
            raise AssertionError("a version that is no longer the next was kept")

    def _erase(self, facts: tuple[int, list[bytes | None], str, int]) -> None:
        place, bodies, member, until = facts
        of = self.heads[place].community
        logged = self.model.decisions(Query(of, limit=FAR))
        erasure = Erasure(
            of,
            [event._replace(body=body or b"") for event, body in zip(self.model.events(of), bodies, strict=False)],
            [(entry.position, body) for entry, body in zip(logged, bodies, strict=False)],
            [(action.key, body) for action, body in zip(self.model.outgoing(of, open=False), bodies, strict=False)],
            [member],
            until,
        )
        self.store.erase([erasure])
        self.model.erase([erasure])

    # --- what is told ---------------------------------------------------------------------------

    def _look(self, query: Query) -> None:
        for head in self.heads.values():
            asked = replace(query, community=head.community)
            assert self.store.decisions(asked) == self.model.decisions(asked)

    def compare(self) -> None:
        """Compare all that both tell."""
        ours = {head.community for head in self.heads.values()}
        assert [head for head in all_heads(self.store) if head.community in ours] == all_heads(self.model)
        due = [head for head in self.store.due(FAR, limit=FAR) if head.community in ours]
        assert due == self.model.due(FAR)
        assert [id for id in self.store.acting(limit=FAR) if id in ours] == self.model.acting()
        for name in self.model.place.kept.plans:
            assert self.store.plan(name) == self.model.plan(name)
        for name in self.model.place.kept.sources:
            assert self.store.source(name) == self.model.source(name)
        for id in ours:
            self._compare(id)

    def _compare(self, of: str) -> None:
        assert _sorted(self.store.claim(of)) == _sorted(self.model.claim(of))
        assert self.store.decisions(Query(of, limit=FAR)) == self.model.decisions(Query(of, limit=FAR))
        assert self.store.outgoing(of, open=False) == self.model.outgoing(of, open=False)
        assert self.store.outgoing(of) == self.model.outgoing(of)
        assert self.store.notes(of) == self.model.notes(of)
        for since, after in ((0, 0), (3, 2)):
            assert list(self.store.events(of, since, after)) == list(self.model.events(of, since, after))
        assert set(self.model.where("li")) <= set(self.store.where("li"))


def _sorted(kept: tuple[Head, list[Row]] | None) -> tuple[Head, list[Row]] | None:
    return None if kept is None else (kept[0], sorted(kept[1]))
