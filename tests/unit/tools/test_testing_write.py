"""Cases are written as authors write them."""

from __future__ import annotations

from groundrules.diagnostics.source import SourceFile
from groundrules.tools.testing.cases import Case, Expectation, Step
from groundrules.tools.testing.write import write_cases


def test_a_text_for_all_languages_is_written_as_a_text() -> None:
    span = SourceFile("tests.yaml", "").span(0, 0)
    replies = [{"reply": {"": "ok"}}, {"reply": {"zh": "好", "en": "fine"}}]
    step = Step("09:00", "message", "hi", {"by": "li"}, Expectation(actions=replies), span)
    assert write_cases([Case("greeting", (step,), span)]) == (
        "tests:\n  - name: greeting\n    timeline:\n"
        '      - {at: "09:00", message: hi, by: li, expect: [{reply: ok}, {reply: {zh: 好, en: fine}}]}\n'
    )
