"""Of commits: all of a batch is kept or nothing, once, as it was given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from groundrules.stores import Store, StoreError
from groundrules.stores.records import Batch, Head, Logged, Note, Plan, Query, Row
from groundrules.testing.store_suite.base import Base, Place
from groundrules.testing.store_suite.hands import (
    EVERY_BYTE,
    HARD_TEXTS,
    Hand,
    action,
    all_heads,
    entry,
    everything,
    segment,
)

NO_BYTES: Any = object()
BROKEN: dict[str, Any] = {
    "rows": [Row("c", "s", "other", b"new"), Row("c", "s", "broken", NO_BYTES)],
    "events": [segment("c", 2, 2), segment("c", 3, 3, body=NO_BYTES)],
    "events that are there": [segment("c", 2, 2), segment("c", 1, 1, body=b"others")],
    "entries": [entry("c", b"new", member="li"), entry("c", NO_BYTES, member="li")],
    "actions": [action("c", 2), action("c", 3)._replace(body=NO_BYTES)],
    "outcomes": [action("c", 1, status="done"), action("c", 4)._replace(body=NO_BYTES)],
    "notes": [Note("c", 1, "new"), Note("c", 1, "broken", NO_BYTES)],
    "plans": [Plan("new", 0, b"", b""), Plan("broken", 0, b"", NO_BYTES)],
    "sources": {"new": b"1", "broken": NO_BYTES},
}


def full_batch(hand: Hand, community: str) -> Batch:
    """Return a batch with something of everything."""
    return hand.batch(
        community,
        head={"due": 7, "number": 1, "acts": 1, "plan": "p", "paused": True, "settings": b'{"a":1}'},
        rows=[Row(community, "s", "k", b"row")],
        events=[segment(community, 1, 1, at=3)],
        entries=[entry(community, b"decided", 3, member="li", rule="r", channel="general")],
        actions=[action(community, 1)],
        notes=[Note(community, 4, "kind", b'{"x":1}')],
        plans=[Plan("p", 1, b"shapes", b"body")],
        sources={"kafka": b"17"},
    )


class Keeping(Base):
    """Of commits."""

    def test_a_new_place_is_empty(self, store: Store) -> None:
        assert store.claim("c") is None
        assert (store.head("c"), store.heads(), store.due(1 << 60), store.acting()) == (None, [], [], [])
        assert (store.outgoing(), store.outgoing("c"), store.action("c", "k"), list(store.events("c"))) == (
            [],
            [],
            None,
            [],
        )
        assert (store.decisions(Query()), store.notes(), store.where("li")) == ([], [], [])
        assert (store.source("s"), store.plan("p")) == (None, None)

    def test_a_batch_is_kept_as_it_is_given(self, store: Store, place: Place) -> None:
        hand = Hand(store, "c")
        batch = full_batch(hand, "c")
        position = hand.keep(batch)
        for _ in range(2):
            kept = everything(store, "c")["c"]
            assert kept["head"] == kept["claimed"] == batch.heads[0]
            assert (kept["rows"], kept["events"], kept["notes"]) == (batch.rows, batch.events, batch.notes)
            assert (kept["actions"], kept["open"]) == (batch.actions, batch.actions)
            assert kept["decisions"] == [Logged(position, "c", 3, b"decided")]
            assert (store.plan("p"), store.source("kafka")) == (batch.plans[0], b"17")
            assert (store.heads(), store.due(7), store.due(6), store.acting()) == (batch.heads, batch.heads, [], ["c"])
            store.close()
            store = place()
        store.close()

    def test_rows_are_written_over_and_deleted(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        hand.commit("c", "d", rows=[Row(id, "s", key, b"1") for id in "cd" for key in "xyz"])
        hand.commit("c", rows=[Row("c", "s", "x", None), Row("c", "s", "y", b"2"), Row("c", "t", "x", b"3")])
        hand.commit("c", rows=[Row("c", "s", "not there", None)])
        kept = {id: {row[1:] for row in everything(store, id)[id]["rows"]} for id in "cd"}
        assert kept["c"] == {("s", "y", b"2"), ("s", "z", b"1"), ("t", "x", b"3")}
        assert kept["d"] == {("s", key, b"1") for key in "xyz"}

    @pytest.mark.parametrize(
        "body", [b"", EVERY_BYTE, b"\0" * 10, EVERY_BYTE * 20_000], ids=["none", "all", "nul", "5MB"]
    )
    def test_bytes_are_nobodys_business(self, store: Store, body: bytes) -> None:
        hand = Hand(store, "c")
        hand.commit(
            "c",
            head={"settings": body},
            rows=[Row("c", "s", "k", body)],
            events=[segment("c", 1, 1, body=body or b"{}")],
            entries=[entry("c", body)],
            actions=[action("c", 1)._replace(body=body)],
            notes=[Note("c", 1, "k", body)],
            plans=[Plan("p", 1, body, body)],
            sources={"s": body},
        )
        kept = everything(store, "c")["c"]
        assert [kept["head"].settings, kept["rows"][0].row, kept["events"][0].body] == [body, body, body or b"{}"]
        assert [kept["decisions"][0].body, kept["actions"][0].body, kept["notes"][0].detail] == [body] * 3
        assert (store.plan("p"), store.source("s")) == (Plan("p", 1, body, body), body)

    def test_texts_are_any_text(self, store: Store) -> None:
        hand = Hand(store, *HARD_TEXTS)
        for number, id in enumerate(HARD_TEXTS):
            texts = [text for text in HARD_TEXTS if text]
            hand.commit(
                id,
                rows=[Row(id, space, key, f"{number}".encode()) for space in {"", "s", id} for key in HARD_TEXTS],
                entries=[entry(id, b"", member=id, rule=id, channel=id)],
                actions=[action(id, at, text, reason=text) for at, text in enumerate(texts, 1)],
                notes=[Note(id, 1, "kind")],
                plans=[Plan(id, number, b"", b"")],
                sources={id: f"{number}".encode()},
            )
        assert {head.community for head in all_heads(store, 3)} == set(HARD_TEXTS)
        for number, id in enumerate(HARD_TEXTS):
            self._found_again(store, id, number)

    def _found_again(self, store: Store, id: str, number: int) -> None:
        kept = store.claim(id)
        assert kept is not None
        assert {row[:3] for row in kept[1]} == {(id, space, key) for space in ("", "s", id) for key in HARD_TEXTS}
        assert {row.row for row in kept[1]} == {f"{number}".encode()}
        for query in (Query(member=id), Query(rule=id), Query(channel=id), Query(community=id)):
            assert [decision.community for decision in store.decisions(query)] == [id]
        assert (store.source(id), store.plan(id)) == (f"{number}".encode(), Plan(id, number, b"", b""))
        assert [note.community for note in store.notes(id)] == [id]
        acts = store.outgoing(id)
        assert [(act.community, act.key, act.reason) for act in acts] == [(id, key, key) for key in HARD_TEXTS if key]
        assert all(store.action(id, act.key) == act for act in acts)
        assert id in store.where(id)

    @pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
    def test_what_is_no_text_is_refused(self, store: Store, text: str) -> None:
        hand = Hand(store, "c")
        with pytest.raises(StoreError):
            hand.commit("c", rows=[Row("c", "s", "k", b""), Row("c", "s", text, b"")])
        for ask in (store.claim, store.head, store.where, store.source, store.plan, store.heads, store.outgoing):
            with pytest.raises(StoreError):
                ask(text)
        hand.commit("c")
        assert everything(store, "c")["c"]["rows"] == []

    # --- all or nothing -------------------------------------------------------------------------

    @pytest.mark.parametrize("broken", BROKEN)
    def test_of_a_batch_that_breaks_off_nothing_is_kept(self, store: Store, broken: str) -> None:
        hand = Hand(store, "c")
        hand.keep(full_batch(hand, "c"))
        before = everything(store, "c")
        batch = hand.batch("c", rows=[Row("c", "s", "k", b"new")], entries=[entry("c", b"new", member="wang")])
        batch = replace(batch, **{broken.partition(" ")[0]: BROKEN[broken]})
        with pytest.raises(StoreError):
            store.commit(batch)
        assert everything(store, "c") == before
        assert (store.plan("new"), store.source("new"), store.decisions(Query(member="wang"))) == (None, None, [])
        assert hand.commit("c", entries=[entry("c", b"next")]) > before["c"]["decisions"][0].position

    def test_one_community_that_is_refused_takes_the_others_with_it(self, store: Store) -> None:
        hand = Hand(store, "a", "b", "c")
        hand.commit("a", "b", "c")
        before = everything(store, "a", "b", "c")
        batch = hand.batch("a", "b", "c", rows=[Row("a", "s", "k", b"")], entries=[entry("a", b"")])
        batch.heads[1] = batch.heads[1]._replace(version=7)
        with pytest.raises(StoreError):
            store.commit(batch)
        assert everything(store, "a", "b", "c") == before
        assert store.decisions(Query()) == []

    # --- once -----------------------------------------------------------------------------------

    def test_a_batch_that_comes_again_is_kept_once(self, store: Store) -> None:
        hand = Hand(store, "c", "d", "e")
        hand.keep(full_batch(hand, "d"))
        batch = full_batch(hand, "c")
        position = hand.keep(batch)
        before = everything(store, "c", "d")
        assert store.commit(batch) == position
        hand.commit("e", entries=[entry("e", b"between")])
        assert store.commit(batch) == position
        assert everything(store, "c", "d") == before
        assert len(store.decisions(Query())) == 3

    def test_a_batch_of_no_community_is_kept_once_too(self, store: Store) -> None:
        batch = Batch("a batch", entries=[entry("", b"stray")], notes=[Note("", 1, "k")], sources={"s": b"1"})
        position = store.commit(batch)
        assert store.commit(batch) == position
        assert store.decisions(Query()) == [Logged(position, "", 0, b"stray")]
        assert store.notes() == store.notes("") == [Note("", 1, "k")]

    def test_kept_batches_are_known_by_their_ids_alone(self, store: Store) -> None:
        hand = Hand(store, "c")
        first, second = hand.batch("c"), hand.batch("c")
        hand.keep(first)
        with pytest.raises(StoreError):
            store.commit(second)
        assert store.head("c") == Head("c", 1, first.id)

    def test_a_large_batch(self, store: Store) -> None:
        ids = [f"c{number:03}" for number in range(200)]
        hand = Hand(store, *ids)
        rows = [Row(id, "s", f"k{number}", b"row") for id in ids for number in range(50)]
        entries = [entry(id, b"{}", member=f"m{number}") for id in ids for number in range(10)]
        position = hand.commit(*ids, rows=rows, entries=entries)
        decisions = store.decisions(Query(limit=10_000))
        assert [decision.position for decision in decisions] == list(range(position, position + 2000))
        assert [decision.community for decision in decisions] == [entry.community for entry in entries]
        assert sum(len(everything(store, id)[id]["rows"]) for id in ids[:5]) == 250
