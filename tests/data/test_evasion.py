"""Disguised words that another project's tests were written for, through our lists.

Every case of the file is either tried below, with the entries and the view or the builtin that an author would choose,
or listed in `NOT_TRIED` with the reason, as in docs/evasion.md. Expectations are that project's assertions.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundrules.functions import FUNCTIONS
from groundrules.text.lists import ListMatcher
from groundrules.text.views import View

FILE = Path(__file__).parents[3] / "shared" / "data" / "evasion" / "houbb_sensitive-word_cases.json"
PAGE = Path(__file__).parents[2] / "docs" / "evasion.md"

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the evasion cases are not beside this checkout")

FLAG = ("五星红旗", "毛主席", "天安门")
FLAG_CASES = (
    "BsDataTest.wordDataConfigTest",
    "BsTest.findAllTest",
    "HelperTest.findAllTest",
    "HelperTest.findAllWordTest",
    "WordResultHandlerTest.findAllWordTest",
)

# case → view, entries, and per text what is found there, as it appears in the text
TRIED: dict[str, tuple[View, tuple[str, ...], dict[str, list[str]]]] = {
    **{case: ("folded", FLAG, {"text": list(FLAG)}) for case in FLAG_CASES},
    "BsChineseTest.ignoreChineseStyleTest": ("folded", ("五星红旗",), {"text": ["五星紅旗"]}),
    "BsEnglishTest.ignoreEnglishStyleTest": ("folded", ("fuck",), {"text": ["Ⓕⓤc⒦"]}),
    "BsTest.ignoreCaseTest": ("folded", ("fuck",), {"text": ["fuCK"]}),
    "BsTest.ignoreWidthTest": ("folded", ("fuck",), {"text": ["ｆｕｃｋ"]}),
    "HelperTest.ignoreCaseTest": ("folded", ("fuck",), {"text": ["fuCK"]}),
    "HelperTest.ignoreWidthTest": ("folded", ("fuck",), {"text": ["ｆｕｃｋ"]}),
    "BsRepeatTest.ignoreChineseStyleTest": ("squeezed", ("fuck",), {"text": ["ⒻⒻⒻfⓤuⓤ⒰cⓒ⒦"]}),
    "BsIgnoreCharTest.ignoreChineseStyleTest": ("squeezed", ("傻冒", "狗东西"), {"text": ["傻@冒", "狗+东西"]}),
    "BsIgnoreCharTest.ignoreChineseStyleTest2": ("squeezed", ("傻逼",), {"text": ["傻逼"]}),
    "Bug105Test.testNoiseCharacterInTaggedWords": ("squeezed", ("毛主席",), {"noisyText": ["毛---主---席"]}),
    "Bug31Test.lettersTest": ("word", ("sb",), {"text": ["SB"]}),
    "MyWordDenyChineseTest.test": ("folded", ("三三九乘元功", "一军两策"), {"text": ["三三九乘元功", "一军两策"]}),
    "BsDefineTest.defineDenyTest": ("folded", ("我的自定义敏感词",), {"text": ["我的自定义敏感词"]}),
    "BsDefineTest.defineChainsTest": ("folded", ("我的自定义敏感词",), {"text": ["我的自定义敏感词"]}),
    "BsResultConditionTest.alwaysTrueTest": ("folded", ("av",), {"text": ["av"]}),
    "BsResultConditionTest.englishWordMatchTest": ("word", ("av",), {"text": []}),
    "BsResultConditionTest.englishWordMatchTest2": ("word", ("av",), {"text": []}),
    "BsResultConditionTest.englishWordMatchTest3": ("word", ("av",), {"text": ["av"]}),
    "BsResultConditionTest.englishWordMatchTest4": ("word", ("av", "day"), {"text": ["day"]}),
    "BsResultConditionTest.englishWordMatchTest5": ("word", ("nation",), {"text": []}),
    "BsResultConditionTest.englishWordMatchTest6": ("word", ("cp",), {"text": ["cp"]}),
    "BsResultConditionTest.englishWordNumMatchTest2": ("word", ("cp", "69"), {"text": ["cp"]}),
    "BsResultConditionTest.englishWordNumMatchTest3": ("word", ("cp", "69"), {"text": ["cp", "69"]}),
}

# case → the builtin that finds such things by their shape, and what it finds
FUNCTIONS_TRIED: dict[str, tuple[str, list[str]]] = {
    "BsEmailTest.emailEnglishTest": ("emails", ["sensitiveword@xx.com"]),
    "BsEmailTest.emailNumberTest": ("emails", ["123456789@xx.com"]),
    "BsEmailTest.emailTest": ("emails", []),
    "BsUrlTest.commonUrlTest": ("urls", ["https://www.baidu.com"]),
    "BsUrlTest.imageUrlTest": ("urls", ["http://www.big-image.png"]),
    "BsNumLenTest.findAllTest": ("numbers", ["12345678"]),
    "BsNumTest.findAllTest": ("numbers", ["9989123456"]),
}

# cases that ask for the first entry only
FIRST = ("BsTest.findFirstTest", "HelperTest.findFirstTest", "HelperTest.findFirstWordTest")

_ALLOW = "exceptions to a list are a condition of the rulebook (`and not …`), not of matching"
_DETECT = "finds network addresses and bare host names by their shape, which is `matches` or `links`, not a list"
_OVERLAP = "reports one of several overlapping entries; we report each entry at its first place"
_REPLACE = "replaces words; groundrules decides and leaves texts alone"
_BUILT_IN = "asks a built-in word list, which groundrules does not have"
_LABELS = "labels of words; a rulebook has a list for each"

NOT_TRIED = {
    "BsAllowTest.findAllowTest": _ALLOW,
    "BsAllowTest.bug19FixTest": _ALLOW,
    "BsEditWordTest.editWordTest": "changes a list at run time; lists are part of the plan",
    "BsEditWordTest.editWordAllowTest": _ALLOW,
    "BsUserDefineTest.allowAndDenyTest": _ALLOW,
    "BsConfigTest.configTest": _BUILT_IN,
    "BsTest.configTest": _BUILT_IN,
    "BsTest.containsTest": _BUILT_IN,
    "BsTest.wordMatchTest": _BUILT_IN,
    "HelperTest.containsTest": _BUILT_IN,
    "Bug29Test.test": _BUILT_IN,
    "Bug55Test.test": _BUILT_IN,
    "WordResultHandlerTest.findAllWordTest2": _BUILT_IN,
    "BsIpv4Test.defaultTest": _DETECT,
    "BsIpv4Test.ipv4CheckTest": _DETECT,
    "BsNumTest.ignoreNumStyleTest": "a number in many styles, 二, 肆 and ㈤ among them: those stay words when folded",
    "BsUrlNoPrefixTest.urlNoPrefixTest": _DETECT,
    "BsResultConditionTest.englishWordNumMatchTest1": "finds 69 inside 695; in our word view digits belong to words",
    "FailFastTest.failFastTest": _OVERLAP,
    "FailFastTest.fallOverTest": _OVERLAP,
    "FailFastTest.fallOverTest2": _OVERLAP,
    "FailFastTest.fallOverTest3": _OVERLAP,
    "HelperTest.findFirstRawTest": _OVERLAP,
    "HelperTest.findAllRawTest": "positions of the same words as `findAllTest`, in another notation",
    "BsTest.replaceTest": _REPLACE,
    "BsTest.replaceCharTest": _REPLACE,
    "HelperTest.replaceTest": _REPLACE,
    "HelperTest.replaceCharTest": _REPLACE,
    "HelperTest.defineReplaceTest": _REPLACE,
    "Bug105Test.testNoiseCharacterInTaggedWords2": _LABELS,
    "Bug105Test.testNoiseCharacterInTaggedWords3": _LABELS,
    "WordResultHandlerTest.wordTagsTest": _LABELS,
    "WordTagsTest.wordTagsTest": _LABELS,
}


def cases() -> dict[str, dict[str, Any]]:
    recorded = json.loads(FILE.read_text(encoding="utf-8"))
    return {f"{Path(case['file']).stem.removeprefix('SensitiveWord')}.{case['test']}": case for case in recorded}


def test_every_case_is_tried_or_has_a_reason() -> None:
    tried = [*TRIED, *FUNCTIONS_TRIED, *FIRST]
    assert sorted([*tried, *NOT_TRIED]) == sorted(cases())


def test_the_page_names_every_case_that_is_not_tried() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in NOT_TRIED if f"`{name}`" not in page] == []
    assert f"{len(TRIED) + len(FUNCTIONS_TRIED) + len(FIRST)} of its {len(cases())} cases" in page


@pytest.mark.parametrize("name", FUNCTIONS_TRIED)
def test_what_has_a_shape_is_found_by_builtins(name: str) -> None:
    case = cases()[name]
    function, expected = FUNCTIONS_TRIED[name]
    assert [str(found) for found in FUNCTIONS[function].call(case["strings"]["text"])] == expected
    assert f"[{', '.join(expected)}]" in " ".join(case["asserts"])


@pytest.mark.parametrize("name", FIRST)
def test_the_first_entry_stands_first(name: str) -> None:
    case = cases()[name]
    _, _, entry = ListMatcher("folded", FLAG).find_all(case["strings"]["text"])[0]
    assert f'"{entry}", word' in case["asserts"]


@pytest.mark.parametrize("name", sorted(TRIED))
def test_disguised_words_are_found(name: str) -> None:
    case = cases()[name]
    view, entries, expected = TRIED[name]
    claims = " ".join(case["asserts"])
    for key, words in expected.items():
        text = case["strings"][key]
        assert [text[start:end] for start, end, _ in ListMatcher(view, entries).find_all(text)] == words
        assert all(word in claims for word in words) if words else "[]" in claims
