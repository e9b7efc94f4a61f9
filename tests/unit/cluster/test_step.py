"""Steps that keep communities in memory leave the same rows as those that receive them each time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundrules.calendar.instants import format_ms
from groundrules.cluster.step import LAYOUT, Key, Lasting, Step
from groundrules.frontend import load
from groundrules.plan import ir

ONE = '  - {id: greeted, on: message, when: text contains "hello", then: [{warn: {}}], once_per: actor}\n'
TWO = "  - {id: often, on: message, when: count(message by actor within 1h) >= 2, then: [{warn: {}}]}\n"


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[ir.Plan, ir.Plan]:
    """Return a rulebook, and one that counts, too."""
    folder = tmp_path_factory.mktemp("rulebooks")
    return plan(folder / "one.yaml", ONE), plan(folder / "two.yaml", ONE + TWO)


def plan(file: Path, rules: str) -> ir.Plan:
    file.write_text(f"rulebook: team\nuse: [std/chat]\nrules:\n{rules}")
    return load(file).plan


def message(number: int) -> bytes:
    event = {"id": f"m{number}", "type": "message", "time": format_ms(1_767_571_200_000 + number), "text": "hello"}
    return json.dumps(event | {"community": {"id": "c"}, "actor": {"id": "li"}, "channel": {"id": "r"}}).encode()


def changed(rows: dict[Key, bytes], by: dict[Key, bytes | None]) -> dict[Key, bytes]:
    return {key: row for key, row in {**rows, **by}.items() if row is not None}


def test_rows_that_stay_in_memory_under_another_version_are_kept_with_its_layout(
    plans: tuple[ir.Plan, ir.Plan],
) -> None:
    old, new = plans
    stepped, token = Lasting(old).lasting("c", b"", dict, [message(1)])
    before = changed({}, stepped.rows)
    lasting, lasting_rows, rows = Lasting(new), before, before
    for events in ([], [message(2)], [message(3)]):
        kept = lasting_rows
        stepped, token = lasting.lasting("c", token, lambda kept=kept: kept, events)  # type: ignore[misc]
        lasting_rows = changed(lasting_rows, stepped.rows)
        rows = changed(rows, Step(new)("c", rows, events).rows)
        assert lasting_rows == rows
    assert rows[LAYOUT] != before[LAYOUT]
