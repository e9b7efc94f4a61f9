"""The hub without input or output: work goes in, a batch for the store comes out.

The host loads communities (`bring_in`) before submitting work on them, runs the work (`work`), commits the batch
(`close`), and reports whether that succeeded: if not, `abandon` discards whatever was decided, and the host loads the
communities again from the store. Everything here happens in one thread.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Action, Decision
from groundrules.runtime.arrivals import COMMUNITY, Arrival, Clock, Stray, arrival, tick_line
from groundrules.runtime.books import Books, Edition, Sources
from groundrules.runtime.communities import Community
from groundrules.runtime.drafts import ACTION, Draft
from groundrules.runtime.errors import HubError
from groundrules.runtime.performing import Done, Failed, Outcome, Retry
from groundrules.runtime.wording import GONE, Wording
from groundrules.stores.records import Batch, Head, Outgoing, Row, Status
from groundrules.time_units import HOUR

_encode = msgspec.json.encode


class Kept(NamedTuple):
    """A community as the store has it: its head and rows, how they are laid out, its open actions, and what runs it."""

    head: Head
    edition: Edition
    rows: Sequence[Row] = ()
    shapes: bytes = b"{}"
    open: Sequence[Outgoing] = ()


class Core:
    """Everything a hub knows and decides. `by`: who put the rulebooks in force. `ticks`: time passes by the clock.

    `wording`: removes texts that are not to be kept; `texts_for`: how long the others are kept (ms). `under_way` has
    the actions, (community, key), being performed right now.
    """

    def __init__(
        self,
        sources: Sources,
        clock: Clock,
        ticks: bool = False,
        wording: Wording | None = None,
        texts_for: int | None = None,
    ) -> None:
        self.books = Books(sources)
        self.clock = clock
        self._ticks = ticks
        self.communities: dict[str, Community] = {}
        self._wording = wording
        self._texts_for = texts_for
        self.draft = Draft(wording)
        self.by = "groundrules"
        self.under_way: set[tuple[str, str]] = set()
        self._installed: set[str] = set()

    # --- communities ----------------------------------------------------------------------------

    def missing(self, communities: Iterable[str]) -> list[str]:
        """Return those that have to be brought in first."""
        return [id for id in dict.fromkeys(communities) if id not in self.communities]

    def bring_in(self, kept: Kept) -> None:
        """Take a community as the store has it.

        Actions that were begun, can't be repeated and are not being performed here are in doubt from now on.
        """
        head, id = kept.head, kept.head.community
        community = Community(head, kept.edition, kept.open)
        community.adopt(kept.rows, kept.shapes)
        community.used = self.clock()
        self.communities[id] = community
        for action in kept.open:
            if action.status == "sending" and (id, action.key) not in self.under_way:
                self._in_doubt(community, action._replace(reason="the hub stopped while it was performed"))
        if head.plan and head.plan != community.edition.name:
            self._changed(community, head.plan)

    def _changed(self, community: Community, before: str) -> None:
        """Note, and let the rules know, that a community runs another edition from now on."""
        edition, now = community.edition, self.clock()
        self.draft.touch(community)
        self.draft.note(community.id, now, "rulebook_changed", before=before, after=edition.name, by=self.by)
        if "rulebook.changed" in edition.compiled.plan.events and community.engine.clock(community.id) is not None:
            event = {"id": f"rulebook@{now}", "type": "rulebook.changed", "version": edition.name}
            self.decide(self._own(community.id, {**event, "actor": {"id": self.by}}, now))

    def change(self, id: str, before: bytes, settings: bytes, by: str) -> bool:
        """Put settings in force in a community; False if its settings are no longer `before`.

        Raises HubError if they don't fit its rulebook.
        """
        community, now = self.communities[id], self.clock()
        if msgspec.json.decode(community.head.settings) != msgspec.json.decode(before):
            return False
        edition = self.books.edition(id, settings)
        if edition.name != community.edition.name:
            community.move(edition)
        community.head = community.head._replace(settings=settings)
        self.draft.touch(community)
        values = {"before": msgspec.Raw(before), "after": msgspec.Raw(settings)}
        self.draft.note(id, now, "settings_changed", by=by, **values)
        return True

    def upgrade(self, id: str, by: str) -> None:
        """Move a community to the current rulebook. Raises HubError if its settings don't fit."""
        community = self.communities[id]
        edition, before = self.books.edition(id, community.head.settings), community.edition.name
        self.by = by
        if edition.name != before:
            community.move(edition)
            self._changed(community, before)

    def note(self, id: str, kind: str, **detail: object) -> None:
        """Keep a note for moderators."""
        self.draft.touch(self.communities[id])
        self.draft.note(id, self.clock(), kind, **detail)

    def touch(self, id: str) -> None:
        """Write a community's head again, though nothing happened in it."""
        self.draft.touch(self.communities[id])

    def idle(self, before: int) -> list[str]:
        """Return communities unused since then, fully stored and with nothing waiting in memory."""
        return [
            id for id, state in self.communities.items() if state.used < before and not state.open and self.settled(id)
        ]

    def settled(self, id: str) -> bool:
        """Whether the store has a community as it is in memory."""
        community = self.communities[id]
        return id not in self.draft.communities and community.head == community.kept

    def release(self, communities: Iterable[str]) -> None:
        """Drop communities from memory; the store has everything about them."""
        for id in communities:
            community = self.communities.pop(id, None)
            if community is not None:
                community.leave()

    # --- work -----------------------------------------------------------------------------------

    def refuse(self, stray: Stray) -> list[Decision]:
        """Answer an event that belongs to no community."""
        decision = Decision(trigger="rejected", rejected=stray.rejection)
        with suppress(HubError):
            edition = self.books.edition("")
            answered = [] if stray.line is None else edition.engine.notable(stray.line)
            decision = answered[0] if answered else replace(decision, rulebook=edition.name)
        self.draft.refuse(decision, self.clock())
        return [decision]

    def decide(self, arrival: Arrival) -> list[Decision]:
        """Decide on an event; return the decisions that are logged.

        After a long silence the clock is advanced at once.
        """
        community = self.communities[arrival.community]
        engine, draft = community.edition.engine, self.draft
        decoded, arrival.decoded = arrival.decoded if arrival.decoder is engine.decoder else None, None
        decisions = engine.notable(arrival.line, decoded)
        (draft.lines.get(arrival.community) or draft.begin(community)).append(arrival)
        if decisions:
            draft.log(community, decisions, arrival.at or self.clock(), arrival.touches)
        if arrival.stamped is not None:
            ahead = format_ms(arrival.stamped)
            draft.note(community.id, self.clock(), "stamped_ahead", event=_id(arrival.line), stamped=ahead)
        if self._ticks and engine.waiting(community.id) is not None:
            decisions += self.tick(community.id)
        return decisions

    def reached(self, source: str, position: bytes) -> None:
        """Record how far an input was read."""
        self.draft.batch.sources[source] = position

    def tick(self, id: str) -> list[Decision]:
        """Let time pass in a community until now."""
        now = self.clock()
        return self.decide(Arrival(id, tick_line(COMMUNITY, id, now), now))

    def _own(self, id: str, event: dict[str, Any], now: int) -> Arrival:
        """Return one of the hub's own events."""
        line = _encode({**event, "time": format_ms(now), "community": {"id": id}})
        return Arrival(id, line, now)

    # --- actions --------------------------------------------------------------------------------

    def begin(self, action: Outgoing) -> Outgoing | None:
        """Note that an unrepeatable action is being performed; None if it should no longer be."""
        if self.communities[action.community].head.paused or not self.waits(action):
            return None
        return self._restate(action, "sending", attempts=action.attempts + 1)

    def waits(self, action: Outgoing) -> bool:
        """Whether an action is still to be performed."""
        community = self.communities.get(action.community)
        known = None if community is None else community.open.get(action.key)
        return known is not None and known.status == "waiting"

    def end(self, action: Outgoing, outcome: Outcome, wait: float = 0) -> list[Decision]:
        """Note the outcome of an action, and let the community decide on it; a `wait` is in seconds."""
        now = self.clock()
        known = self.communities[action.community].open.get(action.key)
        if known is None:
            return []
        attempts = known.attempts + (known.status == "waiting")
        if isinstance(outcome, Retry):
            due = now + round(1000 * wait)
            self._restate(action, "waiting", attempts=attempts, due=due, reason=outcome.reason)
            return []
        done = isinstance(outcome, Done)
        reason = outcome.reason if isinstance(outcome, Failed) else ""
        self._restate(action, "done" if done else "failed", attempts=attempts, reason=reason)
        event: dict[str, Any] = {"id": f"result@{action.key}", "type": "action.result", "key": action.key}
        event |= {"ok": done, "do": ACTION.decode(action.body).do} | ({"reason": reason} if reason else {})
        if isinstance(outcome, Done) and outcome.message is not None:
            event["message"] = dict(outcome.message)
        return self.decide(self._own(action.community, event, now))

    def doubt(self, action: Outgoing, reason: str) -> None:
        """Note that the outcome of an action that must not be repeated is unknown."""
        community = self.communities[action.community]
        if action.key in community.open:
            self._in_doubt(community, action._replace(attempts=action.attempts + 1, reason=reason))

    def _in_doubt(self, community: Community, action: Outgoing) -> None:
        self.draft.settle(community, action._replace(status="doubtful"), self._wording)
        self.draft.note(community.id, self.clock(), "doubtful", key=action.key, do=action_of(action).do)

    def drop(self, action: Outgoing, reason: str) -> None:
        """Never perform an action."""
        self._restate(action, "dropped", reason=reason)

    def again(self, action: Outgoing) -> Outgoing | None:
        """Perform an action in doubt once more. Raises HubError if it is not in doubt."""
        if action.status != "doubtful":
            raise HubError(f"the action {action.key} is not in doubt: it is {action.status}", "not_doubtful", "key")
        return self._restate(action, "waiting", due=0)

    def pause(self, id: str, paused: bool) -> None:
        """Hold back all actions of a community, or release them; deciding goes on."""
        community = self.communities[id]
        community.head = community.head._replace(paused=paused)
        self.draft.touch(community)
        self.draft.note(id, self.clock(), "paused" if paused else "resumed")

    def act(self, id: str, actions: Iterable[Action], by: str, reason: str = "") -> None:
        """Queue somebody's actions like those that were decided."""
        community, now = self.communities[id], self.clock()
        for action in actions:
            self.draft.act(community, action, now)
            about = {"who": action.who} if action.who else {}
            self.draft.note(id, now, "by_hand", by=by, do=action.do, key=action.key, reason=reason, **about)

    def open(self, id: str) -> list[Outgoing]:
        """Return a community's actions without a final outcome, in order."""
        return sorted(self.communities[id].open.values(), key=lambda action: action.number)

    def known(self, id: str, key: str) -> Outgoing:
        """Return an unfinished action. Raises HubError if there is none under this key."""
        outgoing = self.communities[id].open.get(key)
        if outgoing is None:
            reason = f"no action of {id} waits under the key {key}: it has an end already, or never was"
            raise HubError(reason, "no_action", "key")
        return outgoing

    def forget(self, id: str, member: str) -> dict[str, int]:
        """Erase a person from a community's memory; return how many rows of each space were deleted."""
        community = self.communities[id]
        erased = community.engine.forget(member, id)
        if erased:
            self.draft.touch(community)
        return erased

    def forget_actions(self, id: str, keys: Collection[str]) -> None:
        """Drop those of these actions that are unfinished."""
        for action in self.open(id):
            if action.key in keys:
                self.drop(action, "the person was forgotten")

    def what_if(self, id: str, event: Any, candidate: Edition | None = None) -> list[Decision]:
        """Return what an event would lead to now, or under a candidate; nothing changes."""
        community, now = self.communities[id], self.clock()
        apart = (candidate or community.edition).engine.sibling()
        apart.adopt(id, community.rows(), community.engine.shapes)
        arrived = arrival(event, now)
        if isinstance(arrived, Stray):
            return [Decision(trigger="rejected", rulebook=apart.name, rejected=arrived.rejection)]
        return apart.feed(arrived.line)

    def _restate(self, action: Outgoing, status: Status, **changes: Any) -> Outgoing | None:
        community = self.communities[action.community]
        known = community.open.get(action.key)
        if known is None:
            return None
        changed = known._replace(status=status, **changes)
        self.draft.settle(community, changed, GONE if self._outlasted(changed) else self._wording)
        return changed

    def _outlasted(self, action: Outgoing) -> bool:
        """Whether its texts have expired, or will within an hour: the purge may not see it again."""
        return self._texts_for is not None and action.at < self.clock() - self._texts_for + HOUR

    # --- keeping --------------------------------------------------------------------------------

    def close(self) -> Batch | None:
        """Return what to commit now, None if nothing; what follows goes into another batch."""
        draft, now = self.draft, self.clock()
        for community in draft.communities.values():
            community.used = now
        if not (draft.communities or draft.batch.entries or draft.batch.notes or draft.batch.sources):
            return None
        for edition in {community.edition.name: community.edition for community in draft.communities.values()}.values():
            if edition.name not in self._installed:
                draft.install(edition.record(now))
        batch = draft.close()
        self.draft = Draft(self._wording)
        return batch

    def kept(self, batch: Batch) -> None:
        """Note that a batch is committed; its actions may be performed."""
        self._installed |= {plan.digest for plan in batch.plans}
        for head in batch.heads:
            community = self.communities.get(head.community)
            if community is not None:
                community.kept = head

    def abandon(self, batch: Batch | None = None, spoilt: Iterable[str] = ()) -> list[str]:
        """Discard what was decided in a batch that can't be committed, since then, and in `spoilt` communities.

        Returns those that must be brought in again, because they have waiting actions.
        """
        touched = {*self.draft.communities, *spoilt}
        if batch is not None:
            touched |= {head.community for head in batch.heads}
        self.draft = Draft(self._wording)
        waiting = [id for id in sorted(touched) if id in self.communities and self.communities[id].open]
        self.release(touched)
        return waiting


def action_of(outgoing: Outgoing) -> Action:
    """Return the action to be performed."""
    return ACTION.decode(outgoing.body)


def refusal(error: Exception) -> HubError:
    """Return an error for the caller."""
    return error if isinstance(error, HubError) else HubError(f"{type(error).__name__}: {error}", "defect")


def _id(line: bytes) -> str:
    try:
        return str(msgspec.json.decode(line).get("id", ""))
    except (msgspec.MsgspecError, UnicodeError, AttributeError):
        return ""
