"""The squeezed view: disguised words match their plain form, ordinary words are not glued together."""

import pytest

from groundrules.text.squeeze import squeeze, squeeze_map, squeeze_runs

SAME = [
    ("s.p.a.m", "spam"),
    ("s p a m", "spam"),
    ("S - P - A - M", "spam"),
    ("s p a m now", "spam now"),
    ("spaaaam", "spam"),
    ("s*p*a*m", "spam"),
    ("s🔥p🔥a🔥m", "spam"),
    ("加.微-信", "加微信"),
    ("加 微\n信", "加微信"),
    ("加😀微😀信", "加微信"),
    ("加微微信", "加微信"),
    ("加 V 信", "加v信"),
    ("傻@冒，狗+东西", "傻冒狗东西"),
    ("시 발", "시발"),
    ("v1agra p0rn", "viagra porn"),
    ("cla$$ic f@ke sh!t", "classic fake shit"),
    ("s.p.4.m", "spam"),
    ("1 3 8 0 0", "13800"),
    ("well-known", "well known"),
    ("fu*ck sh-it don't", "fuck shit dont"),
    ("138-0013-8000", "13800138000"),
    ("sss.ppp.aaa.mmm", "spam"),
    ("  hello,   world!!  ", "hello world"),
]
APART = [
    ("grass hit", "grasshit"),
    ("process.Excellent", "processexcellent"),
    ("hello🔥world", "helloworld"),
    ("be at", "beat"),
    ("110", "10"),
    ("3p", "ep"),
    ("mp3", "mpe"),
    ("4k", "ak"),
    ("vx123456", "vxi23456"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_meets(one: str, other: str) -> None:
    assert squeeze(one) == squeeze(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_stays_apart(one: str, other: str) -> None:
    assert squeeze(one) != squeeze(other)


def test_nothing_but_separators_is_nothing() -> None:
    assert squeeze(" ,!?🎉\n") == ""


def test_repeats_are_counted_over_separators() -> None:
    assert [piece.repeats for piece in squeeze_runs("a.s.s")] == [1, 2]
    assert [piece.repeats for piece in squeeze_runs("天 天 彩 票")] == [2, 1, 1]


def test_map_points_at_the_first_of_a_run() -> None:
    assert squeeze_map("S..pp ａm") == [0, 3, 5, 6, 7, 8]


def test_pieces_cover_what_they_were_made_of() -> None:
    assert [(piece.start, piece.end) for piece in squeeze_runs("s.pppａ\u0301m")] == [(0, 1), (2, 5), (5, 7), (7, 8)]
