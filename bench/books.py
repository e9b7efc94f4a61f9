"""Large rulebooks as communities write them: rules of many shapes, each with a title and most with a reply.

A shape stays the same, but its words, thresholds, times, channels and roles are drawn anew for each rule, so that a
rulebook of ten thousand rules has ten thousand different conditions over a few dozen fields. It checks without errors.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from bench.workloads import ENGLISH, HANZI

_HEAD = """\
rulebook: {name}
title: {{zh: 大社区的群规, en: Rules of a large community}}
languages: [zh, en]
timezone: Asia/Shanghai

use:
  - std/chat

parameters:
  newcomer_period: {{type: duration, default: 3d, min: 0s, max: 30d}}
  patience: {{type: integer, default: 5, min: 1, max: 50}}

lists:
  adverts: {{match: squeezed, items: [兼职日结, 刷单返利, 高价收号, cheap followers, instant payout]}}
  our_sites: {{match: domain, items: [example.org, docs.example.com, wiki.example.net]}}

define:
  staff: actor.roles has any of ["owner", "admin"]
  newcomer: age(actor.joined) < newcomer_period
  night: now in 23:00-07:00

ledgers:
  strikes: {{per: member, floor: 0, fade: 1 every 30d}}
  stars: {{per: member, floor: 0}}

ladders:
  - id: strikes-ladder
    ledger: strikes
    steps:
      - {{reaches: 5, then: [{{mute: 10m}}]}}
      - {{reaches: 10, then: [{{mute: 1d}}]}}
      - {{reaches: 20, then: [ban]}}

rules:
"""


def book(count: int, name: str = "large") -> str:
    """Return a rulebook of `count` rules as YAML."""
    chance = random.Random(f"book {count}")
    rules, draw = count - count // 12, _Draw(chance)
    return (
        _HEAD.format(name=name)
        + "".join(_drawn(draw, SHAPES, 0, rules))
        + "\nrewards:\n"
        + "".join(_drawn(draw, REWARDS, rules, count))
    )


def _drawn(draw: _Draw, shapes: Sequence[Shape], first: int, end: int) -> Iterator[str]:
    for number in range(first, end):
        shape = draw.chance.choice(shapes)
        yield shape(draw, f"{shape.__name__.strip('_').replace('_', '-')}-{number}")


class _Draw:
    """Draws the parts in which rules of one shape differ."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def number(self, low: int, high: int) -> int:
        return self.chance.randint(low, high)

    def english(self, most: int = 3) -> str:
        syllables = "".join(self.chance.choice("bcdfghjklmnprstvwz") + self.chance.choice("aeiou") for _ in range(4))
        return " ".join([syllables, *(self.chance.choice(ENGLISH) for _ in range(self.number(0, most - 1)))])

    def chinese(self, low: int = 3, high: int = 6) -> str:
        return "".join(self.chance.choice(HANZI) for _ in range(self.number(low, high)))

    def words(self, count: int) -> str:
        drawn = [self.english(2) if self.chance.random() < 0.5 else self.chinese() for _ in range(count)]
        return "[" + ", ".join(f'"{word}"' for word in drawn) + "]"

    def channel(self) -> str:
        return f"channel-{self.number(1, 400)}"

    def role(self) -> str:
        return f"team-{self.number(1, 80)}"

    def time(self) -> str:
        return self.chance.choice(("30s", "2m", "10m", "45m", "1h", "6h", "1d", "1h30m"))

    def titles(self) -> str:
        return f"    title: {{zh: {self.chinese(6, 12)}, en: {self.english(4).capitalize()} in the chat}}\n"

    def reply(self) -> str:
        polite = "{actor.name ?? actor.id}"
        return (
            f'      - reply: {{zh: "{polite}，{self.chinese(8, 20)}", '
            f'en: "{polite}, please {self.english(6)} {self.english(4)}"}}\n'
        )

    def share(self) -> float:
        return self.chance.random()


def _words(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: message\n    unless: staff\n"
        f"    when: text contains any of {draw.words(draw.number(2, 6))}\n"
        f"    then:\n      - delete\n{draw.reply()}"
    )


def _word_in_channel(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: message\n"
        f'    when: channel.name == "{draw.channel()}" and text contains "{draw.english()}"\n'
        f"    then:\n      - delete\n      - strike: {draw.number(1, 5)}\n"
    )


