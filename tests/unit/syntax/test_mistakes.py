"""One row per mistake: what is typed, the code, the text that is underlined, and words of message, help or fix."""

from __future__ import annotations

from typing import Any

import pytest

from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.source import detached
from groundrules.syntax import parse
from groundrules.syntax.errors import ParseError


def problem(text: str, parser: Any = parse.parse_expression) -> Diagnostic:
    with pytest.raises(ParseError) as raised:
        parser(detached(text))
    return raised.value.diagnostic


def mended(text: str, found: Diagnostic) -> str:
    for fix in sorted(found.fixes, key=lambda fix: fix.span.start, reverse=True):
        text = text[: fix.span.start] + fix.text + text[fix.span.end :]
    return text


# text, code, what is underlined, a piece of the message or help
EXPRESSIONS = [
    ("", "GR212", "", "found nothing"),
    (" \n ", "GR212", " \n ", "found nothing"),
    ("a and ()", "GR212", "()", "empty"),
    ("text matches //", "GR212", "//", "empty"),
    ("a ! b", "GR204", "!", "`not`"),
    ("a is null", "GR204", "is null", "`not known(a)`"),
    ("actor.joined is not missing", "GR204", "is not missing", "`known(actor.joined)`"),
    ('text == "it"s"', "GR214", '"it"s', '`\\"`'),
    ('text == "abc', "GR202", '"abc', 'close it with `"`'),
    ('text contains "abc and actor.new', "GR202", '"abc', "never closed"),
    ('text in ["a", "b]', "GR202", '"b', "never closed"),
    ('(text contains "abc and actor.new) or text == "x"', "GR202", '"abc', 'goes on to the next `"`'),
    ('text in ["a, "b", "c"]', "GR202", '"a', 'close it with `"`'),
    ("text in ['a, 'b']", "GR202", "'a", "close it with `'`"),
    ('count(message where text == "a by actor within 1h) > 3', "GR202", '"a', "never closed"),
    ("text == \"abc'", "GR202", "\"abc'", 'close it with `"`'),
    ('text contains free" and actor.new', "GR202", 'free"', 'write `"free"`'),
    ("text matches /abc", "GR202", "/abc", "end it with `/`"),
    ("count(message this wek) > 3", "GR216", "this wek", "did you mean `this week`?"),
    ("count(message by actor tody) > 3", "GR216", "tody", "did you mean `today`?"),
    ("count(message by actor this  mont) > 3", "GR216", "this  mont", "did you mean `this month`?"),
    ("count(message by actor last year) > 3", "GR216", "last year", "write `today`, `this week` or `this month`"),
    ("count(message 3) > 3", "GR201", "3", "`today`, `this week`, `this month`"),
    ("3x", "GR206", "3x", "neither a number nor a duration"),
    ("1.2.3", "GR206", "1.2.3", "is not a number"),
    ("actor.id == 007", "GR206", "007", '"007"'),
    ("9007199254740993", "GR206", "9007199254740993", "too large"),
    ("1e999", "GR206", "1e999", "too large"),
    ("1.5h", "GR207", "1.5h", "decimal point"),
    ("30m1h", "GR207", "30m1h", "out of order"),
    ("1h30", "GR207", "1h30", "without a unit"),
    ("40000d", "GR207", "40000d", "too long"),
    ("99999999999999999999w", "GR207", "99999999999999999999w", "too long"),
    ("count(message within 10) > 1", "GR207", "10", "no unit"),
    ("now in 08:00-25:00", "GR208", "25:00", "`23:59`"),
    ("24:00", "GR208", "24:00", "only end a range"),
    ("now in 24:00-09:00", "GR208", "24:00", "only end a range"),
    ("9:5", "GR208", "9:5", "two digits"),
    ("now in 09:00-09:00", "GR208", "09:00-09:00", "begins where it ends"),
    (r'"a\ud800b"', "GR209", r"\ud800", "surrogate"),
    (r'"\u12"', "GR209", r"\u", r"`\uXXXX`"),
    ("text matches", "GR210", "matches", "needs a pattern"),
    ("text matches /a/ig2", "GR210", "g", "flags are"),
    ("text matches /a/ii", "GR210", "i", "each once"),
    ("/a/", "GR210", "/", "after `matches`"),
    ("a and", "GR213", "and", "nothing on its right"),
    ("and a", "GR213", "and", "nothing on its left"),
    ("a or or b", "GR213", "or", "nothing on its right"),
    ("x ==", "GR213", "==", "nothing on its right"),
    ("x in", "GR213", "in", "nothing on its right"),
    ("* 2", "GR213", "*", "nothing on its left"),
    ('any of ["a"]', "GR213", "any of", "has any of"),
    ('newcomer text contains "x"', "GR214", "newcomer text", "missing between"),
    ("(a", "GR202", "", "add `)`"),
    ("[1, 2", "GR202", "", "add `]`"),
    ('a["b"', "GR202", "", "add `]`"),
    ("a)", "GR203", ")", "closes nothing"),
    ("(a]", "GR203", "]", "does not close `(`"),
    ("a == not b", "GR201", "not", "before the whole condition"),
    ("a.", "GR201", "", "a name after the dot"),
    ("a.0", "GR201", "0", "a name after the dot"),
    ("a[0]", "GR201", "0", "a string"),
    ("x ? y : z", "GR201", "?", "`x ?? y`"),
    ("a, b", "GR201", ",", "in brackets"),
    ("x in [1,,2]", "GR201", ",", "a value"),
    ("any(xs)", "GR216", ")", "any(x in xs where CONDITION)"),
    ("any(x in xs)", "GR216", ")", "any(x in xs where CONDITION)"),
    ("known()", "GR216", ")", "known(VALUE)"),
    ("count()", "GR216", ")", "count(TYPE"),
    ("count(message within 2m by actor) >= 3", "GR216", "by", "in this order"),
    ("count(message, actor)", "GR216", ",", "count(TYPE"),
    ("sum(message)", "GR216", ")", "sum(PATH of TYPE"),
    ("f(a)(b)", "GR216", "f(a)", "function name"),
    ("emoji == 👍", "GR219", "👍", "needs quotes"),
    ("@a", "GR219", "@", "no meaning"),
]


