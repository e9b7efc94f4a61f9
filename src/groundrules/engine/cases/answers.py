"""Answers to requests for approval, and their consequences."""

from __future__ import annotations

from typing import Any

from groundrules.decisions import Cause, Note
from groundrules.engine.settlement import requests
from groundrules.engine.settlement.decide import Occasion, Room
from groundrules.engine.settlement.guards import Group
from groundrules.engine.settlement.requests import Request
from groundrules.plan import ir

TYPES = ("approval.given", "approval.refused")


def answered(room: Room, e: Any, occasion: Occasion) -> list[Occasion]:
    """Count an answer, adding notes to the event's `occasion`; return the decision that it causes, if any."""
    if e.type not in TYPES:
        return []
    request = requests.find(room.partition, e.request)
    if request is None or request.rule not in room.program.rules:
        occasion.notes.append(Note(kind="approval_unknown", subject=e.request))
        return []
    objection = requests.objection(room.program, room.readings, request, e)
    if objection is not None:
        occasion.notes.append(requests.note("approval_not_counted", request, why=objection))
        return []
    if e.type == "approval.refused":
        requests.close(room.partition, request)
        occasion.notes.append(requests.note("approval_refused", request, by=e.actor.id))
        return [refused(room, request, occasion.cause, [])]
    enough = requests.approve(room.program, room.partition, request, e.actor.id)
    occasion.notes.append(requests.note("approval_given", request, by=e.actor.id, count=len(request.approved)))
    return [_released(room, request, occasion.cause)] if enough else []


def _released(room: Room, request: Request, cause: Cause) -> Occasion:
    code = room.program.rules[request.rule]
    approval = code.rule.approval
    held, overtaken = request.cases, []
    if approval is not None and approval.recheck:
        now = room.partition.now
        held = [case for case in held if requests.still_holds(room.program, room.readings, code, case, now)]
        overtaken = [case for case in request.cases if case not in held]
    notes = [requests.note("approval_granted", request, by=", ".join(request.approved))]
    notes += [requests.note("approval_overtaken", request, subject=case.subject) for case in overtaken]
    outcomes = [case.outcome for case in held]
    return Occasion(
        [], _event(room, request), request.id, cause.then(code.id), outcomes=outcomes, notes=notes, released=True
    )


def refused(room: Room, request: Request, cause: Cause, notes: list[Note]) -> Occasion:
    """Return the occasion for a request that was refused or expired: its rules on refusal, once per case."""
    rules = room.program.on.get(ir.OnRefusal(request.rule), ())
    scenes = [requests.scene(room.program, room.readings, case, room.partition.now) for case in request.cases]
    groups: list[Group] = [(rules, x) for _, x in scenes]
    return Occasion(groups, _event(room, request), f"{request.id}/refused", cause.then(request.rule), notes=notes)


def _event(room: Room, request: Request) -> Any:
    """The event behind a request; the cases of a batch have none."""
    return requests.scene(room.program, room.readings, request.cases[0], room.partition.now)[0]
