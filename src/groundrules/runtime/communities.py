"""A community in memory: its engine, what is known about it, and its unfinished actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from groundrules.engine.engine import Engine
from groundrules.runtime.books import Edition
from groundrules.stores.records import OPEN, Head, Outgoing, Row


class Community:
    """One community. `head` is as decided, `kept` as the store has it; `acts` numbers the last action."""

    def __init__(self, head: Head, edition: Edition, actions: Iterable[Outgoing] = ()) -> None:
        self.head = self.kept = head
        self.edition = edition
        self.open: dict[str, Outgoing] = {action.key: action for action in actions}
        self.acts = head.acts
        self._changed: dict[tuple[str, str], bytes | None] = {}
        self.used = 0

    @property
    def id(self) -> str:
        """The community's id."""
        return self.head.community

    @property
    def engine(self) -> Engine:
        """The engine that decides for it, and for others with the same edition."""
        return self.edition.engine

    def outgoing(self, key: str, body: bytes, now: int) -> Outgoing:
        """Return the next action to perform, as one that waits."""
        self.acts += 1
        action = self.open[key] = Outgoing(self.id, self.acts, key, body, now)
        return action

    def settle(self, action: Outgoing) -> None:
        """Note an action's new status."""
        if action.status in OPEN:
            self.open[action.key] = action
        else:
            self.open.pop(action.key, None)

    def next(self) -> Outgoing | None:
        """Return the first action to be performed; skips those that no store has yet."""
        if self.kept.paused or self.head.paused:
            return None
        kept = (action for action in self.open.values() if action.number <= self.kept.acts)
        return next((action for action in kept if action.status == "waiting"), None)

    def commit(self, batch: str, events: int) -> Head:
        """Return the head that goes with a batch, and make it the current one."""
        head = self.head
        self.head = head._replace(
            version=head.version + 1,
            batch=batch,
            plan=self.edition.name,
            due=self.due(),
            number=head.number + events,
            acts=self.acts,
        )
        return self.head

    def due(self) -> int | None:
        """Return when something next falls due in it (ms)."""
        return self.engine.next_due(self.id) if self.engine.clock(self.id) is not None else None

    def adopt(self, rows: Iterable[Row], shapes: bytes) -> None:
        """Take its rows, laid out by `shapes`, into the engine."""
        held = [(row.space, row.key, row.row) for row in rows if row.row is not None]
        if held:
            self.engine.adopt(self.id, held, msgspec.json.decode(shapes, type=dict[str, str]))

    def move(self, edition: Edition) -> None:
        """Switch to another edition; what it remembers is carried over as by `Engine.swap`."""
        before, rows = self.engine, self.rows()
        self.edition = edition
        if rows:
            edition.engine.adopt(self.id, rows, before.shapes)
        before.release(self.id)

    def rows(self) -> list[tuple[str, str, bytes]]:
        """Return everything it remembers; what no store has yet is still drained with the next batch."""
        self._take(self.engine)
        return self.engine.rows(self.id)

    def drain(self) -> Iterator[Row]:
        """Yield what changed in its rows since the last call, including under an edition that ran it before."""
        if not self._changed:
            yield from map(Row._make, self.engine.drain(self.id))
            return
        self._take(self.engine)
        changed, self._changed = self._changed, {}
        for (space, key), row in changed.items():
            yield Row(self.id, space, key, row)

    def _take(self, engine: Engine) -> None:
        self._changed |= {(space, key): row for _, space, key, row in engine.drain(self.id)}

    def leave(self) -> None:
        """Remove it from memory; whatever is not committed is lost."""
        self.engine.release(self.id)
