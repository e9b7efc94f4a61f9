"""Brakes: at most so many actions of a name in a rolling time, over all rules of a community."""

from __future__ import annotations

from groundrules.checker import common
from groundrules.checker.bindings import Instance
from groundrules.checker.constructs import Act, Brake
from groundrules.checker.effects import effects
from groundrules.checker.session import Session
from groundrules.checker.sites import Site
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.rulebook import model as authored
from groundrules.time_units import DAY, HOUR, MINUTE, SECOND

_LENGTHS = {"minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}


def brakes(session: Session) -> None:
    """Check the brakes of every instance."""
    for instance in session.checked.instances:
        known: set[str] = set()
        for brake in instance.book.brakes:
            _brake(session, instance, brake, known)


def _brake(session: Session, instance: Instance, brake: authored.Brake, known: set[str]) -> None:
    name = str(brake.do.value)
    if session.catalog.action(name) is None:
        help = did_you_mean(name, session.catalog.names("actions")) or "a brake names an action, such as `ban`"
        session.add(name_codes.UNKNOWN_ACTION.at(brake.do.span, f"unknown action `{name}`", help))
        return
    if name in known:
        message = f"`{name}` has a brake already"
        session.add(name_codes.DUPLICATE_NAME.at(brake.do.span, message, "keep the lower one"))
        return
    known.add(name)
    number, _, length = str(brake.rate.value).partition(" per ")
    site = Site(session, session.context(instance), "a brake")
    alarm = effects(site, brake.then)
    for effect in alarm:
        if not isinstance(effect, Act):
            session.add(codes.EFFECT_NOT_HERE.at(effect.span, "a brake only raises an alarm", "name actions here"))
    within = _LENGTHS.get(length) or int(length[:-1]) * _UNITS[length[-1]]
    approval = common.approval(session, site, brake.approval)
    session.checked.brakes.append(Brake(brake, site.context, name, int(number), within, alarm, approval))
