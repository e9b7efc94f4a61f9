"""Publishing to topics: each decision and each action once and in order, whatever is killed when.

An event partition writes to the partitions of the same number in the output topics, and only its owner does: a producer
with the partition's transactional id fences off the previous one. The last message says how far the store's log was
published, so a new owner goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from groundrules.cluster.kafka.place import Place, PlaceError
from groundrules.decisions import Decision

SECONDS = 30.0
"""How long Kafka may take for anything."""

At = tuple[int, int]
"""The position of a decision in the log, and which of its messages this is."""

NOTHING: At = (0, -1)

_decision = msgspec.json.Decoder(Decision).decode
_encode = msgspec.json.Encoder(order="deterministic").encode


class Published(NamedTuple):
    """A decision of the log: its position, its community, its line of JSON."""

    position: int
    community: str
    body: bytes


class Message(NamedTuple):
    """A message for a topic."""

    topic: str
    at: At
    community: str
    value: bytes


class Publisher:
    """Publishes one partition's decisions. Raises KafkaException, also if another owner has taken over.

    Raises PlaceError if one of the topics has no such partition.
    """

    def __init__(self, place: Place, partition: int) -> None:
        self._place = place
        self._partition = partition
        self._kafka = Producer(
            {
                "linger.ms": 0,
                **place.settings,
                "bootstrap.servers": place.brokers,
                "transactional.id": f"{place.group}/{place.topic}/{partition}",
            }
        )
        self._kafka.init_transactions(SECONDS)
        topics = (place.decisions, place.actions, place.rejected)
        for topic in topics:
            self._check(topic)
        self._written = {topic: last_written(place, topic, partition) for topic in topics}

    def _check(self, topic: str) -> None:
        known = self._kafka.list_topics(topic, SECONDS).topics[topic]
        if known.error is not None:
            raise KafkaException(known.error)
        if self._partition not in known.partitions:
            count = len(known.partitions)
            raise PlaceError(f"the topic {topic} has {count} partitions; it needs as many as the topic of events")

    def publish(self, decisions: Iterable[Published], poisoned: Mapping[int, bytes]) -> None:
        """Write decisions in one transaction, except those written before.

        `poisoned`: offset → the message about a record that could not be decided on.
        """
        messages = [
            message
            for decision in decisions
            for message in self._messages(decision, poisoned)
            if message.at > self._written[message.topic]
        ]
        if not messages:
            return
        self._kafka.begin_transaction()
        for message in messages:
            self._send(message)
        self._kafka.commit_transaction(SECONDS)
        self._written |= {message.topic: message.at for message in messages}

    def _messages(self, published: Published, poisoned: Mapping[int, bytes]) -> Iterable[Message]:
        place, decision = self._place, _decision(published.body)
        if decision.rejected is not None:
            body = poisoned.get(decision.rejected.line or 0, published.body)
            yield Message(place.rejected, (published.position, 0), published.community, body)
            return
        yield Message(place.decisions, (published.position, 0), published.community, published.body)
        for nth, action in enumerate(decision.actions):
            yield Message(place.actions, (published.position, nth), published.community, _encode(action))

    def _send(self, message: Message) -> None:
        position, nth = message.at
        headers: list[tuple[str, str | bytes | None]] = [("position", str(position)), ("nth", str(nth))]
        while True:
            try:
                self._kafka.produce(
                    message.topic, message.value, message.community, partition=self._partition, headers=headers
                )
                return
            except BufferError:
                self._kafka.poll(0.1)

    def close(self) -> None:
        """Drop what was not committed."""
        self._kafka.purge()
        self._kafka.flush(0)


def last_written(place: Place, topic: str, partition: int) -> At:
    """Return where the last message of a topic's partition came from; `NOTHING` if there is none.

    Raises KafkaException and TimeoutError.
    """
    reader = Consumer(
        {
            **place.settings,
            "bootstrap.servers": place.brokers,
            "group.id": f"{place.group}.reading",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
        }
    )
    try:
        reader.list_topics(topic, SECONDS)  # so that it knows the topic
        where = TopicPartition(topic, partition)
        low, high = reader.get_watermark_offsets(where, timeout=SECONDS)
        back = 16
        while high > low:  # transaction markers are among the messages
            start = max(low, high - back)
            at = _last(reader, TopicPartition(topic, partition, start))
            if at is not None:
                return at
            if start == low:
                break
            back *= 16
        return NOTHING
    finally:
        reader.close()


def _last(reader: Consumer, start: TopicPartition) -> At | None:
    reader.assign([start])
    at: At | None = None
    while True:
        message = reader.poll(SECONDS)
        if message is None:
            raise TimeoutError(f"{start.topic} can't be read to its end")
        error = message.error()
        if error is not None and error.code() == KafkaError._PARTITION_EOF:
            return at
        if error is not None:
            raise TimeoutError(f"{start.topic} can't be read: {error}")
        at = _at(message.headers() or [])


def _at(headers: Sequence[tuple[str, Any]]) -> At:
    values = dict(headers)
    try:
        return int(values["position"]), int(values["nth"])
    except (KeyError, ValueError, TypeError):
        return NOTHING
