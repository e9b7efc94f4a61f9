"""The word view."""

import pytest

from groundrules.text.views import contains, find


@pytest.mark.parametrize(
    ("text", "needle", "found"),
    [
        ("the Cat!", "cat", True),
        ("concatenate", "cat", False),
        ("cats", "cat", False),
        ("_cat_", "cat", True),
        ("cat2", "cat", False),
        ("猫cat猫", "cat", True),
        ("加微信吧", "微信", True),
        ("my微信is", "微信", True),
        ("c++ is", "c++", True),
        ("c++x", "c++", False),
        ("ꮯat", "cat", True),
        ("кот", "ко", False),
        ("हिन्दी", "हिन", False),
        ("concat cat", "cat", True),
        ("ภาษาไทย", "ไทย", True),
        ("cat", "", False),
    ],
)
def test_words(text: str, needle: str, found: bool) -> None:
    assert contains("word", text, needle) is found


def test_the_first_whole_word_is_found() -> None:
    assert find("word", "concat Cat cat", "cat") == (7, 10)
