"""One decision: what happened and why, why not, taking it back, and what could be made of it."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from starlette.responses import Response

from groundrules import confined
from groundrules.checker import Checked
from groundrules.console import proposals
from groundrules.console.looking import Change, Closer, as_test, closer, last_entry, with_entry
from groundrules.console.texts import reason
from groundrules.console.view import View, local
from groundrules.console.workshop import Limits, WorkshopError
from groundrules.decisions import Decision, Evidence
from groundrules.narrate.decision import clause_line
from groundrules.narrate.deeds import deed
from groundrules.narrate.speech import speech
from groundrules.plan import ir
from groundrules.runtime.books import canonical
from groundrules.stores.records import Logged, Query
from groundrules.tools.patches import diff

BEHIND = 1000
"""Recorded events before a decision that a closer look replays."""
LIMITS = Limits(seconds=30.0)
Form = Mapping[str, str]


async def decision(view: View, number: str) -> Response:
    """What happened and why."""
    entry = await view.logged(_position(number))
    if entry is None:
        return view.missing()
    [row] = await view.summaries([entry])
    kept: Decision = row["decision"]
    members = set() if view.community is None else _members(kept, await view.plan())
    say = speech("decisions", view.lang)
    event = await view.recorded(kept.event, entry.at) if kept.event and view.community else None
    text = "" if event is None else str(event[1].get("text") or "")
    undoing = await view.hub.desk.undoing(view.here, entry.position) if view.community else None
    reversals = undoing.actions if undoing is not None else ()
    return view.page(
        "decision.html",
        item=row,
        members=sorted(members),
        fired=[(fired, [clause_line(clause, say) for clause in fired.clauses]) for fired in kept.fired],
        text=list(_marked(text, kept)),
        undoing=undoing,
        undoes=[deed(of.undone_by, view.lang) for of in reversals if of.undone_by is not None and not of.over],
        stays=[deed(of.action, view.lang) for of in reversals if of.undone_by is None and of.status == "done"],
        waiting=[deed(of.action, view.lang) for of in reversals if of.status == "waiting"],
        late=undoing is not None and view.hub.now() > undoing.until,
        whole=msgspec.json.format(entry.body).decode("utf-8", "replace"),
    )


def _members(decision: Decision, plan: ir.Plan) -> set[str]:
    """Return whom a decision concerns; actions and balances may also be about messages, channels and more."""
    on_members = {spec.name for spec in plan.actions if spec.target == "member"}
    of_members = {ledger.id for ledger in plan.ledgers if ledger.per == "member"}
    targets = {action.who for action in decision.actions if action.who and action.do in on_members}
    return targets | {change.who for change in decision.ledgers if change.ledger in of_members}


def _position(number: str) -> int:
    return int(number) if number.isdecimal() and len(number) < 16 else -1


def _marked(text: str, kept: Decision) -> Iterator[tuple[str, str]]:
    """Yield the event's text in pieces, each with the pattern that it was found by, "" for none."""
    clauses = [clause for fired in kept.fired for clause in fired.clauses]
    clauses += [clause for shadow in kept.shadow for clause in shadow.clauses]
    places = [place for clause in clauses for place in clause.evidence]
    at = 0
    for place in sorted((place for place in places if place.field == "text"), key=_place):
        if place.start >= at and place.end <= len(text):
            yield text[at : place.start], ""
            yield text[place.start : place.end], place.pattern
            at = place.end
    if text[at:]:
        yield text[at:], ""


def _place(evidence: Evidence) -> tuple[int, int]:
    return evidence.start, -evidence.end


async def undo(view: View, number: str, form: Form) -> Response:
    """Take a decision back, in one step."""
    undone = await view.hub.desk.undo(view.here, _position(number), view.by, form.get("reason", "").strip()[:500])
    return view.message(view.say("undone" if undone is not None else "not_undone"), "log")


# --- a closer look ------------------------------------------------------------------------------


class _Case(NamedTuple):
    """What a closer look needs: the plan, the events up to the one decided on, its id, the log's decisions on it."""

    plan: bytes
    lines: list[bytes]
    id: str
    logged: list[bytes]


async def _case(view: View, entry: Logged) -> _Case | None:
    kept = msgspec.json.decode(entry.body, type=Decision)
    event = await view.recorded(kept.event, entry.at) if kept.event else None
    if event is None or kept.event is None:
        return None
    first, _ = event
    segments = await view.hub.recorded(view.here, after=max(0, first - BEHIND), last=first)
    lines = [line for segment in segments for line in segment.body.split(b"\n")]
    around = await view.hub.decisions(Query(community=view.here, before=entry.position + 32, limit=64))
    bodies = [
        neighbour.body
        for neighbour in reversed(around)
        if msgspec.json.decode(neighbour.body, type=Decision).event == kept.event
    ]
    return _Case(await view.plan_file(), lines, kept.event, bodies)


