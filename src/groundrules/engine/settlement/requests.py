"""Approval: effects that wait until enough people with a role agree.

A firing rule with `approval` asks by a `request_approval` action and stores its effects, fully worked out. Answers come
as `approval.given` and `approval.refused`. They count if the member has the role, is nobody whom the case is about
(whoever would be acted on, at once or later, whose labels or balance would change, the subject; if that is nobody, the
actor of the event), and is not the bot. The same member counts once. Enough approvals release what was held, as a
separate decision after the approving event's; one refusal, or the time running out, asks the rules on refusal instead.

With `recheck` the guard is asked again first, about the same event and subject on the current state; cases for which it
no longer holds are overtaken and dropped. With `batch` all subjects of one run of a schedule wait in one request.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from groundrules.decisions import Note
from groundrules.engine.codegen.total import reach
from groundrules.engine.compiled_rules import RuleCode
from groundrules.engine.evaluation.actions import Wish, plain, request_id
from groundrules.engine.evaluation.effects import Outcome
from groundrules.engine.intake.decode import to_plain
from groundrules.engine.program import Program
from groundrules.engine.readings import PartitionReadings
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope

APPROVAL = "approval"


class Case(msgspec.Struct, array_like=True):
    """What one firing would do: its subject, its event and start event as JSON, whom it is about, its effects, when.

    `done` are the items of its path that had happened then.
    """

    subject: str | None
    event: bytes | None
    start: bytes | None
    about: list[str]
    outcome: Outcome
    at: int | None = None
    done: tuple[str, ...] = ()


class Request(msgspec.Struct, array_like=True):
    """A pending request: the rule behind it, until when (ms), who approved, what is held."""

    id: str
    rule: str
    expires: int
    approved: list[str]
    cases: list[Case]


_request = msgspec.msgpack.Decoder(Request)


def ask(
    program: Program,
    partition: Partition,
    code: RuleCode,
    occurrence: str,
    e: Any,
    firings: Sequence[tuple[Scope, Outcome]],
) -> Wish:
    """Store effects; return the action that asks for their approval."""
    approval = code.rule.approval
    assert approval is not None
    id = request_id(partition.id, occurrence, code.id)
    cases = [_case(program, e, x, outcome) for x, outcome in firings]
    _store(partition, Request(id, code.id, partition.now + approval.within, [], cases))
    parameters = {
        "request": id,
        "role": list(approval.by),
        "approvals": approval.approvals,
        "within": approval.within,
        "rule": code.id,
        "actions": [plain(wish) for case in cases for wish in case.outcome.wishes],
    }
    return Wish("request_approval", None, parameters, (code.id,))


def _case(program: Program, e: Any, x: Scope, outcome: Outcome) -> Case:
    wishes = [*outcome.wishes, *(ask.wish for ask in outcome.later)]
    about = {wish.who for wish in wishes if wish.who and program.combiner.spec(wish.do).target == "member"}
    about |= {ask.on for ask in outcome.labels if ask.entity == "member"}
    about |= {ask.who for ask in outcome.asks if program.ledgers[ask.ledger].per == "member"}
    if x.subject is not None:
        about.add(x.subject)
    actor = reach(e, ("actor", "id"))
    if not about and actor is not None:
        about.add(actor)
    return Case(x.subject, _json(e), _json(x.start), sorted(about), outcome, x.now, tuple(x.done))


def _json(event: Any) -> bytes | None:
    return None if event is None else msgspec.json.encode(to_plain(event))


def _store(partition: Partition, request: Request) -> None:
    partition.space(APPROVAL).put(request.id, msgspec.msgpack.encode(request), partition.now)
    partition.timers.arm(APPROVAL, request.rule, request.id, request.expires)


def find(partition: Partition, id: str) -> Request | None:
    """Return a pending request, or None."""
    row = partition.space(APPROVAL).get(id)
    return _request.decode(row) if row else None


def standing(partition: Partition) -> list[Request]:
    """Return all pending requests, by id."""
    return [_request.decode(row) for _, row in sorted(partition.space(APPROVAL).items())]


def close(partition: Partition, request: Request) -> None:
    """Forget a request and its timer."""
    partition.space(APPROVAL).drop(request.id)
    partition.timers.arm(APPROVAL, request.rule, request.id, None)


# --- answers ------------------------------------------------------------------------------------


def roles_of(readings: PartitionReadings, e: Any) -> Sequence[str]:
    """Return the roles of the event's actor: what the event says, else the roster."""
    roles = reach(e, ("actor", "roles"))
    actor = reach(e, ("actor", "id"))
    if roles is None and actor is not None:
        roles = readings.fact("member", actor, "roles")
    return roles or ()


def objection(program: Program, readings: PartitionReadings, request: Request, e: Any) -> str | None:
    """Say why an answer does not count, or None if it does."""
    approval = program.rules[request.rule].rule.approval
    actor = reach(e, ("actor", "id"))
    if reach(e, ("actor", "self")) is True:
        return "own_act"
    if approval is None or set(approval.by).isdisjoint(roles_of(readings, e)):
        return "lacks_role"
    if any(actor in case.about for case in request.cases):
        return "own_case"
    return None


def approve(program: Program, partition: Partition, request: Request, member: str) -> bool:
    """Count an approval; return whether there are enough now, the request then being closed."""
    approval = program.rules[request.rule].rule.approval
    assert approval is not None
    request.approved = sorted({*request.approved, member})
    if len(request.approved) >= approval.approvals:
        close(partition, request)
        return True
    _store(partition, request)
    return False


def still_holds(program: Program, readings: PartitionReadings, code: RuleCode, case: Case, now: int) -> bool:
    """Ask the guard of a case again."""
    e, x = scene(program, readings, case, now)
    return bool(code.when.true(e, x)) and not (code.unless is not None and code.unless.true(e, x))


def scene(program: Program, readings: PartitionReadings, case: Case, now: int) -> tuple[Any, Scope]:
    """Return the event and the scope of a case at `now`, with the same lots; its event also stands for the start."""
    e = None if case.event is None else program.decoder.decode(case.event)
    start = e if case.start is None else program.decoder.decode(case.start)
    x = Scope(now, readings, start, case.subject)
    x.began, x.done = case.at, case.done
    return e, x


def note(kind: str, request: Request, **detail: Any) -> Note:
    """Return a note about a request."""
    return Note(kind=kind, subject=request.id, detail={"rule": request.rule, **detail})
