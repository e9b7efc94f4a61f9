"""What is refused over HTTP, as JSON: a code for programs, a reason for people, and the place in what was sent."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from starlette.responses import Response

from groundrules.errors import GroundrulesError
from groundrules.runtime import HubError
from groundrules.stores import DamagedError, OwnedError, StoreError, UnavailableError

RETRY_AFTER = 1
"""Seconds."""


class Problem(msgspec.Struct, frozen=True):
    """Why a request was refused. Nothing was changed by it.

    code: stable, for programs; of an event that is not valid, that of the table of diagnostics. place: where in what
    was sent, such as `body.answer` or `query.limit`. request: the id under which logs tell of it. changes: what would
    change in meaning, as `groundrules diff --format json` writes it, where another rulebook runs by now.
    """

    code: str
    reason: str
    place: str = ""
    request: str = ""
    changes: dict[str, Any] | UnsetType = UNSET


class ProblemError(GroundrulesError):
    """A request that is refused."""

    def __init__(
        self,
        status: int,
        code: str,
        reason: str,
        place: str = "",
        headers: dict[str, str] | None = None,
        changes: dict[str, Any] | UnsetType = UNSET,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = headers or {}
        self.problem = Problem(code, reason, place, changes=changes)

    def response(self, request: str) -> Response:
        """Return it as it is sent, with the id of the request."""
        body = msgspec.json.encode(msgspec.structs.replace(self.problem, request=request))
        return Response(body, self.status, self.headers, "application/json")


def busy(reason: str = "more waits than can be decided now; come again") -> ProblemError:
    """Return the answer to whoever brings more than can be taken; nothing of it was taken."""
    return ProblemError(429, "busy", reason, headers={"Retry-After": str(RETRY_AFTER)})


def out_of_reach(reason: str) -> ProblemError:
    """Return the answer while the store can't be used."""
    return ProblemError(503, "store", reason, headers={"Retry-After": str(RETRY_AFTER)})


def not_found(reason: str, place: str = "") -> ProblemError:
    """Return the answer about what isn't there."""
    return ProblemError(404, "not_found", reason, place)


def of(error: Exception) -> ProblemError:
    """Return what a hub refused as a problem."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, OwnedError):
        return ProblemError(503, "owned", str(error), headers={"Retry-After": str(RETRY_AFTER)})
    if isinstance(error, UnavailableError):
        return out_of_reach(str(error))
    if isinstance(error, StoreError):
        return ProblemError(409, "damaged" if isinstance(error, DamagedError) else "refused", str(error), "store")
    if isinstance(error, HubError):
        return ProblemError(409, error.code, str(error), error.place)
    return ProblemError(500, "defect", "this is a bug of groundrules; its log has more under the id of this request")
