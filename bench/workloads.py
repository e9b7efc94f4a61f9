"""Rule sets and events, generated from a seed: the same on every machine.

Every rule looks for its own word in the text of a message; every tenth may be a regular expression instead. In the
*normal* workload each also requires its own channel, so that most rules stop at a cheap test; in the *hard* one every
rule reaches its text test. Events are *sparse* (one in a hundred contains a word of some rule) or *dense* (each
contains one). Words are lower case and fold to themselves, so that engines without folding agree on hits; Chinese texts
have ordinary punctuation, which folding changes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Language = Literal["en", "zh"]
Mix = Literal["literals", "regexes"]

CHANNELS = 200
_HANZI, _, _ENGLISH = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").partition("\n\n")
HANZI = "".join(_HANZI.split())
ENGLISH = _ENGLISH.split()


@dataclass(frozen=True)
class Rule:
    """`word` must be in the text; with `pattern`, the pattern must match (it begins with the word)."""

    id: str
    word: str
    pattern: str | None = None
    channel: str | None = None


@dataclass(frozen=True)
class Workload:
    """Rules, and the events to decide on as JSON lines, along with their texts and channels."""

    rules: tuple[Rule, ...]
    lines: tuple[bytes, ...]
    texts: tuple[str, ...]
    channels: tuple[str, ...]

    def rulebook(self) -> str:
        """Return the rules as a rulebook in YAML."""
        return "".join(_rulebook(self.rules))


def workload(
    count: int,
    language: Language = "en",
    *,
    hard: bool = True,
    mix: Mix = "literals",
    dense: bool = False,
    events: int = 6_000,
    length: int | None = None,
) -> Workload:
    """Return a workload of `count` rules; `length` of the texts in characters (80 in English, 45 in Chinese)."""
    chance = random.Random(f"{count} {language} {hard} {mix}")
    rules = tuple(_rules(chance, count, language, hard, mix))
    chance = random.Random(f"events {language} {dense}")
    lines, texts, channels = [], [], []
    for number in range(events):
        hit = chance.choice(rules) if dense or number % 100 == 50 else None
        text = _text(chance, language, hit, length or (80 if language == "en" else 45))
        channel = hit.channel if hit and hit.channel else f"c{chance.randrange(CHANNELS)}"
        texts.append(text)
        channels.append(channel)
        lines.append(_line(number, text, channel, chance))
    return Workload(rules, tuple(lines), tuple(texts), tuple(channels))


def _rules(chance: random.Random, count: int, language: Language, hard: bool, mix: Mix) -> Iterator[Rule]:
    words: set[str] = set()
    while len(words) < count:
        words.add(_word(chance, language))
    for number, word in enumerate(sorted(words)):
        pattern = f"{word}[0-9]{{2,4}}x" if mix == "regexes" and number % 10 == 9 else None
        yield Rule(f"r{number}", word, pattern, None if hard else f"c{number % CHANNELS}")


def _word(chance: random.Random, language: Language) -> str:
    if language == "zh":
        return "".join(chance.choice(HANZI) for _ in range(4))
    return "".join(chance.choice("bcdfghjklmnprstvwz") + chance.choice("aeiou") for _ in range(4))


def _text(chance: random.Random, language: Language, hit: Rule | None, length: int) -> str:
    mention = "" if hit is None else hit.word + ("1234x" if hit.pattern else "")
    if language == "zh":
        own = "".join(_chinese(chance, length - len(mention)))
        at = chance.randrange(len(own) + 1)
        return own[:at] + mention + own[at:]
    words: list[str] = []
    while sum(map(len, words)) + len(words) < length - len(mention):
        words.append(chance.choice(ENGLISH))
    words.insert(chance.randrange(len(words) + 1), mention)
    return " ".join(words)[: max(length, len(mention))] if not mention else " ".join(words)


def _chinese(chance: random.Random, length: int) -> Iterator[str]:
    """Yield the characters of some clauses, eight to fourteen each, and the punctuation after them."""
    remaining = length
    while remaining > 0:
        clause = min(remaining, chance.randint(8, 14))
        yield from (chance.choice(HANZI) for _ in range(clause - 1))
        yield chance.choice("，，，、：") if clause < remaining else chance.choice("。。！？")
        remaining -= clause


def _line(number: int, text: str, channel: str, chance: random.Random) -> bytes:
    second = number // 4
    time = f"2026-03-{1 + second // 86_400:02d}T{second // 3_600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    member = chance.randrange(2_000)
    event = {
        "id": f"e{number}",
        "type": "message",
        "time": f"{time}.{number % 4 * 250:03d}Z",
        "community": {"id": "c1"},
        "channel": {"id": channel, "name": channel},
        "actor": {"id": f"u{member}", "name": f"user {member}", "roles": [], "joined": "2024-05-01T10:00:00Z"},
        "text": text,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _rulebook(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "rulebook: bench\ntimezone: Asia/Shanghai\nuse: [std/chat]\nrules:\n"
    for rule in rules:
        test = f"text matches /{rule.pattern}/" if rule.pattern else f'text contains "{rule.word}"'
        when = f'channel.id == "{rule.channel}" and {test}' if rule.channel else test
        yield f"  - id: {rule.id}\n    on: message\n    when: {when}\n    then: [delete]\n"
