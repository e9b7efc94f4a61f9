"""A fix is written as the surrounding YAML requires, so that the result can be read."""

from __future__ import annotations

import pytest

from groundrules.tools.linting import applied, lint_text

HEAD = "rulebook: x\nuse: [std/chat]\nrules: [{id: a, title: a, on: message, then: [hold], when: "


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        (r'''"text contains \"\\d\""''', r'''"text contains \"\\\\d\""'''),
        (r"""'text contains "\d"'""", r"""'text contains "\\d"'"""),
        (r'''"text contains “a”"''', r'''"text contains \"a\""'''),
        ("'text contains “a”'", """'text contains "a"'"""),
    ],
)
def test_it_fits_into_the_quotes(written: str, mended: str) -> None:
    text = f"{HEAD}{written}}}]\n"
    (found,) = lint_text(text).diagnostics
    assert applied(found.span.file, found.fixes) == f"{HEAD}{mended}}}]\n"
    assert not [again for again in lint_text(f"{HEAD}{mended}}}]\n").diagnostics if again.is_error]
