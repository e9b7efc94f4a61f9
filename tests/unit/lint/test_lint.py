"""Ignore comments, fixes, adapters' tables, costs; and no false alarms on what ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules import confined
from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.model import Diagnostic, Severity
from groundrules.diagnostics.source import SourceFile
from groundrules.display.lines import page
from groundrules.lint.linted import Platform, entry_span
from groundrules.lint.rules import RULES
from groundrules.tools.costs import costs, lines
from groundrules.tools.linting import lint_path, lint_text, mend_path
from groundrules.tools.supplies import supplies

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(
    path.parent
    for folder in ("policies", "examples", "tests/rulebooks")
    for path in (ROOT / folder).rglob("rulebook.yaml")
)
HEAD = "rulebook: x\nuse: [std/chat]\n"
UNUSED = "lists:\n  adverts: [buy followers]{}\nrules: [{{id: a, title: a, on: message, when: true, then: [hold]}}]\n"
RULE = "rules:\n  - {id: a, title: a, on: message, when: text contains any of adverts, then: [hold]}\n"


def codes(text: str) -> list[str]:
    return [found.code for found in lint_text(HEAD + text).diagnostics]


def _linted(folder: Path) -> tuple[Diagnostic, ...]:
    with confined.roots([folder.parent]):
        return lint_path(folder).diagnostics


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_what_ships_has_no_findings(folder: Path) -> None:
    found = [one for one in _linted(folder) if one.severity is not Severity.NOTE]
    assert not found, "\n".join(f"{one.span.file.path}:{one.span.line} {one.code} {one.message}" for one in found)


def test_each_lint_is_one_module_whose_docstring_is_its_page() -> None:
    names = {rule.__name__ for rule in RULES}
    assert names == {rule.__module__.rpartition(".")[2] for rule in RULES}
    pages = {code.name.replace("-", "_"): code.page for code in CODES.values() if code.code.startswith("GR6")}
    assert names == set(pages) - {"unused_ignore", "bad_ignore"}
    for name in names:
        assert all(part in pages[name] for part in ("What it does: ", "Why: ", "Example:\n\n```yaml")), name


def test_a_comment_in_the_line_or_above_it_ignores() -> None:
    assert codes(UNUSED.format("")) == ["GR616"]
    assert codes(UNUSED.format("  # groundrules: ignore[GR616] filled in next week")) == []
    above = UNUSED.format("").replace(
        "  adverts", "  # groundrules: ignore[GR616, GR611] later\n  # more to come\n  adverts"
    )
    assert codes(above) == ["GR698"]


def test_an_ignore_needs_a_reason_and_silences_no_error() -> None:
    assert codes(UNUSED.format("  # groundrules: ignore[GR616]")) == ["GR616", "GR699"]
    error = "rules: [{id: a, on: message, when: nobody, then: [hold]}]  # groundrules: ignore[GR301] it is there\n"
    assert codes(error) == ["GR301"]


def mended(tmp_path: Path, text: str) -> tuple[str, list[str]]:
    path = tmp_path / "rulebook.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    result = mend_path(path).result
    return path.read_text(encoding="utf-8").removeprefix(HEAD), [found.code for found in result.diagnostics]


def test_fix_removes_what_is_there_twice(tmp_path: Path) -> None:
    rule = "rules:\n  - {id: a, title: a, on: message, when: text contains any of adverts%s, then: [hold]}\n"
    before = "lists:\n  adverts: [free coins, Free Coins, big prize, FREE coins]\n" + rule
    after, codes = mended(tmp_path, before % " or text contains any of adverts")
    assert after == "lists:\n  adverts: [free coins, big prize]\n" + rule % ""
    assert codes == []


def test_fix_removes_a_line_of_a_block_and_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("big prize\n# a comment\nBIG PRIZE\nlottery\n", encoding="utf-8")
    items = "      - free coins\n      - Free coins # twice\n      - win\n"
    text = "lists:\n  adverts:\n    file: words.txt\n    items:\n" + items + RULE
    after, codes = mended(tmp_path, text)
    assert "      - free coins\n      - win\nrules" in after
    assert (tmp_path / "words.txt").read_text(encoding="utf-8") == "big prize\n# a comment\nlottery\n"
    assert codes == []


def test_fix_removes_the_comment_that_ignores_nothing(tmp_path: Path) -> None:
    rule = "rules:\n%s  - {id: a, title: a, on: message, when: length(links) > 9, then: [hold]}%s\n"
    after, codes = mended(
        tmp_path, rule % ("  # groundrules: ignore[GR601] why\n", "  # groundrules: ignore[GR602] why")
    )
    assert after == rule % ("", "")
    assert codes == []


def test_a_fix_that_breaks_the_rulebook_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundrules.tools.linting.applied", lambda file, fixes: "rulebook: [")
    before = "lists:\n  adverts: [free coins, Free Coins]\n" + RULE
    assert mended(tmp_path, before) == (before, ["GR608"])


@pytest.mark.parametrize(
    ("text", "entry", "rest"),
    [
        ("[a, b, c]", "b", "[a, c]"),
        ("[a, b]", "b", "[a]"),
        ("[b]", "b", "[]"),
        ("- a\n- b\n- c\n", "b", "- a\n- c\n"),
        ("a\nb", "b", "a\n"),
        ("[a,\n b]", "b", "[a]"),
    ],
)
def test_what_goes_with_an_entry(text: str, entry: str, rest: str) -> None:
    start = text.index(entry)
    span = entry_span(SourceFile("x", text).span(start, start + 1))
    assert text[: span.start] + text[span.end :] == rest


def test_facts_that_no_adapter_in_use_supplies() -> None:
    text = HEAD + (
        "rules:\n  - {id: a, title: a, on: message, when: age(actor.joined) < 3d or actor.level > 5, then: [hold]}\n"
        "  - {id: b, title: b, on: message, when: (actor.level ?? 0) > 9 or known(actor.verified), then: [hold]}\n"
        "  - {id: c, title: c, on: member.joined, when: actor.verified, then: [kick]}\n"
        "  - {id: d, title: d, on: message, when: actor.roles has 'x' and text contains 'nonsense', then: [delete]}\n"
    )
    sent = {"telegram": {"actor.level"}, "irc": {"text"}}
    tables = {name: Platform({"message": frozenset(paths)}) for name, paths in sent.items()}
    found = lint_text(text, supplies=tables).diagnostics
    found = tuple(one for one in found if one.code == "GR620")
    texts = ["age(actor.joined) < 3d", "actor.roles has 'x'"]
    assert [(one.code, one.span.text) for one in found] == [("GR620", text) for text in texts]
    assert "irc, telegram, so this stays unknown" in found[0].message
    assert "so it is always `[]`" in found[1].message


def test_a_default_does_not_hide_that_nobody_supplies_a_fact_and_links_come_with_the_text() -> None:
    rule = "rules:\n  - {{id: a, title: a, on: message, when: {}, then: [hold]}}\n"
    tables = {"irc": Platform({"message": frozenset({"text"})})}
    for when, defaults in (("forwarded", ["false"]), ("length(attachments) > 0", ["[]"]), ("length(links) > 0", [])):
        found = lint_text(HEAD + rule.format(when), supplies=tables).diagnostics
        assert [one.message.split("`")[3] for one in found] == defaults


def test_what_a_roster_says_is_known_in_every_event() -> None:
    text = HEAD + "rules:\n  - {id: a, title: a, on: message, when: age(actor.joined) < 3d, then: [hold]}\n"
    tables = {"qq": Platform({"message": frozenset({"text"}), "roster": frozenset({"members", "members.joined"})})}
    assert [one for one in lint_text(text, supplies=tables).diagnostics if one.code == "GR620"] == []


WAITING = (
    HEAD
    + """
