"""Law 3: the order of rules, lists, keys and files never matters.

The rulebooks of the conformance cases are shuffled wherever order has no meaning; the plan must mean the same.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from groundrules.frontend import load
from groundrules.testing.conformance import plainyaml
from groundrules.testing.conformance.cases import Case, read_all

CASES = [case for case in read_all() if case.codes is None]
EFFECTS = ("then", "afterwards", "on_the_way_back", "if_not_approved", "or_else")
UNORDERED = (
    *EFFECTS,
    "rules",
    "rewards",
    "at_most",
    "ladders",
    "paths",
    "states",
    "schedules",
    "items",
    "use",
    "tags",
    "until",
)


def shuffled(value: Any, chance: random.Random, name: str = "") -> Any:
    """The same rulebook in another order: mappings everywhere, lists where their order has no meaning."""
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: shuffled(value[name], chance, name) for name in names}
    if isinstance(value, list):
        items = [shuffled(item, chance) for item in value]
        if name in UNORDERED:
            chance.shuffle(items)
        return items
    return value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.topic}: {case.name}")
def test_order_never_matters(case: Case, tmp_path: Path) -> None:
    chance = random.Random(case.name)
    other = Case(case.topic, case.name, plainyaml.dump(shuffled(plainyaml.parse(case.rulebook), chance)), case.files)
    digests = []
    for number, version in enumerate((case, other)):
        folder = tmp_path / str(number)
        folder.mkdir()
        version.write(folder)
        digests.append(load(folder).digest)
    assert digests[0] == digests[1]


def test_files_of_a_folder_in_another_order(tmp_path: Path) -> None:
    rule = "rules: [{id: %s, on: message, when: 'text contains \"%s\"', then: [delete]}]\n"
    head = "rulebook: x\nuse: [std/chat]\n"
    digests = set()
    for number, names in enumerate((("a.yaml", "b.yaml", "c.yaml"), ("c.yaml", "a.yaml", "b.yaml"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, text in zip(names, (head, rule % ("one", "x"), rule % ("two", "y")), strict=True):
            (folder / name).write_text(text, encoding="utf-8")
        digests.add(load(folder).digest)
    assert len(digests) == 1
