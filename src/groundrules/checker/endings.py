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
    at = moment(written, str(session.checked.book.timezone.value))
    if at is None:
        message = f"`{written.value}` is not a date in the calendar"
        session.add(codes.WRONG_VALUE.at(written.span, message, "write `2027-01-31`"))
    return at


def within_time(session: Session, starts: Located | None, ends: Located | None) -> None:
    """Report what is over when it begins; a bare date is its midnight on both sides."""
    zone = str(session.checked.book.timezone.value)
    begun, ended = (None if written is None else moment(written, zone) for written in (starts, ends))
    if starts is not None and ends is not None and begun is not None and ended is not None and begun >= ended:
        message = f"it ends on `{ends.value}` and begins on `{starts.value}`, so it never applies"
        session.add(codes.WRONG_VALUE.at(ends.span, message, "let it end later, or remove one of the two dates"))


def moment(written: Located, zone: str) -> int | None:
    """Return the instant (ms) of a date or time, that of a bare one in a zone; None if there is no such date."""
    try:
        at = datetime.fromisoformat(str(written.value))
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=_zone(zone))
    return int(at.astimezone(UTC).timestamp() * 1000)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # reported with the settings
        return ZoneInfo("UTC")
