"""Replays: whom versions act on, by rule, member and week; shares over processes; examples; renderings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from groundrules.display.lines import page as drawn
from groundrules.tools.replaying.model import Report
from groundrules.tools.replaying.render import charts, html, human, markdown
from groundrules.tools.replaying.render.words import ReportSpeech, percent
from groundrules.tools.replaying.run import Settings, replayed
from groundrules.tools.replaying.sources import divide, partitioner
from groundrules.tools.versions import Version
from unit.tools.versions import version

OLD = """
ledgers: {points: {per: member}}
rules:
  - {id: adverts, title: No adverts, on: message, when: text contains "buy", then: [delete]}
  - {id: caps, on: message, when: text contains "LOUD", then: [{mute: 10m}]}
  - {id: trial, on: message, when: text contains "maybe", then: [warn], mode: shadow}
rewards:
  - {id: thanks, on: message, when: text contains "thanks", grant: {points: 1}}
"""
NEW = """
ledgers: {points: {per: member}}
rules:
  - {id: sales, was: adverts, title: No adverts, on: message, when: text contains "sell", then: [delete]}
  - {id: caps, on: message, when: text contains "LOUD", then: [{mute: 1h}]}
  - {id: trial, on: message, when: text contains "maybe", then: [warn], mode: shadow}
rewards:
  - {id: thanks, on: message, when: text contains "thanks", grant: {points: 1}}
"""


def message(id: str, who: str, text: str, day: int = 5, community: str = "c") -> dict[str, Any]:
    return {
        "id": id,
        "type": "message",
        "time": f"2026-01-{day:02}T09:00:00Z",
        "community": {"id": community},
        "channel": {"id": "g", "name": "general"},
        "actor": {"id": who, "name": who.title()},
        "text": text,
    }


AWAY = """
rules:
  - {id: loud, title: Loud, on: message, when: text contains "LOUD", then: [{mute: 1h}]}
  - {id: bad, title: Bad, on: message, when: text contains "bad", then: [kick]}
  - {id: told, title: Told, on: report.created, when: known(target), then: [{warn: null, who: target}]}
"""


def test_what_members_who_are_muted_or_gone_could_not_have_done_is_counted_apart(tmp_path: Path) -> None:
    said = [
        ("00", "li", "LOUD"),
        ("10", "li", "LOUD again"),
        ("20", "li", "bad"),
        ("30", "wang", "bad"),
        ("40", "wang", "LOUD"),
        ("50", "zhao", "LOUD"),
    ]
    history = [
        message(str(number), who, text) | {"time": f"2026-01-05T09:{minute}:00Z"}
        for number, (minute, who, text) in enumerate(said)
    ]
    later = "2026-01-05T11:00:00Z"
    history += [
        message("6", "li", "LOUD once more") | {"time": later},
        message("7", "wang", "") | {"time": later, "type": "member.joined"},
        message("8", "wang", "LOUD") | {"time": later},
        message("9", "zhao", "")
        | {"time": later, "type": "report.created", "target": {"id": "wang"}, "report": {"id": "r"}},
    ]
    file = tmp_path / "events.jsonl"
    file.write_text("".join(json.dumps(event) + "\n" for event in history), encoding="utf-8")
    report = replayed(version(AWAY), [str(file)])
    rows = {row.rule: (row.after, row.away_after) for row in report.rules}
    assert rows == {"loud": (4, 2), "bad": (1, 1), "told": (1, 0)}
    assert "away already" in drawn(human.lines(report, "en"))
    assert "本已不在" in html.render(report, "zh")


HISTORY = [
    message("1", "li", "please buy"),
    message("2", "wang", "I sell <b>things</b>"),
    message("3", "zhao", "LOUD"),
    message("4", "li", "maybe buy or sell", 13),
    message("5", "sun", "thanks", 13),
    message("5", "sun", "thanks", 13),
]


def stored(folder: Path, events: Sequence[Any], name: str = "events.jsonl") -> str:
    path = folder / name
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return str(path)


@pytest.fixture
def old() -> Version:
    return version(OLD, "old")


@pytest.fixture
def new() -> Version:
    return version(NEW, "new")


@pytest.fixture
def compared(old: Version, new: Version, tmp_path: Path) -> Report:
    return replayed(new, [stored(tmp_path, HISTORY)], old)


# --- what differs -------------------------------------------------------------------------------


def test_a_rule_is_compared_by_what_it_adds_itself(tmp_path: Path) -> None:
    book = """
ledgers: {{strikes: {{per: member}}}}
rules:
  - {{id: swear, on: message, when: text contains "damn", then: [strike: 1, mute: 10m]}}
  - {{id: shout, on: message, when: length(text) >= {length}, then: [strike: 2, mute: 1h]}}
