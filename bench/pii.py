"""How much of what people labelled as personal the `privacy` pack strikes out: `python -m bench.pii`.

The labelled texts go through the pack as messages; what its decisions redact is compared with the labels. What is
missed is listed, and so is what was struck out of recorded chats in which nobody labelled anything.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundrules.engine.engine import Engine
from groundrules.frontend import load

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
LABELLED = DATA / "pii" / "presidio-small.json"
CHATS = (DATA / "streams" / "gitter.jsonl", DATA / "streams" / "ubuntu-irc.jsonl")

SUPPORTED = {"EMAIL_ADDRESS": "emails", "PHONE_NUMBER": "phones", "CREDIT_CARD": "cards", "CHINA_ID": "china-ids"}
UNSUPPORTED = {
    "US_SSN": "nine digits without a check digit",
    "US_DRIVER_LICENSE": "each state has a form of its own",
    "IP_ADDRESS": "says nothing of a person in a chat about computers",
    "DOMAIN_NAME": "is public",
    "PERSON": "names have no form",
    "ADDRESS": "only full addresses are noticed, with a hint to the sender",
    "LOCATION": "names have no form",
    "ORGANIZATION": "names have no form",
    "TITLE": "says nothing by itself",
    "DATE_TIME": "says nothing by itself",
}


@dataclass
class Labels:
    """label → how many there are, how many were struck out, and those that were not."""

    all: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)
    unlabelled: list[str] = field(default_factory=list)

    def add(self, spans: Iterable[dict[str, Any]], struck: set[str]) -> None:
        """Count the labelled spans of one text against the parts that were struck out of it."""
        values: set[str] = set()
        for span in spans:
            label, value = span["entity_type"], span["entity_value"]
            values.add(value)
            self.all[label] += 1
            if value in struck:
                self.found[label] += 1
            else:
                self.missed.append((label, value))
        self.unlabelled += sorted(struck - values)


def engine() -> Engine:
    return Engine(load(ROOT / "policies" / "privacy"))


def message(number: int, text: str) -> dict[str, Any]:
    time = f"2026-03-02T{number // 60 % 24:02}:{number % 60:02}:00Z"
    return {
        "id": f"m{number}",
        "type": "message",
        "time": time,
        "community": {"id": "c"},
        "channel": {"id": "general", "name": "general"},
        "actor": {"id": f"p{number}"},
        "text": text,
    }


def struck(running: Engine, event: dict[str, Any]) -> set[str]:
    """What the pack redacts in an event."""
    return {
        part
        for decision in running.feed(event)
        for action in decision.actions
        if action.do == "redact"
        for part in action.parameters["parts"]
    }


def labelled() -> Labels:
    """Run the labelled texts through the pack."""
    running, labels = engine(), Labels()
    for number, row in enumerate(json.loads(LABELLED.read_text(encoding="utf-8"))):
        labels.add(row["spans"], struck(running, message(number, row["full_text"])))
    return labels


def fired_in(chat: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (rule, id, text) for every message of a recorded chat on which a rule of the pack fired."""
    running = engine()
    for line in chat.read_bytes().splitlines():
        for decision in running.feed(line):
            for fired in decision.fired:
                event = json.loads(line)
                yield fired.rule, event["id"], event.get("text", "")


def messages_of(chat: Path) -> int:
    return sum(json.loads(line)["type"] == "message" for line in chat.read_bytes().splitlines())


def main() -> None:
    labels = labelled()
    print(f"{'label':<20}{'found':>6}{'of':>5}")
    for label, number in sorted(labels.all.items()):
        print(f"{label:<20}{labels.found[label]:>6}{number:>5}  {UNSUPPORTED.get(label, '')}".rstrip())
    for label, value in labels.missed:
        if label in SUPPORTED:
            print(f"missed: {label} {value!r}")
    for value in labels.unlabelled:
        print(f"struck out without a label: {value!r}")
    for chat in CHATS:
        fired, number = list(fired_in(chat)), messages_of(chat)
        share = 1000 * len({id for _, id, _ in fired}) / number
        print(f"\n{chat.stem}: {share:.2f} of 1000 of {number} messages")
        for rule, id, text in fired:
            print(f"  {rule} {id} {text[:100]!r}")


if __name__ == "__main__":
    main()
