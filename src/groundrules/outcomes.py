"""What came of an action on its platform: done, failed for good, or to be tried again. A leaf that all may know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Done:
    """It is so now, by this call or before it. `message`: what was written, as facts of an event (`{"id": …}`)."""

    message: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Failed:
    """The platform refused, and would again; `reason` is for moderators. `rights`: what is missing is a right."""

    reason: str
    rights: bool = False


@dataclass(frozen=True)
class Retry:
    """Not now: to be asked again `after` seconds, None when the host thinks best."""

    after: float | None = None
    reason: str = ""


Outcome: TypeAlias = Done | Failed | Retry


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Return what became of an action that took several calls: what failed decides, then what waits longest."""
    results = list(outcomes)
    failed = [result for result in results if isinstance(result, Failed)]
    waiting = [result for result in results if isinstance(result, Retry)]
    if failed:
        return failed[0]
    if waiting:
        return max(waiting, key=lambda result: result.after or 0)
    messages = [result.message for result in results if isinstance(result, Done) and result.message is not None]
    return Done(messages[0] if messages else None)


def wrote(id: str) -> Done:
    """It was written, and the platform calls it `id`; nothing is known of it if that is empty."""
    return Done({"id": id} if id else None)
