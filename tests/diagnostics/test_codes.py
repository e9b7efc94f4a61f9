"""Every code is emitted, and shown by a page of this folder or, for a reason, elsewhere; every lint has cases."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from groundrules.diagnostics.codes import CODES, MODULES
from groundrules.lint.rules import RULES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "groundrules"
NAMES = {code.code: name for module in MODULES for name, code in vars(module).items() if getattr(code, "code", None)}

_SIZE = "what is refused is too large to be read on a page"
_SCHEMA = "schemas are JSON, where no comment can say what is expected"
_EVENTS = "found in events, not in rulebooks"
ELSEWHERE = {  # codes → why no page of this folder shows them, and the test that does
    ("GR003",): ("pages are UTF-8", "unit/rulebook/test_load.py"),
    ("GR004",): ("pages hold no control characters", "unit/rulebook/test_yaml.py"),
    ("GR018", "GR019", "GR025", "GR313"): (_SIZE, "unit/checker/test_bounds.py"),
    ("GR220",): (_SIZE, "unit/syntax/test_parse_forms.py"),
    ("GR151", "GR152"): ("found in files of tests, which lint does not read", "unit/tools/test_testing_read.py"),
    ("GR161", "GR162", "GR163"): ("found in budgets, which only replay reads", "unit/tools/test_budget.py"),
    tuple(f"GR45{last}" for last in range(9)): (_SCHEMA, "unit/types/test_own_schemas.py"),
    tuple(f"GR70{last}" for last in range(1, 10)): (_EVENTS, "unit/engine/test_decode.py"),
    ("GR711", "GR713"): (_EVENTS, "unit/engine/test_runtime_flow.py"),
    ("GR714",): ("it is found in a store, not in a rulebook", "unit/runtime/test_faults.py"),
    ("GR801", "GR802", "GR803"): ("found in files of plans", "unit/plan/test_codec.py"),
    ("GR804", "GR805"): ("found where an engine takes a plan", "unit/engine/test_compiled.py"),
    ("GR811", "GR812", "GR813"): ("found in snapshots", "unit/engine/test_runtime_state.py"),
}
TESTS = {code: file for codes, (_, file) in ELSEWHERE.items() for code in codes}


@cache
def _shown() -> frozenset[str]:
    """The codes that pages expect on a line."""
    pages = (page.read_text(encoding="utf-8") for page in Path(__file__).parent.glob("*.md"))
    return frozenset(code for page in pages for code in re.findall(r"# (?:error|warning|note): \[(GR\d{3})\]", page))


@cache
def _emitting() -> str:
    files = (file for file in SOURCE.rglob("*.py") if "codes" not in file.parts)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("code", CODES)
def test_it_is_emitted(code: str) -> None:
    assert re.search(rf"\b{NAMES[code]}\b|\"{code}\"", _emitting()), f"{code} is never emitted: take it out"


@pytest.mark.parametrize("code", CODES)
def test_a_page_shows_it_or_the_list_says_why_not(code: str) -> None:
    assert (code in _shown()) != (code in TESTS)
    if code in TESTS:
        assert code in (ROOT / "tests" / TESTS[code]).read_text(encoding="utf-8")


def test_the_list_is_about_codes() -> None:
    assert TESTS.keys() <= CODES.keys()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_lint_has_a_case_where_it_speaks(rule: object) -> None:
    """Where it must be silent, `tests/unit/lint` says: on all that ships."""
    name = getattr(rule, "__name__", "").replace("_", "-")
    [code] = [code.code for code in CODES.values() if code.name == name]
    page = (Path(__file__).parent / f"{name}.md").read_text(encoding="utf-8")
    assert re.search(rf"# (?:warning|note): \[{code}\] \S", page)


def test_every_lint_runs() -> None:
    modules = {file.stem for file in (SOURCE / "lint" / "rules").glob("*.py")} - {"__init__"}
    assert {rule.__name__ for rule in RULES} == modules
