"""A rulebook in a folder with its tests, for tests of the test runner."""

from __future__ import annotations

from pathlib import Path

from groundrules.frontend import load
from groundrules.plan import ir
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.read import TestsError, read_tests

RULEBOOK = """\
rulebook: sample
languages: [en]
timezone: Asia/Shanghai
use: [std/chat]
ledgers: {points: {per: member}}
states:
  - {id: closed, enter: {on: message, when: text == "close"}, leave: {on: message, when: text == "open"}}
rules:
  - {id: no-spam, on: message, when: text contains "spam", then: [delete, mute: 10m]}
  - {id: points, on: message, when: text == "point", then: [grant: {points: 1}]}
  - {id: new, on: message, when: age(actor.joined) < 1d and text == "hi", then: [{reply: "welcome"}]}
  - {id: risky, on: message, when: text == "risky", then: [kick], approval: {by: admin, within: 1d}}
"""


def write(folder: Path, tests: str, rulebook: str = RULEBOOK) -> Path:
    """Write the rulebook and its tests; return the file of the tests."""
    (folder / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
    path = folder / "tests.yaml"
    path.write_text(tests, encoding="utf-8")
    return path


def read(folder: Path, tests: str) -> tuple[ir.Plan, list[Case]]:
    path = write(folder, tests)
    plan = load(folder).plan
    return plan, read_tests(path, plan)


def timeline(*steps: str, head: str = "") -> str:
    """A tests file with one test of these steps."""
    lines = "".join(f"      - {step}\n" for step in steps)
    return f"tests:\n  - name: one\n{head}    timeline:\n{lines}"


def mistakes(folder: Path, tests: str) -> list[tuple[str, int, str]]:
    """The (code, line, message) of what is wrong with a tests file."""
    path = write(folder, tests)
    try:
        read_tests(path, load(folder).plan)
    except TestsError as error:
        return [(found.code, found.span.line, found.message) for found in error.diagnostics]
    return []
