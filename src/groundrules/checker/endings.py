"""From when and until when something applies: `starts` and `ends` of blocks, and of the imports that bring them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from groundrules.checker.session import Session
from groundrules.diagnostics.codes import types as codes
from groundrules.rulebook.model import Located


def instant(session: Session, written: Located | None) -> int | None:
    """Return the instant (ms) of a date or time; a bare date begins at midnight in the rulebook's zone."""
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(str(written.value))
    except ValueError:
        message = f"`{written.value}` is no date of the calendar"
        session.add(codes.WRONG_VALUE.at(written.span, message, "write `2027-01-31`"))
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(session))
    return int(moment.astimezone(UTC).timestamp() * 1000)


def _zone(session: Session) -> ZoneInfo:
    try:
        return ZoneInfo(str(session.checked.book.timezone.value))
    except (KeyError, ValueError, OSError):  # reported with the settings
        return ZoneInfo("UTC")
