"""Against librdkafka's mock Kafka: members come, go and are killed, and each decision comes once."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from groundrules.calendar.instants import format_ms
from groundrules.cluster.kafka import Member, Place, PlaceError, read_place
from groundrules.cluster.kafka.owned import Owned, Record
from groundrules.decisions import encode
from groundrules.engine.engine import Engine
from groundrules.engine.plan_file import load_plan
from groundrules.frontend import load
from groundrules.runtime.books import Edition, edition
from groundrules.stores import OwnedError
from groundrules.stores.records import Logged, Query
from groundrules.testing import MemoryStore
from groundrules.testing.memory_store import MemoryPlace
from groundrules.tools.running.run import numbered
from groundrules.tools.running.states import opened

from .streams import RULEBOOK, made
from .streams import compiled as plan_at

PARTITIONS = 4  # of a topic that the mock makes


@contextmanager
def cluster() -> Iterator[str]:
    """Yield where a cluster of two brokers is; it lives in this process."""
    kafka = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 2, "log_level": 0})
    found = kafka.list_topics(timeout=30).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in found)
    del kafka


@pytest.fixture(scope="module")
def brokers() -> Iterator[str]:
    with cluster() as where:
        yield where


def topics(brokers: str, name: str) -> Place:
    return read_place(f"kafka://{brokers}/{name}?session.timeout.ms=6000&log_level=0")


@pytest.fixture
def place(brokers: str, request: pytest.FixtureRequest) -> Place:
    """Return topics that are new for each test."""
    return topics(brokers, str(abs(hash(request.node.name))))


@pytest.fixture(scope="module")
def running() -> Edition:
    return edition(load(RULEBOOK))


def records(lines: Sequence[bytes]) -> list[Record]:
    return [Record(offset, line) for offset, line in enumerate(lines)]


def read(place: Place, topic: str, partition: int) -> list[bytes]:
    """Return what a partition of a topic holds."""
    reader = Consumer(
        {"bootstrap.servers": place.brokers, "group.id": "looking", "enable.partition.eof": True, "log_level": 0}
    )
    reader.assign([TopicPartition(topic, partition, 0)])
    found = []
    while (message := reader.poll(30)) is not None:
        error = message.error()
        if error is not None:
            assert error.code() == KafkaError._PARTITION_EOF, error
            break
        found.append(message.value() or b"")
    reader.close()
    return found


def taken(place: Place, store: MemoryStore, running: Edition, partition: int = 0) -> Owned:
    owned = Owned(place, partition, store, running, 0)
    owned.take()
    return owned


def expected(lines: Sequence[bytes]) -> list[bytes]:
    """Return the log of a partition: decisions, and what was rejected, in order."""
    engine = Engine(load(RULEBOOK).plan)
    return [encode(numbered(one, offset)) for offset, line in enumerate(lines) for one in engine.notable(line)]


def logged(store: MemoryStore) -> list[bytes]:
    return [one.body for one in store.decisions(Query(limit=100_000))]


# --- one partition ------------------------------------------------------------------------------


def test_what_is_decided_is_in_the_store_and_in_the_topics(place: Place, running: Edition) -> None:
    lines = list(made(600, 5))
    store = MemoryStore(MemoryPlace())
    owned = taken(place, store, running)
    for start in range(0, 600, 150):
        owned.decide(records(lines)[start : start + 150])
    assert logged(store) == expected(lines)
    assert read(place, place.decisions, 0) == expected(lines)
    actions = [action for body in expected(lines) for action in json.loads(body).get("actions", ())]
    assert [json.loads(value)["key"] for value in read(place, place.actions, 0)] == [one["key"] for one in actions]
    assert len(actions) > 30


def test_records_that_are_no_events_are_kept_apart_with_their_reason(place: Place, running: Edition) -> None:
    good = list(made(3, 1))
    poison = [b"rubbish", b"\xff\xfe", None, b'{"type":"message"}', b"[" * 2000, good[0].replace(b'"c0"', b"7")]
    store = MemoryStore(MemoryPlace())
    owned = taken(place, store, running)
    owned.decide([Record(offset, line) for offset, line in enumerate([*poison, *good])])
    told = [json.loads(value) for value in read(place, place.rejected, 0)]
    assert [one["offset"] for one in told] == list(range(len(poison)))
    assert all(one["reason"] and one["code"].startswith("GR7") for one in told)
    assert [one.get("value") for one in told][:1] == ["rubbish"]
    assert told[1]["base64"] == "//4="
    assert [json.loads(note.detail) for note in reversed(store.notes(owned.name))] == told
    assert owned.offset == len(poison) + 3


def test_a_community_that_comes_in_two_partitions_is_refused_in_the_second(place: Place, running: Edition) -> None:
    [line] = made(1, 1)
    store = MemoryStore(MemoryPlace())
    taken(place, store, running).decide([Record(0, line)])
    second = taken(place, store, running, partition=1)
    second.decide([Record(0, line)])
    [told] = map(json.loads, read(place, place.rejected, 1))
    assert "partition 0 before" in told["reason"]


def test_whoever_was_given_a_partition_later_shuts_out_the_one_before(place: Place, running: Edition) -> None:
    lines = list(made(400, 3))
    shared = MemoryPlace()
    old = taken(place, MemoryStore(shared), running)
    old.decide(records(lines)[:200])
    store = MemoryStore(shared)
    new = taken(place, store, edition(load(RULEBOOK)))
    assert new.offset == 200
    with pytest.raises(OwnedError):
        old.decide(records(lines)[200:])
    with pytest.raises(OwnedError):  # also with nothing in it but what belongs to no community
        old.decide([Record(200, b"rubbish")])
    old.drop()
    new.decide(records(lines)[200:])
    assert logged(store) == expected(lines) == read(place, place.decisions, 0)


class Watched(MemoryStore):
    """Remembers what was read of the log."""

    def __init__(self, shared: MemoryPlace) -> None:
        super().__init__(shared)
        self.queries: list[Query] = []

    def decisions(self, query: Query) -> list[Logged]:
        self.queries.append(query)
        return super().decisions(query)


@pytest.mark.parametrize("written", [0, 1, 7])
def test_what_was_kept_and_not_published_is_published_once(
    place: Place, running: Edition, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list(made(500, 3))
    shared = MemoryPlace()
    first = taken(place, MemoryStore(shared), running)
    first.decide(records(lines)[:300])
    publisher = first._publisher
    assert publisher is not None
    send, sent = publisher._send, []

    def break_down(message: object) -> None:
        if len(sent) == written:
            publisher._kafka.flush(10)
            raise KafkaException(KafkaError(KafkaError._TRANSPORT))
        sent.append(message)
        send(message)  # type: ignore[arg-type]

    monkeypatch.setattr(publisher, "_send", break_down)
    with pytest.raises(KafkaException):
        first.decide(records(lines)[300:])
    first.drop()
    store = Watched(shared)
    second = taken(place, store, running)
    assert second.offset == 500
    assert read(place, place.decisions, 0) == expected(lines)
    assert {query.community for query in store.queries} <= {"c0", "c1", "c2"}  # nothing of others is read
    second.leave()
    again = Watched(shared)
    taken(place, again, running)
    assert not again.queries


def test_a_partition_goes_on_from_the_rows_in_the_store(place: Place, running: Edition) -> None:
    lines = list(made(400, 4))
    shared = MemoryPlace()
    for number in range(4):
        owned = taken(place, MemoryStore(shared), running)
        owned.decide(records(lines)[: 100 * number + 100])
        owned.leave()
    assert logged(MemoryStore(shared)) == expected(lines)


@pytest.mark.parametrize(
    "location", ["kafka://h", "kafka:///t", "http://h/t", "kafka://h/a/b", "kafka://h/t?decisions=t"]
)
def test_what_is_no_place(location: str) -> None:
    with pytest.raises(PlaceError):
        read_place(location)


def test_what_falls_due_comes_as_a_tick_in_the_topic(place: Place) -> None:
    now = time.time_ns() // 1_000_000
    asked = {"id": "a", "type": "message", "time": format_ms(now - 700_000), "text": "how?"}
    asked |= {"community": {"id": "c"}, "actor": {"id": "li"}, "channel": {"id": "r"}}
    produce(place, [json.dumps(asked).encode()])
    member = Member(place, MemoryStore(MemoryPlace()), edition(load(RULEBOOK)), lambda: now, ticks=True)
    ends = time.monotonic() + 120
    member.run(lambda: member.decided >= 2 or time.monotonic() > ends)
    [partition] = [number for number in range(PARTITIONS) if read(place, place.topic, number)]
    lines = read(place, place.topic, partition)
    assert [json.loads(line)["type"] for line in lines] == ["message", "tick"]
    assert read(place, place.decisions, partition) == expected(lines)
    assert json.loads(expected(lines)[-1])["cause"] == "question#1"


def test_a_tick_that_could_not_be_written_is_written_later(
    place: Place, running: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryStore(MemoryPlace())
    member = Member(place, store, running, lambda: 1 << 50, ticks=True)
    owned = member._owned[0] = taken(place, store, running)
    owned.decide(records([asks(number) for number in range(3)]))
    monkeypatch.setattr("groundrules.cluster.kafka.member.PAGE", 1)
    monkeypatch.setattr(member, "_page", 1)
    kafka = Refusing([BufferError(), KafkaError(KafkaError._MSG_TIMED_OUT), None, None, None])
    monkeypatch.setattr(member, "_producer", kafka, raising=False)
    for _ in range(10):
        member._tick()
    assert kafka.written == ["c0", "c0", "c0", "c1", "c2"]


class Refusing:
    """A producer that gives these answers, one after the other."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self._answers = list(answers)
        self.written: list[str] = []

    def produce(self, topic: str, line: bytes, key: str, on_delivery: Callable[[Any, Any], None], **_: Any) -> None:
        self.written.append(key)
        answer = self._answers.pop(0)
        if isinstance(answer, BufferError):
            raise answer
        on_delivery(answer, line)

    def poll(self, seconds: float) -> None:
        """Tell nothing more."""


