"""Decisions not yet committed: they grow event by event and become one batch for the store."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import msgspec

from groundrules.decisions import Action, Decision, encode
from groundrules.runtime.arrivals import Arrival, recorded
from groundrules.runtime.books import Edition
from groundrules.runtime.communities import Community
from groundrules.runtime.wording import Wording
from groundrules.stores.records import OPEN, Batch, Entry, Events, Note, Outgoing, Plan, Touch

_json = msgspec.json.Encoder(order="deterministic").encode
ACTION = msgspec.json.Decoder(Action)


class Draft:
    """A batch under way. Communities in it are changed in memory only, until `close` makes the batch.

    wording: removes texts that are not to be kept.
    """

    def __init__(self, wording: Wording | None = None) -> None:
        self.batch = Batch(uuid.uuid4().hex)
        self._wording = wording
        self.communities: dict[str, Community] = {}
        self.lines: dict[str, list[Arrival]] = {}

    def touch(self, community: Community) -> None:
        """Include whatever changes in a community."""
        self.communities.setdefault(community.id, community)

    def begin(self, community: Community) -> list[Arrival]:
        """Return the list of a community's events to be recorded, as they came in."""
        self.touch(community)
        lines = self.lines[community.id] = self.lines.get(community.id, [])
        return lines

    def log(self, community: Community, decisions: Iterable[Decision], now: int, touches: Sequence[Touch] = ()) -> None:
        """Log decisions, and queue the actions they ask for."""
        self.touch(community)
        for decision in decisions:
            all_touches = tuple(dict.fromkeys((*touches, *concerned(community.edition, decision))))
            self.batch.entries.append(Entry(community.id, now, self._line(decision), all_touches))
            for action in decision.actions:
                self.act(community, action, now)

    def act(self, community: Community, action: Action, now: int) -> None:
        """Queue an action."""
        self.touch(community)
        self.batch.actions.append(community.outgoing(action.key, _json(action), now))

    def refuse(self, decision: Decision, now: int) -> None:
        """Keep the answer to an event that belongs to no community."""
        self.batch.entries.append(Entry("", now, self._line(decision)))

    def _line(self, decision: Decision) -> bytes:
        return encode(decision) if self._wording is None else self._wording.decision(decision)

    def settle(self, community: Community, action: Outgoing, wording: Wording | None) -> None:
        """Record an action's new status; `wording` removes the texts of a finished one."""
        self.touch(community)
        community.settle(action)
        if wording is not None and action.status not in OPEN:
            action = action._replace(body=wording.action(action.body))
        self.batch.outcomes.append(action)

    def note(self, community: str, now: int, kind: str, **detail: object) -> None:
        """Keep a note for moderators."""
        self.batch.notes.append(Note(community, now, kind, _json(detail)))

    def install(self, plan: Plan) -> None:
        """Keep a plan that comes into force."""
        self.batch.plans.append(plan)

    def close(self) -> Batch:
        """Return it all as a batch, with what changed in the communities' rows."""
        batch = self.batch
        for id, community in self.communities.items():
            arrivals = self.lines.get(id, ())
            if arrivals:
                batch.events.append(self._segment(community, arrivals))
            batch.rows += community.drain()
            batch.heads.append(community.commit(batch.id, len(arrivals)))
        return batch

    def _segment(self, community: Community, arrivals: Sequence[Arrival]) -> Events:
        first, times = community.head.number + 1, [arrival.at for arrival in arrivals]
        lines = [arrival.line for arrival in arrivals]
        if self._wording is not None:
            schemas = community.edition.compiled.plan.events
            lines = [self._wording.event(line, schemas) for line in lines]
        return Events(community.id, first, first + len(arrivals) - 1, min(times), max(times), recorded(lines))


def concerned(edition: Edition, decision: Decision) -> Iterable[Touch]:
    """Yield what a decision concerns besides whoever its event names."""
    for action in (*decision.actions, *(action for shadow in decision.shadow for action in shadow.actions)):
        spec = edition.actions.get(action.do)
        if action.who is not None and spec is not None and spec.target == "member":
            yield Touch("member", action.who)
    for change in decision.ledgers:
        if change.ledger in edition.personal:
            yield Touch("member", change.who)
    met = (*decision.fired, *decision.shadow, *decision.exempted)
    yield from (Touch("rule", fired.rule) for fired in met)  # type: ignore[attr-defined]
    if decision.cause is not None:
        yield Touch("rule", decision.cause)
