"""What a rulebook says about itself: its time zone, what it is partitioned by, its limits."""

from __future__ import annotations

import re

from groundrules.calendar import zones
from groundrules.checker.common import duration
from groundrules.checker.literals import is_entity
from groundrules.checker.session import Session
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.source import Fragment
from groundrules.diagnostics.synonyms import synonym
from groundrules.rulebook.model import Located
from groundrules.syntax import parse
from groundrules.syntax.errors import ParseError
from groundrules.types import kinds

_PARTITIONED_BY = "community"


def settings(session: Session) -> None:
    """Check the settings of the rulebook; those of imports follow its own."""
    book = session.checked.book
    trouble = zones.problem(str(book.timezone.value))
    if trouble:
        name = str(book.timezone.value)
        session.add(codes.BAD_SETTING.at(book.timezone.span, trouble, _meant_zone(name)))
    _partition(session, book.partition)
    if "open_paths" in book.limits:
        session.checked.open_paths = int(book.limits["open_paths"].value)
    if "text" in book.limits:
        session.checked.longest_text = int(book.limits["text"].value)
    if "retain" in book.limits:
        session.checked.retain = _time(session, book.limits["retain"], session.checked.retain)
    if "ahead" in book.limits:
        session.checked.ahead = _time(session, book.limits["ahead"], session.checked.ahead)


def _meant_zone(name: str) -> str | None:
    if ours := synonym("zones", name):
        return f"did you mean `{ours}`?"
    if re.fullmatch(r"[A-Za-z]{2,5}|(?:utc|gmt)?[+-][0-9:]+", name, re.I):
        return "name a place: `Asia/Shanghai`, `Europe/Berlin`, `America/New_York`"
    return did_you_mean(name, zones.names())


def _partition(session: Session, named: Located) -> None:
    root = session.checked.instances[0]
    path = tuple(str(named.value).split("."))
    if named.value == _PARTITIONED_BY:
        return
    fields = session.fields(tuple(sorted(root.types)))
    current: kinds.Type = kinds.Object("event", fields)
    for name in path:
        inner = current.fields.get(name) if isinstance(current, kinds.Object) else None
        if inner is None:
            help = did_you_mean(name, fields) or f"all events have {listing(fields)}"
            session.add(codes.BAD_SETTING.at(named.span, f"not all events have a field `{named.value}`", help))
            return
        current = inner.type
    if is_entity(current):
        session.checked.partition = (*path, "id")
    elif isinstance(current, kinds.Identifier):
        session.checked.partition = path
    else:
        message = f"`{named.value}` does not name anything"
        session.add(codes.BAD_SETTING.at(named.span, message, "name a field such as `community` or `channel`"))


def _time(session: Session, named: Located, otherwise: int) -> int:
    span = named.span
    fragment = Fragment(str(named.value), span.file, lambda offset: min(span.start + offset, span.end))
    try:
        parsed = parse.parse_duration(fragment)
    except ParseError as problem:
        session.add(problem.diagnostic)
        return otherwise
    session.tables.kept.append(parsed)
    length = duration(session, session.checked.instances[0], parsed)
    return otherwise if length is None else length