def asks(community: int) -> bytes:
    """Return a question, to which somebody has to answer in time."""
    asked = {"id": "a", "type": "message", "time": format_ms(1_767_571_200_000 + community), "text": "how?"}
    place = {"community": {"id": f"c{community}"}, "actor": {"id": "li"}, "channel": {"id": "r"}}
    return json.dumps(asked | place).encode()


# --- a group ------------------------------------------------------------------------------------


def test_a_group_that_begins_anew_goes_on_where_the_store_stands(running: Edition) -> None:
    lines, store = list(made(30, 3)), MemoryStore(MemoryPlace())
    with cluster() as where:
        place = topics(where, "events")
        for count in (5, 10):  # in generations one and two
            produce(place, lines[count - 5 : count])
            follow(place, store, running, count)
    with cluster() as where:  # which knows of no generation yet
        place = topics(where, "events")
        produce(place, lines)
        follow(place, store, running, 30)
        partitions = [read(place, place.topic, partition) for partition in range(PARTITIONS)]
    assert sorted(logged(store)) == sorted(decision for partition in partitions for decision in expected(partition))


def follow(place: Place, store: MemoryStore, running: Edition, records: int) -> None:
    """Let a member decide until so many records are decided on in all."""

    def offset() -> int:
        kept = [store.source(place.name(partition)) for partition in range(PARTITIONS)]
        return sum(json.loads(standing)["offset"] for standing in kept if standing)

    ends = time.monotonic() + 60
    Member(place, store, running, lambda: 0).run(lambda: offset() >= records or time.monotonic() > ends)
    assert offset() >= records


