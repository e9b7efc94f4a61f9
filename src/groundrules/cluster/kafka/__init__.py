"""On Kafka (`groundrules[kafka]`): a topic of events in, decisions and actions out to topics, state in a store.

Read in this order: `place` (the topics), `member` (of a group: partitions come and go), `owned` (a partition and its
one transaction), `publishing` (from the store's log to topics).
"""

from __future__ import annotations

from groundrules.cluster.kafka.member import Member
from groundrules.cluster.kafka.place import Place, PlaceError, read_place

__all__ = ["Member", "Place", "PlaceError", "read_place"]
