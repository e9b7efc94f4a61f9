"""The builtin functions: what they return, and that they are total on their types."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.functions import FUNCTIONS
from groundrules.time_units import DAY, HOUR, MINUTE, SECOND
from groundrules.types import builtins, kinds

LEAP_SIXTH_MONTH = 1_754_625_600_000  # 2025-08-08T04:00Z, the 15th of the leap sixth month
NINE_IN_SHANGHAI = 1_772_326_800_123  # 2026-03-01T09:00:00.123+08:00, a Sunday

RESULTS: list[tuple[str, tuple[Any, ...], Any]] = [
    ("length", ("你好😀",), 3),
    ("length", ([1, 2],), 2),
    ("folded", ("ＡＤｖert",), "advert"),
    ("squeezed", ("加.微 信",), "加微信"),
    ("lower", ("ÀB",), "àb"),
    ("trimmed", (" \u3000a ",), "a"),
    ("unquoted", ('he wrote "I know" and `x`',), "he wrote … and …"),
    ("unquoted", ("“只有引文”",), "“只有引文”"),
    ("lines", ("a\nb\r\nc\n",), ["a", "b", "c"]),
    ("lines", ("",), []),
    ("words", ("Hello, 世界 don't",), ["Hello", "世", "界", "don", "t"]),
    ("caps", ("HELlo 世界 42",), 0.6),
    ("caps", ("42",), 0.0),
    ("emoji_count", ("👨‍👩‍👧 🇨🇳 👍🏽 ☺️ #️⃣ 1 © a",), 5),
    ("emoji_count", ("plain # text",), 0),
    ("longest_run", ("aabbbb哈哈哈",), 4),
    ("longest_run", ("ab",), 1),
    ("longest_run", ("",), 0),
    ("number", (" １,２３４.５ ",), 1234.5),
    ("number", ("-42",), -42),
    ("number", ("12 apples",), None),
    ("number", ("9" * 400,), None),
    ("domain", ("https://user@GitHub.com:443/a?b@c",), "github.com"),
    ("domain", ("docs.github.com/x",), "docs.github.com"),
    ("domain", ("http://中国.cn/x",), "xn--fiqs8s.cn"),
    ("domain", ("mailto:a",), None),
    ("domain", ("https:///x",), "x"),
    ("join", (["a", 1, True], ", "), "a, 1, true"),
    (
        "urls",
        ("看 https://a.b/c（好）, (www.x.org/y). t.me/abc e.g. a/b",),
        ["https://a.b/c", "www.x.org/y", "t.me/abc"],
    ),
    ("urls", ("http://en.wikipedia.org/wiki/A_(b)",), ["http://en.wikipedia.org/wiki/A_(b)"]),
    ("emails", ("a.b+c@mail.example.com，邮箱x@qq.com吧 not@here",), ["a.b+c@mail.example.com", "x@qq.com"]),
    (
        "phones",
        ("电话 13800138000, +86 138 0013 8000; (96) 627-277",),
        ["13800138000", "+86 138 0013 8000", "(96) 627-277"],
    ),
    (
        "phones",
        ("986.291.2294x751 or 001-420-335-7509x38548; 010-88886666, 0755 8888 6666, 07123456789, 8613800138000",),
        [
            "986.291.2294x751",
            "001-420-335-7509x38548",
            "010-88886666",
            "0755 8888 6666",
            "07123456789",
            "8613800138000",
        ],
    ),
    ("phones", ("06.12.34.56.78, 1-800-555-0199, 69 987 88 37",), ["06.12.34.56.78", "1-800-555-0199", "69 987 88 37"]),
    ("phones", ("2026-11-22 1000000 12345",), []),
    ("phones", ("2026-11-22 18:30, 2147483647, 1480794556, 192.168.100.200, [18889.622835], 531-21-7351",), []),
    ("phones", ("https://x.org/13800138000 a13800138000 id=13800138000 1 2 3 4 5 6 7 8 9 2001-2012",), []),
    ("phones", ("１３８００１３８０００",), ["１３８００１３８０００"]),
    ("phones", ("150-100-150-200 00-00-00-00-00-00 2008-6-1 12 016-03-19 01:47:39 (555) 555-1234 (111) 111-1234",), []),
    ("phones", ("008613812345678, 86-13812345678",), ["008613812345678", "86-13812345678"]),
    ("cards", ("2721999999999995, 2720999999999996",), ["2720999999999996"]),
    ("cards", ("4111 1111 1111 1111, 4111111111111112",), ["4111 1111 1111 1111"]),
    ("cards", ("card 3782 822463 10005 or 6222 0212 3456 7890 129",), ["3782 822463 10005"]),
    (
        "cards",
        ("https://x.org/4111111111111111 img_4111111111111111.jpg 716288225816391681 2489.4111111111111111",),
        [],
    ),
    (
        "secrets",
        ("key AKIAIOSFODNN7EXAMPLE, ghp_" + "a1B2" * 9 + " 密钥xoxb-123456789012-abcdef",),
        ["AKIAIOSFODNN7EXAMPLE", "ghp_" + "a1B2" * 9, "xoxb-123456789012-abcdef"],
    ),
    (
        "secrets",
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0."
            + "x" * 20,
        ),
        [
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0." + "x" * 20,
        ],
    ),
    ("secrets", ("d41d8cd98f00b204e9800998ecf8427e sk-short AKIA xAKIAIOSFODNN7EXAMPLE",), []),
    ("china_ids", ("身份证11010519491231002X，110105194912310021",), ["11010519491231002X"]),
    ("emails", ("git clone git@github.com:us/them.git",), []),
    ("china_id", ("11010519490231002X",), False),
    ("china_id", ("11010519491231002x",), True),
    ("mixed_scripts", ("зapaбoткa тyт, μm и SEO",), 2),
    ("mixed_scripts", ("Пᴏддᴇᴧьнᴀя нeйpoceть nснифер SEOшник",), 2),
    ("mixed_scripts", ("plain",), 0),
    ("looks_like", ("0Llv1A", "Olivia"), True),
    ("looks_like", ("Оlivia", "Olivia"), True),
    ("looks_like", ("Oliver", "Olivia"), False),
    ("looks_like", ("login.paypa1.com", "paypal.com"), True),
    ("looks_like", ("xn--pypal-4ve.com", "paypal.com"), True),
    ("looks_like", ("steamcomunity.com", "steamcommunity.com"), True),
    ("looks_like", ("docs.github.com", "github.com"), False),
    ("looks_like", ("discordapp.com", "discord.com"), False),
    ("looks_like", ("com", "paypal.com"), False),
    ("looks_like", ("x", ""), False),
    ("capture", ("见 ticket #12", "ticket #([0-9]+)"), "12"),
    ("capture", ("见 ticket", "tick.t"), "ticket"),
    ("capture", ("见", "tick.t"), None),
    ("in_network", ("203.0.113.9", "203.0.113.0/24"), True),
    ("in_network", ("203.0.114.9", "203.0.113.0/24"), False),
    ("in_network", ("2001:db8::1", "203.0.113.0/24"), False),
    ("in_network", ("somewhere", "203.0.113.0/24"), None),
    ("item", (["a", "b"], 2), "b"),
    ("item", (["a", "b"], -2), "a"),
    ("item", (["a", "b"], 3), None),
    ("item", (["a", "b"], 0), None),
    ("occurrences", ("Ｂuy, buy BUY", "buy"), 3),
    ("occurrences", ("aaa", "aa"), 1),
    ("occurrences", ("aaa", ""), 0),
    ("days_until", ("Asia/Shanghai", "2026-03-08", NINE_IN_SHANGHAI), 7),
    ("days_until", ("Asia/Shanghai", "--02-28", NINE_IN_SHANGHAI), 364),
    ("days_until", ("Asia/Shanghai", "2026-02-30", NINE_IN_SHANGHAI), None),
    ("luhn", ("7992-7398-713",), True),
    ("luhn", ("7992-7398-710",), False),
    ("luhn", ("",), False),
    ("numbers", ("-5 and 1,234.5, 2026-11-22 v1.2 第3条 (+7)",), [-5, 1234.5, 2026, 11, 22, 3, 7]),
    ("duration_in", ("/mute @li 2 hours",), 2 * HOUR),
    ("duration_in", ("1h30m",), 90 * MINUTE),
    ("duration_in", ("1 hour and 30 minutes, 2 days",), 90 * MINUTE),
    ("duration_in", ("10 min 2h",), 10 * MINUTE),
    ("duration_in", ("1.5 HOURS",), 90 * MINUTE),
    ("duration_in", ("1,000 s",), 1000 * SECOND),
    ("duration_in", ("half an hour",), 30 * MINUTE),
    ("duration_in", ("two days",), 2 * DAY),
    ("duration_in", ("1 month",), 30 * DAY),
    ("duration_in", ("禁言@李四３天，再犯七天",), 3 * DAY),
    ("duration_in", ("三十五分鐘",), 35 * MINUTE),
    ("duration_in", ("半小时",), 30 * MINUTE),
    ("duration_in", ("一个半小时",), 90 * MINUTE),
    ("duration_in", ("两天半",), 60 * HOUR),
    ("duration_in", ("1天12小时30分",), 36 * HOUR + 30 * MINUTE),
    ("duration_in", ("三个月",), 90 * DAY),
    ("duration_in", ("0m 5m",), 5 * MINUTE),
    ("duration_in", ("999999999999 days",), 36_500 * DAY),
    ("duration_in", ("第3天 3月5日 10点30分 2026年 3年级 十分抱歉 几十分钟 一百天 五周年 星期三天气",), None),
    ("duration_in", ("v1.5h 5m2 https://x.org/10m @5d 12 monkeys 3 m5 1h30",), None),
    ("min", (3, 1.5, 2), 1.5),
    ("max", (3, 1.5, 2), 3),
    ("abs", (-3,), 3),
    ("abs", (-(2**63),), 2**63 - 1),
    ("round", (2.5,), 3),
    ("round", (-2.5,), -2),
    ("round", (0.49999999999999994,), 0),
    ("floor", (-1.5,), -2),
    ("floor", (1e300,), 2**63 - 1),
    ("ceil", (1.2,), 2),
    ("first", ([5, 6],), 5),
    ("first", ([],), None),
    ("last", ([5, 6],), 6),
    ("last", ([],), None),
    ("hour", ("Asia/Shanghai", NINE_IN_SHANGHAI), 9),
    ("hour", ("UTC", NINE_IN_SHANGHAI), 1),
    ("minute", ("Asia/Kathmandu", NINE_IN_SHANGHAI), 45),
    ("weekday", ("America/Los_Angeles", NINE_IN_SHANGHAI), "saturday"),
    ("day", ("Asia/Shanghai", NINE_IN_SHANGHAI), 1),
    ("month", ("America/Los_Angeles", NINE_IN_SHANGHAI), 2),
    ("year", ("UTC", -1), 1969),
    ("date", ("America/Los_Angeles", NINE_IN_SHANGHAI), "2026-02-28"),
    ("falls_on", ("Asia/Shanghai", "--03-01", NINE_IN_SHANGHAI), True),
    ("falls_on", ("Asia/Shanghai", "2001-03-02", NINE_IN_SHANGHAI), False),
    ("falls_on", ("UTC", "lunar:06-15", LEAP_SIXTH_MONTH), False),
    ("falls_on", ("UTC", "lunar:06-15", LEAP_SIXTH_MONTH, "both"), True),
    ("falls_on", ("UTC", "nonsense", NINE_IN_SHANGHAI), None),
    ("timestamp", (NINE_IN_SHANGHAI,), "2026-03-01T01:00:00.123Z"),
]


@pytest.mark.parametrize(("name", "arguments", "result"), RESULTS, ids=lambda value: str(value)[:30])
def test_results(name: str, arguments: tuple[Any, ...], result: Any) -> None:
    found = FUNCTIONS[name].call(*arguments)
    assert (found, type(found)) == (result, type(result))


def test_every_function_has_a_result_above() -> None:
    assert {name for name, _, _ in RESULTS} == FUNCTIONS.keys()


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text("0123456789 -+().@:/ab世", max_size=60)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES: dict[type[kinds.Type], st.SearchStrategy[Any]] = {
    **dict.fromkeys((kinds.Prose, kinds.Identifier, kinds.Enum, kinds.Url, kinds.Domain, kinds.Date), TEXTS),
    kinds.Number: NUMBERS,
    kinds.Duration: st.integers(-(2**63), 2**63 - 1),
    kinds.Instant: st.integers(-(2**63), 2**63 - 1),
    kinds.Pattern: st.sampled_from(["a", "([0-9]+)", "世|b", ""]),
    kinds.ListOf: st.lists(TEXTS, max_size=4) | st.lists(NUMBERS, max_size=4),
}
PYTHON_TYPES: dict[type[kinds.Type], tuple[type, ...]] = {
    **dict.fromkeys((kinds.Prose, kinds.Identifier, kinds.Enum, kinds.Url, kinds.Domain, kinds.Date), (str,)),
    kinds.Number: (int, float),
    kinds.Duration: (int,),
    kinds.Boolean: (bool,),
    kinds.ListOf: (list,),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(st.data())
def test_total_on_every_value_of_its_types(name: str, data: st.DataObject) -> None:
    function = FUNCTIONS[name]
    given = [data.draw(VALUES[data.draw(st.sampled_from(one.accepts))]) for one in function.signature.parameters]
    zone = ["Asia/Shanghai"] if function.signature.needs_zone else []
    found = function.call(*zone, *given)
    assert function.call(*zone, *given) == found
    if found is None:
        assert function.signature.may_be_missing
    elif function.signature.result is not None:
        assert isinstance(found, PYTHON_TYPES[type(function.signature.result)])
    if isinstance(found, int):
        assert -(2**63) <= found < 2**63


HOSTILE = [
    "a",
    "1",
    "1 ",
    "1,111",
    "a.",
    "a@",
    "+",
    "((",
    "http://",
    "www.",
    "A\u200d",
    "👩\u200d",
    "1-",
    "世",
    "\n",
    "x.y/",
    "aя",
    "1h",
    "1h 1m ",
    "十",
    "一个半",
    "half a ",
]
OF_TEXT = [name for name, found in FUNCTIONS.items() if [one.name for one in found.signature.parameters] == ["text"]]


@pytest.mark.parametrize("name", OF_TEXT)
def test_linear_in_hostile_texts(name: str) -> None:
    for piece in HOSTILE:
        text = piece * (100_000 // len(piece))
        began = time.perf_counter()
        FUNCTIONS[name].call(text)
        assert time.perf_counter() - began < 2  # quadratic ones take minutes


def test_every_signature_has_an_implementation_or_is_lowered() -> None:
    lowered = {name for name, signature in builtins.SIGNATURES.items() if signature.lowered}
    assert lowered | FUNCTIONS.keys() == builtins.SIGNATURES.keys()
    assert not lowered & FUNCTIONS.keys()
