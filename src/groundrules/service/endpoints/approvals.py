"""What waits to be approved, and the answers: events of the language, so that the rulebook says who may give them."""

from __future__ import annotations

import secrets
import time

import msgspec
from msgspec import UNSET

from groundrules.calendar.instants import format_ms
from groundrules.runtime.core import Core
from groundrules.service import messages
from groundrules.service.endpoint import JSON, Ask, Endpoint
from groundrules.service.endpoints.common import kept, valid
from groundrules.service.problems import not_found

MOST = 1000


async def get(ask: Ask) -> messages.Approvals:
    """Return the requests that wait for an answer, in one community or in all of them."""
    approvals: list[messages.Approval] = []
    for id in await _asked(ask):
        approvals += await ask.service.hub.do(id, lambda core, id=id: _waiting(core, id))  # type: ignore[misc]
        if len(approvals) >= MOST:
            break
    return messages.Approvals(approvals[:MOST])


async def _asked(ask: Ask) -> list[str]:
    """Return the communities to look into: a request has an end, so that something is due where one waits."""
    if ask.query.community is not None:
        return [(await kept(ask, ask.query.community)).community]
    ids: list[str] = []
    after = ""
    while heads := await ask.service.hub.communities(after):
        ids += [head.community for head in heads if head.due is not None]
        after = heads[-1].community
    return ids


def _waiting(core: Core, community: str) -> list[messages.Approval]:
    standing = core.communities[community].engine.standing(community)
    return [
        messages.Approval(
            request.id,
            community,
            list(request.actions),
            request.rule,
            format_ms(request.expires),
            list(request.approved),
            request.needed,
        )
        for request in standing
    ]


async def answer(ask: Ask) -> messages.Decided:
    """Answer a request in the name of `by`; whether that person may, the rulebook decides."""
    request, body = ask.path("id"), ask.body
    await kept(ask, body.community)
    decisions = valid(await ask.service.hub.handle(_event(request, body)))
    if any(note.kind == "approval_unknown" for decision in decisions for note in decision.notes):
        raise not_found(f"no request {request} waits in {body.community}", "path.id")
    return messages.Decided(decisions)


def _event(request: str, body: messages.ApprovalAnswer) -> bytes:
    event = {
        "id": f"approval:{secrets.token_hex(12)}",
        "type": f"approval.{body.answer}",
        "time": format_ms(time.time_ns() // 1_000_000),
        "community": {"id": body.community},
        "actor": body.by,
        "request": request,
    }
    if body.reason is not UNSET:
        event["reason"] = body.reason
    return msgspec.json.encode(event)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/approvals",
        "observe",
        get,
        {JSON: messages.Approvals},
        query=messages.SomeCommunity,
        refuses=(404, 503),
    ),
    Endpoint(
        "POST",
        "/v1/approvals/{id}",
        "moderate",
        answer,
        {JSON: messages.Decided},
        body=messages.ApprovalAnswer,
        refuses=(404, 409, 422, 503),
    ),
)
