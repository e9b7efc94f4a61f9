"""Laws of the views, on any text whatever."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.engine.texts.plain import Squeezable, bare
from groundrules.text import squeeze as squeezing
from groundrules.text.domains import normalise
from groundrules.text.fold import fold, fold_bytes, fold_map, fold_view, fold_view_map, surely_within
from groundrules.text.lists import ListMatcher
from groundrules.text.patterns import Pattern, problem
from groundrules.text.sounds import letters_heard
from groundrules.text.squeeze import squeeze, squeeze_map, squeeze_runs
from groundrules.text.views import (
    Needle,
    Text,
    View,
    apply,
    contains,
    ends_with,
    equals,
    find,
    offsets,
    starts_with,
)

VIEWS: tuple[View, ...] = ("exact", "folded", "squeezed", "word", "domain")
SEARCHED: tuple[View, ...] = ("exact", "folded", "squeezed", "word")

tricky = st.text(
    alphabet="aabsS1347@$!. -\n加微信微ßé\u0301\t\x1c\u1107\u1161\u11a8바ㅂㅏ\u200b\u3000Ａаｶﾞ한🔥\ud800\u1680",
    max_size=14,
)
any_text = st.text(st.characters(), max_size=20) | tricky


@given(any_text)
def test_fold_is_idempotent_and_its_map_fits(s: str) -> None:
    folded = fold(s)
    assert fold(folded) == folded
    assert fold_bytes(s) == fold_view(s).encode()
    origins = list(fold_map(s))
    assert len(origins) == len(folded) + 1
    assert origins == sorted(origins)
    assert origins[-1] == len(s)


@given(any_text)
def test_the_folded_view_is_idempotent_and_its_map_fits(s: str) -> None:
    viewed, origins = fold_view(s), list(fold_view_map(s))
    assert fold_view(viewed) == viewed == fold_view(fold(s))
    assert len(origins) == len(viewed) + 1
    assert origins == sorted(origins)
    assert origins[-1] == len(s)


@given(any_text, any_text, any_text)
def test_what_surely_stands_in_a_view_stands_in_that_of_every_text_around(before: str, s: str, after: str) -> None:
    assert surely_within(fold(s)) in fold_view(before + s + after)


@given(any_text, any_text)
def test_fold_takes_no_notice_of_neighbours_but_in_korean_syllables(a: str, b: str) -> None:
    assert fold(a + b) == fold(fold(a) + fold(b))


@given(any_text)
def test_each_folded_character_comes_from_where_the_map_says(s: str) -> None:
    assert all(char in fold(s[index]) for char, index in zip(fold(s), fold_map(s), strict=False))


@given(any_text)
def test_squeeze_is_idempotent_and_its_map_fits(s: str) -> None:
    squeezed = squeeze(s)
    assert squeeze(squeezed) == squeezed
    assert squeeze(fold(s)) == squeezed
    pieces = squeeze_runs(s)
    assert "".join(piece.char for piece in pieces) == squeezed
    assert squeeze_map(s) == sorted(squeeze_map(s))
    assert all(0 <= piece.start < piece.end <= len(s) for piece in pieces)
    assert all(left.end <= right.end for left, right in pairwise(pieces))


@given(any_text)
def test_equal_folds_are_equal_under_every_folding_view(s: str) -> None:
    for view in ("folded", "squeezed", "word"):
        assert equals(view, s, fold(s))


@pytest.mark.parametrize("view", SEARCHED)
@given(text=any_text, needle=tricky)
def test_evidence_points_at_the_needle(view: View, text: str, needle: str) -> None:
    found = find(view, text, needle)
    assert (found is not None) is contains(view, text, needle)
    if found is not None:
        start, end = found
        assert 0 <= start < end <= len(text)
        assert apply(view, needle) in apply(view, text[start:end])
        assert contains(view, text[start:end], needle)


@pytest.mark.parametrize("view", ["folded", "squeezed"])
@given(before=tricky, needle=tricky, after=tricky)
def test_a_word_set_off_by_spaces_is_found(view: View, before: str, needle: str, after: str) -> None:
    """Single letters excepted, which squeezing draws together, and needles with spaces of their own."""
    key = apply(view, needle)
    if len(key) > 1 and " " not in key:
        assert contains(view, f"{before}xz {needle} yz{after}", needle)


@pytest.mark.parametrize("view", SEARCHED)
@given(text=tricky, needle=tricky)
def test_affixes_are_contained(view: View, text: str, needle: str) -> None:
    if starts_with(view, text, needle) or ends_with(view, text, needle):
        assert contains(view, text, needle)
    if apply(view, needle) and equals(view, text, needle) and Needle(view, needle).within(Text(text)):
        assert starts_with(view, text, needle)
        assert ends_with(view, text, needle)


@given(any_text)
def test_nothing_raises_and_offsets_fit(s: str) -> None:
    for view in VIEWS:
        assert len(offsets(view, s)) == len(apply(view, s)) + 1
        find(view, s, s)
    name = normalise(s)
    assert name is None or normalise(name) == name


@pytest.mark.parametrize("view", VIEWS)
@given(items=st.lists(tricky, max_size=12), text=tricky)
def test_a_list_is_the_sum_of_its_entries(view: View, items: list[str], text: str) -> None:
    found = {(*place, item) for item in items if (place := find(view, text, item)) is not None}
    for scanner in (True, False):
        matcher = ListMatcher(view, items, scanner=scanner)
        assert matcher.find_all(text) == sorted(found)
        assert matcher.contains_any(text) is bool(found)


@given(st.text(alphabet="ab(){}[]*+?|\\1^$.,-微\ud800", max_size=12), any_text)
def test_patterns_never_raise_on_texts(pattern: str, text: str) -> None:
    if problem(pattern, "i") is None:
        found = Pattern(pattern, "i").search(text)
        assert found is None or 0 <= found[0] <= found[1] <= len(text)


chinese = st.text(alphabet="加徽微信力口亻言伽芯jiawexn JIĀ.-好\u200b１x", max_size=16)


@given(chinese)
def test_evidence_of_widened_lists_stands_in_the_raw_text(text: str) -> None:
    matcher = ListMatcher("squeezed", ["加微信", "加好"], ["leet", "pinyin", "split"])
    found = matcher.find_all(text)
    assert matcher.contains_any(text) == bool(found)
    assert found == ListMatcher("squeezed", ["加微信", "加好"], ["leet", "pinyin", "split"], scanner=False).find_all(
        text
    )
    for start, end, entry in found:
        assert 0 <= start < end <= len(text)
        assert entry in [one for _, _, one in matcher.find_all(text[start:end])]


# --- what spares a text a longer look ---------------------------------------------------------------

ascii_text = st.text("abeilmsox1034$@!. -_\t\n", max_size=16) | st.text(st.characters(max_codepoint=127), max_size=30)
words = st.text("abeilmsox", min_size=1, max_size=4)


@given(ascii_text, st.data())
def test_an_ascii_text_that_squeezed_has_a_literal_may_have_it(s: str, data: st.DataObject) -> None:
    view = squeeze(s)
    start = data.draw(st.integers(0, len(view)))
    literals = [view[start : data.draw(st.integers(start, len(view)))], *data.draw(st.lists(words, max_size=3))]
    held = [literal for literal in literals if literal and literal in view]
    assert Squeezable(filter(None, literals)).may_stand_in(bare(fold(s))) or not held


def test_an_ascii_text_may_be_known_to_lack_them() -> None:
    assert not Squeezable(["spam", "bluff"]).may_stand_in(bare("good morning, everybody"))


@given(ascii_text)
def test_the_sound_of_an_ascii_text_is_its_bare_letters(s: str) -> None:
    assert letters_heard(fold(s)).encode() == bare(fold(s))


@given(ascii_text)
def test_words_end_in_ascii_as_they_do_anywhere(s: str) -> None:
    folded = fold(s)
    assert squeezing._ascii_word_ends.sub(" ", folded) == squeezing._word_ends.sub(" ", folded)


@pytest.mark.parametrize("pattern", [r"\p{Han}", r"\p{Cyrillic}{2,}", r"\p{Mn}+", r"\p{Arabic}", r"a+b?", r"^\W"])
@pytest.mark.parametrize("flags", ["", "i"])
@given(s=any_text)
def test_a_pattern_matches_where_it_finds_something(pattern: str, flags: str, s: str) -> None:
    compiled = Pattern(pattern, flags)
    assert compiled.matches(s) is (compiled.search(s) is not None)
