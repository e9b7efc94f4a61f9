"""What several topics ask of the hub."""

from __future__ import annotations

from groundrules.decisions import Decision
from groundrules.service.endpoint import Ask
from groundrules.service.problems import ProblemError, not_found
from groundrules.stores.records import Head


async def kept(ask: Ask, community: str) -> Head:
    """Return what is kept of a community. Raises ProblemError if nothing is."""
    head = await ask.service.hub.community(community)
    if head is None:
        raise not_found(f"there is no community {community}")
    return head


def valid(decisions: list[Decision]) -> list[Decision]:
    """Return decisions on an event. Raises ProblemError if they say that it was refused."""
    for decision in decisions:
        if decision.rejected is not None:
            rejection = decision.rejected
            raise ProblemError(422, rejection.code, rejection.reason, f"body.{rejection.path}".rstrip("."))
    return decisions


def whose(ask: Ask) -> str:
    """Return whose change it is: who is named, else the token's name."""
    name = "" if ask.token is None else ask.token.name
    return ask.body.by or name
