"""The folded view: what matches what, and what stays apart."""

import string
import sys
import unicodedata

import pytest
from dev import emoji_table, fold_table, pinyin_table

from groundrules.text.fold import TABLE_VERSION, fold, fold_bytes, fold_map

SAME = [
    ("HELLO", "hello"),
    ("ｆｕｃｋ", "fuck"),
    ("Ⓕⓤc⒦", "fuck"),
    ("𝓯𝓻𝓮𝓮 𝟙𝟚", "free 12"),
    ("ᴛᴇsᴛ ꜱᴍᴀʟʟ ᵗᵉˣᵗ", "test small text"),
    ("🅵🆁🅴🅴 🅂🄿🄰🄼", "free spam"),
    ("ᗩᗷᑕ", "abc"),
    ("pаypаl", "paypal"),  # with Cyrillic а
    ("ѕсаm", "scam"),
    ("νiаgrа", "viagra"),
    ("Ångström", "angstrom"),
    ("S\u0336p\u0336a\u0336m", "spam"),
    ("s\u200bp\u2060a\u00adm\ufe0f", "spam"),
    ("\u202espam\u202c", "spam"),
    ("sp\U000e0061am", "spam"),
    ("Straße ﬁn", "strasse fin"),
    ("ıİ", "ii"),
    ("łøđħ", "lodh"),
    ("“don’t” – …", '"don\'t" - ...'),
    ("a\u3000b\u00a0c\u2028d", "a b c d"),
    ("五星紅旗", "五星红旗"),
    ("⼆⼗", "二十"),
    ("٣३３³③⑶⒊❸➂", "333333333"),
    ("⑩⒛", "1020"),
    ("9⓿⁹₈", "9098"),
    ("1️⃣", "1"),
    ("❤️", "❤"),
    ("½", "1/2"),
    ("Ⅳ", "iv"),
    ("ｶﾞ", "ガ"),
    ("か゛", "が"),
    ("baidu。com", "baidu.com"),
    ("мой ёж", "мои еж"),
    ("أإآ", "ااا"),
    ("ســـلام", "سلام"),
]
APART = [("二", "2"), ("〇", "0"), ("㈤", "5"), ("五", "5"), ("🇨🇳", "cn"), ("微", "薇"), ("0", "o"), ("가", "각")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_meets(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_ascii_changes_case_only() -> None:
    every = "".join(map(chr, range(128)))
    assert fold(every) == every.lower()


@pytest.mark.parametrize("alphabet", ["абвгджзийклмнопрстуфхцчшщъыьэюя".replace("й", ""), "αβγδεζηθικλμνξοπρστυφχψω"])
def test_basic_letters_of_an_alphabet_stay_apart(alphabet: str) -> None:
    assert len({fold(letter) for letter in alphabet}) == len(alphabet)


def test_every_code_point_folds_to_folded_ones() -> None:
    for code in range(sys.maxunicode + 1):
        once = fold(chr(code))
        assert fold(once) == once


def test_latin_letters_come_out_as_ascii_or_not_latin_shaped() -> None:
    assert {fold(chr(code)) for code in range(0xC0, 0x100)} <= {
        *string.ascii_lowercase,
        "ae",
        "ss",
        "oe",
        "x",
        "þ",
        "÷",
    }


def test_lone_surrogates_become_the_replacement_character() -> None:
    assert fold("a\ud800b") == "a\ufffdb"
    assert fold_bytes("\udfff") == "\ufffd".encode()


def test_map_tells_where_each_code_point_came_from() -> None:
    assert list(fold_map("a\u200bﬁＢ")) == [0, 2, 2, 3, 4]
    assert list(fold_map("abc")) == [0, 1, 2, 3]
    assert list(fold_map("")) == [0]


def test_version_names_the_unicode_edition() -> None:
    assert TABLE_VERSION.startswith("2/unicode-")


def test_committed_tables_are_what_the_generator_writes() -> None:
    pytest.importorskip("opencc")
    if unicodedata.unidata_version not in TABLE_VERSION:
        pytest.skip(f"tables were made with another Unicode edition than {unicodedata.unidata_version}")
    folder = fold_table.FOLDER
    assert (folder / "fold.tsv").read_text(encoding="utf-8") == fold_table.fold_table()
    assert (folder / "separators.tsv").read_text(encoding="utf-8") == fold_table.separator_table()


def test_the_committed_emoji_are_what_the_generator_writes() -> None:
    pytest.importorskip("regex")
    assert emoji_table.FILE.read_text(encoding="utf-8") == emoji_table.emoji_table()


def test_the_committed_pinyin_is_what_the_generator_writes() -> None:
    pytest.importorskip("pypinyin")
    assert pinyin_table.FILE.read_text(encoding="utf-8") == pinyin_table.pinyin_table()
