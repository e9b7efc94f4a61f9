"""Whatever is in a file, loading it ends in a rulebook or in diagnostics."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from groundrules.diagnostics.model import Report
from groundrules.diagnostics.source import SourceFile
from groundrules.rulebook.load import load_rulebook, load_text
from groundrules.rulebook.yaml import read_yaml
from unit.rulebook.sample import EVERYTHING

DATA = Path(__file__).parents[4] / "shared" / "data"
SUITE = DATA / "yaml" / "yaml-test-suite"
NAUGHTY = DATA / "text" / "naughty-strings.json"

SHAPES = [
    "{0}",
    "rulebook: {0}",
    "rulebook: x\ntitle: {1}",
    "rulebook: x\ntitle: {{{0}}}",
    "{0}: x",
    "rulebook: x\nrules:\n  - id: a\n    on: message\n    when: >\n      {0}\n    then: [delete]",
    "rulebook: x\nrules:\n  - id: {1}\n    on: {1}\n    then: [{1}: {1}]",
    "rulebook: x\nuse: [{1}, {2}]\nlists: {{x: {{file: {1}, items: [{1}]}}}}",
]
MEANT = {"\u2423": " ", "\u00bb": "\t", "\u2014": "", "\u220e": "", "\u2190": "\r", "\u21d4": "\ufeff", "\u21b5": ""}


def look(text: str) -> Report:
    """Load a text and look at everything that its findings would show."""
    report = Report()
    book = load_text(text, report)
    assert book is not None or report.has_errors
    for found in report.sorted:
        assert found.message
        for span in (found.span, *(label.span for label in found.labels), *(fix.span for fix in found.fixes)):
            assert span.file.line(span.line) is not None
            assert 0 <= span.start <= span.end <= len(span.file.text)
    return report


@pytest.mark.skipif(not SUITE.is_dir(), reason="needs ../shared/data/yaml/yaml-test-suite")
def test_the_yaml_test_suite() -> None:
    files = sorted(SUITE.glob("*.yaml"))
    assert files
    cases = 0
    for path in files:
        report = Report()
        load_rulebook(path, report)
        assert report.has_errors
        for case in yaml.safe_load(path.read_text("utf-8")):
            if "yaml" not in case:
                continue
            text = "".join(MEANT.get(char, char) for char in case["yaml"])
            look(text)
            read_yaml(SourceFile("x.yaml", text), Report(), None)
            cases += 1
    assert cases >= len(files)


@pytest.mark.skipif(not NAUGHTY.is_file(), reason="needs ../shared/data/text/naughty-strings.json")
def test_naughty_strings() -> None:
    for string in json.loads(NAUGHTY.read_text("utf-8")):
        for shape in SHAPES:
            look(shape.format(string, json.dumps(string), json.dumps("./" + string)))


PIECES = [
    "{",
    "}",
    "[",
    "]",
    ": ",
    " #",
    '"',
    "'",
    "\t",
    "\n",
    "- ",
    "&a ",
    "*a",
    "!x ",
    "|",
    ">",
    "，",
    "：",
    "\u3000",
]
PIECES += ["null", "{}", "[]", "true", "\0", "\u2028", "<<: ", "? ", ",", "%", "@", "`", "\\", "\r", "\ud800", "\ufeff"]


@given(st.lists(st.tuples(st.integers(0, len(EVERYTHING)), st.integers(0, 20), st.sampled_from(PIECES)), max_size=4))
def test_a_rulebook_with_slips(slips: list[tuple[int, int, str]]) -> None:
    text = EVERYTHING
    for at, cut, piece in slips:
        text = text[:at] + piece + text[at + cut :]
    look(text)


@given(st.text())
def test_any_text(text: str) -> None:
    look(text)


@given(st.binary())
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "a.yaml"
    path.write_bytes(data)
    report = Report()
    assert load_rulebook(path, report) is not None or report.has_errors