"""
    events = stored(tmp_path, [message("1", "li", "damn it all")])
    report = replayed(version(book.format(length=5), "new"), [events], version(book.format(length=20), "old"))
    assert {row.rule: (row.gained, row.changed) for row in report.rules} == {"shout": (1, 0), "swear": (0, 0)}
    text = drawn(human.lines(report, "en"))
    assert "strikes +2" in text
    assert "strikes +3" not in text


def test_rules_are_told_apart_by_what_they_gain_lose_and_do_otherwise(compared: Report) -> None:
    rows = {row.rule: row for row in compared.rules}
    sales, caps, trial, thanks = rows["sales"], rows["caps"], rows["trial"], rows["thanks"]
    assert sales.was == "adverts"
    assert (sales.before, sales.after, sales.gained, sales.lost, sales.changed) == (2, 2, 1, 1, 0)
    assert (sales.members_gained, sales.members_lost) == (("wang",), ())
    assert (caps.before, caps.after, caps.gained, caps.lost, caps.changed) == (1, 1, 0, 0, 1)
    assert (trial.after, trial.shadow_before, trial.shadow_after) == (0, 1, 1)
    assert (thanks.kind, thanks.after, thanks.members_after) == ("reward", 1, 1)


def test_members_are_actioned_by_rules_and_not_by_rewards(compared: Report) -> None:
    assert [(one.member, one.name, one.before, one.after) for one in compared.newly] == [("wang", "Wang", 0, 1)]
    assert compared.spared == ()
    assert [one.member for one in compared.otherwise] == ["li", "zhao"]
    assert (compared.members_before, compared.members) == (2, 3)


def test_weeks_begin_on_monday_and_hold_all_events(compared: Report) -> None:
    assert [(one.week, one.events, one.before, one.after, one.gained, one.lost) for one in compared.weeks] == [
        ("2026-01-05", 3, 2, 2, 1, 1),
        ("2026-01-12", 2, 2, 2, 0, 0),
    ]


def test_examples_show_the_text_with_its_evidence(compared: Report) -> None:
    shown = {(one.rule, one.side): one for one in compared.examples}
    assert set(shown) == {("sales", "gained"), ("sales", "lost"), ("caps", "changed")}
    gained = shown["sales", "gained"]
    assert (gained.name, gained.channel, gained.text) == ("Wang", "general", "I sell <b>things</b>")
    assert [gained.text[mark.start : mark.end] for mark in gained.marks] == ["sell"]
    changed = shown["caps", "changed"]
    assert (changed.does, changed.instead) == (("mute 1h",), ("mute 10m",))


def test_one_version_alone(new: Version, tmp_path: Path) -> None:
    report = replayed(new, [stored(tmp_path, HISTORY)], settings=Settings(examples=1))
    assert report.before is None
    assert {row.rule: row.after for row in report.rules} == {"sales": 2, "caps": 1, "trial": 0, "thanks": 1}
    assert [one.member for one in report.people] == ["li", "wang", "zhao"]
    assert Counter(one.rule for one in report.examples) == {"caps": 1, "sales": 1, "thanks": 1, "trial": 1}


def test_the_same_version_twice_differs_in_nothing(new: Version, tmp_path: Path) -> None:
    report = replayed(new, [stored(tmp_path, HISTORY)], new)
    assert (report.newly, report.spared, report.otherwise, report.examples) == ((), (), (), ())
    assert "both versions do the same" in drawn(human.lines(report, "en"))


# --- how it is run ------------------------------------------------------------------------------


def jumble() -> list[Any]:
    """Events of five communities with bad lines, events of nowhere, late and repeated ones."""
    found: list[Any] = []
    for number in range(60):
        event = message(str(number), f"m{number % 7}", ["buy", "sell", "LOUD", "fine"][number % 4], 5 + number // 10)
        found.append({**event, "community": {"id": f"c{number % 5}"}})
    found[7] = "no event"
    del found[11]["community"]
    found[13]["community"] = {"id": 5}
    found += [found[59], {**found[58], "id": "late", "time": "2026-01-09T23:59:00Z"}, found[0]]
    return found


def test_processes_change_nothing(old: Version, new: Version, tmp_path: Path) -> None:
    files = [stored(tmp_path, jumble()[:30], "a"), stored(tmp_path, jumble()[30:], "b")]
    one, three = (replayed(new, files, old, settings=Settings(jobs)) for jobs in (1, 3))
    assert one == three
    assert (one.after.rejected, one.after.duplicates, one.after.late) == (4, 1, 1)
    assert [(found.line, found.code) for found in one.after.rejections][:2] == [(8, "GR701"), (12, "GR704")]


def test_progress_reaches_the_end(new: Version, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    files = [stored(tmp_path, jumble())]
    for jobs in (1, 2):
        replayed(new, files, new, settings=Settings(jobs), progress=lambda *both: seen.append(both))
        read, total = seen[-1]
        assert read == total > 0


def test_a_line_goes_where_the_engine_takes_it_for(new: Version) -> None:
    partition = partitioner(new.plan)
    event = json.dumps(message("1", "li", "x", community="室"))
    assert partition(event.encode()) == "室"
    assert partition(event.replace("\\u5ba4", "\\ud800").encode()) == "\ufffd"
    assert partition(b"{") == partition(b'{"community": {"id": null}}') == ""


def test_partitions_are_divided_evenly_and_always_alike() -> None:
    parts = divide(Counter({"a": 10, "b": 7, "c": 3, "d": 1}), 2)
    assert parts == [{"a", "d"}, {"b", "c"}]
    assert divide(Counter({"a": 1}), 8) == [{"a"}]


# --- what people read ---------------------------------------------------------------------------


class Tags(HTMLParser):
    """Collects the tags that are open, and every address that a page would load."""

    VOID = ("meta", "br", "line", "rect")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.loads += [value or "" for name, value in attributes if name in ("src", "href", "srcset", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "p" or self.open[-1] == "p":
            assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_whole_loads_nothing_and_runs_nothing(compared: Report, lang: str) -> None:
    page = html.render(compared, lang)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.loads == []
    assert not tags.seen & {"script", "link", "img", "iframe", "object", "b>"}
    assert "url(" not in page
    assert "@import" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "svg" in tags.seen
    assert f'<html lang="{lang}">' in page


def test_what_members_wrote_is_escaped_everywhere(compared: Report) -> None:
    page = html.render(compared, "en")
    assert 'I <mark title="sell">sell</mark> &lt;b&gt;things&lt;/b&gt;' in page
    assert "<b>things" not in page


def test_a_terminal_gets_no_control_characters_from_members(new: Version, tmp_path: Path) -> None:
    files = [stored(tmp_path, [message("1", "li", "sell\x1b[2J\n\u202e now")])]
    page = drawn(human.lines(replayed(new, files), "en"))
    assert "\x1b[2J" not in page
    assert "\u202e" not in page


def test_a_comment_quotes_no_messages_and_mentions_nobody(new: Version, tmp_path: Path) -> None:
    event = message("1", "li", "sell")
    event["actor"]["name"] = "@everyone <img>"
    page = markdown.render(replayed(new, [stored(tmp_path, [event])]), "en")
    assert "sell" not in page
    assert r"\@everyone \<img>" in page


def test_small_shares_are_not_shown_as_none() -> None:
    assert [percent(part, 10_000) for part in (0, 1, 50, 9_999, 10_000)] == ["0%", "0.01%", "0.5%", "99.99%", "100%"]


def test_axes_end_on_round_numbers(compared: Report) -> None:
    assert [charts.nice(value) for value in (1, 3, 7, 9, 11, 45, 700)] == [1, 3, 8, 10, 20, 50, 800]
    assert charts.weeks((), ReportSpeech(compared, "en"), True) == ""


# --- who is acted on ----------------------------------------------------------------------------

ESCALATION = """
ledgers: {strikes: {per: member}}
rules:
  - {id: strike, title: Strike, on: message, when: text contains "bad", then: [strike: 1]}
  - {id: spared, on: message, when: text contains "drill", then: [exempt: [strike]]}
