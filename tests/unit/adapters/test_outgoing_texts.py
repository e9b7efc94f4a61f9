"""Whatever is in a text, what goes out fits, keeps every word, pings nobody else, and is split in good places."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.adapters import Context, discord, matrix, onebot, telegram, texts
from groundrules.adapters.limits import DISCORD, MATRIX, QQ, TELEGRAM
from groundrules.decisions import Action

PIECES = st.sampled_from(
    [
        *("@everyone ", "@here", "<@1> ", "@5 ", "@6", "@li:x ", "@room ", "[CQ:at,qq=all]", "&#91;", "**x**", "||x||"),
        *("[x](https://a.example)", "https://a.example/_b_*c* ", "<a href='x'>y</a>", "<mx-reply>", "\\", "`", "# h\n"),
        *("👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "e\u0301", "한국", "你好。", "\ud83d", "\u202e", "\x00", "\r\n", "\n\n", " ", "a" * 300),
    ]
)
WORDS = st.lists(PIECES | st.text(max_size=30), min_size=1, max_size=40).map("".join)
LONG = st.tuples(WORDS, st.integers(1, 60)).map(lambda drawn: (drawn[0] * drawn[1])[:30_000])
CONTEXT = Context(channel="800", members={"5": "Li <b>", "@li:x": "Li <b>"})


def warned(adapter: Any, who: str, community: str, words: str) -> list[Any]:
    action = Action(do="warn", who=who, parameters={"text": {"": words}}, key="k", rules=("r",))
    return list(adapter.calls(action, community, context=CONTEXT)) if texts.sound(words).strip() else []


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def letters(text: str) -> str:
    """What must not be lost: everything but white space, which goes where a text is parted."""
    return re.sub(r"\s", "", text)


@given(LONG)
def test_discord(words: str) -> None:
    bodies = [call.body for call in warned(discord, "5", "9", words)]
    for body in bodies:
        assert 0 < utf16(body["content"]) <= DISCORD["text"].value
        assert body["allowed_mentions"]["parse"] == []
        assert set(body["allowed_mentions"]["users"]) <= {"5"}
        bare = re.sub(r"\\.|<@5>|https?://\S+", "", body["content"])
        assert not re.search(r"[*`|~#<>\[\]_]", bare)
    shown = "".join(re.sub(r"\\([^\w\s])", r"\1", body["content"]) for body in bodies)
    wanted = letters(texts.sound(words))
    assert len(letters(shown)) >= len(wanted) - wanted.count("\\")


@given(LONG)
def test_telegram(words: str) -> None:
    sent = [parameters for _, parameters in warned(telegram, "5", "-1", words)]
    for parameters in sent:
        units = parameters["text"].encode("utf-16-le")
        assert 0 < len(units) // 2 <= TELEGRAM["text"].value
        assert "parse_mode" not in parameters
        for mark in parameters.get("entities", []):
            covered = units[2 * mark["offset"] : 2 * (mark["offset"] + mark["length"])].decode("utf-16-le")
            assert (covered, mark["user"]["id"]) == ("Li <b>", 5)
    shown = letters("".join(parameters["text"] for parameters in sent)).removeprefix("Li<b>")
    assert len(shown) >= len(letters(texts.sound(words)))


@given(LONG)
def test_matrix(words: str) -> None:
    bodies = [call.body for call in warned(matrix, "@li:x", "!r:x", words)]
    for body in bodies:
        assert len(repr(body).encode()) < MATRIX["event"].value
        assert set(body["m.mentions"].get("user_ids", [])) <= {"@li:x"}
        assert "room" not in body["m.mentions"]
        if "formatted_body" in body:
            pills = re.findall(r'<a href="https://matrix.to/#/%40li%3Ax">Li &lt;b&gt;</a>', body["formatted_body"])
            plain = re.sub(r"<a href=[^<>]*>|</a>|<br>", "", body["formatted_body"])
            assert pills
            assert "<" not in plain
            assert letters(html.unescape(plain)) == letters(body["body"])


@given(LONG)
def test_onebot(words: str) -> None:
    for _, parameters in warned(onebot, "5", "7", words):
        kinds = [part["type"] for part in parameters["message"]]
        assert set(kinds) <= {"text", "at"}
        assert all(part["data"]["qq"] == "5" for part in parameters["message"] if part["type"] == "at")
        said = "".join(part["data"].get("text", "@Li <b>") for part in parameters["message"])
        assert 0 < len(said) <= QQ["text"].value


def rendered(part: texts.Part) -> str:
    return f"@{part.name}" if isinstance(part, texts.Mention) else part


@given(WORDS, st.integers(24, 80), st.sampled_from([len, texts.utf16, texts.utf8]))
def test_what_is_parted_fits_and_nothing_is_lost(words: str, most: int, size: Callable[[str], int]) -> None:
    parts = texts.parts(texts.sound(words), {"5": "Li"})
    pieces = texts.split(parts, most, rendered, size)
    for piece in pieces:
        assert sum(size(rendered(part)) for part in piece) <= most
    joined = "".join(rendered(part) for piece in pieces for part in piece)
    assert letters(joined) == letters("".join(map(rendered, parts)))


@pytest.mark.parametrize("whole", ["👩‍👩‍👧‍👦", "🇩🇪", "e\u0301\u0302", "한", "1️⃣", "👍🏽"])
def test_what_people_see_as_one_is_not_parted(whole: str) -> None:
    pieces = texts.split([whole * 50], 40, rendered, texts.utf16)
    assert len(pieces) > 1
    assert all(str(part).replace(whole, "") == "" for piece in pieces for part in piece)


def test_a_text_is_parted_where_it_pauses() -> None:
    words = "One line of it. And more of it.\n\nA second paragraph. It ends."
    assert texts.split([words], 45, rendered) == [["One line of it. And more of it."], ["A second paragraph. It ends."]]
    assert texts.split(["你好。" * 20], 32, rendered)[0] == ["你好。" * 10]
    mention, link = texts.Mention("5", "somebody"), texts.Link("https://a.example/" + "x" * 20)
    assert texts.split(["x" * 20, mention, "y" * 20, link], 40, rendered) == [
        ["x" * 20, mention, "y" * 11],
        ["y" * 9],
        [link],
    ]


def test_what_is_cut_says_so() -> None:
    assert texts.cut("👩‍👩‍👧‍👦" * 3, 24) == "👩‍👩‍👧‍👦" * 2 + "…"
    assert texts.cut("short", 24) == "short"


def test_heaps_of_marks_are_parted_all_the_same() -> None:
    pieces = texts.split(["z" + "\u0301" * 5_000], 100, rendered, texts.utf8)
    assert all(texts.utf8("".join(map(rendered, piece))) <= 100 for piece in pieces)