def _pattern(draw: _Draw, id: str) -> str:
    units = f"(pcs|元|{draw.chinese(1, 2)})"
    return (
        f"  - id: {id}\n{draw.titles()}    on: [message, message.edited]\n    unless: staff\n"
        f"    when: folded(text) matches /{draw.english(1)} ?[0-9]{{{draw.number(2, 4)},8}} ?{units}/\n"
        f"    then:\n      - delete\n      - warn\n"
    )


def _flood(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: message\n"
        f"    when: count(message where length(text) > {draw.number(1, 200)} by actor, channel within {draw.time()})"
        f' >= {draw.number(3, 20)} and channel.name != "{draw.channel()}"\n'
        f"    then:\n      - mute: {draw.time()}\n{draw.reply()}    once_per: actor within {draw.time()}\n"
    )


def _repeats(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: message\n"
        f"    when: >\n      count(message by actor, text within {draw.time()}) >= {draw.number(3, 9)}\n"
        f"      and length(text) > {draw.number(5, 100)} and not staff\n"
        f"    then:\n      - delete\n{draw.reply()}"
    )


def _links(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: message\n    unless: staff\n"
        f"    when: >\n      (newcomer or age(actor.joined) < {draw.number(1, 90)}d)\n"
        f"      and any(link in links where link.domain not in our_sites"
        f' and not link.domain in ["{draw.english(1)}.com", "{draw.english(1)}.cn"])\n'
        f"    then:\n      - delete\n      - strike: {draw.number(1, 3)}\n{draw.reply()}"
    )


def _mentions(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: message\n"
        f'    when: length(mentions) >= {draw.number(2, 30)} and actor.roles has "{draw.role()}"'
        f" and hour(now) >= {draw.number(1, 22)}\n"
        f'    then:\n      - notify: {{role: admin, text: "{draw.chinese(6, 10)}：{{actor.id}}"}}\n'
    )


def _shouting(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: message\n    unless: staff or night\n"
        f"    when: caps(text) > {draw.number(40, 95)}% and length(text) >= {draw.number(8, 60)}"
        f' and (channel.name == "{draw.channel()}" or channel.name == "{draw.channel()}")\n'
        f"    then:\n{draw.reply()}    once_per: actor per day\n"
    )


def _welcome(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: member.joined\n"
        f'    when: actor.name contains any of {draw.words(2)} or actor.roles has "{draw.role()}"\n'
        f'    then:\n      - announce: {{zh: "欢迎 {{actor.name ?? actor.id}}！{draw.chinese(6, 12)}",'
        f' en: "Welcome {{actor.name ?? actor.id}}! {draw.english(5)}"}}\n'
    )


def _starred(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: message\n"
        f'    when: channel.name == "{draw.channel()}" and text starts with "{draw.english(1)}"'
        f" and stars(actor) < {draw.number(5, 500)}\n"
        f"    grant: {{stars: {draw.number(1, 5)}}}\n    then:\n{draw.reply()}"
        f"    once_per: actor per {draw.chance.choice(('day', 'week', 'month'))}\n"
    )


def _helpful(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: reaction.added\n"
        f'    when: channel.name == "{draw.channel()}" and actor.roles has "{draw.role()}"\n'
        f"    grant: {{stars: {draw.number(1, 3)}}}\n    cap: {draw.number(5, 50)} per day\n"
    )


def _many_times(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: message\n    unless: staff\n"
        f'    when: text contains word "{draw.english(1)}" or text contains "{draw.chinese()}"\n'
        f"    times:\n      per: actor\n      within: {draw.number(1, 30)}d\n"
        f"      1: [delete, warn]\n      2: [delete, {{mute: {draw.time()}}}]\n      3: [delete, kick]\n"
    )


def _crowd(draw: _Draw, id: str) -> str:
    return (
        f"  - id: {id}\n{draw.titles()}    on: reaction.added\n"
        f"    when: distinct(actor.id of reaction.added by message.id within {draw.time()}) >= {draw.number(3, 60)}"
        f' and channel.name in ["{draw.channel()}", "{draw.channel()}", "{draw.channel()}"]\n'
        f'    then:\n      - announce: "{draw.chinese(8, 14)}"\n    once_per: message.id\n'
    )


Shape = Callable[[_Draw, str], str]
SHAPES: tuple[Shape, ...] = (
    *(_words, _words, _word_in_channel, _pattern, _flood, _repeats, _links, _mentions, _shouting),
    *(_welcome, _many_times, _crowd),
)
REWARDS: tuple[Shape, ...] = (_starred, _helpful)
