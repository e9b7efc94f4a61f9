"""Effects: what stands under `then`, resolved against the action schemas and the effects of the language.

A **site** is where effects stand: the context that their expressions read, and what may be said there. The type of a
parameter decides how its YAML is read (`arguments`); whom an effect hits if nobody says so is worked out in `targets`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal

from groundrules.checker import enlisting, ledger_effects, parameter_values, targets
from groundrules.checker.constructs import Act, Effect, Effects, Given, Later
from groundrules.checker.ledger_effects import Written
from groundrules.checker.sites import Site
from groundrules.checker.suggestions import listing, meant
from groundrules.diagnostics.codes import names as codes
from groundrules.diagnostics.codes.files import FULL_WIDTH_YAML
from groundrules.diagnostics.model import Diagnostic, Fix
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.synonyms import synonym
from groundrules.rulebook import model as authored
from groundrules.rulebook.effects import read_effects
from groundrules.rulebook.yaml import YScalar
from groundrules.types.actions import ActionType
from groundrules.types.effects import EFFECTS

_ALWAYS = ("who", "or_else")
_TIMED = ("after", "lasts")  # when an action is done, and for how long
_PARAMETERS = ("who", "to", "from", "ledger")  # what stands in a list of effects by mistake, as if it were one

LANGUAGE: dict[str, Callable[[Site, Written], Iterable[Effect]]] = {
    "strike": ledger_effects.strike,
    "grant": ledger_effects.grant,
    "take": ledger_effects.take,
    "reset": ledger_effects.reset,
    "label": ledger_effects.label,
    "unlabel": ledger_effects.unlabel,
    "exempt": ledger_effects.exempt,
    "enlist": enlisting.enlist,
    "unlist": enlisting.unlist,
}


def effects(site: Site, authored_effects: Iterable[authored.Effect]) -> Effects:
    """Resolve the effects of one `then`; what has errors is reported and left out."""
    all_effects: list[Effect] = []
    for effect in (_meant(site, effect) for effect in authored_effects):
        name = str(effect.name.value)
        if name in LANGUAGE:
            written = ledger_effects.written(site, effect, EFFECTS[name])
            if written is not None:
                all_effects.extend(LANGUAGE[name](site, written))
            continue
        action = site.session.catalog.action(name)
        if action is None:
            _unknown(site, effect)
        else:
            all_effects.extend(_timed(site, effect, action))
    return tuple(all_effects)


_WIDE_COMMA = re.compile("[，、] ?")


def _meant(site: Site, written: authored.Effect) -> authored.Effect:
    """Return an item read with the key as its name that names an effect; of two, the one that takes the others."""
    readings = {str(argument.name.value): argument for argument in (written, *written.others)}
    named = [name for name in readings if name in LANGUAGE or site.session.catalog.action(name) is not None]
    if len(named) > 1:
        named = sorted(name for name in named if readings.keys() - {name} <= _taken(site, name)) or named
    return readings[named[0]] if named else written


def _taken(site: Site, name: str) -> set[str]:
    """The names of what an effect takes."""
    action = site.session.catalog.action(name)
    return {*(EFFECTS[name].parameters if action is None else (*action.parameters, *_TIMED)), *_ALWAYS}


def _unknown(site: Site, effect: authored.Effect) -> None:
    name = str(effect.name.value)
    catalog = site.session.catalog
    if flaw := _wide_comma(effect):
        site.session.add(flaw)
        return
    known = (*EFFECTS, *catalog.names("actions"))
    if name in _PARAMETERS:
        help = f"put parameters in one item with their action: `{{warn: …, {name}: …}}`"
    else:
        actions = [action for name in catalog.names("actions") if (action := catalog.action(name))]
        titles = [(title, action.name) for action in actions for title in action.title.values()]
        help = meant(name, known, titles) or "actions are described by schemas in `schemas/actions/`"
    site.session.add(codes.UNKNOWN_ACTION.at(effect.name.span, f"unknown action `{name}`", help))


def _wide_comma(effect: authored.Effect) -> Diagnostic | None:
    """A full-width comma between two effects of a list in one line."""
    span = effect.name.span
    comma = _WIDE_COMMA.search(span.text)
    start = span.file.text.rfind("\n", 0, span.start) + 1
    if comma is None or "[" not in span.file.text[start : span.start]:
        return None
    at = span.file.span(span.start + comma.start(), span.start + comma.end())
    fix = Fix(at, ", ", "write an ASCII comma", safe=True)
    return FULL_WIDTH_YAML.at(at, "a full-width comma does not separate items", "write `, `", fixes=(fix,))


def _timed(site: Site, effect: authored.Effect, action: ActionType) -> Iterator[Effect]:
    """An action, done at once or after a time, and what takes it back when its time is over."""
    arguments = dict(effect.arguments or {})
    times = {name: arguments.pop(name) for name in _TIMED if name in arguments and name not in action.parameters}
    lengths = {name: parameter_values.length(site, name, *written) for name, written in times.items()}
    act = _act(site, replace(effect, arguments=arguments or None), action)
    if act is None or None in lengths.values():
        return
    undone = site.session.catalog.action(action.undone_by) if action.undone_by else None
    if "lasts" in lengths and undone is None:
        span = times["lasts"][0]
        message = f"nothing takes `{action.name}` back, so it has no `lasts`"
        site.session.add(codes.UNKNOWN_ARGUMENT.at(span, message, "give its length as a parameter, or leave it out"))
        return
    begins = lengths.get("after") or 0
    yield Later(act, begins, False, effect.span) if begins else act
    if "lasts" in lengths and undone is not None:
        shared = {name: value for name, value in act.parameters.items() if name in undone.parameters}
        back = Act(undone.name, act.who, shared, (), effect.span)
        yield Later(back, begins + (lengths["lasts"] or 0), True, effect.span)


def _act(site: Site, effect: authored.Effect, action: ActionType) -> Act | None:
    arguments = dict(effect.arguments or {})
    if effect.shorthand is not None:
        if action.shorthand is None:
            _no_shorthand(site, effect, action)
            return None
        arguments[action.shorthand] = (effect.shorthand.span, effect.shorthand)
    fine = _all_known(site, arguments, action)
    parameters = _parameters(site, effect, action, arguments)
    who = targets.target(site, effect, action, arguments.get("who"))
    instead = arguments.get("or_else")
    or_else = read_effects(instead[1], site.instance.book.languages, site.session.report) if instead else ()
    if parameters is None or who is False or not fine:
        return None
    return Act(action.name, who, parameters, effects(site, or_else), effect.span)


def _no_shorthand(site: Site, effect: authored.Effect, action: ActionType) -> None:
    message = f"`{action.name}` takes no value directly"
    known = listing(action.parameters)
    lasting = _lasting(site, action)
    shorthand = effect.shorthand
    if lasting and isinstance(shorthand, YScalar) and _LENGTH.fullmatch(shorthand.text):
        help = f"`{action.name}` has no end; for a time write `{lasting}: {shorthand.text}`"
        site.session.add(codes.UNKNOWN_ARGUMENT.at(shorthand.span, message, help))
        return
    help = f"give its parameters by name: {known}" if known else f"write `{action.name}` alone"
    site.session.add(
        codes.UNKNOWN_ARGUMENT.at(effect.shorthand.span if effect.shorthand else effect.span, message, help)
    )


_LENGTH = re.compile("(?:[0-9]+[smhdw])+")
_FOR_A_TIME = {"ban": "suspend"}


def _lasting(site: Site, action: ActionType) -> str | None:
    """Return the action that does for a time what another does for good."""
    name = _FOR_A_TIME.get(action.name)
    return name if name and site.session.catalog.action(name) else None


def _all_known(site: Site, arguments: parameter_values.Arguments, action: ActionType) -> bool:
    known = (*action.parameters, *(_ALWAYS if action.target else _ALWAYS[1:]))
    fine = True
    for name, (span, _) in arguments.items():
        if name not in known:
            help = (
                _another_effect(site, name)
                or _language(site, name)
                or did_you_mean(name, known)
                or f"it takes {listing(known)}"
            )
            if name == "duration" and (lasting := _lasting(site, action)):
                help = f"`{action.name}` has no end; for a time write `{lasting}: …`"
            message = f"`{action.name}` has no parameter `{name}`"
            site.session.add(codes.UNKNOWN_ARGUMENT.at(span, message, help))
            fine = False
    return fine


def _language(site: Site, name: str) -> str | None:
    """The help where a language of the rulebook has another name."""
    ours = synonym("languages", name)
    return f"did you mean `{ours}`?" if ours in site.instance.book.languages else None


def _another_effect(site: Site, name: str) -> str | None:
    """The help where two effects were written as one item."""
    if name not in EFFECTS and site.session.catalog.action(name) is None:
        return None
    return f"`{name}` is an effect of its own; write it as another item of the list"


def _parameters(
    site: Site, effect: authored.Effect, action: ActionType, arguments: parameter_values.Arguments
) -> dict[str, Given] | None:
    values: dict[str, Given] = {}
    fine = True
    for name, parameter in sorted(action.parameters.items()):
        given: Given | Literal[False] | None
        if name in arguments:
            given = parameter_values.given(site, action, parameter, arguments[name][1])
        else:
            given = targets.unsaid(site, effect, action, parameter)
        if given is False:
            fine = False
        elif given is not None:
            values[name] = given
    return values if fine else None
