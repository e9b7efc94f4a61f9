"""Declared lists: with and without Hyperscan the same."""

import random
import threading

import pytest

from groundrules.text.lists import ListMatcher, hyperscan_scan, plain_scan
from groundrules.text.views import View

WORDS = ["Spam", "ass", "as", "free", "微信", "加微信", "天天彩票", "t.me", "casino", "x", "c++", "fr33", "SPAM"]
TEXTS = [
    "s.p.a.m is Spam",
    "it was grass",
    "加 微 信, 加V信",
    "今天彩票",
    "free fr33 frEE",
    "aaasss",
    "",
    "\ud800 spam",
    "C++ at T.ME!",
    "Casino\u200bs",
    "力口微 信, jia wei xin, 伽微芯",
    "tian tian cai piao",
]
VIEWS: list[View] = ["exact", "folded", "squeezed", "word", "domain"]


@pytest.fixture(params=[True, False], ids=["hyperscan", "plain"])
def scanner(request: pytest.FixtureRequest) -> bool:
    if request.param:
        pytest.importorskip("hyperscan")
    return bool(request.param)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("options", [(), ("leet",), ("pinyin", "split")])
def test_hyperscan_changes_no_answer(view: View, options: tuple[str, ...]) -> None:
    pytest.importorskip("hyperscan")
    fast = ListMatcher(view, WORDS, options)
    slow = ListMatcher(view, WORDS, options, scanner=False)
    for text in TEXTS:
        assert fast.find_all(text) == slow.find_all(text)
        assert fast.contains_any(text) == slow.contains_any(text) == bool(fast.find_all(text))


def test_find_all_gives_the_leftmost_of_each(scanner: bool) -> None:
    matcher = ListMatcher("folded", WORDS, scanner=scanner)
    assert matcher.find_all("fr33 SPAM spam 微信") == [(0, 4, "fr33"), (5, 9, "SPAM"), (5, 9, "Spam"), (15, 17, "微信")]


def test_whole_values() -> None:
    folded = ListMatcher("folded", WORDS)
    assert folded.holds("ＳＰＡＭ") == "SPAM"
    assert folded.holds("spam!") is None
    squeezed = ListMatcher("squeezed", ["ass", "加微信"])
    assert squeezed.holds("加 微 信") == "加微信"
    assert squeezed.holds("aaasss") == "ass"
    assert squeezed.holds("as") is None
    assert ListMatcher("exact", WORDS).holds("spam") is None


def test_domains_go_by_suffix() -> None:
    ours = ListMatcher("domain", ["github.com", "docs.github.com", "feishu.cn", "not a domain"])
    assert ours.holds("api.github.com") == "github.com"
    assert ours.holds("x.docs.github.com") == "docs.github.com"
    assert ours.holds("notgithub.com") is None
    assert ours.holds("not a domain") is None
    assert ours.find_all("see https://x.feishu.cn/a and api.GitHub.com") == [
        (12, 23, "feishu.cn"),
        (30, 44, "github.com"),
    ]


def test_leet_reads_digits_as_letters() -> None:
    matcher = ListMatcher("folded", ["free", "adult", "3p"], ["leet"])
    assert matcher.find_all("fr33 @dult") == [(0, 4, "free"), (5, 10, "adult")]
    assert not matcher.contains_any("an episode")
    assert matcher.holds("Fr33") == "free"
    assert ListMatcher("folded", ["free"]).holds("fr33") is None


def test_empty_entries_match_nothing(scanner: bool) -> None:
    matcher = ListMatcher("squeezed", ["", "!!!", "\u200b"], scanner=scanner)
    assert not matcher.contains_any("hello!!!")
    assert matcher.holds("") is None


def test_pinyin_meets_the_sound(scanner: bool) -> None:
    matcher = ListMatcher("folded", ["加微信", "西安", "加vx", "好"], ["pinyin"], scanner=scanner)
    assert matcher.find_all("请JiāWēiXìn吧") == [(1, 10, "加微信")]
    assert matcher.find_all("jia wei xin 伽微芯") == [(0, 11, "加微信")]
    assert matcher.find_all("去xi an, jia vx") == [(1, 6, "西安"), (8, 14, "加vx")]
    assert matcher.holds("加徽信") == "加微信"
    assert matcher.holds("我加徽信") is None
    assert ListMatcher("folded", ["加微信"]).find_all("jiaweixin") == []


def test_what_only_sounds_a_little_alike_is_left_alone() -> None:
    matcher = ListMatcher("folded", ["加微信", "西安", "他妈", "好"], ["pinyin"])
    for text in ("majiaweixin", "jiaweixins", "先生", "希安", "hao", "jia we ixin", "Obama", "tamarind"):
        assert matcher.find_all(text) == [], text


def test_a_common_character_stands_for_itself(scanner: bool) -> None:
    matcher = ListMatcher("squeezed", ["加威信", "加我微信", "台巴子", "臭男人", "银行卡"], ["pinyin"], scanner=scanner)
    for text in ("大家为什么", "大家为新年", "大家微信", "大家，我微信", "太把自己", "优秀男人"):
        assert matcher.find_all(text) == [], text
    assert matcher.find_all("伽微芯 佳我威信") == [(0, 3, "加威信"), (4, 8, "加我微信")]
    assert matcher.find_all("yin hang ka, yinxingka") == [(0, 11, "银行卡")]


def test_split_puts_characters_together_again(scanner: bool) -> None:
    matcher = ListMatcher("squeezed", ["加微信", "赌博", "好"], ["split"], scanner=scanner)
    assert matcher.find_all("请力 口微信") == [(1, 6, "加微信")]
    assert matcher.find_all("贝者 十尃") == [(0, 5, "赌博")]
    assert matcher.holds("力口微人言") == "加微信"
    assert matcher.find_all("女子, 人口") == []
    assert ListMatcher("squeezed", ["加微信"]).find_all("力口微信") == []


def test_options_do_nothing_for_domains_and_exact_lists() -> None:
    assert ListMatcher("exact", ["加微信"], ["pinyin", "split"]).find_all("jiaweixin 力口微信") == []


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown list option `morse`"):
        ListMatcher("folded", ["a"], ["morse"])


def test_scans_agree_on_long_and_many_literals() -> None:
    pytest.importorskip("hyperscan")
    chance = random.Random(7)
    words = {"".join(chance.choices("abc微信\ud800", k=chance.randint(1, 5))) for _ in range(500)}
    keys = [*sorted(words), "a" * 600]
    fast, slow = hyperscan_scan(keys), plain_scan(keys)
    for text in ["".join(chance.choices("abc微信\ud800", k=40)) for _ in range(50)] + ["b" + "a" * 700]:
        assert fast(text) == slow(text)
    assert hyperscan_scan(keys[-1:])("a" * 600) == [0]


def test_a_matcher_serves_several_threads() -> None:
    matcher = ListMatcher("folded", [f"word{number}" for number in range(100)])
    answers: list[bool] = []

    def ask() -> None:
        answers.extend(matcher.contains_any("here is word57 again") for _ in range(300))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 1200
