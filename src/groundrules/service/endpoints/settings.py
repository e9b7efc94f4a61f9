"""What a community has set for its rulebook's parameters, how its lists have changed, and how a person is forgotten."""

from __future__ import annotations

import msgspec

from groundrules.service import messages
from groundrules.service.endpoint import JSON, Ask, Endpoint
from groundrules.service.endpoints.common import kept, whose


async def get(ask: Ask) -> messages.SettingsNow:
    """Return what a community has set, and what can be set."""
    hub, community = ask.service.hub, (await kept(ask, ask.path("community"))).community
    return messages.SettingsNow(await hub.settings(community), await hub.settings_schema(community, ask.query.lang))


async def put(ask: Ask) -> messages.SettingsChanged:
    """Put values for parameters in force, or say with `dry_run` what they would have come to."""
    hub, community, values = ask.service.hub, ask.path("community"), ask.body.values
    if ask.query.dry_run:
        report = await hub.preview(community, values, ask.query.days)
        return messages.SettingsChanged(await hub.settings(community), msgspec.to_builtins(report))
    await hub.change(community, values, whose(ask))
    return messages.SettingsChanged(await hub.settings(community))


async def lists(ask: Ask) -> messages.Lists:
    """Return how the lists that change differ from the rulebook; `groundrules lists` writes that into its files."""
    community = (await kept(ask, ask.path("community"))).community
    changes = await ask.service.hub.list_changes(community)
    return messages.Lists({name: messages.ListChange([*it.added], [*it.removed]) for name, it in changes.items()})


async def forget(ask: Ask) -> messages.Forgotten:
    """Erase a person from state, events, log and outbox of all communities."""
    return messages.Forgotten(await ask.service.hub.forget(ask.path("member")))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/communities/{community}/settings",
        "observe",
        get,
        {JSON: messages.SettingsNow},
        query=messages.Spoken,
        refuses=(404, 409, 503),
    ),
    Endpoint(
        "PUT",
        "/v1/communities/{community}/settings",
        "administer",
        put,
        {JSON: messages.SettingsChanged},
        query=messages.Trying,
        body=messages.NewSettings,
        refuses=(409, 503),
    ),
    Endpoint(
        "GET", "/v1/communities/{community}/lists", "observe", lists, {JSON: messages.Lists}, refuses=(404, 409, 503)
    ),
    Endpoint(
        "POST", "/v1/members/{member}/forget", "administer", forget, {JSON: messages.Forgotten}, refuses=(409, 503)
    ),
)
