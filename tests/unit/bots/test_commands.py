"""What people type."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.bots.commands import Commands, Spoken, beside, shipped

PAGE = Path(__file__).parents[3] / "docs" / "bots.md"
MARK = "<!-- commands -->\n"
WHAT = {
    "check_in": "`check_in`",
    "points": "the member's balances",
    "rank": "the board of a ledger, and the member's own place",
    "rules": "the handbook in short, and how far the member is from the next step; with a word, rules that mention it",
    "why": "the latest decision about the member, explained",
    "appeal": "`appeal.opened`, with the words that follow",
    "vote": "`vote.cast`: an answer or its number, for the poll replied to, or else the latest",
    "take_back": "`vote.withdrawn`",
    "report": "`report.created`, about the message replied to or the member named",
    "accept": "`member.verified`, by whoever was asked to agree to the rules",
    "acknowledge": "`alert.acknowledged`, for the bot's message replied to",
    "approve": "`approval.given` by the first letters of a request, or `appeal.granted` by a member's name or id",
    "refuse": "`approval.refused` or `appeal.refused`, likewise",
    "undo": "`appeal.granted` for the latest measure against the member named",
    "pause": "holds back all actions; deciding goes on",
    "resume": "lets them go",
    "settings": "the rulebook's parameters; with a name and a value (`default`, 默认), changes one",
}


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("签到", Spoken("check_in", "", True)),
        (" ／签到 ", Spoken("check_in")),
        ("/checkin", Spoken("check_in")),
        ("/Points@our_bot", Spoken("points")),
        ("!why", Spoken("why")),
        ("！为什么", Spoken("why")),
        ("/appeal I only asked", Spoken("appeal", "I only asked")),
        ("申诉 我没有发广告", Spoken("appeal", "我没有发广告", True)),
        ("/vote  2", Spoken("vote", "2")),
        ("签到 一下", None),
        ("为什么", None),
        ("why", None),
        ("points", None),
        ("申诉书写好了", None),
        ("/unheard", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_text_is_a_command_or_talk(text: str, spoken: Spoken | None) -> None:
    assert Commands().read(text) == spoken


def test_words_can_be_others_and_a_command_switched_off() -> None:
    commands = Commands({"points": ["=金币", "coins"], "why": []})
    assert commands.read("金币") == Spoken("points", "", True)
    assert commands.read("/coins") == Spoken("points")
    assert commands.read("/points") is None
    assert commands.read("/why") is None
    assert commands.read("/签到") == Spoken("check_in")


@pytest.mark.parametrize(
    "words", [{"dance": ["dance"]}, {"points": ["why"]}, {"points": [""]}, {"points": ["my points"]}]
)
def test_words_that_can_not_be_told_apart_are_refused(words: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r"command|word"):
        Commands(words)


def test_words_stand_beside_the_rulebook(tmp_path: Path) -> None:
    book = tmp_path / "rulebook.yaml"
    assert beside(book) == {}
    (tmp_path / "commands.toml").write_text('points = ["=金币", "coins"]\n', encoding="utf-8")
    for place in (book, tmp_path, str(book)):
        assert Commands(beside(place)).read("金币") == Spoken("points", "", True)
    assert beside(lambda community: book) == {}


def test_words_are_read_through_no_link_that_leads_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.toml").write_text("points = []\n", encoding="utf-8")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "commands.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(ValueError, match="outside"):
        beside(tmp_path / "book")


@pytest.mark.parametrize("written", ["points = 1", "points = [1]", "points = {a = 1}", "points ="])
def test_words_that_are_none_are_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / "commands.toml").write_text(written, encoding="utf-8")
    with pytest.raises(ValueError, match=r"list of words|value"):
        beside(tmp_path)


@given(st.text())
def test_no_text_raises(text: str) -> None:
    for written in (text, f"/{text}", f"申诉 {text}"):
        Commands().read(written)


def test_the_page_names_all_words() -> None:
    rows = ["| command | words | what it does |", "|---|---|---|"]
    for name, words in shipped().items():
        shown = ", ".join(f"{word[1:]} ●" if word.startswith("=") else word for word in words)
        rows.append(f"| `{name}` | {shown} | {WHAT[name]} |")
    page = PAGE.read_text(encoding="utf-8")
    before, mark, rest = page.partition(MARK)
    made = before + mark + "\n".join(rows) + "\n\n" + rest[rest.index("Each command") :]
    if os.environ.get("GROUNDRULES_UPDATE_PAGES"):
        PAGE.write_text(made, encoding="utf-8")
    assert page == made, "run: GROUNDRULES_UPDATE_PAGES=1 pytest tests/unit/bots"
