"""Schedules: what happens at a time of day, week, month or year, once or for each member or channel."""

from __future__ import annotations

from typing import Any

from groundrules.checker import common, wording
from groundrules.checker.bindings import Instance
from groundrules.checker.constants import fold
from groundrules.checker.constructs import Ranking, Schedule, Value
from groundrules.checker.effects import effects
from groundrules.checker.expressions import Reader, guard
from groundrules.checker.places import CONSTANT, GUARD, RANKING
from groundrules.checker.session import Session
from groundrules.checker.sites import Site
from groundrules.checker.windows import constant_duration
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import types as type_codes
from groundrules.rulebook import model as authored
from groundrules.time_units import MINUTE
from groundrules.types import kinds

_LEAST_INTERVAL = MINUTE


def schedules(session: Session) -> None:
    """Check the schedules of every instance."""
    for instance in session.checked.instances:
        for schedule in instance.book.schedules:
            _schedule(session, instance, schedule)


def _schedule(session: Session, instance: Instance, schedule: authored.Schedule) -> None:
    subject = str(schedule.for_each.value) if schedule.for_each is not None else None
    context = session.context(instance, subject=subject)
    common.described(session, instance, schedule)
    guard(session, context, schedule.when, GUARD)
    site = Site(session, context, "a schedule", guard=schedule.when)
    ranking, by_number = _ranking(site, schedule)
    if schedule.approval is not None and schedule.together and not schedule.then:
        message = "`approval` needs `then`: what happens `together` waits for no approval"
        session.add(codes.BAD_SCHEDULE.at(schedule.approval.span, message, "remove it, or do it in `then`"))
    gathered = Site(session, session.context(instance), "`together`", gathered=True, ranked=by_number)
    session.checked.schedules.append(
        Schedule(
            schedule,
            context,
            _at(session, instance, schedule),
            effects(site, schedule.then),
            common.approval(session, site, schedule.approval),
            common.hours(session, instance, schedule.hours),
            common.ends(session, instance, schedule),
            effects(gathered, schedule.together),
            ranking,
        )
    )


def _ranking(site: Site, schedule: authored.Schedule) -> tuple[Ranking | None, bool]:
    """Check what those are ordered by; return it, and whether that is a whole number, which can be shown."""
    parsed = schedule.most or schedule.least
    if schedule.most is not None and schedule.least is not None:
        place = schedule.least.fragment.whole
        site.session.add(codes.BAD_SCHEDULE.at(place, "`least` can't be combined with `most`", "remove it"))
    if parsed is None:
        if schedule.limit is not None:
            message, help = "`limit` needs `most` or `least`", "add `most:` or `least:`, by which the first are chosen"
            site.session.add(codes.BAD_SCHEDULE.at(schedule.limit.fragment.whole, message, help))
        return None, False
    limit = 0 if schedule.limit is None else common.whole(site.session, site.instance, schedule.limit, "`limit`")
    reader = site.reader(parsed, RANKING)
    typed = reader.type_of(parsed.root)
    if isinstance(typed.type, kinds.Unknown):
        return None, True
    text = reader.text(parsed.root)
    if not isinstance(typed.type, kinds.Number | kinds.Duration):
        words = (f"a number or a duration is needed, and `{text}` is {wording.described(typed.type)}", None)
        reader.error(type_codes.WRONG_VALUE, parsed.root, words)
        return None, True
    if limit is not None and schedule.limit is not None and limit < 1:
        place = schedule.limit.fragment.whole
        site.session.add(codes.BAD_SCHEDULE.at(place, "`limit` is 1 or more", "write `limit: 10`"))
    by_number = isinstance(typed.type, kinds.Number) and typed.type.integer
    return Ranking(Value(site.context, parsed), schedule.most is None, limit or 0), by_number


def _at(session: Session, instance: Instance, schedule: authored.Schedule) -> dict[str, Any]:
    parsed = schedule.at
    clause = parsed.root
    reader = Reader(session, session.context(instance), parsed, CONSTANT)
    parts = {"weekday": clause.weekday, "day": clause.day, "month": clause.month}
    parts_given: dict[str, Any] = {name: value for name, value in parts.items() if value is not None}
    parts_given |= {"weekdays": clause.weekdays} if clause.weekdays else {}
    if clause.every is not None:
        every = constant_duration(reader, clause.every)
        if every is not None and every < _LEAST_INTERVAL:
            reader.error(codes.BAD_SCHEDULE, clause.every, ("an interval is at least `1m`", None))
        return {**parts_given, "every": every or _LEAST_INTERVAL}
    if clause.time is None:
        return {**parts_given, "time": 0}
    typed = reader.type_of(clause.time)
    value = fold(reader, clause.time)
    if isinstance(typed.type, kinds.ClockTime) and value is not None:
        return {**parts_given, "time": int(value)}
    if not isinstance(typed.type, kinds.Unknown):
        text = reader.text(clause.time)
        words = (f"`{text}` is {wording.described(typed.type)}, and a time of day is needed", "write `09:00`")
        reader.error(codes.BAD_SCHEDULE, clause.time, words)
    return parts_given
