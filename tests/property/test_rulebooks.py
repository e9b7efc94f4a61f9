"""Rulebooks from text to decisions: what is well typed checks clean, and means one thing."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from groundrules.engine.engine import Engine
from groundrules.frontend import check_text
from groundrules.lower import lower
from groundrules.plan import codec
from groundrules.reference import Interpreter
from strategies.clean_rulebooks import rulebooks
from strategies.histories import histories
from strategies.running import Story, log


@given(rulebooks(), histories())
def test_a_well_typed_rulebook_checks_clean_and_means_one_thing(text: str, stream: list[Any]) -> None:
    result = check_text(text)
    assert not [found.message for found in result.diagnostics if found.is_error]
    assert result.checked is not None
    plan = lower(result.checked)
    reference, engines = Interpreter(plan), [Engine(plan), Engine(codec.decode(codec.encode(plan)))]
    story = Story(stream)
    for line in story:
        wanted = reference.feed(line)
        for engine in engines:
            assert log(engine.feed(line)) == log(wanted)
        story.hear(wanted)
