"""What members look up: points, the board, the rules, why something happened. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from groundrules.bots.room import Room
from groundrules.decisions import Decision
from groundrules.narrate.deeds import title_of
from groundrules.narrate.localised import pick
from groundrules.narrate.speech import speech
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.runtime.books import Edition
from groundrules.runtime.communities import Community
from groundrules.stores.records import Logged
from groundrules.tools.handbook import handbook
from groundrules.tools.handbook.document import Heading, Items, Paragraph

BEST = 10
MOST_RULES = 40

_decision = msgspec.json.Decoder(Decision).decode


def points(community: Community, member: str, lang: str) -> str:
    """Say a member's balances."""
    say = speech("bots", lang)
    ledgers = _ledgers(community.edition)
    lines = [
        say("told", what=_title(ledger, lang), detail=community.engine.balance(community.id, ledger.id, member))
        for ledger in ledgers
    ]
    return "\n".join(lines) or say("no_ledger")


def rank(community: Community, room: Room, member: str, wanted: str, lang: str) -> str:
    """Say who has most, and where the member ranks; `wanted` names one of several ledgers."""
    say = speech("bots", lang)
    ledgers = _ledgers(community.edition)
    fitting = [ledger for ledger in ledgers if wanted and wanted in (ledger.id, _title(ledger, lang))]
    ledger = next(iter((*fitting, *_earned(community.edition, ledgers))), None)
    if ledger is None:
        return say("no_ledger")
    balances = _balances(community, ledger)
    lines = [say("place", place=place, name=room.name(who), value=value) for place, who, value in _places(balances)]
    mine = next((line for line in _places(balances, None) if line[1] == member), None)
    if mine is not None and mine[0] > BEST:
        lines.append(say("your_place", place=mine[0], value=mine[2]))
    return "\n".join([_title(ledger, lang), *(lines or [say("nobody_yet")])])


def _ledgers(edition: Edition) -> list[ir.Ledger]:
    return [ledger for ledger in edition.compiled.plan.ledgers if ledger.per == "member"]


def _earned(edition: Edition, ledgers: Iterable[ir.Ledger]) -> list[ir.Ledger]:
    """Ledgers without a ladder of measures come first: a board shows what is earned, not who was warned."""
    punished = {ladder.ledger for ladder in edition.compiled.plan.ladders if ladder.appeal is not None}
    return sorted(ledgers, key=lambda ledger: ledger.id in punished)


def _balances(community: Community, ledger: ir.Ledger) -> dict[str, int]:
    rows = community.engine.rows(community.id)
    members = [key for space, key, _ in rows if space == f"ledger/{ledger.id}"]
    return {who: community.engine.balance(community.id, ledger.id, who) for who in members}


def _places(balances: dict[str, int], most: int | None = BEST) -> Iterator[tuple[int, str, int]]:
    """Yield place, member and balance; equal balances share a place."""
    ordered = sorted(balances.items(), key=lambda pair: (-pair[1], pair[0]))
    place, before = 0, None
    for index, (who, value) in enumerate(ordered[:most], 1):
        place, before = (place if value == before else index), value
        yield place, who, value


def _title(ledger: ir.Ledger, lang: str) -> str:
    return pick(ledger.title, lang) or ledger.id


def rules(community: Community, member: str, about: str, lang: str) -> str:
    """Summarise the handbook's rules, and say where the member stands.

    `about`: only those that mention it.
    """
    say, edition = speech("bots", lang), community.edition
    lines = list(_handbook(edition, lang)) or list(_titles(edition.compiled.plan, lang))
    if about:
        lines = [line for line in lines if about.casefold() in line.casefold()]
    shown = lines[:MOST_RULES]
    if len(lines) > len(shown):
        shown.append(say("and_more", n=len(lines) - len(shown)))
    return "\n".join([*shown, *([] if about else _standing(community, member, lang))]) or say("no_rule")


def _standing(community: Community, member: str, lang: str) -> Iterator[str]:
    """Yield what the next step of each ladder brings, and how far away it is."""
    say, plan = speech("bots", lang), community.edition.compiled.plan
    ledgers = {ledger.id: ledger for ledger in plan.ledgers if ledger.per == "member"}
    for ladder in plan.ladders:
        if ladder.ledger not in ledgers:
            continue
        value = community.engine.balance(community.id, ladder.ledger, member)
        index = next((index for index, step in enumerate(ladder.steps) if step.reaches > value), None)
        if index is not None:
            done = dict.fromkeys(act.do for act in within(_effects(plan, ladder.id, index), ir.Act))
            named = say.join(title_of(do, lang) for do in done)
            name, reaches = _title(ledgers[ladder.ledger], lang), ladder.steps[index].reaches
            yield say("standing", name=name, value=value, reaches=reaches, then=named)


def _effects(plan: ir.Plan, ladder: str, step: int) -> list[ir.Effect]:
    """What crossing a ladder's step upwards does."""
    wanted = ir.OnCrossing(ladder, step)
    return [effect for rule in plan.rules if rule.trigger == wanted for effect in rule.effects]


def _handbook(edition: Edition, lang: str) -> Iterator[str]:
    """Yield a line for each chapter and entry; tables about the whole rulebook are for the page."""
    checked = edition.version.checked
    say = speech("bots", lang)
    chapter = ""
    for block in handbook(checked, lang).blocks if checked is not None else ():
        if isinstance(block, Heading) and block.level == 2:
            chapter = say("chapter", title=block.text)
        elif isinstance(block, Items):
            yield from filter(None, (chapter,))
            chapter = ""
            yield from (_item(item.lead, item.text, lang) for item in block.items)
        elif isinstance(block, Paragraph) and not chapter:
            yield block.text


def _item(lead: str, text: str, lang: str) -> str:
    say = speech("bots", lang)
    return say("item", text=say("told", what=lead, detail=text) if lead and text else lead or text)


def _titles(plan: ir.Plan, lang: str) -> Iterator[str]:
    """Yield the titles of a compiled plan's rules."""
    for rule in plan.rules:
        if rule.mode == "enforce" and (rule.title or rule.text):
            yield _item(pick(rule.title, lang), pick(rule.text, lang), lang)


def why(edition: Edition, history: Iterable[Logged], member: str, lang: str) -> str:
    """Explain the latest decision that acted on a member, or took or gave them something; `history` newest first."""
    for logged in history:
        decision = _decision(logged.body)
        moved = any(change.who == member for change in decision.ledgers)
        if moved or any(action.who == member or _is_about(decision, action.do) for action in decision.actions):
            return decision.explain(lang, edition.compiled.plan.actions)
    return speech("bots", lang)("nothing_happened")


def _is_about(decision: Decision, do: str) -> bool:
    """Whether an action is about the event's sender: what happens to a message happens to its author."""
    return decision.trigger == "event" and decision.type == "message" and do not in ("notify", "announce", "send")
