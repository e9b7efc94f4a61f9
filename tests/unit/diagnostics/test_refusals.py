"""Refusals in Chinese: whatever is raised for people to read, or written into a log for them, has its form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import groundrules
from groundrules.diagnostics.translation import refused
from groundrules.engine.intake.decode import Decoder, InvalidEventError
from groundrules.engine.upkeep.snapshot import SnapshotError, read
from groundrules.plan.codec import PlanError, decode
from unit.diagnostics.test_translation import english_in

SOURCE = Path(groundrules.__file__).parent
PLACES = ("cluster", "console", "engine/upkeep", "frontend.py", "plan", "ports.py", "runtime", "stores", "tools")
LOGS = ("cluster", "runtime", "service")
OF_PROGRAMS = {
    "AssertionError",
    "AttributeError",
    "ImportError",
    "KeyError",
    "NotImplementedError",
    "TypeError",
    "ValueError",
}
OF_FINDINGS = {"BudgetError", "RulebookError", "TestsError"}  # which have forms of their own
OF_WORDS = {"CommandError", "SavingError"}  # which name a form of narrate/words


def nodes(places: tuple[str, ...]) -> Iterator[tuple[Path, ast.AST]]:
    for place in places:
        files = sorted((SOURCE / place).rglob("*.py")) if not place.endswith(".py") else [SOURCE / place]
        for file in files:
            yield from ((file, node) for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def template(node: ast.AST) -> str | None:
    """A text with its holes filled as people meet them: quoted names where it quotes, numbers elsewhere."""
    if isinstance(node, ast.Constant):
        return re.sub(r"%[sr]", "7", node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
    return None


def raised() -> Iterator[str]:
    for _, node in nodes(PLACES):
        call = node.exc if isinstance(node, ast.Raise) else None
        name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
        if name.endswith("Error") and name not in OF_PROGRAMS | OF_FINDINGS | OF_WORDS:
            assert isinstance(call, ast.Call)
            texts = [template(argument) for argument in call.args]
            yield from (text for text in texts if text and " " in text)


def logged() -> Iterator[str]:
    for _, node in nodes(LOGS):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and getattr(node.func.value, "id", "") == "log"
        ):
            text = template(node.args[0]) if node.args else None
            if text and re.search("[a-z]{3}", text):
                yield text


SAID_IN_PARTS = {
    "the community 7 7",
    "there is no 7 `7`; 7",
    "7; until then nobody is let in",
}  # the rest of which is said elsewhere


@pytest.mark.parametrize("text", sorted({*raised(), *logged()} - SAID_IN_PARTS))
def test_what_is_refused_is_told_in_chinese(text: str) -> None:
    told = refused(text, "zh")
    assert told != text
    assert english_in(told) == [], told


EVENTS = [
    b"",
    b"[]",
    b"5",
    b"{",
    b'{"type": 5}',
    b"{}",
    b'{"type": "mesage"}',
    b'{"type": "message"}',
    b'{"type": "message", "id": 5}',
    b'{"type": "message", "id": "a", "time": "yesterday"}',
    b'{"type": "message", "id": "a", "time": 1760000000}',
    b'{"type": "message", "id": "a", "time": "2026-01-01T00:00:00Z", "community": {"id": 5}}',
    b'{"type": "message", "id": "a", "time": "2026-01-01T00:00:00Z", "community": {"id": "c"}, "text": [1]}',
    b'{"type": "message", "id": "a", "n": NaN}',
    b"\xff\xfe",
    b'{"type": "message", "x": ' + b"[" * 200 + b"]" * 200 + b"}",
]


@pytest.mark.parametrize("raw", EVENTS, ids=range(len(EVENTS)))
def test_why_an_event_is_rejected_is_told_in_chinese(raw: bytes) -> None:
    decoder = Decoder(groundrules.load(SOURCE.parents[1] / "examples" / "team-chat").plan.events)
    with pytest.raises(InvalidEventError) as refusal:
        decoder.decode(raw)
    told = refused(refusal.value.rejection.reason, "zh")
    assert english_in(told) == [], told


@pytest.mark.parametrize("data", [b"", b"x", b"groundrules plan 1\nx"])
def test_why_a_plan_or_a_snapshot_is_refused_is_told_in_chinese(data: bytes) -> None:
    with pytest.raises(PlanError) as plan:
        decode(data)
    with pytest.raises(SnapshotError) as snapshot:
        read(data)
    for error in (plan.value, snapshot.value):
        for text in (error.message, error.help):
            assert english_in(refused(text or "", "zh")) == [], text
