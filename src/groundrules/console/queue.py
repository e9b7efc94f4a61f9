"""What waits for an answer, and the answers: approvals, appeals, reports, messages held back, actions in doubt.

An answer is an event of the language where there is one, so that the rulebook says whether it counts. Its id is made
from what is answered: given twice, it does nothing the second time. Who was refused is told why, once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response

from groundrules.console.texts import spoken
from groundrules.console.view import View, local, titles
from groundrules.console.waiting import Open
from groundrules.decisions import Action, Decision
from groundrules.narrate.decision import narrate
from groundrules.narrate.deeds import deed
from groundrules.narrate.speech import length_in_words
from groundrules.plan import ir
from groundrules.runtime import Done, Failed
from groundrules.runtime.core import action_of
from groundrules.runtime.desk import Claim, Reversal
from groundrules.runtime.passing_time import FAR
from groundrules.stores.records import Query
from groundrules.time_units import DAY, HOUR, MINUTE

SHOWN = 50
RECENT = 500
"""Decisions among which requests that ran out are looked for, and the measure that an appeal is about."""
_decision = msgspec.json.Decoder(Decision).decode
Form = Mapping[str, str]


@dataclass
class Card:
    """Something that waits, as the queue shows it. by: who has reported it; lines: what would be done; undoes: what
    granting would undo."""

    id: str
    kind: str
    at: str
    rules: list[str] = field(default_factory=list)
    who: list[str] = field(default_factory=list)
    by: str = ""
    text: str = ""
    lines: list[str] = field(default_factory=list)
    undoes: list[str] = field(default_factory=list)
    until: str = ""
    approved: Sequence[str] = ()
    needed: int = 1
    claim: Claim | None = None
    mine: bool = False
    answers: Sequence[tuple[str, str]] = ()
    reason: str = ""


async def queue(view: View) -> Response:
    """What waits for an answer."""
    cards = await waiting(view)
    return view.page("queue.html", cards=cards, expired=await _expired(view))


async def waiting(view: View) -> list[Card]:
    """Return what waits in a community, what runs out first."""
    plan = await view.plan()
    claims = await view.hub.desk.claims(view.here)
    cards = [*await _approvals(view, plan), *await _opened(view, plan), *await _actions(view, plan)]
    for card in cards:
        card.claim = claims.get(card.id)
        card.mine = card.claim is not None and card.claim.by == view.by
    return cards


async def count(view: View) -> int:
    """Return how much waits for somebody."""
    id = view.here
    standing = await view.hub.do(id, lambda core: len(core.communities[id].engine.standing(id)))
    doubtful = [action for action in await view.hub.actions(id) if action.status == "doubtful"]
    return standing + len(await view.house.waits(id).look(view.hub)) + len(doubtful)


def _wordings(plan: ir.Plan) -> dict[str, Any]:
    return {action.name: action for action in plan.actions}


async def _approvals(view: View, plan: ir.Plan) -> list[Card]:
    id, called = view.here, titles(plan, view.lang)
    standing = await view.hub.do(id, lambda core: core.communities[id].engine.standing(id))
    cards = []
    for request in sorted(standing, key=lambda request: request.expires)[:SHOWN]:
        left = request.expires - view.hub.now()
        card = Card(
            f"approval:{request.id}", "approval", "", [called.get(request.rule, request.rule)], list(request.about)
        )
        card.lines = [deed(action, view.lang, _wordings(plan)) for action in request.actions]
        card.until = view.say("runs_out", at=local(request.expires, plan.timezone), left=_left(left, view.lang))
        card.approved, card.needed = request.approved, request.needed
        card.answers, card.reason = (("given", "give"), ("refused", "refuse")), request.id
        cards.append(card)
    return cards


def _left(ms: int, lang: str) -> str:
    """Return how long that is still, the largest two units of it."""
    unit = HOUR if ms >= DAY else MINUTE
    return length_in_words(ms // unit * unit, lang) if ms >= MINUTE else spoken(lang)("under_a_minute")


async def _opened(view: View, plan: ir.Plan) -> list[Card]:
    open_cases = await view.house.waits(view.here).look(view.hub)
    cards = [await _card(view, plan, case) for case in open_cases[:SHOWN]]
    return [card for card in cards if card is not None]


async def _card(view: View, plan: ir.Plan, case: Open) -> Card | None:
    card = Card(case.id, case.kind, local(case.at, plan.timezone), who=[case.who] if case.who else [])
    if case.kind == "held":
        return await _held(view, plan, case, card)
    recorded = await view.recorded(case.source, case.at)
    if recorded is None:
        return None
    event = recorded[1]
    card.text = str(event.get("text") or event.get("reason") or "")
    if case.kind == "appeal":
        card.answers = (("given", "grant"), ("refused", "turn_down"))
        reversals = await _measure(view, case.who, event.get("action"), event.get("ladder"))
        card.undoes = [deed(of.undone_by, view.lang) for of in reversals if of.undone_by is not None]
    else:
        card.answers = (("given", "uphold"), ("refused", "turn_down"))
        card.by = str(_reporter(event).get("id", ""))
    return card


async def _held(view: View, plan: ir.Plan, case: Open, card: Card) -> Card | None:
    """Return the card of a message that is held back; the case bears its id."""
    outgoing = await view.hub.action(view.here, case.source)
    if outgoing is None:
        return None
    action, called = action_of(outgoing), titles(plan, view.lang)
    card.rules = [called.get(rule, rule) for rule in action.rules]
    card.lines = [deed(action, view.lang, _wordings(plan))]
    card.answers = (("given", "release"), ("refused", "drop"))
    recorded = await view.recorded(case.who, case.at)
    event = {} if recorded is None else recorded[1]
    card.text, author = str(event.get("text", "")), _actor(event)
    card.who = [author] if author else []
    return card


def _actor(event: Mapping[str, Any]) -> str:
    return str((event.get("actor") or {}).get("id", ""))


def _reporter(event: Mapping[str, Any]) -> Mapping[str, Any]:
    reporter: Mapping[str, Any] = (event.get("report") or {}).get("reporter") or event.get("actor") or {}
    return reporter


async def _measure(view: View, who: str, key: Any = None, ladder: Any = None) -> list[Reversal]:
    """Return the actions of the measure that an appeal is about: the latest step of a ladder, or the one it names."""
    logged = await view.hub.decisions(Query(community=view.here, member=who, before=FAR, limit=RECENT))
    for entry in logged:
        decision = _decision(entry.body)
        named = ladder is None or (decision.cause or "").partition("#")[0] == ladder
        meant = any(action.key == key for action in decision.actions) if key else decision.trigger == "crossing"
        if meant and named and decision.actions:
            return await view.hub.desk.reversals(view.here, decision.actions)
    return []


async def _actions(view: View, plan: ir.Plan) -> list[Card]:
    cards = []
    for action in await view.hub.actions(view.here, limit=200):
        card = Card(f"action:{action.key}", action.status, local(action.at, plan.timezone), text=action.reason)
        if action.status != "damaged":
            card.lines = [deed(action_of(action), view.lang, _wordings(plan))]
        if action.status == "doubtful":
            card.answers = (("done", "was_done"), ("failed", "was_not_done"), ("again", "do_again"))
        cards.append(card)
    return sorted(cards, key=lambda card: not card.answers)


async def _expired(view: View) -> list[Mapping[str, Any]]:
    """Return the latest requests that ran out without an answer."""
    logged = await view.hub.decisions(Query(community=view.here, before=FAR, limit=RECENT))
    return list(await view.summaries([entry for entry in logged if b'"approval_expired"' in entry.body][:5]))


# --- answers ------------------------------------------------------------------------------------


async def claim(view: View, form: Form) -> Response:
    """Claim something, let it go, or take it over."""
    case = form.get("case", "")[:200]
    if form.get("wanted") == "let_go":
        await view.hub.desk.let_go(view.here, case)
    else:
        held = await view.hub.desk.claim(view.here, case, view.by, anyhow=form.get("wanted") == "take_over")
        if held.by != view.by:
            return view.message(view.say("claimed_by", who=held.by), "queue", 409)
    return RedirectResponse(view.link("queue"), 303)


async def answer(view: View, form: Form) -> Response:
    """Answer something that waits, in the name of whoever is in."""
    kind, _, id = form.get("case", "").partition(":")
    given, reason = form.get("answer", ""), form.get("reason", "").strip()[:500]
    if given == "refused" and not reason:
        return view.message(view.say("reason_needed"), "queue", 422)
    held = (await view.hub.desk.claims(view.here)).get(f"{kind}:{id}")
    if held is not None and held.by != view.by:
        return view.message(view.say("claimed_by", who=held.by), "queue", 409)
    match kind:
        case "approval":
            lines = await _answer_approval(view, id, given, reason)
        case "action":
            return await _answer_doubt(view, id, given)
        case "appeal" | "report" | "held":
            lines = await _answer_case(view, f"{kind}:{id}", given, reason)
        case _:
            lines = None
    if held is not None:
        await view.hub.desk.let_go(view.here, f"{kind}:{id}")
    return view.message(view.say("answered_before") if lines is None else "\n".join(lines), "queue")


async def _answer_approval(view: View, request: str, given: str, reason: str) -> list[str] | None:
    id = view.here
    standing = await view.hub.do(id, lambda core: core.communities[id].engine.standing(id))
    asked = next((each for each in standing if each.id == request), None)
    if asked is None:
        return None
    if given == "given" and view.by in asked.approved:
        return [view.say("approved_before"), view.say("approvals_missing", n=asked.needed - len(asked.approved))]
    event = {"request": request} | ({"reason": reason} if reason else {})
    kind = "given" if given == "given" else "refused"
    decisions = await view.hub.handle(view.event(f"approval.{kind}", view.by, **event))
    notes = {note.kind for decision in decisions for note in decision.notes}
    if "approval_unknown" in notes:
        return None
    if "approval_refused" in notes:
        for who in asked.about:
            await _tell(view, who, "told_request", reason, f"approval:{request}:{who}", decisions)
    left = asked.needed - len({*asked.approved, view.by}) if "approval_given" in notes else 0
    missing = [view.say("approvals_missing", n=left)] if left > 0 else []
    return [view.say("answered"), *_lines(view, decisions), *missing]


async def _answer_case(view: View, case: str, given: str, reason: str) -> list[str] | None:
    open = {each.id: each for each in await view.house.waits(view.here).look(view.hub)}
    open_case = open.get(case)
    if open_case is None or given not in ("given", "refused"):
        return None
    answered = {"appeal": _answer_appeal, "report": _answer_report, "held": _answer_held}[open_case.kind]
    return await answered(view, open_case, given == "given", reason)


async def _answer_appeal(view: View, case: Open, granted: bool, reason: str) -> list[str] | None:
    recorded = await view.recorded(case.source, case.at)
    event = {} if recorded is None else recorded[1]
    named = {name: event[name] for name in ("action", "ladder") if isinstance(event.get(name), str)}
    reversals = await _measure(view, case.who, named.get("action"), named.get("ladder"))
    type = "appeal.granted" if granted else "appeal.refused"
    fields = {"target": {"id": case.who}, **named} | ({"reason": reason} if reason else {})
    decisions = await view.hub.handle(view.event(type, view.by, _answer_id(view, case), **fields))
    notes = {note.kind for decision in decisions for note in decision.notes}
    if granted and "appeal_granted" in notes:
        done = {(action.do, action.who) for decision in decisions for action in decision.actions}
        left = [of for of in reversals if of.undone_by is None or (of.undone_by.do, of.undone_by.who) not in done]
        await view.hub.desk.reverse(view.here, left, view.by, reason)
        undone = [deed(of.undone_by, view.lang) for of in left if of.undone_by is not None and not of.over]
        return [view.say("answered"), *_lines(view, decisions), *(f"→ {line}" for line in undone)]
    if not granted:
        await _tell(view, case.who, "told_appeal", reason, case.id, decisions)
    return [view.say("answered"), *_lines(view, decisions)]


async def _answer_report(view: View, case: Open, upheld: bool, reason: str) -> list[str] | None:
    recorded = await view.recorded(case.source, case.at)
    event = {} if recorded is None else recorded[1]
    reporter = _reporter(event)
    fields: dict[str, Any] = {name: event[name] for name in ("target", "message") if name in event}
    fields |= {"report": {**(event.get("report") or {}), "reporter": reporter}}
    fields |= {"outcome": "upheld" if upheld else "rejected"} | ({"reason": reason} if reason else {})
    decisions = await view.hub.handle(view.event("report.resolved", view.by, _answer_id(view, case), **fields))
    if not upheld and reporter.get("id"):
        await _tell(view, str(reporter["id"]), "told_report", reason, case.id, decisions)
    return [view.say("answered"), *_lines(view, decisions)]


async def _answer_held(view: View, case: Open, released: bool, reason: str) -> list[str] | None:
    recorded = await view.recorded(case.who, case.at)
    author = "" if recorded is None else _actor(recorded[1])
    key = _answer_id(view, case)
    act = Action(do="release", who=case.who, key=key, rules=())
    if not released:
        act = Action(do="delete", who=author or None, parameters={"events": [case.who]}, key=key, rules=())
    if not await view.hub.desk.act(view.here, [act], view.by, reason):
        return None
    if not released and author:
        await _tell(view, author, "told_held", reason, case.id, [])
    return [view.say("answered"), f"→ {deed(act, view.lang)}"]


async def _answer_doubt(view: View, key: str, outcome: str) -> Response:
    """Say what became of an action in doubt."""
    if outcome == "again":
        await view.hub.perform_again(view.here, key)
    else:
        ended = Done() if outcome == "done" else Failed(f"so says {view.by}")
        await view.hub.report(view.here, key, ended)
    return RedirectResponse(view.link("queue"), 303)


async def _tell(view: View, who: str, form: str, reason: str, about: str, decisions: Sequence[Decision]) -> None:
    """Tell somebody why, in the language of their group, unless the rulebook has just written to them."""
    actions = [action for decision in decisions for action in decision.actions]
    if any(action.do == "send" and action.parameters.get("to") == who for action in actions):
        return
    languages = (await view.plan()).languages
    say = spoken(languages[0] if languages and languages[0] in ("zh", "en") else view.lang)
    await view.hub.desk.tell(view.here, who, say(form, reason=reason), view.by, about)


def _answer_id(view: View, case: Open) -> str:
    return "answer:" + hashlib.sha256(f"{view.here}\0{case.id}\0{case.source}".encode()).hexdigest()[:24]


def _lines(view: View, decisions: Sequence[Decision]) -> list[str]:
    return [line for decision in decisions for line in narrate(decision, view.lang)]
