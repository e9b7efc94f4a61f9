"""The log: every decision, by whom and what it concerns, and each in sentences."""

from __future__ import annotations

from typing import Any

import msgspec

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Decision
from groundrules.runtime import HubError
from groundrules.service import messages
from groundrules.service.endpoint import JSON, Ask, Endpoint
from groundrules.service.problems import ProblemError, not_found
from groundrules.stores.records import Logged, Query

FAR = 1 << 53


async def get(ask: Ask) -> messages.Log:
    """Return decisions of the log, the oldest first behind `after`, or the newest first with `newest` or `before`."""
    query = ask.query
    before = FAR if query.newest and query.before is None else query.before
    wanted = Query(query.community, query.member, query.rule, query.channel, query.after, before, query.limit)
    entries = await ask.service.hub.decisions(wanted)
    return messages.Log(
        [_logged(entry) for entry in entries], entries[-1].position if len(entries) == query.limit else None
    )


def _logged(entry: Logged) -> messages.Logged:
    decision: Any = msgspec.Raw(entry.body)
    return messages.Logged(entry.position, entry.community, format_ms(entry.at), decision)


async def explain(ask: Ask) -> messages.Explained:
    """Say what happened and why, in sentences."""
    position, hub, lang = _number(ask.path("id")), ask.service.hub, ask.query.lang
    entries = await hub.decisions(Query(after=position - 1, limit=1))
    if not entries or entries[0].position != position:
        raise not_found(f"there is no decision {position}", "path.id")
    decision = msgspec.json.decode(entries[0].body, type=Decision)
    return messages.Explained(lang, decision.explain(lang, await _actions(ask, entries[0].community)))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise not_found("a decision's id is its number in the log", "path.id")
    return int(text)


async def _actions(ask: Ask, community: str) -> tuple[Any, ...]:
    """Return the actions of the rulebook that runs a community, which know how a rulebook's own actions are told."""
    if not community:
        return ()
    try:
        return await ask.service.hub.do(
            community, lambda core: core.communities[community].edition.compiled.plan.actions
        )
    except HubError as error:
        raise ProblemError(409, "refused", str(error)) from None


ENDPOINTS = (
    Endpoint("GET", "/v1/decisions", "observe", get, {JSON: messages.Log}, query=messages.Which, refuses=(503,)),
    Endpoint(
        "GET",
        "/v1/decisions/{id}/explain",
        "observe",
        explain,
        {JSON: messages.Explained},
        query=messages.Spoken,
        refuses=(404, 409, 503),
    ),
)
