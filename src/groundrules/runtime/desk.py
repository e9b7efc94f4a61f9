"""What moderators do by hand: claim what is waiting, undo mistakes, explain a decision to somebody.

Nothing here decides. Balances move by an event, `measure.undone`, like everything the rules remember; the action that
undoes another goes into the outbox under a key derived from the original's, so that it is done once however often
somebody asks. A note names whoever asked.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, NamedTuple

import msgspec

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Action, Decision
from groundrules.plan import ir
from groundrules.runtime.arrivals import located
from groundrules.runtime.core import Core
from groundrules.stores import Store
from groundrules.stores.records import Query
from groundrules.time_units import DAY, MINUTE
from groundrules.types.catalog import shipped_catalog

USUAL = 7 * DAY
"""Time within which actions can be undone, if no ladder of the rulebook says how long appeals are possible."""
CLAIMED_FOR = 30 * MINUTE
DECIDED = frozenset({"accept", "refuse"})
"""Actions that answer a request: the opposite answer doesn't undo them."""
NEIGHBOURS = 32
"""How many decisions on both sides are searched for those of the same event."""

_decision = msgspec.json.Decoder(Decision).decode


class Claim(NamedTuple):
    """Who is handling something that waits, and since when (ms)."""

    by: str
    at: int


class Reversal(NamedTuple):
    """An action, its status, and what undoes it (None if nothing does). `over`: that was already requested."""

    action: Action
    status: str
    undone_by: Action | None
    over: bool = False


class Undoing(NamedTuple):
    """What undoing a decision involves: actions, and (ledger, member, amount) for each balance that moves.

    until: how long it is possible (ms). over: it was already undone.
    """

    actions: tuple[Reversal, ...]
    balances: tuple[tuple[str, str, int], ...]
    until: int
    over: bool = False

    @property
    def anything(self) -> bool:
        """Whether anything can be undone."""
        undone = any(
            not action.over and (action.undone_by is not None or action.status == "waiting") for action in self.actions
        )
        return undone or bool(self.balances)


