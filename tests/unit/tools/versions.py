"""Versions of small rulebooks, for tests of what compares them."""

from __future__ import annotations

from textwrap import dedent, indent

from groundrules.engine.plan_file import Compiled
from groundrules.frontend import check_text
from groundrules.lower import lower
from groundrules.plan import codec
from groundrules.tools.versions import Version


def version(text: str, shown: str = "rules") -> Version:
    """Return the version of a rulebook; its header is added."""
    result = check_text("rulebook: small\nlanguages: [en]\nuse: [std/chat]\n" + dedent(text))
    assert result.checked is not None
    assert not result.has_errors, [found.message for found in result.diagnostics if found.is_error]
    plan = lower(result.checked)
    digest = codec.digest(plan)
    return Version(shown, Compiled(plan, digest), digest, result.checked)


def rule(when: str, then: str = "[delete]", more: str = "", declared: str = "") -> Version:
    """Return a version with one rule, `it`; `more` are further keys of it, `declared` further sections."""
    text = f"rules:\n  - id: it\n    title: It\n    on: message\n    when: >\n      {when}\n    then: {then}\n"
    return version(dedent(declared) + text + indent(dedent(more), "    "))
