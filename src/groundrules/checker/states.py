"""States: what a whole partition is in, or each thing of a kind by itself.

The conditions of a state read what is remembered, never an event; what an event says is read where one is named.
"""

from __future__ import annotations

from groundrules.checker import common
from groundrules.checker.bindings import Context, Instance
from groundrules.checker.constructs import State, Until
from groundrules.checker.effects import effects
from groundrules.checker.expressions import guard
from groundrules.checker.places import GUARD, STATE
from groundrules.checker.session import Session
from groundrules.checker.sites import Site
from groundrules.rulebook import model as authored


def states(session: Session) -> None:
    """Check the states of every instance."""
    for instance in session.checked.instances:
        for state in instance.book.states:
            _state(session, instance, state)


def _state(session: Session, instance: Instance, state: authored.State) -> None:
    if state.per is not None and session.catalog.entity(str(state.per.value)) is None:
        return
    context = session.context(instance, subject=None if state.per is None else str(state.per.value))
    common.described(session, instance, state)
    enter_on, leave_on = (_turn(session, context, turn) for turn in (state.enter, state.leave))
    site = Site(session, context, "a state")
    acting, afterwards = effects(site, state.then), effects(site, state.afterwards)
    session.checked.states.append(
        State(state, context, enter_on, leave_on, acting, afterwards, common.ends(session, instance, state))
    )


def _turn(session: Session, context: Context, turn: authored.Turn) -> tuple[Until, ...]:
    """Check what begins or ends a state; return its events."""
    for condition in turn.conditions:
        guard(session, context, condition, STATE)
    untils = []
    for event in turn.events:
        types = common.known_types(session, context.instance, event.on)
        if types:
            untils.append(Until(event, session.context(context.instance, types)))
            guard(session, untils[-1].context, event.when, GUARD)
    return tuple(untils)
