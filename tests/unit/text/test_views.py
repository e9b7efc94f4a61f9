"""Searching under a view, with answers in the raw text."""

import pytest

from groundrules.text.views import Needle, Text, View, apply, contains, ends_with, equals, find, offsets, starts_with


@pytest.mark.parametrize(
    ("view", "text", "needle", "raw"),
    [
        ("exact", "Spam spam", "spam", "spam"),
        ("folded", "buy SPＡM now", "spam", "SPＡM"),
        ("folded", "caf\u0065\u0301 noir", "cafe", "cafe\u0301"),
        ("folded", "ﬁn", "i", "ﬁ"),
        ("folded", "x\u200by", "xy", "x\u200by"),
        ("squeezed", "get s.p.a.aa.m!!! now", "spam", "s.p.a.aa.m"),
        ("squeezed", "请加 微-信：abc", "加微信", "加 微-信"),
        ("squeezed", "a1b", "i", "a1b"),
        ("squeezed", "that is grass", "ass", "ass"),
        ("squeezed", "今天彩票，天天彩票", "天天彩票", "天天彩票"),
        ("word", "concat CAT", "cat", "CAT"),
    ],
)
def test_find_gives_the_raw_text(view: View, text: str, needle: str, raw: str) -> None:
    found = find(view, text, needle)
    assert found is not None
    assert text[slice(*found)] == raw


@pytest.mark.parametrize(
    ("text", "needle"),
    [("it was", "ass"), ("fresh", "free"), ("今天彩票", "天天彩票"), ("grass hit", "sshi")],
)
def test_a_repeat_in_a_squeezed_needle_is_asked_for(text: str, needle: str) -> None:
    assert not contains("squeezed", text, needle)
    assert find("squeezed", text, needle) is None


@pytest.mark.parametrize(
    ("text", "needle", "found"),
    [
        ("good", "god", False),
        ("sweet dreams", "wet dream", False),
        ("gooood", "god", True),
        ("gooood", "good", True),
        ("spaam", "spam", True),
        ("pooorn", "porn", True),
        ("goods", "good", True),
        ("asses", "as", True),
        ("fuuck", "fuck", True),
    ],
)
def test_ordinary_doubles_are_no_disguise(text: str, needle: str, found: bool) -> None:
    assert contains("squeezed", text, needle) is found


@pytest.mark.parametrize("view", ["exact", "folded", "squeezed", "word", "domain"])
@pytest.mark.parametrize("needle", ["", "\u200b"])
def test_an_empty_needle_is_found_nowhere(view: View, needle: str) -> None:
    if apply(view, needle) == "":
        assert not contains(view, "some text", needle)
        assert not starts_with(view, "some text", needle)
        assert not ends_with(view, "", needle)
        assert find(view, "", needle) is None


def test_starts_and_ends() -> None:
    assert starts_with("folded", "ＳＰＡＭ!", "spam")
    assert not starts_with("folded", " spam", "spam")
    assert starts_with("squeezed", "..s p a m!", "spam")
    assert ends_with("squeezed", "s p a m !!", "spam")
    assert starts_with("word", "spam now", "spam")
    assert not starts_with("word", "spammer spam", "spam")
    assert ends_with("word", "spammer spam", "spam")
    assert not ends_with("squeezed", "was", "ass")
    assert ends_with("exact", "aaa", "aa")


def test_where_an_affix_stands() -> None:
    text = Text("ＡＢ and ab")
    assert Needle("folded", "ab").find_at_start(text) == (0, 2)
    assert Needle("folded", "ab").find_at_end(text) == (7, 9)


def test_equality() -> None:
    assert equals("folded", "签到", "簽到")
    assert equals("folded", "", "\u200b")
    assert not equals("exact", "a", "A")
    assert equals("squeezed", "加 微 信", "加微信")


def test_offsets_have_one_more_than_the_view() -> None:
    views: tuple[View, ...] = ("exact", "folded", "squeezed", "word", "domain")
    for view in views:
        assert len(offsets(view, "Ｅx.com")) == len(apply(view, "Ｅx.com")) + 1


def test_sufficient_needles_need_no_second_look() -> None:
    assert Needle("folded", "ass").sufficient
    assert not Needle("squeezed", "spam").sufficient
    assert not Needle("word", "spam").sufficient
