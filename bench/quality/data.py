"""The messages that packs are measured on, and the halves they are split into.

Every second row belongs to the half that the packs were tuned on (`dev`), the others to the half that nobody looked at
(`held-out`). Streams keep their whole history: every message is fed, so that windows see what happened, but counts only
towards its row's half.

**Times of ubuntu-irc.** Its log has only the minute of a message, so those of one minute are spread evenly over it: a
millisecond apart, as recorded, each busy minute would be a flood. On two days the converted 12-hour clock stops at
12:59, with hundreds of messages in that minute; these are put six seconds apart, that day's pace.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parents[3] / "shared" / "data"

_BUSIEST_MINUTE = 40  # events; beyond that, the log's clock has stopped

Half = Literal["dev", "held-out"]
HALVES: tuple[Half, ...] = ("dev", "held-out")


@dataclass(frozen=True)
class Source:
    """A file of events. `wanted` are the labels that a pack should act on, `ordinary` those it should leave alone."""

    name: str
    path: str
    packs: tuple[str, ...]
    wanted: frozenset[str] = frozenset()
    ordinary: frozenset[str] = frozenset()
    by_the_minute: bool = False

    @property
    def file(self) -> Path:
        return FOLDER / self.path

    @property
    def is_ordinary(self) -> bool:
        """Whether its messages that are not wanted are what people ordinarily write."""
        return bool(self.ordinary) or not self.wanted


@dataclass(frozen=True)
class Row:
    """An event as an adapter would send it; `wanted` is None if it has no label."""

    event: dict[str, Any]
    half: Half
    wanted: bool | None


_AGAINST_SPAM = ("adverts", "safety", "flood")

LABELLED = (
    Source(
        "telegram-spam",
        "labelled/telegram-spam.jsonl",
        _AGAINST_SPAM,
        frozenset({"spam-samples"}),
        frozenset({"ham-samples"}),
    ),
    Source("sms-spam", "labelled/sms-spam.jsonl", _AGAINST_SPAM, frozenset({"spam"}), frozenset({"ham"})),
    Source("cold-zh", "labelled/cold-zh.jsonl", ("respect",), frozenset({"1"}), frozenset({"0"})),
    Source("hatecheck-en", "labelled/hatecheck-en.jsonl", ("respect",), frozenset({"hateful"})),
)
STREAMS = (
    Source("gitter", "streams/gitter.jsonl", ()),
    Source("ubuntu-irc", "streams/ubuntu-irc.jsonl", (), by_the_minute=True),
)


def rows(source: Source, most: int | None = None) -> Iterator[Row]:
    """Yield a source's rows in order, at most so many. The human label is not part of the event."""
    with source.file.open(encoding="utf-8") as lines:
        events = [json.loads(line) for line in islice(lines, most)]
    if source.by_the_minute:
        _spread(events)
    for number, event in enumerate(events):
        label = event.pop("meta", {}).get("label")
        wanted = label in source.wanted if event["type"] == "message" else None
        yield Row(event, HALVES[number % 2], wanted)


def _spread(events: list[dict[str, Any]]) -> None:
    """Space the events of one minute evenly: their log has only the minute."""
    for minute, group in groupby(events, key=lambda event: event["time"][:16]):
        together = list(group)
        distance = 60 / len(together) if len(together) <= _BUSIEST_MINUTE else 6.0
        start = datetime.fromisoformat(f"{minute}:00+00:00")
        for number, event in enumerate(together):
            event["time"] = (start + timedelta(seconds=number * distance)).isoformat(timespec="milliseconds")
