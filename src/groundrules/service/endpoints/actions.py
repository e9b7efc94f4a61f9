"""The outbox, for bots: actions to perform, what became of them, and those in doubt."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
from starlette.responses import Response, StreamingResponse

from groundrules.calendar.instants import format_ms
from groundrules.runtime import Done, Failed, Outcome, Retry
from groundrules.runtime.core import action_of
from groundrules.service import messages
from groundrules.service.endpoint import EVENT_STREAM, JSON, Ask, Endpoint
from groundrules.service.feed import Handed
from groundrules.service.problems import ProblemError, not_found
from groundrules.stores.records import OPEN, Outgoing

HEARTBEAT = 15.0
"""Seconds after which an empty comment keeps a stream of events alive."""


async def get(ask: Ask) -> Response | messages.Actions:
    """Return actions to perform: those behind the cursor `after`, all that are open without one.

    With `wait` the answer comes when there is one, at the latest after so many seconds. To `Accept: text/event-stream`
    the answer is a stream of events that goes on; `Last-Event-ID` stands for `after`.
    """
    if EVENT_STREAM in ask.request.headers.get("accept", ""):
        return StreamingResponse(_events(ask), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"})
    handed, after = await _next(ask, ask.query.after, ask.query.wait)
    return messages.Actions([each.item for each in handed], after)


async def _next(ask: Ask, after: str, wait: float) -> tuple[list[Handed], str]:
    service = ask.service

    async def gone() -> bool:
        return service.stopping.is_set() or await ask.request.is_disconnected()

    return await service.feed.next(after, ask.query.community, ask.query.limit, wait, gone)


async def _events(ask: Ask) -> AsyncIterator[bytes]:
    after = ask.request.headers.get("last-event-id", ask.query.after)
    while not ask.service.stopping.is_set():
        handed, after = await _next(ask, after, HEARTBEAT)
        for each in handed:
            yield b"id: %b\nevent: action\ndata: %b\n\n" % (each.after.encode(), msgspec.json.encode(each.item))
        if not handed:
            yield b": still here\n\n"


async def result(ask: Ask) -> messages.Decided:
    """Say what became of an action, and return what its community decides on that.

    The same report may come again; another one about an action that has an end is refused with 409.
    """
    key, body = ask.path("key"), ask.body
    action = await _known(ask, key)
    if action.status not in OPEN:
        if action.status == body.outcome:
            return messages.Decided([])
        raise ProblemError(409, "ended", f"the action has an end already: {action.status}", "body.outcome")
    return messages.Decided(await ask.service.hub.report(body.community, key, _outcome(body)))


def _outcome(body: messages.Result) -> Outcome:
    if body.outcome == "done":
        return Done(body.message)
    return (
        Failed(body.reason)
        if body.outcome == "failed"
        else Retry(1.0 if body.after is None else body.after, body.reason)
    )


async def again(ask: Ask) -> messages.Health:
    """Have an action in doubt performed once more."""
    action = await _known(ask, ask.path("key"))
    if action.status != "doubtful":
        raise ProblemError(409, "not_doubtful", f"the action is not in doubt: {action.status}")
    await ask.service.hub.perform_again(action.community, action.key)
    return messages.Health(True)


async def _known(ask: Ask, key: str) -> Outgoing:
    outgoing = await ask.service.hub.action(ask.body.community, key)
    if outgoing is None:
        raise not_found(f"no action of {ask.body.community} has the key {key}", "path.key")
    return outgoing


async def doubtful(ask: Ask) -> messages.DoubtfulActions:
    """Return actions that must not be repeated and whose end nobody knows."""
    community = ask.query.community
    actions = await ask.service.hub.do(
        None,
        lambda core: [
            action
            for id, state in core.communities.items()
            if community in (None, id)
            for action in state.open.values()
            if action.status == "doubtful"
        ],
    )
    return messages.DoubtfulActions([_doubtful(action) for action in actions[:1000]])


def _doubtful(action: Outgoing) -> messages.Doubtful:
    return messages.Doubtful(action.community, action.reason, format_ms(action.at), action_of(action))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/actions",
        "bot",
        get,
        {JSON: messages.Actions, EVENT_STREAM: messages.ToPerform},
        query=messages.Feed,
        refuses=(503,),
    ),
    Endpoint(
        "POST",
        "/v1/actions/{key}/result",
        "bot",
        result,
        {JSON: messages.Decided},
        body=messages.Result,
        refuses=(404, 409, 503),
    ),
    Endpoint(
        "GET",
        "/v1/actions/doubtful",
        "observe",
        doubtful,
        {JSON: messages.DoubtfulActions},
        query=messages.SomeCommunity,
        refuses=(503,),
    ),
    Endpoint(
        "POST",
        "/v1/actions/{key}/again",
        "moderate",
        again,
        {JSON: messages.Health},
        body=messages.Community,
        refuses=(404, 409, 503),
    ),
)