class Desk:
    """What moderators of a hub do by hand. `do` does something in a community, `read` reads off the loop."""

    def __init__(
        self,
        core: Core,
        store: Store,
        do: Callable[[str, Callable[[Core], Any]], Coroutine[Any, Any, Any]],
        read: Callable[[Callable[[], Any]], Coroutine[Any, Any, Any]],
        handle: Callable[[bytes], Coroutine[Any, Any, list[Decision]]],
    ) -> None:
        self._core = core
        self._store = store
        self._do = do
        self._read = read
        self._handle = handle
        self._claiming = asyncio.Lock()
        self._acting = asyncio.Lock()

    # --- claims ---------------------------------------------------------------------------------

    async def claims(self, community: str) -> dict[str, Claim]:
        """Return who is handling what in a community; a claim holds for half an hour."""
        return _standing(await self._claims(community), self._core.clock())

    async def claim(self, community: str, case: str, by: str, anyhow: bool = False) -> Claim:
        """Claim something that waits; return whose it is now, somebody else's if they were first.

        anyhow: take it over in any case.
        """

        def change(claims: dict[str, Claim], now: int) -> Claim:
            held = claims.get(case)
            if held is None or held.by == by or anyhow:
                claims[case] = Claim(by, now)
            return claims[case]

        claim: Claim = await self._change_claims(community, change)
        return claim

    async def let_go(self, community: str, case: str) -> None:
        """Give a claim up, so that somebody else can have it."""
        await self._change_claims(community, lambda claims, now: claims.pop(case, None))

    async def forget(self, community: str, member: str) -> None:
        """Drop the claims of a person being forgotten."""
        if any(claim.by == member for claim in (await self._claims(community)).values()):
            await self._change_claims(community, lambda claims, now: _let_go_of(claims, member))

    async def _claims(self, community: str) -> dict[str, Claim]:
        """Return all claims, including expired ones."""
        kept = await self._read(lambda: self._store.source(_claims_of(community)))
        return msgspec.json.decode(kept, type=dict[str, Claim]) if kept else {}

    async def _change_claims(self, community: str, change: Callable[[dict[str, Claim], int], Any]) -> Any:
        async with self._claiming:
            claims = _standing(await self._claims(community), self._core.clock())

            def go(core: Core) -> Any:
                answer = change(claims, core.clock())
                core.touch(community)
                core.reached(_claims_of(community), msgspec.json.encode(claims))
                return answer

            return await self._do(community, go)

    # --- acting ---------------------------------------------------------------------------------

    async def tell(self, community: str, member: str, text: str, by: str, about: str) -> None:
        """Write to a member, once per thing it is `about`."""
        parameters = {"to": member, "text": {"": text}}
        await self.act(
            community, [Action(do="send", parameters=parameters, key=_key(community, "tell", about), rules=())], by
        )

    async def act(self, community: str, actions: Iterable[Action], by: str, reason: str = "") -> int:
        """Queue actions except those whose key already exists; return how many those were."""
        async with self._acting:  # nobody else checks whether they exist until they are committed
            new = []
            for action in actions:
                if await self._read(partial(self._store.action, community, action.key)) is None:
                    new.append(action)
            if new:
                await self._do(community, lambda core: core.act(community, new, by, reason))
            return len(new)

    # --- taking back ----------------------------------------------------------------------------

    async def undoing(self, community: str, position: int) -> Undoing | None:
        """Return what undoing a decision, and the others of its event, would involve; None if there is none."""
        decisions, at = await self._read(partial(self._together, community, position))
        if not decisions:
            return None
        plan: ir.Plan = await self._do(community, lambda core: core.communities[community].edition.compiled.plan)
        until = at + max((ladder.appeal.within for ladder in plan.ladders if ladder.appeal), default=USUAL)
        actions = await self.reversals(community, [action for decision in decisions for action in decision.actions])
        moved = _moved(decisions, {ledger.id for ledger in plan.ledgers if ledger.per == "member"})
        balances = tuple((ledger, who, amount) for who, changes in moved.items() for ledger, amount in changes.items())
        over = await self._read(lambda: any(self._is_over(community, position, who) for who in moved))
        return Undoing(tuple(actions), () if over else balances, until, over)

    async def undo(self, community: str, position: int, by: str, reason: str = "") -> Undoing | None:
        """Undo a decision and the others of its event; return what that involved.

        Actions not yet begun are dropped, others are reversed by their opposite; balances move back. None if there is
        no such decision, it is too late, it was already undone, or it concerns the person asking.
        """
        undoing = await self.undoing(community, position)
        if undoing is None or undoing.over or not undoing.anything or self._core.clock() > undoing.until:
            return None
        moved: dict[str, dict[str, int]] = {
            str(reversal.action.who): {} for reversal in undoing.actions if _is_on_member(reversal.action)
        }
        for ledger, who, amount in undoing.balances:
            moved.setdefault(who, {})[ledger] = amount
        if by in moved:
            return None
        await self.reverse(community, undoing.actions, by, reason)
        keys = [reversal.action.key for reversal in undoing.actions]
        for who, changes in moved.items():
            await self._handle(self._undone(community, position, by, reason, who, keys, changes))
        return undoing

    async def reverse(self, community: str, reversals: Iterable[Reversal], by: str, reason: str = "") -> None:
        """Undo actions on the platform, where possible."""
        opposite = []
        for reversal in reversals:
            if reversal.status == "waiting":
                await self._do(community, partial(_drop, community=community, key=reversal.action.key, by=by))
            elif reversal.undone_by is not None and not reversal.over:
                opposite.append(reversal.undone_by)
        await self.act(community, opposite, by, reason)

    async def reversals(self, community: str, actions: Iterable[Action]) -> list[Reversal]:
        """Return each action's status, and what would undo it."""
        return [await self._read(partial(self._reversal, community, action)) for action in actions]

    def _reversal(self, community: str, action: Action) -> Reversal:
        kept = self._store.action(community, action.key)
        status = "dropped" if kept is None else kept.status
        if status in ("failed", "dropped"):
            return Reversal(action, status, None)
        key = _key(community, "undo", action.key)
        return Reversal(action, status, _opposite(action, key), self._store.action(community, key) is not None)

    def _together(self, community: str, position: int) -> tuple[list[Decision], int]:
        """Return all decisions of the event that one belongs to, and when it was decided (ms)."""
        store = self._store
        behind = store.decisions(Query(community=community, after=position - 1, limit=NEIGHBOURS))
        if not behind or behind[0].position != position:
            return [], 0
        before = store.decisions(Query(community=community, before=position, limit=NEIGHBOURS))
        first = _decision(behind[0].body)
        decoded = [_decision(other.body) for other in (*reversed(before), *behind)]
        return [other for other in decoded if (other.seq, other.event) == (first.seq, first.event)], behind[0].at

    def _is_over(self, community: str, position: int, who: str) -> bool:
        after, name = position, _undone_id(position, who)
        while page := self._store.decisions(Query(community=community, member=who, after=after, limit=500)):
            if any(name.encode() in entry.body and _decision(entry.body).event == name for entry in page):
                return True
            after = page[-1].position
        return False

    def _undone(
        self, community: str, position: int, by: str, reason: str, who: str, keys: list[str], changes: dict[str, int]
    ) -> bytes:
        event: dict[str, Any] = {
            "id": _undone_id(position, who),
            "type": "measure.undone",
            "time": format_ms(self._core.clock()),
            **located(self._core.communities[community].edition.compiled.plan.partition, community),
            "actor": {"id": by},
            "target": {"id": who},
            "actions": keys,
            "changes": [{"ledger": ledger, "amount": amount} for ledger, amount in changes.items()],
        }
        return msgspec.json.encode(event | ({"reason": reason} if reason else {}))


