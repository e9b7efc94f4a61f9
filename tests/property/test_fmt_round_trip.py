"""Formatting changes the layout and nothing else, and once is enough."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.frontend import check_path, check_text
from groundrules.lower import lower
from groundrules.plan import codec
from groundrules.syntax.print import show
from groundrules.tools.fmt import format_text
from groundrules.tools.fmt.files import files_below
from strategies import trees

ROOT = Path(__file__).parents[2]
BOOKS = sorted(path for folder in ("policies", "examples", "tests/rulebooks") for path in files_below(ROOT / folder))

_TEXTS = st.sampled_from(
    [
        *("x", "two words", "it's", 'say "no"', "a, b", "[x]", "{y}", "a: b", "a #b", "#c", "yes", "09:00", "3", "1.5"),
        *("-", "- a", "?", "!x", "&x", "*", "%", "@all", "`", "a:", ":a", "~", "", " x ", "\t", "多语言", "？", "a\nb"),
        *(
            "2027-01-31",
            "'",
            "''",
            "\\",
            "\\d",
            "c++",
            "=",
            "<<",
            "---",
            "🎂",
            "\x85",
            "\u2028",
            "a\\",
            "true",
            "x" * 130,
        ),
        *("\u200b", "\ufeff", "null", "-1", "0x1f", "a" * 60 + ": b"),
    ]
)


def quoted(text: str) -> str:
    return '"' + "".join(char if char.isalnum() or char == " " else _escape(char) for char in text) + '"'


def _escape(char: str) -> str:
    return {'"': '\\"', "\\": "\\\\"}.get(char) or (char if char.isprintable() else f"\\U{ord(char):08x}")


def plain_data() -> st.SearchStrategy[Any]:
    keys = st.text("abcdefgh_", min_size=1, max_size=6)
    leaves = _TEXTS | st.integers(-5, 5) | st.booleans() | st.none()
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )


class Author:
    """Writes data as YAML in a layout of their own, with comments wherever there may be some."""

    def __init__(self, draws: random.Random) -> None:
        self.draws = draws
        self.comments = 0

    def comment(self) -> str:
        self.comments += 1
        return f"# comment {self.comments}"

    def file(self, data: dict[str, Any]) -> str:
        return "".join(line + "\n" for line in self.block(data, 0)) or "{}\n"

    def block(self, data: Any, indent: int) -> list[str]:
        lines: list[str] = []
        for key, value in data.items() if isinstance(data, dict) else ((None, item) for item in data):
            lines += self.noise(indent)
            head = " " * indent + ("-" if key is None else f"{key}:")
            nested = isinstance(value, list | dict) and bool(value) and self.draws.random() < 0.6
            behind = " " * self.draws.randint(1, 4) + self.comment() if self.draws.random() < 0.15 else ""
            if nested:
                lines += [head + behind, *self.block(value, indent + self.draws.randint(1, 4))]
            else:
                lines.append(f"{head} {self.flow(value)}{behind}")
        return lines

    def noise(self, indent: int) -> list[str]:
        kinds = self.draws.choices(["", "blank", "comment"], [6, 1, 1], k=2)
        return ["" if kind == "blank" else " " * indent + self.comment() for kind in kinds if kind]

    def flow(self, value: Any) -> str:
        pad = " " * self.draws.randint(0, 1)
        if isinstance(value, dict):
            return "{" + pad + ", ".join(f"{key}: {self.flow(inner)}" for key, inner in value.items()) + pad + "}"
        if isinstance(value, list):
            return "[" + pad + ", ".join(map(self.flow, value)) + pad + "]"
        if isinstance(value, str):
            return quoted(value)
        return json.dumps(value)


@given(st.dictionaries(st.sampled_from("abcdefg"), plain_data(), max_size=5), st.randoms(use_true_random=False))
def test_any_layout(data: dict[str, Any], draws: random.Random) -> None:
    author = Author(draws)
    text = author.file(data)
    after = format_text(text).text  # has compared the data and the comments with what it read
    assert sorted(re.findall("# comment [0-9]+", after)) == sorted(f"# comment {n + 1}" for n in range(author.comments))
    assert format_text(after).text == after


@given(st.lists(trees.expressions, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_any_expressions(expressions: list[Any], draws: random.Random) -> None:
    rules = []
    for number, tree in enumerate(expressions):
        key = draws.choice(["when", "unless"])
        keys = [f"id: r{number}", "on: message", f"{key}: >\n        {show(tree)}", "then: [delete]"]
        draws.shuffle(keys)
        rules.append("  - " + "\n    ".join(keys) + "\n")
    text = "rules:\n" + "".join(rules)
    after = format_text(text).text
    assert format_text(after).text == after


_LEAVES = st.sampled_from(
    [
        *("length(text) > limit", "text contains any of adverts", "actor.roles has any of ['owner', 'admin']"),
        *("age(actor.joined) < 72h", "count(message by actor, text within 90m) >= 3", "now in 23:00-07:00", "staff"),
        *("any(link in links where link.domain not in ours)", "channel.name == 'help' and staff", "caps(text) > 70%"),
        *("(actor.level ?? 0) + 1 > 3", "text matches /a+\\/b/i", 'text contains " #ad: {x}"', "known(actor.birthday)"),
    ]
)
CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=8,
)
BOOK = """\
rulebook: test
use: [std/chat]
parameters: {limit: {default: 5, type: integer}}
lists: {adverts: {items: [a b, "c"], match: squeezed}, ours: {match: domain, items: [x.com]}}
define: {staff: 'actor.roles has "admin"'}
rules:
"""


@given(st.lists(CONDITIONS, min_size=1, max_size=3), st.lists(CONDITIONS, min_size=3, max_size=3))
def test_the_plan_stays_the_same(whens: list[str], unlesses: list[str]) -> None:
    rules = [
        f"- {{on: message, then: [hold],  id: r{number}, unless: {quoted(unless)}, when: {quoted(when)}}}\n"
        for number, (when, unless) in enumerate(zip(whens, unlesses, strict=False))
    ]
    before = BOOK + "".join(rules)
    after = format_text(before).text
    assert digest(before) == digest(after) is not None
    assert format_text(after).text == after


def digest(text: str) -> str | None:
    result = check_text(text)
    assert result.checked is not None
    return None if result.has_errors else codec.digest(lower(result.checked))


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_ship(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    after = format_text(text, str(path)).text
    assert format_text(after).text == after


def test_the_plans_of_what_ships(tmp_path: Path) -> None:
    for folder in sorted({path.parent for path in BOOKS if path.name == "rulebook.yaml"}):
        copy = tmp_path / folder.relative_to(ROOT)
        shutil.copytree(folder, copy)
        before = check_path(copy)
        if before.checked is None or before.has_errors:
            continue
        for path in files_below(copy):
            path.write_text(format_text(path.read_text(encoding="utf-8")).text, encoding="utf-8")
        after = check_path(copy)
        assert after.checked is not None
        assert codec.digest(lower(after.checked)) == codec.digest(lower(before.checked)), folder
