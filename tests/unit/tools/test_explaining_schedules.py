"""For a schedule evaluated per member, every line names the member it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from groundrules.display.lines import page
from groundrules.tools.explaining.human import lines_of
from unit.tools.explained import explained, message, plan_of

MEMBERS = {
    "id": "r",
    "type": "roster",
    "time": "2026-01-05T08:00:00Z",
    "community": {"id": "c"},
    "members": [{"id": "li"}, {"id": "wu"}],
}
EVENTS: list[dict[str, Any]] = [
    MEMBERS,
    message("a", "09:00:00", "one"),
    message("b", "09:00:01", "two"),
    message("x", "09:00:02", "three", by="wu"),
    {"id": "t", "type": "tick", "time": "2026-01-06T00:00:00Z", "community": {"id": "c"}},
]
THANKS = """\
schedules:
  - id: thanks
    at: monday 20:00
    for_each: member
    when: count(message by actor = member today) > 0
    together: [announce: "{join(those, ' ')}"]
"""
OUT = """\
schedules:
  - {id: out, at: monday 20:00, for_each: member, when: silence(member) > 1h, then: [kick]}
"""
PATH = """\
paths:
  - {id: care, on: message, one_per: actor, steps: [{after: 1h, when: start.text != "", then: [notify: helper]}]}
"""


def lines_for(tmp_path: Path, rules: str) -> list[str]:
    plan = plan_of(tmp_path, rules)
    return page(lines_of(explained(plan, EVENTS, "t").event(), plan, "en")).splitlines()


def test_each_member_has_its_own_evidence(tmp_path: Path) -> None:
    lines = lines_for(tmp_path, THANKS)
    li, wu = lines.index("→ thanks fires for li"), lines.index("→ thanks fires for wu")
    assert "2 counted: message of member li" in lines[li + 3]
    assert "1 counted: message of member wu" in lines[wu + 3]


def test_what_is_done_to_a_member_is_explained_by_that_member_alone(tmp_path: Path) -> None:
    lines = [line.strip() for line in lines_for(tmp_path, OUT)]
    for who in ("li", "wu"):
        at = lines.index(f"→ remove {who} from the group")
        assert lines[at + 1] == f"by out, for {who}"
        assert lines[at + 2] == "✓ silence(member) > 1h"
    assert sum(line.startswith("by out") for line in lines) == 2


def test_the_data_name_the_member_behind_each_action(tmp_path: Path) -> None:
    event = explained(plan_of(tmp_path, OUT), EVENTS, "t").event()
    assert [(one.action.who, [rule.subject for rule in one.rules]) for one in event.actions] == [
        ("li", ["li"]),
        ("wu", ["wu"]),
    ]


def test_two_paths_that_take_a_step_are_told_each_with_its_own_start(tmp_path: Path) -> None:
    lines = lines_for(tmp_path, PATH)
    assert [line.strip() for line in lines if "start.text is" in line] == ["start.text is one", "start.text is three"]


def test_many_that_fire_unseen_are_counted(tmp_path: Path) -> None:
    members = {**MEMBERS, "members": [{"id": f"m{n:02}"} for n in range(30)]}
    plan = plan_of(tmp_path, THANKS.replace("count(message by actor = member today) > 0", "member != ''"))
    lines = page(lines_of(explained(plan, [members, EVENTS[-1]], "t").event(), plan, "en")).splitlines()
    assert sum("fires for" in line for line in lines) == 20
    assert "→ … and 10 more" in lines