def _moved(decisions: Iterable[Decision], personal: set[str]) -> dict[str, dict[str, int]]:
    """Return how balances must move to cancel what decisions moved, by member and ledger."""
    moved: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for change in (change for decision in decisions for change in decision.ledgers):
        if change.ledger in personal:
            moved[change.who][change.ledger] += change.before - change.after
    kept = {who: {ledger: amount for ledger, amount in changes.items() if amount} for who, changes in moved.items()}
    return {who: changes for who, changes in kept.items() if changes}


def _is_on_member(action: Action) -> bool:
    known = shipped_catalog().action(action.do)
    return action.who is not None and known is not None and known.target is not None and known.target.kind == "member"


def _opposite(action: Action, key: str) -> Action | None:
    """Return what undoes an action; None if nothing does, or its parameters are unknown."""
    catalog = shipped_catalog()
    known = catalog.action(action.do)
    if known is None or action.do in DECIDED:
        return None
    for name in sorted(known.opposes):
        opposite = catalog.action(name)
        if opposite is not None:
            parameters = {
                parameter: action.parameters[parameter]
                for parameter in opposite.parameters
                if parameter in action.parameters
            }
            if set(opposite.schema.get("required", ())) <= set(parameters):
                return Action(do=name, who=action.who, parameters=parameters, key=key, rules=action.rules)
    return None


def _undone_id(position: int, who: str) -> str:
    return f"undo:{position}:{hashlib.sha256(who.encode()).hexdigest()[:16]}"


def _drop(core: Core, community: str, key: str, by: str) -> None:
    """Drop an action not yet begun."""
    known = core.communities[community].open.get(key)
    if known is not None and known.status == "waiting":
        core.drop(known, f"taken back by {by}")


def _claims_of(community: str) -> str:
    return f"claims {community}"


def _standing(claims: dict[str, Claim], now: int) -> dict[str, Claim]:
    return {case: claim for case, claim in claims.items() if now - claim.at < CLAIMED_FOR}


def _let_go_of(claims: dict[str, Claim], member: str) -> None:
    for case in [case for case, claim in claims.items() if claim.by == member]:
        del claims[case]


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
