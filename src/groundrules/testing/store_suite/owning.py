"""Of whose a community is: nobody overwrites what they have not seen, nobody takes what another hub has."""

from __future__ import annotations

import pytest

from groundrules.stores import OwnedError, Store, StoreError
from groundrules.stores.records import Erasure, Row
from groundrules.testing.store_suite.base import Base, Place
from groundrules.testing.store_suite.hands import Hand, entry, everything


class Owning(Base):
    """Of whose a community is."""

    @pytest.mark.parametrize("version", [0, 1, 2, 4, 5, -1])
    def test_only_the_next_version_is_kept(self, store: Store, version: int) -> None:
        hand = Hand(store, "c")
        hand.commit("c", rows=[Row("c", "s", "k", b"1")])
        hand.commit("c", rows=[Row("c", "s", "k", b"2")])
        batch = hand.batch("c", rows=[Row("c", "s", "k", b"3")])
        batch.heads = [batch.heads[0]._replace(version=version)]
        before = everything(store, "c")
        with pytest.raises(OwnedError):
            store.commit(batch)
        assert everything(store, "c") == before

    def test_what_was_not_claimed_or_was_released_is_not_ours(self, store: Store) -> None:
        hand = Hand(store, "c")
        hand.commit("c")
        hand.heads["d"] = hand.heads["c"]._replace(community="d", version=0)
        with pytest.raises(OwnedError):
            hand.commit("d")
        store.release(["c", "never claimed"])
        with pytest.raises(OwnedError):
            hand.commit("c")
        with pytest.raises(OwnedError):
            store.erase([Erasure("c")])
        assert hand.claim("c").version == 1
        hand.commit("c")

    def test_claimed_twice_is_claimed(self, store: Store) -> None:
        hand = Hand(store, "c", "c")
        hand.commit("c", rows=[Row("c", "s", "k", b"1")])
        assert hand.claim("c").version == 1
        hand.commit("c")

    def test_of_two_hubs_one_has_a_community(self, store: Store, place: Place) -> None:
        hand = Hand(store, "c")
        hand.commit("c", rows=[Row("c", "s", "k", b"1")], entries=[entry("c", b"1")])
        try:
            second = place()
        except StoreError:
            return  # a place for one hub alone
        other = Hand(second, "d")
        other.commit("d")
        with pytest.raises(OwnedError):
            second.claim("c")
        with pytest.raises(OwnedError):
            store.claim("d")
        other.heads["c"] = hand.heads["c"]
        with pytest.raises(OwnedError):
            other.commit("c", "d")
        assert second.head("c") == hand.heads["c"]
        store.release(["c"])
        assert other.claim("c").version == 1
        other.commit("c", rows=[Row("c", "s", "k", b"2")])
        with pytest.raises(OwnedError):
            hand.commit("c")
        second.close()
        assert hand.claim("c").version == 2
        hand.commit("c", rows=[Row("c", "s", "k", b"3")])

    def test_what_is_seized_is_lost_to_whoever_had_it(self, store: Store, place: Place) -> None:
        hand = Hand(store, "c", "d")
        hand.commit("c", "d", rows=[Row("c", "s", "k", b"1")])
        try:
            second = place()
        except StoreError:
            assert store.claim("c", seize=True) is not None
            hand.commit("c")
            return  # a place for one hub alone
        claimed = second.claim("c", seize=True)
        assert claimed is not None
        assert claimed[1] == [Row("c", "s", "k", b"1")]
        with pytest.raises(OwnedError):
            hand.commit("c", "d", rows=[Row("d", "s", "k", b"2")])
        with pytest.raises(OwnedError):
            store.claim("c")
        other = Hand(second)
        other.heads["c"] = claimed[0]
        other.commit("c", rows=[Row("c", "s", "k", b"3")])
        store.release(["c"])
        other.commit("c")
        assert store.claim("c", seize=True) is not None
        with pytest.raises(OwnedError):
            other.commit("c")
        second.close()

    def test_positions_of_two_hubs_are_of_one_order(self, store: Store, place: Place) -> None:
        try:
            second = place()
        except StoreError:
            return  # a place for one hub alone
        hands = Hand(store, "c"), Hand(second, "d")
        last = 0
        for turn in range(6):
            hand, id = hands[turn % 2], "cd"[turn % 2]
            first = hand.commit(id, entries=[entry(id, b"1"), entry(id, b"2")])
            assert first > last
            last = first + 1
        second.close()

    def test_a_closed_hub_leaves_all_to_the_next(self, store: Store, place: Place) -> None:
        hand = Hand(store, "c")
        hand.commit("c", rows=[Row("c", "s", "k", b"1")])
        store.close()
        store.close()
        with pytest.raises(StoreError):
            hand.commit("c")
        with pytest.raises(StoreError):
            store.heads()
        following = place()
        assert Hand(following).claim("c").version == 1
        following.close()