ledgers: {points: {per: member}}
rewards:
  - {id: liked, title: x, on: reaction.added, when: actor.id != message.author.id,
     grant: {points: 1, to: message.author}, once_per: 'actor, message', undo_on: {reaction.removed: [actor, message]}}
rules:
  - {id: both, title: x, on: [message, message.edited], when: text contains "a", then: [delete, {notify: admin}]}
  - {id: kept, title: x, on: message, when: text contains "b", then: [hold, {create_task: {title: look}}]}
  - {id: also, title: x, on: message, when: text contains "c", then: [{kick: null, or_else: [revert]}]}
  - {id: votes, title: x, on: message, when: count(vote.cast less vote.withdrawn within 1d) > 3, then: [warn]}
  - {id: asked, title: x, on: approval.given, then: [{unban: null, who: actor}]}
  - {id: not-yet, title: x, mode: off, on: poll.closed, then: [close_joining]}
paths:
  - {id: seen, title: x, on: message, one_per: id, until: [{on: thread.closed}, {on: reaction.added}],
     steps: [{after: 1h, then: [warn]}]}
states:
  - {id: quiet, title: x, enter: {on: message, when: text == "/lock"}, leave: {on: message.pinned}, then: [lock],
     afterwards: [unlock]}
"""
)


def test_what_an_adapter_never_sends_and_what_it_cannot_do() -> None:
    found = lint_text(WAITING, supplies=supplies(["onebot"])).diagnostics
    told = [(one.code, one.span.text, one.message) for one in found if one.code in ("GR637", "GR638")]
    assert told == [
        ("GR637", "reaction.removed", "onebot never sends `reaction.removed`: `liked`"),
        ("GR638", "hold", "onebot can't `hold`: `kept`"),
        ("GR638", "revert", "onebot can't `revert`: `also`"),
        ("GR637", "count(vote.cast less vote.withdrawn within 1d) > 3", "onebot never sends `vote.cast`: `votes`"),
        ("GR638", "unban: null, who: actor", "onebot can't `unban`: `asked`"),
    ]
    assert not [one for one in lint_text(WAITING).diagnostics if one.code in ("GR637", "GR638")]


def test_what_imports_wait_for_is_told_where_they_are_used() -> None:
    text = HEAD.replace("std/chat", "std/chat, std/growth") + "lists: {adverts: [buy followers]}\n" + RULE
    found = lint_text(text, supplies=supplies(["onebot"])).diagnostics
    [events] = [one for one in found if one.code == "GR637"]
    assert events.span.text == "std/growth"
    assert "`vote.cast`" in events.message


def test_one_of_several_adapters_is_enough_and_one_that_does_not_say_may_do_anything() -> None:
    found = lint_text(WAITING, supplies=supplies(["onebot", "matrix"])).diagnostics
    assert "reaction.added" not in [one.span.text for one in found]
    mute = {"own": Platform(supplies(["onebot"])["onebot"].sends)}
    assert not [one for one in lint_text(WAITING, supplies=mute).diagnostics if one.code == "GR638"]


def test_an_adapter_without_a_table_is_not_known() -> None:
    with pytest.raises(
        LookupError, match="there is no adapter `nowhere`; registered: discord, matrix, onebot, onebot12, telegram"
    ):
        supplies(["nowhere"])


def test_costs() -> None:
    result = lint_path(ROOT / "tests" / "rulebooks" / "team-group")
    assert result.checked is not None
    found = costs(result.checked)
    kept = {window.source: (window.entries, window.bytes > 0) for window in found.windows}
    assert kept["count(message by actor, channel, text within 2m)"] == (3, True)
    assert kept["streak(message by actor)"] == (1, True)
    assert {bound.reward: bound.amount for bound in found.rewards}["liked-answer"] == 50
    assert "liked-answer  reputation  50" in page(lines(found))
    of_members = [one.bytes for one in found.windows if "actor" in one.per.split(", ")]
    assert len(of_members) >= 2
    kinds = {("ledger", "strikes"), ("once_per", "copy-paste"), ("path", "unanswered-question"), ("roster", "member")}
    assert {(one.kind, one.name) for one in found.cells} >= kinds
    assert {one.per for one in found.cells if one.name == "unanswered-question"} == {"actor, channel"}
    assert found.bytes_per_member == sum(of_members) + sum(one.bytes for one in found.cells if one.member)


def test_findings_in_imports_are_told_there(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("rulebook: other\nlists: {old: [a b]}\nuse: [std/chat]\n", encoding="utf-8")
    rule = "rules: [{id: a, title: a, on: message, when: length(links) > 3, then: [hold]}]\n"
    (tmp_path / "main.yaml").write_text("rulebook: x\nuse: [std/chat, ./other]\n" + rule, encoding="utf-8")
    assert lint_path(tmp_path / "main.yaml").diagnostics == ()


def test_rulebooks_with_errors_are_not_linted() -> None:
    found: tuple[Diagnostic, ...] = lint_text(
        HEAD + "lists: {a: [b]}\nrules: [{id: a, on: nothing, then: [hold]}]\n"
    ).diagnostics
    assert [one.code for one in found] == ["GR302"]
