"""The canonical layout, case by case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from groundrules.cli.main import cli
from groundrules.tools.fmt import FormatError, format_text
from groundrules.tools.fmt.shapes import ROOT as SHAPES

ROOT = Path(__file__).parents[3]


def fmt(text: str) -> str:
    found = format_text(text)
    assert format_text(found.text) == type(found)(found.text, False)
    return found.text


CASES = {
    "indentation and blanks": (
        "rules:\n- id:   a\n  on: message\n\n\n\n- id: b\n",
        "rules:\n  - id: a\n    on: message\n\n  - id: b\n",
    ),
    "order of keys": (
        "rules:\n  - on: message\n    then: [delete]\n    when: true\n    id: a\n",
        "rules:\n  - id: a\n    on: message\n    when: true\n    then: [delete]\n",
    ),
    "order in braces": (
        "lists: {adverts: {items: [a, b], match: folded}}\n",
        "lists: {adverts: {match: folded, items: [a, b]}}\n",
    ),
    "keys of others stay in order": ("define: {b: 1 > 2, a: 2 > 1}\n", "define: {b: 1 > 2, a: 2 > 1}\n"),
    "quotes that nobody needs": (
        'title: "plain"\nlists: {a: [\'x y\', "it\'s", \'a, b\', \'3\', "say \\"no\\""]}\n',
        'title: plain\nlists: {a: [x y, it\'s, "a, b", "3", say "no"]}\n',
    ),
    "quotes that others need": ("lists: {a: [\"yes\", '09:00', no]}\n", 'lists: {a: ["yes", "09:00", no]}\n'),
    "quotes that say that a full-width comma is text": (
        'lists: {a: ["好，世界", 甲，乙], b: {items: ["好"]}}\n',
        'lists: {a: ["好，世界", 甲，乙], b: {items: [好]}}\n',
    ),
    "holes stay in quotes": (
        "rules: [{id: a, then: [{reply: 'Hi {actor.id}'}]}]\n",
        'rules: [{id: a, then: [reply: "Hi {actor.id}"]}]\n',
    ),
    "escapes of what cannot be seen": ('lists: {a: ["x\\u200by"]}\n', 'lists: {a: ["x\\u200by"]}\n'),
    "single pairs": (
        "rules: [{id: a, then: [delete, {mute: 10m}]}]\n",
        "rules: [{id: a, then: [delete, mute: 10m]}]\n",
    ),
    "pairs with braces": (
        "rules: [{id: a, then: [mute: 10m, notify: {role: admin}]}]\n",
        "rules: [{id: a, then: [{mute: 10m}, {notify: {role: admin}}]}]\n",
    ),
    "expressions": (
        "rules: [{id: a, when: 'length( text )>3   and not(x)', once_per: 'actor,channel within 2w'}]\n",
        'rules: [{id: a, when: length(text) > 3 and not x, once_per: "actor, channel within 14d"}]\n',
    ),
    "a short condition in a block": (
        "rules:\n  - id: a\n    when: >\n      length(text)\n      > 3\n",
        "rules:\n  - id: a\n    when: length(text) > 3\n",
    ),
    "a condition that YAML would cut": (
        "rules:\n  - id: a\n    when: 'text contains \" #ad\"'\n",
        'rules:\n  - id: a\n    when: >\n      text contains " #ad"\n',
    ),
    "an expression with a mistake": (
        "rules:\n  - id: a\n    when: text   contian 'x'\n",
        "rules:\n  - id: a\n    when: text   contian 'x'\n",
    ),
    "comments": (
        "# top\nrules:      # all\n# first\n- id: a   # name\n  # of a\n  on: message # on\n  # end of a\n# second\n"
        "- id: b\n  # end\n# paths\npaths: []\n# last\n",
        "# top\nrules:  # all\n  # first\n  - id: a  # name\n    # of a\n    on: message  # on\n    # end of a\n"
        "  # second\n  - id: b\n    # end\n# paths\npaths: []\n# last\n",
    ),
    "comments move with their keys": (
        "rules:\n  - on: message\n    # what it is called\n    id: a\n",
        "rules:\n  # what it is called\n  - id: a\n    on: message\n",
    ),
    "comments in braces": (
        "lists: {a: [x, # ex\n    # why\n    y], b: [z]} # both\n",
        "lists:  # both\n  a:\n    - x  # ex\n    # why\n    - y\n  b: [z]\n",
    ),
    "comments behind a block": (
        "rules:\n  - id: a\n    when: > # long\n      x\n"
        "    text: |  # kept\n        one\n          two\n\n        three\n",
        "rules:\n  - id: a\n    text: |  # kept\n      one\n        two\n\n      three\n    when: x  # long\n",
    ),
    "texts over several lines": (
        "title: one\n  two\ntext: 'a\n\n  b'\n",
        'title: one two\ntext: "a\\nb"\n',
    ),
    "document markers and line ends": ("---\r\ntitle: a\r\n...\r\n", "---\ntitle: a\n"),
    "a byte order mark": ("\ufefftitle: a\n", "title: a\n"),
    "nothing": ("# nothing yet\n", "# nothing yet\n"),
    "lists in lists": ("a:\n- - b\n  - c\n-\n  - d\n", "a:\n  - - b\n    - c\n  - - d\n"),
    "no value": ("a:\nb: {c: }\nd:\n  -\n", "a:\nb: {c: null}\nd:\n  -\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_layout(name: str) -> None:
    before, after = CASES[name]
    assert fmt(before) == after
    assert fmt(after) == after


def test_long_conditions_break_at_their_operators() -> None:
    words = ["length(text) > 100", "caps(text) > 50%", "(actor.level ?? 0) < 3 and length(links) >= 2"]
    text = f"rules:\n  - id: a\n    when: {words[0]} and ({words[1]} or {words[2]}) and not known(actor.verified)\n"
    assert fmt(text) == (
        "rules:\n  - id: a\n    when: >\n      length(text) > 100\n"
        "      and (caps(text) > 50% or (actor.level ?? 0 < 3 and length(links) >= 2))\n"
        "      and not known(actor.verified)\n"
    )


def test_brackets_break_too() -> None:
    parts = " or ".join(f'(text contains "a rather long phrase {n}" and length(links) > {n})' for n in range(3))
    text = f"rules:\n  - id: a\n    when: known(actor) and ({parts})\n"
    lines = fmt(text).splitlines()
    assert lines[3:6] == [
        "      known(actor)",
        "      and (",
        '        (text contains "a rather long phrase 0" and length(links) > 0)',
    ]
    assert lines[-1] == "      )"


def test_what_does_not_fit_into_a_line_is_written_in_lines() -> None:
    words = [f"entry number {n}" for n in range(12)]
    after = fmt(f"lists: {{a: [{', '.join(words)}], b: [c]}}\n")
    assert after == "lists:\n  a:\n" + "".join(f"    - {word}\n" for word in words) + "  b: [c]\n"


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x\n", "a: !!str 3\n", "? a\n: b\n", "%YAML 1.2\n---\na: b\n"])
def test_what_has_no_canonical_layout_is_left_alone(text: str) -> None:
    with pytest.raises(FormatError, match="anchors"):
        format_text(text)


def test_what_is_written_is_read_without_libyaml_too() -> None:
    written = format_text('rules: [{"when": "text == a?b", "then": ["x?", "?y", "z"]}]\n').text
    assert yaml.load(written, yaml.SafeLoader) == {"rules": [{"when": "text == a?b", "then": ["x?", "?y", "z"]}]}


def test_what_is_no_yaml_is_told() -> None:
    with pytest.raises(FormatError) as refused:
        format_text("a: [b\n")
    assert [found.code for found in refused.value.diagnostics] == ["GR005"]


def test_a_layout_that_would_change_the_meaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundrules.tools.fmt.format.laid_out", lambda *_: "title: b\n")
    with pytest.raises(FormatError, match="without changing its meaning"):
        format_text("title: a\n")


def test_a_layout_that_would_lose_a_comment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundrules.tools.fmt.format.laid_out", lambda *_: "title: a\n")
    with pytest.raises(FormatError, match="without changing its meaning"):
        format_text("title: a  # b\n")


SECTIONS = {"rules": "rule", "rewards": "reward", "ladders": "ladder", "paths": "escalation"}


@pytest.mark.parametrize(("section", "name"), [*SECTIONS.items(), ("states", "state"), ("schedules", "schedule")])
def test_every_key_of_the_format_has_its_place(section: str, name: str) -> None:
    schema = json.loads((ROOT / "schemas" / "rulebook.schema.json").read_text(encoding="utf-8"))
    assert set(schema["$defs"][name]["properties"]) <= set(SHAPES.at(section).item.order)


def test_every_section_is_known() -> None:
    schema = json.loads((ROOT / "schemas" / "rulebook.schema.json").read_text(encoding="utf-8"))
    plain = {"rulebook", "title", "text", "languages", "timezone", "partition", "events"}
    assert set(schema["properties"]) - plain == set(SHAPES.keys)
    assert set(schema["properties"]["limits"]["properties"]) == set(SHAPES.at("limits").order)


# --- the command --------------------------------------------------------------------------------


def run(*arguments: str, text: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["fmt", *arguments], input=text)
    return result.exit_code, result.output


def test_command(tmp_path: Path) -> None:
    book, other = tmp_path / "rulebook.yaml", tmp_path / "compose.yaml"
    book.write_text("rulebook:   a\n", encoding="utf-8")
    other.write_text("services:   {}\n", encoding="utf-8")

    code, output = run(str(tmp_path), "--check")
    assert (code, book.read_text(encoding="utf-8")) == (1, "rulebook:   a\n")
    assert "would reformat" in output

    code, output = run(str(tmp_path), "--diff")
    assert code == 0
    assert "-rulebook:   a\n+rulebook: a\n" in output

    assert run(str(tmp_path))[0] == 0
    assert book.read_text(encoding="utf-8") == "rulebook: a\n"
    assert other.read_text(encoding="utf-8") == "services:   {}\n"
    assert run(str(tmp_path), "--check")[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["compose.yaml", "rulebook.yaml"]


def test_standard_input() -> None:
    assert run("-", text="rulebook:   a\n")[1].startswith("rulebook: a\n")
    assert run("-", "--check", text="rulebook:   a\n")[0] == 1
    code, output = run("-", text="rulebook: [\n")
    assert code == 1
    assert "GR005" in output


def test_a_broken_rulebook_in_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text("rulebook: a\nrules: [\n", encoding="utf-8")
    (tmp_path / "compose.yaml").write_text("services: [\n", encoding="utf-8")
    code, output = run(str(tmp_path))
    assert code == 1
    assert "GR005" in output
    assert "1 file: 0 reformatted, 1 skipped" in output