ladders:
  - {id: discipline, ledger: strikes, steps: [{reaches: 2, then: [{mute: 10m}]}], appeal: {within: 7d, to: owner}}
paths:
  - id: waiting
    on: message
    when: text ends with "?"
    one_per: actor
    until: [{on: message, when: actor.id != start.actor.id}]
    steps: [{after: 1h, then: [{mute: 1m, who: start.actor}]}]
"""


def test_balances_count_as_acts_and_openings_and_exemptions_do_not(tmp_path: Path) -> None:
    history = [
        message("1", "li", "bad"),
        message("2", "li", "bad, but a drill"),
        message("3", "li", "bad again"),
        message("4", "zhao", "anybody?", 6),
        message("5", "sun", "here", 7),
    ]
    plan = version(ESCALATION)
    report = replayed(plan, [stored(tmp_path, history)])
    assert {row.rule: row.after for row in report.rules} == {
        "strike": 2,
        "spared": 1,
        "discipline#1": 1,
        "waiting": 1,
        "waiting#1": 1,
    }
    does = {one.rule: (one.member, one.does) for one in report.examples}
    assert does["strike"] == ("li", ("strikes +1",))
    assert does["discipline#1"] == ("li", ("mute 10m",))
    assert does["spared"] == ("li", ())
    assert does["waiting#1"][0] == "zhao"
    assert [(one.member, one.after) for one in report.people] == [("li", 3), ("zhao", 1)]
