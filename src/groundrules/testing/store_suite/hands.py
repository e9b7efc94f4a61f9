"""What the tests of the suite share: a writer that does as a hub does, texts that are hard to keep, a look at all."""

from __future__ import annotations

import uuid
from typing import Any

from groundrules.stores import Store
from groundrules.stores.records import Batch, Entry, Events, Head, Outgoing, Query, Touch

FAR = 1 << 62
EVERY_BYTE = bytes(range(256))
HARD_TEXTS = (
    "",
    "\0",
    "a\0b",
    "a",
    "A",
    "a ",
    "a\x1fb\x1ec",
    "\x1d",
    "é",
    "e\u0301",
    "社区",
    "\U0001f468\u200d\U0001f469",
    "\ufeff",
    "\uffff",
    "%_'\"\\",
    "\\x00",
    "x" * 70,
    "x" * 5000,
    "x" * 4999 + "y",
    "长" * 4000,
)
"""Ids that a careless store mixes up, cuts or refuses: a hostile event may hold any of them."""


class Hand:
    """Claims communities of a store and commits to them, as a hub does; keeps their heads."""

    def __init__(self, store: Store, *communities: str) -> None:
        self.store = store
        self.heads: dict[str, Head] = {}
        for community in communities:
            self.claim(community)

    def claim(self, community: str) -> Head:
        """Claim a community; return its head, a new one if nothing is kept of it."""
        kept = self.store.claim(community)
        self.heads[community] = kept[0] if kept else Head(community)
        return self.heads[community]

    def batch(self, *communities: str, **records: Any) -> Batch:
        """Return a batch that changes communities, and holds records; `head` are facts for the heads."""
        facts = records.pop("head", {})
        batch = Batch(uuid.uuid4().hex, **records)
        for community in communities:
            head = self.heads[community]
            batch.heads.append(head._replace(version=head.version + 1, batch=batch.id, **facts))
        return batch

    def keep(self, batch: Batch) -> int:
        """Commit a batch; return the position of its first entry."""
        position = self.store.commit(batch)
        self.heads |= {head.community: head for head in batch.heads}
        return position

    def commit(self, *communities: str, **records: Any) -> int:
        """Make a batch and commit it."""
        return self.keep(self.batch(*communities, **records))


def entry(community: str, body: bytes, at: int = 0, **touches: str) -> Entry:
    """Return an entry that touches one member, rule, channel each."""
    return Entry(community, at, body, tuple(Touch(kind, id) for kind, id in touches.items()))  # type: ignore[arg-type]


def segment(community: str, first: int, last: int, at: int = 0, body: bytes = b"{}") -> Events:
    """Return recorded events, all of one time."""
    return Events(community, first, last, at, at, body)


def action(community: str, number: int, key: str = "", **facts: Any) -> Outgoing:
    """Return an action."""
    return Outgoing(community, number, key or f"key-{number}", b'{"do":"warn"}', 5, **facts)


def all_heads(store: Store, limit: int = 1000) -> list[Head]:
    """Return all heads, page by page."""
    heads: list[Head] = []
    after: str | None = None
    while page := store.heads(after, limit):
        heads += page
        after = page[-1].community
    return heads


def everything(store: Store, *communities: str) -> dict[str, Any]:
    """Return all that a store tells of communities, to be compared."""
    return {community: _all_of(store, community) for community in communities}


def _all_of(store: Store, community: str) -> dict[str, Any]:
    head = store.head(community)
    kept = store.claim(community)
    return {
        "head": head,
        "claimed": None if kept is None else kept[0],
        "rows": sorted(kept[1]) if kept else [],
        "events": list(store.events(community)),
        "decisions": store.decisions(Query(community=community, limit=FAR)),
        "actions": store.outgoing(community, open=False, limit=FAR),
        "open": store.outgoing(community, limit=FAR),
        "notes": store.notes(community, limit=FAR),
    }
