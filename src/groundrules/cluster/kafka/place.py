"""Where a member of a group reads and writes: `kafka://HOST:PORT[,HOST:PORT…]/TOPIC?group=…`."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from groundrules.errors import GroundrulesError

SCHEME = "kafka"


class PlaceError(GroundrulesError):
    """This is not a Kafka place; the message says why."""


@dataclass(frozen=True)
class Place:
    """A topic of events, the group that shares it, and the topics for what was decided.

    `decisions`, `actions`, `rejected`: by default TOPIC.decisions and so on; each has as many partitions as the topic
    of events. `settings`: of librdkafka, such as `security.protocol`.
    """

    brokers: str
    topic: str
    group: str
    decisions: str
    actions: str
    rejected: str
    settings: dict[str, str] = field(default_factory=dict)

    def name(self, partition: int) -> str:
        """Return a partition's name in a store."""
        return f"{SCHEME}:{self.group}/{self.topic}/{partition}"

    def name_of_community(self, community: str) -> str:
        """Return the name under which a store keeps a community's partition."""
        return f"{SCHEME}:{self.group}/{self.topic}#{community}"


def read_place(location: str) -> Place:
    """Read a place. Query parameters other than `group` and the topics are settings. Raises PlaceError."""
    parts = urlsplit(location)
    topic = parts.path.strip("/")
    if parts.scheme != SCHEME or not parts.netloc or not topic or "/" in topic:
        raise PlaceError(f"`{location}` is not a Kafka location: write `kafka://HOST:PORT/TOPIC`")
    given = dict(parse_qsl(parts.query))
    topics = {kind: given.pop(kind, f"{topic}.{kind}") for kind in ("decisions", "actions", "rejected")}
    if len({topic, *topics.values()}) < 4:
        raise PlaceError(
            f"`{location}` names one topic twice: events, decisions, actions and what was rejected go apart"
        )
    return Place(parts.netloc, topic, given.pop("group", "groundrules"), **topics, settings=given)