@pytest.mark.parametrize(("text", "code", "underlined", "words"), EXPRESSIONS)
def test_expression(text: str, code: str, underlined: str, words: str) -> None:
    found = problem(text)
    assert (found.code, found.span.text) == (code, underlined)
    assert words in f"{found.message} {found.help}"


MENDED = [
    ("a = 1", "GR204", "a == 1"),
    ("a => 1", "GR204", "a >= 1"),
    ("a <> 1", "GR204", "a != 1"),
    ("a === 1", "GR204", "a == 1"),
    ("a && b", "GR204", "a and b"),
    ("a || b", "GR204", "a or b"),
    ("a AND b", "GR204", "a and b"),
    ("NOT a", "GR204", "not a"),
    ("!a", "GR204", "not a"),
    ("a is b", "GR204", "a == b"),
    ("a is not b", "GR204", "a != b"),
    ('text includes "a"', "GR204", 'text contains "a"'),
    ('text startswith "a"', "GR204", 'text starts with "a"'),
    ("any（x in links where x）", "GR205", "any(x in links where x)"),
    ("f(a，b)", "GR205", "f(a,b)"),
    ("a ＝＝ b", "GR205", "a == b"),
    ("a　and b", "GR205", "a and b"),
    ("a\u00a0and b", "GR205", "a and b"),
    ("a\u200b and b", "GR205", "a and b"),
    ("a ａｎｄ b", "GR205", "a and b"),
    ("x > １０", "GR205", "x > 10"),
    ("text == “签到”", "GR205", 'text == "签到"'),
    ('text == “说"好"”', "GR205", "text == '说\"好\"'"),
    ('text == "签到”', "GR205", 'text == "签到"'),
    ("now in 23:00–07:00", "GR205", "now in 23:00-07:00"),
    ("now in 23：00-07：00", "GR205", "now in 23:00-07:00"),
    ("1_000", "GR206", "1000"),
    (".5", "GR206", "0.5"),
    ("10 m > x", "GR207", "10m > x"),
    ("x > 10min", "GR207", "x > 10m"),
    ("x > 5 minutes", "GR207", "x > 5m"),
    ("x > 3天", "GR207", "x > 3d"),
    ("x > 10M", "GR207", "x > 10m"),
    ("x > 2 months", "GR207", "x > 60d"),
    ("count(message within 10 min) > 1", "GR207", "count(message within 10m) > 1"),
    (r'"\d"', "GR209", r'"\\d"'),
    ('text matches "a/b"', "GR210", r"text matches /a\/b/"),
    ("a < b < c", "GR211", "a < b and b < c"),
    ("x and a < b + 1 == c or d", "GR211", "x and a < b + 1 and b + 1 == c or d"),
    ("x not contains y", "GR201", "not x contains y"),
    ('a and text not starts with "b"', "GR201", 'a and not text starts with "b"'),
    ("text contains any adverts", "GR201", "text contains any of adverts"),
    ('text contian "a"', "GR214", 'text contains "a"'),
    ("a adn b", "GR214", "a and b"),
    ('text contains any ["a", "b"]', "GR201", 'text contains any of ["a", "b"]'),
    ('text contains any ["a"]', "GR201", 'text contains any of ["a"]'),
]


