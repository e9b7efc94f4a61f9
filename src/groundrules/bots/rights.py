"""What can't be done: which rules ask for actions that the platform lacks, or the bot has no right to there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from groundrules.adapters import Platform, performing
from groundrules.narrate.deeds import title_of
from groundrules.narrate.localised import pick
from groundrules.narrate.speech import speech
from groundrules.plan import ir
from groundrules.plan.walk import within

OF_THE_HOST = performing.OF_THE_HOST.keys()
"""Actions that the host carries out with messages, whatever the platform supports."""


class Lack(NamedTuple):
    """An action that can't be done, the rules that ask for it, and the missing rights; if none, the platform's lack."""

    action: str
    rules: tuple[str, ...]
    rights: tuple[str, ...] = ()


def lacks(plan: ir.Plan, platform: Platform, rights: Collection[str] | None) -> list[Lack]:
    """Return what can't be done, by action. `rights` None: what the bot may do there is unknown."""
    lacking = []
    for action, rules in sorted(asked(plan).items()):
        needed = platform.CAN.get(action)
        if needed is None:
            lacking.append(Lack(action, rules))
        elif rights is not None and (missing := needed - frozenset(rights)):
            lacking.append(Lack(action, rules, tuple(sorted(missing))))
    return lacking


def asked(plan: ir.Plan) -> dict[str, tuple[str, ...]]:
    """Return the actions that rules in force ask for, each with the rules' ids, except the host's own."""
    rules_of: dict[str, set[str]] = {}
    for rule in plan.rules:
        if rule.mode == "enforce":
            for act in within(rule.effects, ir.Act):
                rules_of.setdefault(act.do, set()).add(rule.id.partition("#")[0])
    return {do: tuple(sorted(rules)) for do, rules in rules_of.items() if do not in OF_THE_HOST}


def lines_of(lacking: Collection[Lack], platform: Platform, lang: str) -> str:
    """Describe what can't be done, for moderators."""
    say = speech("bots", lang)
    return "\n".join([say("lacking"), *_lines(lacking, platform.LACKS, lang)])


def _lines(lacking: Collection[Lack], table: Mapping[str, Mapping[str, str]], lang: str) -> Iterator[str]:
    say = speech("bots", lang)
    for lack in lacking:
        because = (
            say("right", rights=say.join(lack.rights, "comma"))
            if lack.rights
            else pick(table.get(lack.action, {}), lang)
        )
        what = say("cannot", action=title_of(lack.action, lang), rules=say.join(lack.rules, "comma"))
        yield say("told", what=what, detail=because or say("unknown_action"))
