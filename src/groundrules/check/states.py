"""States: what a whole partition is in. Their guards read what is remembered, never an event."""

from __future__ import annotations

from groundrules.check import common
from groundrules.check.effects import effects
from groundrules.check.expressions import guard
from groundrules.check.model import Instance, State
from groundrules.check.places import STATE
from groundrules.check.session import Session
from groundrules.check.sites import Site
from groundrules.rulebook import model as authored


def states(session: Session) -> None:
    """Check the states of every instance."""
    for instance in session.checked.instances:
        for state in instance.book.states:
            _state(session, instance, state)


def _state(session: Session, instance: Instance, state: authored.State) -> None:
    context = session.context(instance)
    common.described(session, instance, state)
    guard(session, context, state.enter, STATE)
    guard(session, context, state.leave, STATE)
    site = Site(session, context, "a state")
    acting, afterwards = effects(site, state.then), effects(site, state.afterwards)
    session.checked.states.append(State(state, context, acting, afterwards, common.ends(session, instance, state)))
