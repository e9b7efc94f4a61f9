"""Approval: effects that wait until enough people with a role agree.

A firing rule with `approval` asks by a `request_approval` action and stores its effects, fully worked out, messages
rendered. With `batch` all subjects of one run of a schedule wait in one request, otherwise each in its own. The
request's id is made like an action's key, from partition, cause and rule.

Answers come in as `approval.given` and `approval.refused`. An answer counts if its member has the role (as the event
says, else the roster), is not the bot, and is nobody whom the case is about: whoever would be acted on, at once or
later, whose labels or balance would change, the subject; if that is nobody, the actor of the event. The same member
counts once. Enough approvals release what was held; one refusal, or the time running out, asks the rules on refusal
instead (about the same event, which they also see as the start). Either is a separate decision. Answers that do not
count are noted.

With `recheck` the guard is asked again before anything is released, about the same event and subject on the state as it
is then; cases for which it no longer holds are overtaken and dropped, with a note.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from groundrules.decisions import Note
from groundrules.plan import ir
from groundrules.reference import actions
from groundrules.reference.effects import Outcome
from groundrules.reference.scope import Json, Scope, walk
from groundrules.reference.values import evaluate

if TYPE_CHECKING:
    from groundrules.reference.decide import Firing, Occasion
    from groundrules.reference.partition import Partition

ANSWERS = ("approval.given", "approval.refused")


@dataclass(frozen=True)
class Case:
    """What one firing would do: the scope it was made in, whom it is about, its effects."""

    scope: Scope
    about: tuple[str, ...]
    outcome: Outcome

    def scene(self, now: int) -> Scope:
        """The same scope at `now`, with the same lots; the event also stands for the start."""
        start = self.scope.event if self.scope.start is None else self.scope.start
        return replace(self.scope, now=now, start=start, matched=(), began=self.scope.now)

    def holds(self, rule: ir.Rule, now: int) -> bool:
        """Ask the guard again."""
        scope = self.scene(now)
        return evaluate(rule.when, scope) is True and (rule.unless is None or evaluate(rule.unless, scope) is not True)


@dataclass
class Request:
    """A pending request: the rule behind it, until when, who approved, what is held."""

    id: str
    rule: ir.Rule
    expires: int
    cases: list[Case]
    approved: set[str]


class Approvals:
    """The pending requests of one partition."""

    def __init__(self) -> None:
        self.standing: dict[str, Request] = {}

    def requests(self, partition: Partition, occasion: Occasion, held: list[Firing]) -> list[actions.Wish]:
        """Store what is held; the actions that ask for its approval."""
        parts: dict[tuple[str, str], list[Firing]] = {}
        for firing in held:
            assert firing.rule.approval is not None
            part = "" if firing.rule.approval.batch else firing.scope.subject or ""
            parts.setdefault((firing.rule.id, part), []).append(firing)
        return [self.ask(partition, occasion, part, firings) for (_, part), firings in parts.items()]

    def ask(self, partition: Partition, occasion: Occasion, part: str, firings: list[Firing]) -> actions.Wish:
        """Store some firings of one rule; the action that asks for their approval."""
        rule = firings[0].rule
        occurrence = f"{occasion.occurrence}:{part}" if part else occasion.occurrence
        return self.stand(partition, occurrence, rule, [case_of(partition, firing) for firing in firings])

    def stand(self, partition: Partition, occurrence: str, rule: ir.Rule, cases: list[Case]) -> actions.Wish:
        """Store a request; the action that makes it."""
        approval = rule.approval
        assert approval is not None
        id = actions.hashed([partition.id, occurrence, rule.id])
        self.standing[id] = Request(id, rule, partition.now + approval.within, cases, set())
        parameters = {
            "request": id,
            "role": list(approval.by),
            "approvals": approval.approvals,
            "within": approval.within,
            "rule": rule.id,
            "actions": [as_parameter(wish) for case in cases for wish in case.outcome.wishes],
        }
        return actions.Wish("request_approval", None, parameters, (rule.id,))

    def ask_for(
        self, partition: Partition, occasion: Occasion, rule: ir.Rule, wishes: list[actions.Wish]
    ) -> actions.Wish:
        """Store actions that a brake holds back; the action that asks for their approval."""
        scope = Scope(partition, partition.now, occasion.event)
        outcome = Outcome(wishes)
        return self.stand(
            partition, occasion.occurrence, rule, [Case(scope, about(partition, scope, outcome), outcome)]
        )

    def approve(self, request: Request, member: str) -> bool:
        """Count an approval; whether there are enough now, the request then being closed."""
        assert request.rule.approval is not None
        request.approved.add(member)
        enough = len(request.approved) >= request.rule.approval.approvals
        if enough:
            del self.standing[request.id]
        return enough


def case_of(partition: Partition, firing: Firing) -> Case:
    outcome = firing.finish()
    return Case(firing.scope, about(partition, firing.scope, outcome), outcome)


def about(partition: Partition, scope: Scope, outcome: Outcome) -> tuple[str, ...]:
    """The members whom a case is about."""
    wishes = [*outcome.wishes, *(ask.wish for ask in outcome.later)]
    targets = {w.who for w in wishes if w.who and actions.specification(partition.plan, w.do).target == "member"}
    targets |= {ask.on for ask in outcome.labels if ask.entity == "member"}
    targets |= {ask.who for ask in outcome.asks if partition.ledgers.definitions[ask.ledger].per == "member"}
    targets |= {scope.subject} if scope.subject is not None else set()
    actor = walk(scope.event, ("actor", "id"))
    return tuple(sorted(targets or ({actor} if actor is not None else set())))


def as_parameter(wish: actions.Wish) -> dict[str, Any]:
    """A wish as the request shows it: what would be done to whom."""
    who = {} if wish.who is None else {"who": wish.who}
    return {"do": wish.do, **who, **dict(sorted(wish.parameters.items()))}


def objection(partition: Partition, request: Request, event: Json) -> str | None:
    """Why an answer does not count, or None if it does."""
    actor = event["actor"]
    roles = partition.roster.roles(actor, partition.now)
    assert request.rule.approval is not None
    if actor.get("self") is True:
        return "own_act"
    if not any(role in roles for role in request.rule.approval.by):
        return "lacks_role"
    return "own_case" if any(actor["id"] in case.about for case in request.cases) else None


def note(kind: str, request: Request, **detail: Any) -> Note:
    return Note(kind=kind, subject=request.id, detail={"rule": request.rule.id, **detail})
