"""Of letting go: whoever is forgotten is found nowhere, and nobody else is missing."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest

from groundrules.stores import OwnedError, Store
from groundrules.stores.records import Erasure, Note, Query, Row
from groundrules.testing.store_suite.base import Base
from groundrules.testing.store_suite.hands import Hand, action, entry, everything, segment

LI = "li-who-is-forgotten"
Traces = Callable[[], bytes]


class Erasing(Base):
    """Of letting go."""

    @pytest.fixture
    def traces(self) -> Traces | None:
        """Return what reads all bytes of the place, for a store that promises to leave none; None if it does not."""
        return None

    def test_each_record_goes_or_is_replaced(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        first = hand.commit(
            "c",
            "d",
            events=[segment(of, number, number, number, b"line") for of in "cd" for number in (1, 2, 3)],
            entries=[entry(of, b"%d" % at, at, member=LI, rule="r") for of in "cd" for at in (1, 2, 3)],
            actions=[action(of, number) for of in "cd" for number in (1, 2, 3)],
            notes=[Note(of, at, "k") for of in "cd" for at in (1, 2, 3)],
        )
        before = everything(store, "c", "d")
        store.erase(
            [
                Erasure(
                    "c",
                    events=[segment("c", 1, 1, body=b""), segment("c", 2, 3, 5, b"less"), segment("c", 9, 9)],
                    entries=[(first, None), (first + 1, b"less"), (first + 3, None), (first + 99, None)],
                    actions=[("key-1", None), ("key-2", b"less"), ("key-9", None)],
                    notes=3,
                )
            ]
        )
        kept = everything(store, "c", "d")
        assert kept["d"] == before["d"]
        left = kept["c"]
        assert left["events"] == [segment("c", 2, 3, 5, b"less"), segment("c", 3, 3, 3, b"line")]
        assert [(record.position, record.body) for record in left["decisions"]] == [
            (first + 1, b"less"),
            (first + 2, b"3"),
        ]
        assert [(record.number, record.body) for record in left["actions"]] == [(2, b"less"), (3, action("c", 3).body)]
        assert left["notes"] == [Note("c", 3, "k")]
        assert [decision.position for decision in store.decisions(Query("c", LI, "r"))] == [first + 1, first + 2]
        assert (left["head"], left["rows"]) == (before["c"]["head"], before["c"]["rows"])

    def test_the_numbers_of_what_went_are_not_given_again(self, store: Store) -> None:
        hand = Hand(store, "c")
        first = hand.commit("c", entries=[entry("c", b"1"), entry("c", b"2")])
        store.erase([Erasure("c", entries=[(first, None), (first + 1, None)])])
        assert hand.commit("c", entries=[entry("c", b"3")]) > first + 1

    def test_touches_of_a_member_go_and_those_of_others_stay(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        entries = [entry(of, b"x", member=who, rule=LI, channel=LI) for of in "cd" for who in (LI, "wang")]
        hand.commit("c", "d", entries=entries)
        store.erase([Erasure("c", members=[LI, "nobody"])])
        assert [decision.community for decision in store.decisions(Query(member=LI))] == ["d"]
        assert [decision.community for decision in store.decisions(Query(member="wang"))] == ["c", "d"]
        assert len(store.decisions(Query(rule=LI))) == len(store.decisions(Query(channel=LI))) == 4
        assert store.where(LI) == ["d"]

    def test_notes_that_name_a_member_go(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        details = (msgspec.json.encode({"by": LI}), json.dumps({"by": LI}).encode(), b'{"by":"%s s"}' % LI.encode())
        hand.commit("c", "d", notes=[Note(of, 1, "n", detail) for of in "cd" for detail in details])
        store.erase([Erasure("c", members=[LI])])
        assert [len(store.notes(of)) for of in "cd"] == [1, 3]

    def test_nothing_is_erased_if_one_of_them_is_not_ours(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        first = hand.commit("c", "d", entries=[entry("c", b"1")])
        store.release(["d"])
        with pytest.raises(OwnedError):
            store.erase([Erasure("c", entries=[(first, None)]), Erasure("d")])
        assert len(store.decisions(Query())) == 1

    def test_no_trace_is_left(self, store: Store, traces: Traces | None) -> None:
        hand = Hand(store, "c", "d")
        body = f'{{"who":"{LI}"}}'.encode()
        first = hand.commit(
            "c",
            "d",
            rows=[Row("c", "roster/member", LI, body), Row("c", "s", "shared", body), Row("c", "s", "wang", b"w")],
            events=[segment("c", 1, 2, body=body), segment("c", 3, 3, body=body)],
            entries=[entry("c", body, member=LI), entry("c", body, member=LI, rule="r")],
            actions=[action("c", 1, f"key of {LI}")._replace(body=body), action("c", 2)._replace(body=body)],
            notes=[Note("c", 1, "k", body)],
        )
        for turn in range(10):
            hand.commit("c", rows=[Row("c", "s", f"k{turn}", body)], entries=[entry("c", body, member=LI)])
        gone = [Row("c", "roster/member", LI, None), Row("c", "s", "shared", b"[]")]
        hand.commit("c", rows=[*gone, *(Row("c", "s", f"k{turn}", None) for turn in range(10))])
        logged = store.decisions(Query("c"))
        store.erase(
            [
                Erasure(
                    "c",
                    events=[segment("c", 1, 2, body=b"[]"), segment("c", 3, 3, body=b"")],
                    entries=[(first, b"[]"), *((entry.position, None) for entry in logged[1:])],
                    actions=[(f"key of {LI}", None), ("key-2", b"[]")],
                    members=[LI],
                    notes=2,
                )
            ]
        )
        assert LI.encode() not in repr(everything(store, "c", "d")).encode()
        assert (store.where(LI), store.decisions(Query(member=LI)), store.action("c", f"key of {LI}")) == ([], [], None)
        assert store.action("c", "key-2") == action("c", 2)._replace(body=b"[]")
        if traces is not None:
            assert LI.encode() not in traces()
