"""Ladders: steps over a ledger."""

from __future__ import annotations

from groundrules.checker import common
from groundrules.checker.bindings import Instance
from groundrules.checker.constructs import Ladder, LadderStep
from groundrules.checker.effects import effects
from groundrules.checker.expressions import guard
from groundrules.checker.ledger_effects import ledger_named
from groundrules.checker.people import for_people
from groundrules.checker.places import GUARD
from groundrules.checker.session import Session
from groundrules.checker.sites import Site, known_to_hold
from groundrules.diagnostics.codes import cells as codes
from groundrules.rulebook import model as authored

_NAME = "a ladder"


def ladders(session: Session) -> None:
    """Check the ladders of every instance."""
    for instance in session.checked.instances:
        for ladder in instance.book.ladders:
            _ladder(session, instance, ladder)


def _ladder(session: Session, instance: Instance, ladder: authored.Ladder) -> None:
    common.described(session, instance, ladder)
    ledger = ledger_named(session, instance, str(ladder.ledger.value), ladder.ledger.span)
    if ledger is None:
        return
    per = str(ledger.declaration.per.value)
    context = session.context(instance, subject=None if per == "community" else per)
    site = Site(session, context, _NAME)
    steps = [_step(session, site, step) for step in ladder.steps]
    known = [step for step in steps if step is not None]
    common.ascending(
        session,
        codes.LADDER_STEPS,
        [(step.reaches, step.source.reaches.fragment.whole) for step in known],
        "another step reaches this value already",
        "steps must reach increasing values",
    )
    _reachable(session, ledger.declaration, known)
    appeal = None
    if ladder.appeal is not None:
        if per != "member":
            place = ladder.appeal.within.fragment.whole
            message = f"members appeal for themselves, and `{ladder.ledger.value}` is kept per {per}"
            session.add(codes.FOREIGN_LEDGER.at(place, message, "remove `appeal`"))
        within = common.duration(session, instance, ladder.appeal.within)
        appeal = (within or 0, common.role(session, instance, ladder.appeal.to))
    ends = common.ends(session, instance, ladder)
    session.checked.ladders.append(Ladder(ladder, context, ledger, tuple(known), appeal, ends))


def _step(session: Session, site: Site, step: authored.LadderStep) -> LadderStep | None:
    instance = site.instance
    for_people(session, instance, step.title)
    reaches = common.whole(session, instance, step.reaches, "`reaches`")
    falls = None
    if step.falls_below is not None:
        falls = common.whole(session, instance, step.falls_below, "`falls_below`")
    if reaches is not None and falls is not None and falls > reaches:
        span = step.falls_below.fragment.whole if step.falls_below else step.span
        message = f"a step that reaches {reaches} cannot fall below {falls} when it is reached"
        session.add(codes.LADDER_STEPS.at(span, message, f"write `falls_below: {reaches}` or less"))
    if step.on_the_way_back and step.falls_below is None:
        help = f"write `falls_below: {reaches}`" if reaches is not None else None
        message = "`on_the_way_back` needs `falls_below`"
        session.add(codes.LADDER_STEPS.at(step.on_the_way_back[0].span, message, help))
    cool_down = common.duration(session, instance, step.cool_down) if step.cool_down else 0
    guard(session, site.context, step.when, GUARD)
    guard(session, site.context, step.unless, GUARD)
    acting, back = effects(known_to_hold(site, step.when), step.then), effects(site, step.on_the_way_back)
    approval = common.approval(session, site, step.approval)
    if reaches is None:
        return None
    return LadderStep(step, reaches, falls, cool_down or 0, acting, back, approval)


def _reachable(session: Session, ledger: authored.LedgerDeclaration, steps: list[LadderStep]) -> None:
    """Report steps that the ledger's bounds keep from ever being reached."""
    ceiling = int(ledger.ceiling.value) if ledger.ceiling else None
    floor = int(ledger.floor.value) if ledger.floor else 0
    for step in steps:
        span = step.source.reaches.fragment.whole
        if ceiling is not None and step.reaches > ceiling:
            message = f"`{ledger.name.value}` never rises above {ceiling}"
            session.add(codes.LADDER_STEPS.at(span, message, None))
        elif step.reaches <= floor:
            message = f"`{ledger.name.value}` never falls below {floor}, so {step.reaches} is never crossed upwards"
            session.add(codes.LADDER_STEPS.at(span, message, None))