@pytest.mark.parametrize("code", ["ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID"])
def test_a_member_that_the_group_went_on_without_takes_nothing(
    place: Place, running: Edition, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines, shared = list(made(40, 3)), MemoryPlace()
    later = taken(place, MemoryStore(shared), edition(load(RULEBOOK)))

    class Expelling:
        def commit(self, **_: Any) -> None:
            raise KafkaException(KafkaError(getattr(KafkaError, code)))

    member = Member(place, MemoryStore(shared), running, lambda: 0)
    monkeypatch.setattr(member, "_consumer", Expelling(), raising=False)
    assert member._take(0) is None
    later.decide(records(lines))  # it is still the later one's


class Group:
    """Members of a group, each a process."""

    def __init__(self, plan: Path, place: Place, store: str, folder: Path) -> None:
        query = "&".join(f"{key}={value}" for key, value in place.settings.items())
        source = f"kafka://{place.brokers}/{place.topic}?{query}"
        self._command = [sys.executable, "-m", "groundrules.cli.main", "run", str(plan), "--source", source]
        self._command += ["--store", store]
        self._log = folder / "members.log"
        self.members: list[subprocess.Popen[bytes]] = []

    def join(self) -> None:
        with self._log.open("ab") as log:
            self.members.append(subprocess.Popen(self._command, stdout=log, stderr=log))

    def end(self, member: subprocess.Popen[bytes], by: int) -> None:
        member.send_signal(by)
        code = member.wait(120)
        assert code == (-by if by == signal.SIGKILL else 128 + by), self._log.read_text()[-3000:]
        self.members.remove(member)

    def check(self) -> None:
        for member in self.members:
            assert member.poll() is None, self._log.read_text()[-3000:]

    def close(self) -> None:
        for member in self.members:
            member.kill()
            member.wait()


def produce(place: Place, lines: Sequence[bytes]) -> None:
    kafka = Producer({"bootstrap.servers": place.brokers, "log_level": 0})
    for number, line in enumerate(lines):
        try:
            key = json.loads(line)["community"]["id"]
        except (ValueError, KeyError):
            key = str(number)
        kafka.produce(place.topic, line, key)
    assert kafka.flush(60) == 0


def wait_until(reached: Callable[[], bool], group: Group, seconds: float = 300) -> None:
    ends = time.monotonic() + seconds
    while not reached():
        group.check()
        assert time.monotonic() < ends
        time.sleep(0.2)


def group_story(place: Place, where: str, folder: Path, parts: int, events: int) -> None:
    """Let three members decide while each part of a stream begins with one that comes, goes or is killed."""
    plan, chance = plan_at(RULEBOOK, folder / "long.plan"), random.Random(parts)
    lines = [*made(events, 40), b"rubbish", b"{}"]
    chance.shuffle(lines[-40:])
    store, group = opened(where), Group(plan, place, where, folder)
    size = -(-len(lines) // parts)

    def offsets() -> int:
        kept = [store.source(place.name(partition)) for partition in range(PARTITIONS)]
        return sum(json.loads(one)["offset"] for one in kept if one)

    try:
        for _ in range(3):
            group.join()
        for part in range(parts):
            produce(place, lines[part * size : (part + 1) * size])
            if part == 0:
                wait_until(lambda: offsets() > 0, group)
                continue
            group.check()
            group.end(chance.choice(group.members), chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
            group.join()
            time.sleep(chance.random())
        wait_until(lambda: offsets() == len(lines), group)
        while group.members:
            group.end(group.members[0], signal.SIGTERM)
    finally:
        group.close()
    check_each_once(place, plan)
    kept = sum(
        len(read(place, topic, partition)) for topic in (place.decisions, place.rejected) for partition in range(4)
    )
    assert len(store.decisions(Query(limit=1_000_000))) == kept
    store.close()


def check_each_once(place: Place, plan: Path) -> None:
    """Compare the topics with what an engine decides on each partition's records."""
    total = 0
    for partition in range(PARTITIONS):
        engine, wanted = Engine(load_plan(plan)), []
        for offset, line in enumerate(read(place, place.topic, partition)):
            wanted += [numbered(one, offset) for one in engine.notable(line)]
        decisions = [encode(one) for one in wanted if one.rejected is None]
        assert read(place, place.decisions, partition) == decisions
        keys = [action.key for one in wanted for action in one.actions]
        assert [json.loads(value)["key"] for value in read(place, place.actions, partition)] == keys
        assert len(read(place, place.rejected, partition)) == sum(one.rejected is not None for one in wanted)
        total += len(decisions)
    assert total > 50


def test_members_come_go_and_are_killed_and_each_decision_comes_once(
    place: Place, postgres: str, tmp_path: Path
) -> None:
    group_story(place, postgres, tmp_path, parts=4, events=3000)