@pytest.mark.parametrize(("text", "code", "want"), MENDED)
def test_fixes_mend(text: str, code: str, want: str) -> None:
    found = problem(text)
    assert (found.code, mended(text, found)) == (code, want)
    parse.parse_expression(detached(want))


CLAUSES = [
    (parse.parse_rate, "50 a day", "GR217", "a", "`50 per day`"),
    (parse.parse_rate, "50", "GR217", "", "missing at the end"),
    (parse.parse_rate, "50 per hour", "GR217", "hour", "`week`"),
    (parse.parse_fade, "1 per 30d", "GR217", "per", "`1 every 30d`"),
    (parse.parse_fade, "1 every 30 days", "GR207", "30 days", "`30d`"),
    (parse.parse_once, "actor per hour", "GR217", "hour", "`actor per day`"),
    (parse.parse_once, "actor within 10 m", "GR207", "10 m", "`10m`"),
    (parse.parse_keys, "actor channel", "GR217", "channel", "`actor, channel`"),
    (parse.parse_keys, "actor，channel", "GR205", "，", "`,`"),
    (parse.parse_keys, "", "GR212", "", "`actor`"),
    (parse.parse_at, "Monday 09:00", "GR217", "Monday", "`monday`"),
    (parse.parse_at, "周一 09:00", "GR217", "周一", "`monday`"),
    (parse.parse_at, "32nd", "GR217", "32nd", "`31st`"),
    (parse.parse_at, "02-30 09:00", "GR217", "02-30", "no date"),
    (parse.parse_at, "9 am", "GR217", "9", "`09:00`"),
    (parse.parse_at, "24:00", "GR208", "24:00", "end a range"),
    (parse.parse_hours, "9-22", "GR217", "9", "`09:00-22:00`"),
    (parse.parse_duration, "10", "GR207", "10", "no unit"),
    (parse.parse_duration, "10 min", "GR207", "10 min", "`10m`"),
    (parse.parse_duration, "1 + 1", "GR207", "1", "no unit"),
]


@pytest.mark.parametrize(("parser", "text", "code", "underlined", "words"), CLAUSES)
def test_clause(parser: Any, text: str, code: str, underlined: str, words: str) -> None:
    found = problem(text, parser)
    assert (found.code, found.span.text) == (code, underlined)
    assert words in f"{found.message} {found.help}"


TEMPLATES = [
    ("hi {a", "GR202", "{a"),
    ("hi {}", "GR212", "{}"),
    ("hi { }", "GR212", "{ }"),
    ("hi } there", "GR218", "}"),
    ("{a {b}}", "GR218", "{"),
    ("hi ｛a｝", "GR205", "｛"),
    ("hi {a｝", "GR205", "｝"),
    ("hi {a = b}", "GR204", "="),
    ("hi {a, b}", "GR201", ","),
    ("hi {a} and {b c}", "GR214", "b c"),
    ("hi {'a}", "GR202", "'a"),
]


@pytest.mark.parametrize(("text", "code", "underlined"), TEMPLATES)
def test_template(text: str, code: str, underlined: str) -> None:
    found = problem(text, parse.parse_template)
    assert (found.code, found.span.text) == (code, underlined)


@pytest.mark.parametrize(("text", "want"), [("hi ｛a｝", "hi {a}"), ("{a｝", "{a}"), (":-}", ":-}}")])
def test_template_fixes_mend(text: str, want: str) -> None:
    assert mended(text, problem(text, parse.parse_template)) == want


def test_strings_may_hold_anything() -> None:
    parse.parse_expression(detached("text contains '（“全角”），！　{}' and text matches /（[“”]/"))


@pytest.mark.parametrize(("text", "opened"), [("(a and (b", "("), ('["a', '"'), ("(a]", "("), ("count()", "count")])
def test_labels_show_where_it_began(text: str, opened: str) -> None:
    assert [label.span.text for label in problem(text).labels] == [opened]
