"""The page of mistakes: each example is reported on the line and with the code that it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnostics.test_pages import Case, cases
from groundrules.frontend import check_path
from groundrules.tools.linting import lint_path

ROOT = Path(__file__).parents[2]
EXAMPLES = list(cases((ROOT / "docs" / "mistakes.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: f"line-{case.line}")
def test_a_mistake_is_found(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in case.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = {
        (one.span.line, one.severity.value, one.code, one.message)
        for one in (*lint_path(case.path).diagnostics, *check_path(case.path).diagnostics)
        if one.is_error or one.code in {expected.code for expected in case.expected}
    }
    wanted = {(one.line, one.severity, one.code) for one in case.expected}
    assert {one[:3] for one in found} == wanted, found
    for one in case.expected:
        told = [message for *place, message in found if tuple(place) == (one.line, one.severity, one.code)]
        assert any(one.words in message for message in told), told
