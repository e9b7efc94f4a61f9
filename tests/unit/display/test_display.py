"""Texts measured in columns, and made safe for each medium."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.display import safe
from groundrules.display.columns import aligned, excerpt, padded, width, window
from groundrules.display.lines import Line, drawn, page

TEXTS = st.text(
    st.sampled_from("ab 加微信①👍é\u0301\u200d\t\n\x1b\x9b\u202e\u200b\r|`*_<>&@#~[]\\-1.") | st.characters()
)
ACTING = {*range(9), *range(0xB, 0x20), *range(0x7F, 0xA0), 0x61C, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F)}
ACTING |= {*range(0x2060, 0x2070), 0xFEFF, *range(0xD800, 0xE000)}


def acts(text: str) -> bool:
    return any(ord(char) in ACTING for char in text)


# --- columns ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "most", "tail", "shown"),
    [
        ("short", 10, 0, "short"),
        ("two\n lines\there", 20, 0, "two lines here"),
        ("abcdefghijk", 10, 0, "abcdefghi…"),
        ("加微信看片加微信", 16, 0, "加微信看片加微信"),
        ("加微信看片加微信", 15, 0, "加微信看片加微…"),
        ("加微信看片加微信", 10, 0, "加微信看…"),
        ("a" * 50 + "b" * 50, 20, 5, "aaaaaaaaaaaa … bbbbb"),
        ("加" * 50 + "信" * 50, 20, 5, "加加加加加加 … 信信"),
    ],
)
def test_what_is_too_wide_is_cut(text: str, most: int, tail: int, shown: str) -> None:
    assert excerpt(text, most, tail) == shown


@given(TEXTS, st.integers(8, 60), st.integers(0, 3))
def test_an_excerpt_fits_and_begins_as_the_text_does(text: str, most: int, tail: int) -> None:
    shown = excerpt(text, most, tail)
    assert width(shown) <= most
    assert "\n" not in shown
    assert " ".join(text.split()).startswith(shown.split("…")[0].rstrip()) or "…" in text


@given(TEXTS, st.data())
def test_a_window_fits_and_holds_what_it_is_opened_for(text: str, data: st.DataObject) -> None:
    around = data.draw(st.integers(0, len(text)))
    start, end = window(text, around, 40, 10)
    assert 0 <= start <= around <= end <= len(text)
    assert sum(map(width, text[start:end])) <= 40
    assert (start, end) == (0, len(text)) or sum(map(width, text)) > 40


def test_columns_stand_below_one_another() -> None:
    assert list(aligned([["名字", "1"], ["li", "100"]], right=[1])) == ["名字    1", "li    100"]
    assert padded("加", 4) == "加  "


# --- safety -----------------------------------------------------------------------------------------


@given(TEXTS)
def test_nothing_acts_on_a_terminal(text: str) -> None:
    assert not acts(safe.terminal(text))
    assert "\n" not in safe.terminal(text)
    assert not acts(drawn(Line(text, "head") + text, color=False))
    assert drawn(Line(text, "fails"), color=False) in drawn(Line(text, "fails"))


def test_a_style_cannot_be_forged() -> None:
    assert drawn(Line("\x1b[32mpassed", "fails")) == "\x1b[31m�[32mpassed\x1b[0m"
    assert page([Line("a"), "  " + Line("b  ", "head")]) == "a\n  b\n"


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXTS)
def test_html_shows_the_text(text: str) -> None:
    reader = Reader()
    reader.feed(f"<p>{safe.html(text)}</p>")
    reader.close()
    assert reader.tags == ["p"]
    assert reader.text == safe.plain(text)
    assert not acts(reader.text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# a\n- b", r"\# a - b"),
        ("1. a", r"1\. a"),
        ("2026年", "2026年"),
        ("--06-01", "--06-01"),
        ("---", r"\---"),
        ("> a", r"\> a"),
        ("[a](http://b) <i> `c` *d* ~e~ f|g", r"\[a\](http://b) \<i> \`c\` \*d\* \~e\~ f\|g"),
        ("snake_case _e_", r"snake_case \_e\_"),
        ("@all #12 #general &lt; R&D", r"\@all \#12 #general \&lt; R&D"),
        ("a\u202eb\x1b[2J", r"a�b�\[2J"),
    ],
)
def test_markdown_shows_the_text(text: str, shown: str) -> None:
    assert safe.markdown(text) == shown


@given(TEXTS)
def test_code_in_markdown_ends_where_it_should(text: str) -> None:
    shown = safe.markdown_code(text)
    fence = "`" * (len(shown) - len(shown.lstrip("`")))
    assert shown.endswith(fence)
    assert fence not in shown.removeprefix(fence).removesuffix(fence) or not text.strip()
    assert not acts(shown)


@given(st.dictionaries(st.text(), TEXTS))
def test_json_says_the_same(data: dict[str, str]) -> None:
    shown = safe.json(json.dumps(data, ensure_ascii=False, indent=2))
    assert json.loads(shown) == data
    assert not acts(shown)
