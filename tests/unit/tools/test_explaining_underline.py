"""Carets are below what was found, however wide the characters are."""

from __future__ import annotations

import pytest

from groundrules.tools.explaining.underline import underlined


@pytest.mark.parametrize(
    ("text", "places", "lines"),
    [
        ("buy now", [(4, 7)], ["buy now", "    ^^^"]),
        ("加.微 信 abc", [(0, 5)], ["加.微 信 abc", "^^^^^^^^"]),
        ("兼职，加微信", [(0, 2), (3, 6)], ["兼职，加微信", "^^^^  ^^^^^^"]),
        ("一\n二三", [(2, 4)], ["二三", "^^^^"]),
        ("a\nbb\nc", [(0, 1), (5, 6)], ["a", "^", "c", "^"]),
        ("abc", [], ["abc"]),
        ("abc\ndef", [], ["abc…"]),
        ("abcdef", [(0, 4), (2, 6)], ["abcdef", "^^^^^^"]),
        ("a\u202eb", [(2, 3)], ["a\ufffdb", "  ^"]),
        ("x👍y", [(2, 3)], ["x👍y", "   ^"]),
    ],
)
def test_underlined(text: str, places: list[tuple[int, int]], lines: list[str]) -> None:
    assert list(underlined(text, places)) == lines


def test_a_long_text_is_cut_around_what_was_found() -> None:
    line, carets = underlined("x" * 500 + "needle" + "y" * 500, [(500, 506)])
    assert len(line) < 200
    start = carets.index("^")
    assert line[start : start + 6] == "needle"
    assert carets.count("^") == 6
