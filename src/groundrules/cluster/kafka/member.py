"""A group member: takes the partitions Kafka assigns, decides on their records, and releases those it revokes.

Where Kafka and the store disagree, the store is right: it keeps how far a partition was read, in the same transaction
as the decisions. Offsets are committed to Kafka too, so that its own tools show the group's lag.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from groundrules.cluster.kafka.owned import Owned, Record, partition_of, standing_of
from groundrules.cluster.kafka.place import Place
from groundrules.runtime.arrivals import Clock, tick_line
from groundrules.runtime.books import Edition
from groundrules.stores import OwnedError, Store, UnavailableError

MOST_IN_A_BATCH = 1000
GATHERING = 0.05
"""Seconds in which records are gathered that are committed together."""
PATIENCE = 60.0
"""Seconds until a member whose store or brokers stay unreachable exits; its supervisor restarts it."""
TICKS_EVERY = 1.0
PAGE = 1000

_EXPELLED = frozenset(
    {
        KafkaError.ILLEGAL_GENERATION,
        KafkaError.UNKNOWN_MEMBER_ID,
        KafkaError.FENCED_INSTANCE_ID,
        KafkaError.STALE_MEMBER_EPOCH,
    }
)
"""Kafka's answers to a member that the group has gone on without."""

log = logging.getLogger("groundrules.kafka")


