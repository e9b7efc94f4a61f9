"""Communities: which there are, how each stands, and the brake."""

from __future__ import annotations

from groundrules.calendar.instants import format_ms
from groundrules.service import messages
from groundrules.service.endpoint import JSON, Ask, Endpoint
from groundrules.service.endpoints.common import kept
from groundrules.stores.records import Head


async def get(ask: Ask) -> messages.Communities:
    """Return the communities that are known."""
    heads = await ask.service.hub.communities(ask.query.after, ask.query.limit)
    return messages.Communities(
        [_state(head) for head in heads], heads[-1].community if len(heads) == ask.query.limit else None
    )


async def state(ask: Ask) -> messages.CommunityState:
    """Return how a community stands."""
    return _state(await kept(ask, ask.path("community")))


def _state(head: Head) -> messages.CommunityState:
    due = None if head.due is None else format_ms(head.due)
    return messages.CommunityState(head.community, head.plan, head.paused, head.number, due)


async def pause(ask: Ask) -> messages.CommunityState:
    """Hold all actions of a community back; deciding goes on."""
    community = (await kept(ask, ask.path("community"))).community
    await ask.service.hub.pause(community)
    return _state(await kept(ask, community))


async def resume(ask: Ask) -> messages.CommunityState:
    """Let the actions of a community go, or drop what was held back."""
    community = (await kept(ask, ask.path("community"))).community
    await ask.service.hub.resume(community, ask.body.drop)
    return _state(await kept(ask, community))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/communities",
        "observe",
        get,
        {JSON: messages.Communities},
        query=messages.CommunityPage,
        refuses=(503,),
    ),
    Endpoint(
        "POST",
        "/v1/communities/{community}/pause",
        "moderate",
        pause,
        {JSON: messages.CommunityState},
        refuses=(404, 409, 503),
    ),
    Endpoint(
        "POST",
        "/v1/communities/{community}/resume",
        "moderate",
        resume,
        {JSON: messages.CommunityState},
        body=messages.Resume,
        refuses=(404, 409, 503),
    ),
    Endpoint(
        "GET", "/v1/communities/{community}", "observe", state, {JSON: messages.CommunityState}, refuses=(404, 503)
    ),
)
