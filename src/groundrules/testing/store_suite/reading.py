"""Of looking things up: what belongs to a question is found, in order, page by page, and nothing else."""

from __future__ import annotations

from itertools import product
from typing import Any

from groundrules.stores import Store
from groundrules.stores.records import Entry, Events, Note, Outgoing, Plan, Query, Row, Touch
from groundrules.testing.store_suite.base import Base
from groundrules.testing.store_suite.hands import FAR, Hand, action, all_heads, entry, segment


class Reading(Base):
    """Of looking things up."""

    def test_positions_follow_one_another_in_a_batch_and_grow(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        last = 0
        for turn in range(5):
            first = hand.commit("c", "d", entries=[entry("cd"[number % 2], b"%d" % number) for number in range(4)])
            assert first > last, turn
            decisions = store.decisions(Query(after=last))
            assert [(decision.position, decision.body) for decision in decisions] == [
                (first + at, b"%d" % at) for at in range(4)
            ]
            last = first + 3

    def test_the_log_is_paged_forwards_and_backwards(self, store: Store) -> None:
        hand = Hand(store, "c")
        first = hand.commit("c", entries=[entry("c", b"%d" % number) for number in range(25)])
        forwards, backwards = [], []
        page = store.decisions(Query(limit=10))
        while page:
            forwards += page
            page = store.decisions(Query(after=page[-1].position, limit=10))
        page = store.decisions(Query(before=FAR, limit=10))
        while page:
            backwards += page
            page = store.decisions(Query(before=page[-1].position, limit=10))
        assert [entry.position for entry in forwards] == list(range(first, first + 25))
        assert backwards == forwards[::-1]

    def test_decisions_are_found_by_what_they_touch(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        places, members, rules, channels = "cd", ("li", "wang"), ("spam", "raid"), ("general", "li")
        entries = [
            entry(of, f"{of} {member} {rule} {channel}".encode(), member=member, rule=rule, channel=channel)
            for of, member, rule, channel in product(places, members, rules, channels)
        ]
        hand.commit("c", "d", entries=entries)
        for of, member, rule, channel in product((*places, None), (*members, None), (*rules, None), (*channels, None)):
            wanted = [of, member, rule, channel]
            expected = [entry.body for entry in entries if _matches(entry.body.decode().split(), wanted)]
            query = Query(of, member, rule, channel)
            assert [decision.body for decision in store.decisions(query)] == expected
            back = Query(of, member, rule, channel, before=FAR)
            assert [decision.body for decision in store.decisions(back)] == expected[::-1]
            some = Query(of, member, rule, channel, limit=3)
            assert [decision.body for decision in store.decisions(some)] == expected[:3]

    def test_a_decision_touches_many_and_may_say_so_twice(self, store: Store) -> None:
        hand = Hand(store, "c")
        touches = (*(Touch("member", f"m{number}") for number in range(100)), Touch("member", "m7"), Touch("rule", "r"))
        position = hand.commit("c", entries=[Entry("c", 1, b"raid", touches), Entry("c", 1, b"none")])
        for query in (Query(member="m7"), Query(member="m99", rule="r"), Query(rule="r")):
            assert [decision.position for decision in store.decisions(query)] == [position]
        assert store.decisions(Query(member="r")) == store.decisions(Query(rule="m7")) == []

    def test_nobody_is_found_who_is_not_asked_for(self, store: Store) -> None:
        hand = Hand(store, "c", "C", "c ", "")
        names = ("li", "Li", "li ", "lí", "")
        hand.commit(*hand.heads, entries=[entry(of, b"x", member=name) for of in hand.heads for name in names])
        for of, name in product(hand.heads, names):
            assert len(store.decisions(Query(of, member=name))) == 1
            assert len(store.decisions(Query(member=name))) == 4

    # --- actions --------------------------------------------------------------------------------

    def test_actions_are_read_in_order_and_the_open_ones_alone(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        hand.commit("c", "d", actions=[action(of, number) for of in "dc" for number in (3, 1, 2, 10, 11)])
        assert [action.number for action in store.outgoing("c")] == [1, 2, 3, 10, 11]
        assert [action.number for action in store.outgoing("c", after=2, limit=2)] == [3, 10]
        assert [(action.community, action.number) for action in store.outgoing(limit=7)][4:] == [
            ("c", 11),
            ("d", 1),
            ("d", 2),
        ]
        states: list[Any] = ["done", "failed", "dropped", "sending", "doubtful"]
        ends = [
            Outgoing("c", number, f"key-{number}", b'{"do":"warn"}', 5, status, number, 9, "why")
            for number, status in zip((1, 2, 3, 10, 11), states, strict=True)
        ]
        hand.commit("c", outcomes=ends)
        assert store.outgoing("c") == ends[3:]
        assert store.outgoing("c", open=False) == ends
        assert (store.action("c", "key-2"), store.action("d", "key-2")) == (ends[1], action("d", 2))
        assert (store.action("c", "key-9"), store.action("e", "key-1")) == (None, None)

    def test_an_action_that_ends_in_its_own_batch(self, store: Store) -> None:
        hand = Hand(store, "c")
        hand.commit("c", actions=[action("c", 1)], outcomes=[action("c", 1, status="dropped")])
        assert store.outgoing("c", open=False) == [action("c", 1, status="dropped")]

    def test_of_actions_under_one_key_the_last_is_returned(self, store: Store) -> None:
        hand = Hand(store, "c")
        hand.commit("c", actions=[action("c", 1, "key")])
        hand.commit("c", actions=[action("c", 2, "key")], outcomes=[action("c", 1, "key", status="done")])
        assert store.action("c", "key") == action("c", 2, "key")
        assert [action.number for action in store.outgoing("c", open=False)] == [1, 2]

    def test_who_has_open_actions_is_known(self, store: Store) -> None:
        ids = [f"c{number}" for number in range(9)]
        hand = Hand(store, *ids)
        hand.commit(*ids, actions=[action(id, number) for id in ids for number in (1, 2)])
        hand.commit(*ids[3:6], outcomes=[action(id, 1, status="done") for id in ids[3:6]])
        hand.commit(*ids[:6], outcomes=[action(id, 2, status="failed") for id in ids[:6]])
        assert store.acting(limit=4) == ["c0", "c1", "c2", "c6"]
        assert store.acting(after="c2") == ["c6", "c7", "c8"]

    # --- events ---------------------------------------------------------------------------------

    def test_recorded_events_are_read_in_order(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        expected = [segment("c", turn * 3 + 1, turn * 3 + 3, turn * 10, b"%d" % turn) for turn in range(250)]
        for turn in range(0, 250, 50):
            others = [segment("d", turn + 1, turn + 1)]
            hand.commit("c", "d", events=[*expected[turn : turn + 50], *others])
        assert list(store.events("c")) == expected
        assert list(store.events("c", after=300)) == expected[100:]
        assert list(store.events("c", after=301)) == expected[100:]
        assert list(store.events("c", after=303)) == expected[101:]
        assert list(store.events("c", since=1001)) == expected[101:]
        assert list(store.events("c", since=1500, after=749)) == expected[249:]
        assert list(store.events("c", after=750)) == list(store.events("e")) == []

    def test_times_of_events_may_go_back(self, store: Store) -> None:
        hand = Hand(store, "c")
        spans = [(1, 100, 200), (2, 10, 20), (3, 5, 400), (4, 50, 60)]
        hand.commit("c", events=[Events("c", first, first, since, until, b"{}") for first, since, until in spans])
        assert [event.first for event in store.events("c", since=100)] == [1, 3]
        assert [event.first for event in store.events("c", since=100, after=1)] == [3]

    def test_events_may_be_read_while_more_come(self, store: Store) -> None:
        hand = Hand(store, "c")
        hand.commit("c", events=[segment("c", number, number) for number in range(1, 6)])
        firsts = []
        for stored in store.events("c"):
            firsts.append(stored.first)
            if stored.first <= 5:
                hand.commit("c", events=[segment("c", stored.first + 5, stored.first + 5)])
        assert firsts[:5] == [1, 2, 3, 4, 5]
        assert firsts == sorted(set(firsts))

    # --- heads, notes, the rest -----------------------------------------------------------------

    def test_communities_are_paged(self, store: Store) -> None:
        ids = [f"c{number:02}" for number in range(25)]
        hand = Hand(store, *ids)
        hand.commit(*reversed(ids))
        assert [head.community for head in all_heads(store, 4)] == ids
        assert [head.community for head in store.heads(after="c22")] == ["c23", "c24"]

    def test_the_earliest_is_due_first(self, store: Store) -> None:
        hand = Hand(store, *"abcde")
        for id, due in zip("abcde", (30, 10, None, 20, 10), strict=True):
            hand.commit(id, head={"due": due})
        assert [head.community for head in store.due(1 << 60)] == ["b", "e", "d", "a"]
        assert [head.community for head in store.due(20)] == ["b", "e", "d"]
        assert [head.community for head in store.due(20, limit=1)] == ["b"]
        hand.commit("b", head={"due": 50})
        hand.commit("d", head={"due": None})
        assert [(head.community, head.due) for head in store.due(1 << 60)] == [("e", 10), ("a", 30), ("b", 50)]
        assert store.due(9) == []

    def test_the_newest_note_is_first(self, store: Store) -> None:
        hand = Hand(store, "c", "d")
        notes = [Note("cd"[number % 2], 100 - number, f"kind {number}") for number in range(6)]
        hand.commit("c", "d", notes=notes[:4])
        hand.commit("c", "d", notes=notes[4:])
        assert store.notes() == notes[::-1]
        assert store.notes(limit=2) == notes[:3:-1]
        assert store.notes("c") == notes[4::-2]
        assert store.notes("d", limit=1) == [notes[5]]

    def test_plans_and_sources_are_written_over(self, store: Store) -> None:
        hand = Hand(store, "c")
        hand.commit("c", plans=[Plan("p", 1, b"a", b"b"), Plan("q", 1, b"", b"")], sources={"s": b"1", "t": b"1"})
        hand.commit("c", plans=[Plan("p", 2, b"c", b"d")], sources={"s": b"2"})
        assert (store.plan("p"), store.plan("q")) == (Plan("p", 2, b"c", b"d"), Plan("q", 1, b"", b""))
        assert (store.source("s"), store.source("t"), store.source("u")) == (b"2", b"1", None)

    def test_where_a_member_is(self, store: Store) -> None:
        ids = ("log", "decision", "roster", "key", "row", "event", "escaped", "action", "note", "no")
        hand = Hand(store, *ids)
        li = '李"'
        hand.commit(
            *ids,
            rows=[
                Row("roster", "roster/member", li, b""),
                Row("key", "window/0", f"general\x1f{li}", b""),
                Row("row", "process/p", "k", b"\x93" + li.encode() + b"\x01"),
                Row("no", "s", "wang", b"wang"),
            ],
            entries=[
                entry("log", b"", member=li),
                entry("decision", '{"who":"李\\""}'.encode()),
                entry("no", b"", member="wang", rule=li, channel=li),
                entry("", '{"who":"李\\""}'.encode()),
            ],
            events=[
                segment("event", 1, 1, body='{"actor":{"id":"李\\""}}'.encode()),
                segment("escaped", 1, 1, body=b'{"actor":{"id":"\\u674e\\""}}'),
                segment("no", 1, 1, body='{"actor":{"id":"王"}}'.encode()),
            ],
            actions=[action("action", 1)._replace(body='{"who":"李\\""}'.encode())],
            notes=[Note("note", 1, "k", '{"by":"李\\""}'.encode())],
        )
        assert store.where(li) == sorted({"", *ids} - {"no"})
        assert store.where("nobody") == []
        assert store.where("wang") == ["no"]


def _matches(touched: list[str], wanted: list[str | None]) -> bool:
    return all(want in (None, id) for id, want in zip(touched, wanted, strict=True))
