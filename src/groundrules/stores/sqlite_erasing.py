"""Erasing records of an SQLite file, in a transaction begun by the store, with checksums renewed.

Afterwards SQLite's log is emptied. Checkpointing it takes the longest and runs alongside commits, which add little to
the log meanwhile.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress

from groundrules.stores.records import Erasure, Outgoing, quoted
from groundrules.stores.sqlite_schema import KEEP_ACTION
from groundrules.stores.sums import action_sum, entry_sum, events_sum

BUSY = 20
"""Milliseconds that emptying the log waits for readers; commits wait with it."""


def erase(base: sqlite3.Connection, erasure: Erasure) -> None:
    """Apply an erasure."""
    many, of = base.executemany, erasure.community
    segments = [segment._replace(community=of) for segment in erasure.events]
    changed = [(*segment[2:], events_sum(segment), of, segment.first) for segment in segments if segment.body]
    update = "update events set last = ?, since = ?, until = ?, body = ?, sum = ? where community = ? and first = ?"
    many(update, changed)
    many(
        "delete from events where community = ? and first = ?",
        [segment[:2] for segment in segments if not segment.body],
    )
    _erase_entries(base, erasure)
    _erase_actions(base, erasure)
    members = [(of, member) for member in erasure.members]
    many("delete from touches where kind = 'member' and community = ? and id = ?", members)
    base.execute("delete from notes where community = ? and at < ?", (of, erasure.notes))
    naming = [(of, form) for member in erasure.members for form in quoted(member)]
    many("delete from notes where community = ? and instr(detail, ?)", naming)


def _erase_entries(base: sqlite3.Connection, erasure: Erasure) -> None:
    of = erasure.community
    for position, body in erasure.entries:
        row = base.execute("select at from decisions where position = ? and community = ?", (position, of)).fetchone()
        if row is None:
            continue
        if body is None:
            base.execute("delete from decisions where position = ?", (position,))
            base.execute("delete from touches where position = ?", (position,))
        else:
            sum = entry_sum(of, row[0], body)
            base.execute("update decisions set body = ?, sum = ? where position = ?", (body, sum, position))


def _erase_actions(base: sqlite3.Connection, erasure: Erasure) -> None:
    for key, body in erasure.actions:
        which = (erasure.community, key)
        for row in base.execute("select * from actions where community = ? and key = ?", which).fetchall():
            if body is not None:
                action = Outgoing(*row[:-1])._replace(body=body)
                base.execute(KEEP_ACTION, (*action, action_sum(action)))
        if body is None:
            base.execute("delete from actions where community = ? and key = ?", which)


def prepare_scrub(path: str) -> None:
    """Checkpoint the log into the file as far as readers allow, alongside writers."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("pragma wal_checkpoint(passive)")


def scrub(base: sqlite3.Connection) -> bool:
    """Checkpoint the rest of the log and empty it; return whether that succeeded."""
    [patience] = base.execute("pragma busy_timeout").fetchone()
    base.execute(f"pragma busy_timeout = {BUSY}")
    try:
        [busy, *_] = base.execute("pragma wal_checkpoint(truncate)").fetchone()
    except sqlite3.OperationalError:
        return False
    finally:
        base.execute(f"pragma busy_timeout = {patience}")
    return not busy
