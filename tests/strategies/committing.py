"""`python -m strategies.committing WHERE`: commits to a store forever, and reports each completed commit.

After killing it, `check` tells whether what it stored is complete.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from groundrules.stores import Store
from groundrules.stores.records import Query, Row
from groundrules.testing.store_suite.hands import Hand, action, entry, segment
from groundrules.tools.running.states import opened

PLACES = ("c", "d")
KEYS = ("x", "y", "z")


def commit(hand: Hand) -> int:
    """Store the next batch; return its number."""
    number = hand.heads["c"].version + 1
    hand.commit(
        *PLACES,
        head={"number": number, "acts": number},
        rows=[Row(of, "s", key, b"%d" % number) for of in PLACES for key in KEYS],
        events=[segment(of, number, number, body=b"%d" % number) for of in PLACES],
        entries=[entry(of, b"%d" % number, number, member="li") for of in PLACES for _ in range(3)],
        actions=[action(of, number) for of in PLACES],
        sources={"s": b"%d" % number},
    )
    return number


def check(store: Store) -> int:
    """Return how many batches were stored; fail if one is there only in part, or twice."""
    numbers = {_check(store, of) for of in PLACES}
    assert len(numbers) == 1
    [number] = numbers
    assert store.source("s") == (b"%d" % number if number else None)
    return number


def _check(store: Store, of: str) -> int:
    kept = store.claim(of)
    if kept is None:
        return 0
    head, rows = kept
    number = head.version
    assert (head.number, head.acts) == (number, number)
    assert {(row.key, row.row) for row in rows} == {(key, b"%d" % number) for key in KEYS}
    expected = [b"%d" % at for at in range(1, number + 1)]
    assert [one.body for one in store.events(of)] == expected
    assert [one.body for one in store.decisions(Query(of, member="li", limit=1 << 60))] == sorted(expected * 3, key=int)
    assert [one.number for one in store.outgoing(of, limit=1 << 60)] == list(range(1, number + 1))
    return number


def started(where: str) -> subprocess.Popen[str]:
    """Start a process that commits; it has claimed its communities when this returns."""
    command = [sys.executable, "-m", "strategies.committing", where]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    assert process.stdout is not None
    assert process.stdout.readline() == "claimed\n"
    return process


def killed(process: subprocess.Popen[str]) -> int:
    """Kill a process at once; return the number of the last batch that it reported as stored."""
    process.kill()
    said, _ = process.communicate()
    whole = said[: said.rfind("\n") + 1].split()
    return int(whole[-1]) if whole else 0


def main(where: str) -> None:
    hand = Hand(opened(where), *PLACES)
    print("claimed", flush=True)
    while True:
        print(commit(hand), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