class Member:
    """Decides on the events of a topic, together with the rest of its group, until `stop` says so.

    ticks: where something falls due in a community and no event comes, put a tick into the topic, in its partition; so
    the topic has all that was decided on, and `groundrules run` over it decides the same.
    """

    def __init__(self, place: Place, store: Store, edition: Edition, clock: Clock, ticks: bool = False) -> None:
        self._place = place
        self._store = store
        self._edition = edition
        self._clock = clock
        self._ticks = ticks
        self._owned: dict[int, Owned] = {}
        self._asked: dict[str, int | None] = {}
        self._page = PAGE
        self._looked = 0.0
        self._failure: Exception | None = None
        self.decided = 0

    # --- the loop -------------------------------------------------------------------------------

    def run(self, stop: Callable[[], bool]) -> None:
        """Take part until `stop` says so. Raises StoreError or KafkaException for permanent failures."""
        self._consumer = Consumer(
            {
                "auto.offset.reset": "earliest",
                "partition.assignment.strategy": "cooperative-sticky",
                **self._place.settings,
                "bootstrap.servers": self._place.brokers,
                "group.id": self._place.group,
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
            }
        )
        self._producer = Producer({**self._place.settings, "bootstrap.servers": self._place.brokers})
        self._consumer.subscribe([self._place.topic], self._given, self._taken, self._taken)
        try:
            while not stop():
                self._turn()
        finally:
            self._leave()
            self._consumer.close()
            self._producer.flush(PATIENCE)

    def _turn(self) -> None:
        for owned, records in self._gathered().items():
            if not owned.lost:
                self._decide(owned, records)
        if self._failure is not None:
            raise self._failure
        if self._ticks and time.monotonic() - self._looked > TICKS_EVERY:
            self._looked = time.monotonic()
            self._tick()

    def _gathered(self) -> dict[Owned, list[Record]]:
        """Return records by the partition they were read for; those of a partition revoked meanwhile are dropped."""
        records: dict[Owned, list[Record]] = {}
        ends, count, wait = time.monotonic() + GATHERING, 0, GATHERING
        while count < MOST_IN_A_BATCH:
            message = self._consumer.poll(wait)
            if message is None:
                break
            wait = max(0.0, ends - time.monotonic()) if count % 64 == 0 else wait
            error = message.error()
            if error is not None:
                self._heed(error)
                continue
            owned = self._owned.get(message.partition())
            if owned is not None:
                records.setdefault(owned, []).append(Record(message.offset(), message.value()))
                count += 1
        return records

    def _heed(self, error: KafkaError) -> None:
        if error.fatal() or error.code() in (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC):
            raise KafkaException(error)
        log.warning("Kafka: %s", error)

    def _decide(self, owned: Owned, records: Sequence[Record]) -> None:
        before = owned.decided
        try:
            owned.decide(records)
        except (OwnedError, UnavailableError, KafkaException) as error:
            log.warning("%s is claimed again: %s", owned.name, error)
            owned.drop()
            self._take_anew(owned.partition)
            return
        self.decided += owned.decided - before
        where = TopicPartition(self._place.topic, owned.partition, owned.offset)
        self._consumer.commit(offsets=[where], asynchronous=True)

    def _take_anew(self, partition: int) -> None:
        """Retake a partition that is still ours as far as we know, and read on from the store's position."""
        owned = self._take(partition)
        if owned is not None:
            self._consumer.seek(TopicPartition(self._place.topic, partition, owned.offset))

    # --- partitions -----------------------------------------------------------------------------

    def _given(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        try:
            for where in partitions:
                owned = self._take(where.partition)
                if owned is not None:
                    where.offset = owned.offset
        except Exception as error:  # it would be lost on its way through Kafka's library
            self._failure = error
        consumer.incremental_assign(partitions)

    def _take(self, partition: int) -> Owned | None:
        """Take a partition; None if the group has gone on without us, as Kafka will report."""
        ends, pause = time.monotonic() + PATIENCE, 0.05
        while True:
            owned = Owned(self._place, partition, self._store, self._edition, self._clock())
            try:
                if self._is_expelled(partition):
                    log.warning("%s belongs to another member", owned.name)
                    self._owned.pop(partition, None)
                    return None
                owned.take()
            except (OwnedError, UnavailableError, KafkaException, TimeoutError) as error:
                owned.drop()
                if time.monotonic() > ends:
                    raise
                log.warning("%s can't be taken yet: %s", owned.name, error)
                time.sleep(pause)
                pause = min(2 * pause, 2.0)
            else:
                self._owned[partition] = owned
                log.info("%s is ours from offset %s on", owned.name, owned.offset)
                return owned

    def _taken(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        for where in partitions:
            self._let_go(where.partition)

    def _let_go(self, partition: int) -> None:
        owned = self._owned.pop(partition, None)
        if owned is None:
            return
        try:
            owned.leave()
        except (OwnedError, UnavailableError) as error:
            log.warning("%s: %s", owned.name, error)
            owned.drop()
        log.info("%s is let go", owned.name)

    def _leave(self) -> None:
        for partition in list(self._owned):
            self._let_go(partition)

    def _is_expelled(self, partition: int) -> bool:
        """Ask Kafka whether the group has gone on without us: it keeps offsets for members of the latest generation."""
        where = TopicPartition(self._place.topic, partition, standing_of(self._store, self._place, partition).offset)
        try:
            answers = self._consumer.commit(offsets=[where], asynchronous=False)
            error = next((answer.error for answer in answers if answer.error is not None), None)
        except KafkaException as refusal:
            error = refusal.args[0]
        if error is None or error.code() == KafkaError.REBALANCE_IN_PROGRESS:
            return False
        if error.code() in _EXPELLED:
            return True
        raise KafkaException(error)

    # --- time -----------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Put a tick into the topic for each of our communities with something due, once per deadline.

        The store may list others' communities before ours: if a page has no new one of ours, the next call looks
        further.
        """
        now = self._clock()
        due = {head.community: head.due for head in self._store.due(now, self._page)}
        full = len(due) == self._page
        if not full:
            self._asked = {community: at for community, at in self._asked.items() if community in due}
        wanted = [community for community, at in due.items() if self._asked.get(community) != at]
        partitions = {community: self._partition_of(community) for community in wanted}
        ours = {community: number for community, number in partitions.items() if number in self._owned}
        for community, number in ours.items():
            self._asked[community] = due[community]
            self._put_tick(community, number, now)
        self._page = 2 * self._page if full and not ours else PAGE
        self._producer.poll(0)

    def _partition_of(self, community: str) -> int | None:
        for number, owned in self._owned.items():
            if community in owned:
                return number
        return partition_of(self._store, self._place, community)

    def _put_tick(self, community: str, partition: int, now: int) -> None:
        line = tick_line(self._edition.compiled.plan.partition, community, now)

        def note(error: KafkaError | None, message: object) -> None:
            if error is not None:
                log.warning("a tick for %s could not be written: %s", community, error)
                self._asked.pop(community, None)

        try:
            self._producer.produce(self._place.topic, line, community, partition=partition, on_delivery=note)
        except BufferError as error:
            note(KafkaError(KafkaError._QUEUE_FULL), str(error))
