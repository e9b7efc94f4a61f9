import json

import pytest

from groundrules.diagnostics.json_errors import problem


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('{"a": 1,}', 7, "a comma before a closing bracket"),
        ("[1, 2, ]", 5, "a comma before a closing bracket"),
        ('{"a": [1 ,\n]}', 9, "a comma before a closing bracket"),
        ('{"a" 1}', 5, "expecting ':' delimiter"),
        ('{"a": }', 6, "expecting value"),
        ("{a: 1}", 1, "expecting property name enclosed in double quotes"),
        ("[1 2]", 3, "expecting ',' delimiter"),
        ("[1] 2", 4, "extra data"),
        ('"a', 0, "unterminated string starting at"),
        ('"\\q"', 1, "invalid \\escape"),
    ],
)
def test_the_words_and_the_place_are_the_same_on_every_python(text: str, place: int, words: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert problem(caught.value) == (words, place)
