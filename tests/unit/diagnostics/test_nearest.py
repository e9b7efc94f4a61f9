"""The name that was probably meant, also among very many and very long ones."""

from __future__ import annotations

import random
import time
from difflib import get_close_matches

from groundrules.diagnostics.nearest import did_you_mean, nearest


def test_it_finds_what_difflib_finds() -> None:
    chance = random.Random(3)
    words = ["".join(chance.choice("abc_") for _ in range(chance.randint(1, 9))) for _ in range(300)]
    for _ in range(500):
        name, known = chance.choice(words), set(chance.sample(words, 40))
        assert nearest(name, known) == next(iter(get_close_matches(name, sorted(known), 1, 0.6)), None)


def test_names_of_a_megabyte_are_not_compared() -> None:
    begun = time.process_time()
    assert did_you_mean("a" * 1_000_000, ["a" * 1_000_000] * 100) is None
    assert nearest("adverst", ["a" * 1_000_000, "adverts"]) == "adverts"
    assert time.process_time() - begun < 1
