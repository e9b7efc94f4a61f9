"""The rulebook that runs, and how another version of it comes into force.

A rulebook is not uploaded: the one that is served is read again at its path, as the files are or as they stood at a
revision of git. It must lint and pass its own tests; else the one in force stays.
"""

from __future__ import annotations

import os
from typing import Any

import msgspec
from msgspec import UNSET
from starlette.responses import Response

from groundrules.runtime import HubError
from groundrules.runtime.books import Edition
from groundrules.runtime.core import Core
from groundrules.service import messages
from groundrules.service.endpoint import JSON, Ask, Endpoint
from groundrules.service.endpoints.common import kept, whose
from groundrules.service.problems import ProblemError
from groundrules.tools.revisions import spot


async def get(ask: Ask) -> Response:
    """Return the rulebook that runs; its `ETag` is for `If-Match`."""
    edition = await _running(ask)
    body = msgspec.json.encode(messages.Plan(edition.name, sorted(edition.actions)))
    return Response(body, headers={"ETag": _etag(edition)}, media_type=JSON)


async def put(ask: Ask) -> messages.PlanChanged:
    """Put the rulebook in force as it stands at its path now, or as it stood at a revision.

    `If-Match` names what runs, as `GET` told it; if that is another by now, the answer is 409, says which, and what
    would change.
    """
    edition = await _running(ask)
    source = await version(ask, ask.body.revision)
    wanted = ask.request.headers.get("if-match", "")
    if wanted not in (_etag(edition), "*"):
        raise await _late(ask, edition, source, wanted)
    if ask.query.dry_run:
        if ask.query.community is None:
            raise ProblemError(400, "invalid", "a dry run is of one community", "query.community")
        report = await ask.service.hub.compare(ask.query.community, source, ask.query.days)
        changes = await ask.service.hub.changes(source, ask.query.community)
        return messages.PlanChanged(edition.name, msgspec.to_builtins(report), msgspec.to_builtins(changes))
    trial = await ask.service.hub.install(source, whose(ask))
    if not trial.passed:
        raise ProblemError(409, "trial", trial.output.strip() or "it did not pass its lint and its tests", "body")
    return messages.PlanChanged((await _running(ask)).name)


async def _late(ask: Ask, edition: Edition, source: str, wanted: str) -> ProblemError:
    """Return the answer to who does not know what runs."""
    reason, changes = f"`If-Match` is {wanted or 'not given'}, and what runs is {_etag(edition)}", None
    try:
        changes = msgspec.to_builtins(await ask.service.hub.changes(source, ask.query.community))
    except HubError as error:
        reason = f"{reason}; {error}"
    headers = {"ETag": _etag(edition)}
    return ProblemError(409, "changed", reason, "headers.if-match", headers, UNSET if changes is None else changes)


async def _running(ask: Ask) -> Edition:
    community = ask.query.community
    if community is None:
        return await ask.service.hub.do(None, lambda core: core.books.edition(""))
    await kept(ask, community)
    return await ask.service.hub.do(community, lambda core: core.communities[community].edition)


async def version(ask: Ask, revision: str | None) -> str:
    """Return where the rulebook stands: as its files are now, or at a revision. Raises ProblemError."""
    source: Any = await ask.service.hub.do(None, _sources)
    if not isinstance(source, str | os.PathLike):
        raise ProblemError(409, "several", "only a single rulebook at a path can be replaced while the service runs")
    if revision is None:
        return os.fspath(source)
    standing = spot(os.fspath(source))
    return f"{revision}:{standing.path if standing.root else f'./{os.path.relpath(standing.path)}'}"


def _sources(core: Core) -> Any:
    return core.books.sources


def _etag(edition: Edition) -> str:
    return f'"{edition.compiled.digest}"'


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/plan",
        "observe",
        get,
        {JSON: messages.Plan},
        query=messages.SomeCommunity,
        refuses=(404, 409, 503),
    ),
    Endpoint(
        "PUT",
        "/v1/plan",
        "administer",
        put,
        {JSON: messages.PlanChanged},
        query=messages.PlanChange,
        body=messages.NewPlan,
        refuses=(404, 409, 503),
    ),
)
