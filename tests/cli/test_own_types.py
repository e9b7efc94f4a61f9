"""Event and action types of a rulebook's own: thirty nested fields, odd names, lists of objects, end to end."""

from __future__ import annotations

import json
from typing import Any

FOLDER = "tests/rulebooks/process-log"


def decided(command: Any) -> dict[str, dict[str, Any]]:
    result = command("run", FOLDER, f"{FOLDER}/events.jsonl", "--all", "--quiet")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return {row["event"]: row for row in rows if "event" in row}


def test_rules_over_own_types_fire_and_merge_by_the_own_actions_schema(command: Any) -> None:
    rows = decided(command)
    fired = {event: [one["rule"] for one in row.get("fired", [])] for event, row in rows.items()}
    assert fired["p1"] == ["encoded-command"]
    assert fired["p2"] == ["unknown-host"]
    assert fired["p3"] == []
    assert fired["p6"] == ["unsigned-system"]
    assert rows["p1"]["actions"][0]["parameters"] == {"host": "WS-1", "level": 2}


def test_evidence_points_into_nested_and_oddly_named_fields(command: Any) -> None:
    clauses = decided(command)["p1"]["fired"][0]["clauses"]
    found = {item["field"]: item["text"] for clause in clauses for item in clause.get("evidence", [])}
    assert found["process.parent.image"] == "WINWORD.EXE"
    assert found["process.command-line"] == "-EncodedCommand"


def test_what_the_own_schema_forbids_is_rejected_with_the_path(command: Any) -> None:
    result = command("run", FOLDER, f"{FOLDER}/events.jsonl", "--quiet")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    paths = [row["rejected"]["path"] for row in rows if row["trigger"] == "rejected"]
    assert paths == ["process.pid", "host.os.family"]
