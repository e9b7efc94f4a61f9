"""Paths: steps over time, from an event on until something happens.

Two contexts: `context` reads the starting event as the event at hand (guard, keys, `due`), `later` reads it as
`start`, bare names included (the effects of steps). `until`, `until_all` and `restart_on` read their own event bare and
the starting one as `start`.
"""

from __future__ import annotations

from dataclasses import replace

from groundrules.checker import common, wording
from groundrules.checker.bindings import Context, Instance
from groundrules.checker.constructs import Path, PathItem, PathStep, Until, Value
from groundrules.checker.effects import effects
from groundrules.checker.expressions import guard, read
from groundrules.checker.guards import lasting
from groundrules.checker.people import for_people
from groundrules.checker.places import DUE, GUARD, UNTIL
from groundrules.checker.session import Session
from groundrules.checker.sites import Site, known_to_hold
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as type_codes
from groundrules.diagnostics.model import Label
from groundrules.rulebook import model as authored
from groundrules.rulebook.model import Located
from groundrules.types import kinds


def paths(session: Session) -> None:
    """Check the paths of every instance."""
    for instance in session.checked.instances:
        for path in instance.book.paths:
            _path(session, instance, path)


def _path(session: Session, instance: Instance, path: authored.Path) -> None:
    types = common.known_types(session, instance, path.on)
    if len(types) < len({str(type.value) for type in path.on}):
        return
    context = session.context(instance, types)
    later = session.context(instance, types, "start", types)
    common.described(session, instance, path)
    guard(session, context, path.when, GUARD)
    guard(session, context, path.unless, GUARD)
    common.keys(session, context, path.one_per, path.one_per.root.keys)
    kept = lasting(session, context, path.when.root) if path.when is not None else frozenset()
    items = _items(session, instance, types, path)
    site = Site(session, later, "a path", kept=kept, items=tuple(str(item.source.id.value) for item in items))
    restart = _untils(session, instance, types, path.restart_on)
    steps = [_step(session, context, site, step, restart) for step in path.steps]
    common.ascending(
        session,
        codes.PATH_STEPS,
        [(step.after, step.source.span) for step in steps if step.after is not None],
        "another step has the same time",
        "steps must be in chronological order",
    )
    session.checked.paths.append(
        Path(
            path,
            context,
            later,
            tuple(steps),
            _untils(session, instance, types, path.until),
            items,
            restart,
            common.hours(session, instance, path.hours),
            effects(replace(site, items=()), path.afterwards),
            common.ends(session, instance, path),
        )
    )


def _untils(
    session: Session, instance: Instance, start: tuple[str, ...], untils: tuple[authored.Until, ...]
) -> tuple[Until, ...]:
    events = []
    for until in untils:
        types = common.known_types(session, instance, until.on)
        if not types:
            continue
        context = session.context(instance, types, start=start)
        guard(session, context, until.when, UNTIL)
        events.append(Until(until, context))
    return tuple(events)


def _items(session: Session, instance: Instance, start: tuple[str, ...], path: authored.Path) -> tuple[PathItem, ...]:
    """Check what must all happen before a path ends; each has a name of its own."""
    first: dict[str, Located] = {}
    for item in path.until_all:
        name = str(item.id.value)
        if first.setdefault(name, item.id) is not item.id:
            label = Label(first[name].span, "first used here")
            message = f"the id `{name}` is given twice"
            session.add(name_codes.DUPLICATE_NAME.at(item.id.span, message, "give one of the two another id", (label,)))
        for_people(session, instance, item.title)
    untils = [(item, _untils(session, instance, start, (item.until,))) for item in path.until_all]
    return tuple(PathItem(item, until) for item, events in untils for until in events)


def _step(
    session: Session, context: Context, site: Site, step: authored.PathStep, restart: tuple[Until, ...]
) -> PathStep:
    after = common.duration(session, site.instance, step.after, 0) if step.after is not None else None
    due = None
    if step.due is not None:
        due = Value(context, step.due)
        _due(session, due)
        for until in restart:
            _due(session, Value(session.context(site.instance, until.context.types), step.due))
    repeat = int(step.repeat.value) if step.repeat is not None else 1
    every = common.duration(session, site.instance, step.every) if step.every is not None else 0
    place = replace(GUARD, items=site.items)
    guard(session, site.context, step.when, place)
    guard(session, site.context, step.unless, place)
    acting = effects(known_to_hold(site, step.when), step.then)
    return PathStep(step, after, due, repeat, every or 0, acting, common.approval(session, site, step.approval))


def _due(session: Session, value: Value) -> None:
    typed = read(session, value.context, value.parsed, DUE)
    if isinstance(typed.type, kinds.Instant | kinds.Unknown):
        return
    span = value.parsed.span(value.parsed.root)
    help = "a time from the start belongs under `after`" if isinstance(typed.type, kinds.Duration) else None
    message = f"`due` is an instant, and `{span.text}` is {wording.described(typed.type)}"
    session.add(type_codes.WRONG_VALUE.at(span, message, help))
