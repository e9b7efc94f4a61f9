"""Replaying a recorded chat between two versions of a flood rule lists exactly the members that a plain script
lists."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from groundrules.tools.replaying.model import Report
from groundrules.tools.replaying.run import Settings, replayed
from groundrules.tools.revisions import Spot
from groundrules.tools.versions import Version, load_version

STREAM = Path(__file__).parents[3] / "shared" / "data" / "streams" / "gitter.jsonl"

pytestmark = pytest.mark.skipif(not STREAM.exists(), reason="the recorded chats are not beside this checkout")

FLOOD = """\
rulebook: floods
languages: [en]
use: [std/chat]
rules:
  - id: flood
    title: No flooding
    on: message
    when: count(message by actor within {seconds}s) >= {limit}
    then: [warn]
"""


# --- the script ---------------------------------------------------------------------------------


def floods(seconds: int, limit: int) -> Iterator[tuple[int, str]]:
    """Yield (line, member) of each message that is at least the `limit`th of its member within `seconds`."""
    written: dict[str, deque[float]] = defaultdict(deque)
    clock, seen = 0.0, {}
    for line, event in enumerate(map(json.loads, STREAM.read_bytes().splitlines()), 1):
        time, member = datetime.fromisoformat(event["time"]).timestamp(), event["actor"]["id"]
        now = max(clock, time)
        if time < clock - 86_400 or now - seen.get(event["id"], -1e9) <= 86_400:
            continue
        clock = seen[event["id"]] = now
        recent = written[member]
        recent.append(now)
        while round(now - recent[0], 3) >= seconds:
            recent.popleft()
        if len(recent) >= limit:
            yield line, member


# --- groundrules --------------------------------------------------------------------------------


def version(folder: Path, name: str, seconds: int, limit: int) -> Version:
    path = folder / f"{name}.yaml"
    path.write_text(FLOOD.format(seconds=seconds, limit=limit), encoding="utf-8")
    return load_version(Spot(str(path)))


def report(folder: Path, jobs: int) -> Report:
    old, new = version(folder, "old", 30, 5), version(folder, "new", 20, 4)
    return replayed(new, [str(STREAM)], old, settings=Settings(jobs, examples=2))


@pytest.mark.parametrize("jobs", [1, 2])
def test_it_lists_exactly_the_members_that_the_script_lists(tmp_path: Path, jobs: int) -> None:
    before, after = set(floods(30, 5)), set(floods(20, 4))
    then, now = {member for _, member in before}, {member for _, member in after}
    found = report(tmp_path, jobs)
    assert {person.member for person in found.newly} == now - then
    assert {person.member for person in found.spared} == then - now
    (row,) = found.rules
    assert (row.before, row.after) == (len(before), len(after))
    assert (row.gained, row.lost) == (len(after - before), len(before - after))
    assert set(row.members_gained) == now - then
    assert set(row.members_lost) == then - now
    assert now - then
    assert then - now, "the versions differ both ways"
    assert sum(week.gained for week in found.weeks) == row.gained
    assert found.after.duplicates == 6


def test_one_process_and_two_find_the_same(tmp_path: Path) -> None:
    assert report(tmp_path, 1) == report(tmp_path, 2)
