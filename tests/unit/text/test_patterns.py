"""RE2's dialect: offsets in code points, and reasons that an author understands."""

import time

import pytest

from groundrules.text.patterns import Pattern, problem


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "found"),
    [
        ("微信", "", "加微信", (1, 3)),
        ("b+", "", "aé\U0001f600bbb", (3, 6)),
        ("a|ab", "", "ab", (0, 1)),  # leftmost-first
        ("SPAM", "i", "get spam", (4, 8)),
        ("^b", "m", "a\nb", (2, 3)),
        ("^b", "", "a\nb", None),
        ("a.b", "s", "a\nb", (0, 3)),
        ("a.b", "", "a\nb", None),
        ("", "", "微", (0, 0)),
        ("信", "", "\ud800微信", (2, 3)),
        ("\\?", "", "\ud800", None),
        ("\\d+$", "", "电话 138", (3, 6)),
    ],
)
def test_search(pattern: str, flags: str, text: str, found: tuple[int, int] | None) -> None:
    compiled = Pattern(pattern, flags)
    assert compiled.search(text) == found
    assert compiled.matches(text) is (found is not None)


@pytest.mark.parametrize(
    ("pattern", "kind", "position", "says"),
    [
        ("x(?=a)", "unsupported", 1, "`(?=` is look-around"),
        ("(?<!x)a", "unsupported", 0, "`(?<!` is look-around"),
        (r"(a)\1", "unsupported", 3, r"`\1` is a backreference"),
        ("(?>a)", "unsupported", 0, "`(?>` is a construct of other engines"),
        (r"a\C", "unsupported", 1, "single byte"),
        ("(ab", "syntax", 0, "missing ): `(ab`"),
        ("a**", "syntax", 1, "bad repetition operator: `**`"),
        ("x{3,2}", "syntax", 1, "invalid repetition size: `{3,2}`"),
        ("[z-a]", "syntax", 1, "invalid character class range: `z-a`"),
        (r"a\Z", "syntax", 1, r"invalid escape sequence: `\Z`"),
        ("a{1000}{1000}", "too costly", 1, "too large"),
        ("(a{100}){100}", "too costly", 2, "too large"),
        ("x{2000}", "too costly", 1, "`{2000}` is too large"),
        (r"a{2}(\p{L}{1,60}x){1,2}", "too costly", 10, "steps"),
        (r"a{2}(\p{L}{1,90}x){1,9}", "too costly", 10, "this pattern is too large"),
    ],
)
def test_problems(pattern: str, kind: str, position: int | None, says: str) -> None:
    found = problem(pattern)
    assert found is not None
    assert (found.kind, found.position) == (kind, position)
    assert says in found.message


def test_good_patterns_have_no_problem() -> None:
    for pattern in ("a+", r"\p{Han}{1,50}", "(?P<x>a)", r"\\C", "", "(x+x+)+y", r"加.{0,20}微"):
        assert problem(pattern, "i") is None


def test_unknown_flags() -> None:
    found = problem("a", "ix")
    assert found is not None
    assert found.message == "unknown flag `x`"


def test_a_bad_pattern_raises_value_error() -> None:
    with pytest.raises(ValueError, match="missing"):
        Pattern("(")
    with pytest.raises(ValueError, match="escape"):
        Pattern(r"\C")


def test_backtracking_traps_take_no_time() -> None:
    pattern = Pattern("(x+x+)+y")
    started = time.perf_counter()
    assert pattern.search("x" * 20_000) is None
    assert time.perf_counter() - started < 1


def test_thousands_of_groups_take_no_time() -> None:
    begun = time.perf_counter()
    pattern = Pattern("(" * 5000 + "a" + ")" * 5000)
    assert all(pattern.search("an a is met") == (0, 1) for _ in range(300))
    assert time.perf_counter() - begun < 2