async def look(view: View, number: str) -> Response:
    """Why, and why not: replayed and watched."""
    entry = await view.logged(_position(number))
    case = None if entry is None or view.community is None else await _case(view, entry)
    if entry is None or case is None:
        return view.message(view.say("not_recorded"), "log", 404)
    try:
        answer = await view.house.workshop.do(closer, *case, view.lang, limits=LIMITS)
    except WorkshopError as error:
        return view.message(view.excuse(error), "log", 503)
    shown = msgspec.json.decode(answer, type=Closer)
    if not shown.known:
        return view.message(view.say("not_recorded"), "log", 404)
    plan, folder = await view.plan(), await view.folder()
    decided = msgspec.json.decode(entry.body, type=Decision)
    checked = (await view.edition()).version.checked
    event = await view.recorded(decided.event or "", entry.at)
    return view.page(
        "closer.html",
        position=entry.position,
        decided_at=local(entry.at, plan.timezone),
        shown=shown,
        behind=BEHIND,
        folder=folder,
        lists=_lists(checked) if folder else [],
        candidates=_candidates({} if event is None else event[1], decided),
    )


def _lists(checked: Checked | None) -> list[str]:
    """Return the lists that may get one more entry."""
    names = [] if checked is None else [str(words.name.value) for words in checked.book.lists]
    return [name for name in names if last_entry(checked, name) is not None]


def _candidates(event: Mapping[str, Any], decided: Decision) -> list[str]:
    """Return what of an event may be worth an entry in a list: domains, what was found, who it is by."""
    links = event.get("links")
    domains = (
        [str(link.get("domain", "")) for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    )
    texts = [place.text for fired in decided.fired for clause in fired.clauses for place in clause.evidence]
    actor = event.get("actor")
    who = [str(actor.get("id", ""))] if isinstance(actor, dict) else []
    return [text for text in dict.fromkeys([*domains, *texts, *who]) if text][:20]


async def propose(view: View, number: str, form: Form) -> Response:
    """Make a test of a decision, or an entry in a list: as a change that can be reviewed, or a commit on a branch."""
    entry = await view.logged(_position(number))
    case = None if entry is None else await _case(view, entry)
    folder = await view.folder()
    if case is None or folder is None:
        return view.message(view.say("not_recorded"), "log", 404)
    try:
        change, title = await _changed(view, case, folder, number, form)
    except WorkshopError as error:
        return view.message(view.excuse(error), "log", 503)
    if change.problem:
        return view.message(view.say("refused_with", why=change.problem), "log", 422)
    top = await asyncio.to_thread(proposals.checkout, Path(change.file).parent)
    name = os.path.relpath(change.file, top or confined.home_of(Path(folder)).resolve()).replace(os.sep, "/")
    message = ""
    if form.get("commit") and view.session.may("administer") and top is not None:
        branch = _branch(form.get("branch", ""), number)
        proposal = proposals.Proposal(top, name, change.before, change.after)
        try:
            commit = await asyncio.to_thread(proposals.commit, proposal, branch, title, view.by)
        except proposals.ProposalError as error:
            return view.message(view.say("refused_with", why=reason(error, view.lang)), "log", 409)
        message = view.say("committed", commit=commit[:12], branch=branch)
    return view.page(
        "proposal.html",
        title=title,
        message=message,
        changes=change.matters if form.get("what") == "entry" else None,
        diff=diff(name, change.before, change.after),
        position=number,
        form=form,
        branch=_branch("", number),
        checkout=top is not None,
    )


async def _changed(view: View, case: _Case, folder: str, number: str, form: Form) -> tuple[Change, str]:
    """Return the change, and what it is called. Raises WorkshopError."""
    entry, name = form.get("entry", "").strip()[:200], form.get("name", "").strip()[:200] or f"decision {number}"
    call: tuple[Any, ...] = (as_test, folder, *case, name, view.lang)
    title = view.say("commit_test", name=name)
    if form.get("what") == "entry":
        settings = canonical(await view.hub.settings(view.here))
        call = (with_entry, folder, settings, case.lines, case.id, form.get("list", ""), entry, view.lang)
        title = view.say("commit_entry", entry=entry)
    answer = await view.house.workshop.do(*call, limits=LIMITS, roots=confined.roots_in_force())
    return msgspec.json.decode(answer, type=Change), title


def _branch(asked: str, number: str) -> str:
    return re.sub(r"[^\w/.-]+", "-", asked.strip())[:80].strip("/.-") or f"console/decision-{number}"
