"""One decision: what happened and why, why not, taking it back, and what could be made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from starlette.responses import Response

from groundrules.console import proposals
from groundrules.console.looking import Closer, Drafted, Entered, as_test, closer, with_entry
from groundrules.console.view import View, local
from groundrules.console.workshop import Limits, OverLimitError
from groundrules.decisions import Decision, Evidence
from groundrules.diagnostics.translation import refused
from groundrules.engine import plan_file
from groundrules.narrate.decision import clause_told
from groundrules.narrate.deeds import deed
from groundrules.narrate.speech import speech
from groundrules.stores.records import Logged, Query

BEHIND = 1000
"""Recorded events before a decision that a closer look replays."""
LIMITS = Limits(seconds=30.0)
Form = Mapping[str, str]


async def decision(view: View, number: str) -> Response:
    """What happened and why."""
    found = await view.logged(_position(number))
    if found is None:
        return _missing(view)
    [one] = await view.told([found])
    kept: Decision = one["decision"]
    members = {action.who for action in kept.actions if action.who} | {change.who for change in kept.ledgers}
    say = speech("decisions", view.lang)
    event = await view.recorded(kept.event, found.at) if kept.event and view.community else None
    text = "" if event is None else str(event[1].get("text") or "")
    undoing = await view.hub.desk.undoing(view.here, found.position) if view.community else None
    reversals = undoing.actions if undoing is not None else ()
    return view.page(
        "decision.html",
        one=one,
        members=sorted(members),
        fired=[(fired, [clause_told(clause, say) for clause in fired.clauses]) for fired in kept.fired],
        text=list(_marked(text, kept)),
        undoing=undoing,
        undoes=[deed(of.undone_by, view.lang) for of in reversals if of.undone_by is not None and not of.over],
        stays=[deed(of.action, view.lang) for of in reversals if of.undone_by is None and of.status == "done"],
        waiting=[deed(of.action, view.lang) for of in reversals if of.status == "waiting"],
        late=undoing is not None and view.hub.now() > undoing.until,
        whole=msgspec.json.format(found.body).decode("utf-8", "replace"),
    )


def _position(number: str) -> int:
    return int(number) if number.isdecimal() and len(number) < 16 else -1


def _missing(view: View) -> Response:
    return view.page("said.html", 404, title="404", said=view.say("no_such_page"), back=view.link("today"))


def _marked(text: str, kept: Decision) -> Iterator[tuple[str, str]]:
    """Yield the event's text in pieces, each with the pattern that it was found by, "" for none."""
    clauses = [clause for fired in kept.fired for clause in fired.clauses]
    clauses += [clause for shadow in kept.shadow for clause in shadow.clauses]
    found = [one for clause in clauses for one in clause.evidence]
    at = 0
    for one in sorted((one for one in found if one.field == "text"), key=_place):
        if one.start >= at and one.end <= len(text):
            yield text[at : one.start], ""
            yield text[one.start : one.end], one.pattern
            at = one.end
    if text[at:]:
        yield text[at:], ""


def _place(evidence: Evidence) -> tuple[int, int]:
    return evidence.start, -evidence.end


async def undo(view: View, number: str, form: Form) -> Response:
    """Take a decision back, in one step."""
    found = await view.hub.desk.undo(view.here, _position(number), view.by, form.get("reason", "").strip()[:500])
    return view.said(view.say("undone" if found is not None else "not_undone"), "log")


# --- a closer look ------------------------------------------------------------------------------


class _Case(NamedTuple):
    """What a closer look needs: the plan, the events up to the one decided on, its id, the log's decisions on it."""

    plan: bytes
    lines: list[bytes]
    id: str
    logged: list[bytes]


async def _case(view: View, found: Logged) -> _Case | None:
    kept = msgspec.json.decode(found.body, type=Decision)
    event = await view.recorded(kept.event, found.at) if kept.event else None
    if event is None or kept.event is None:
        return None
    first, _ = event
    segments = await view.hub.recorded(view.here, after=max(0, first - BEHIND), last=first)
    lines = [line for segment in segments for line in segment.body.split(b"\n")]
    near = await view.hub.decisions(Query(community=view.here, before=found.position + 32, limit=64))
    bodies = [one.body for one in reversed(near) if msgspec.json.decode(one.body, type=Decision).event == kept.event]
    edition = await view.edition()
    return _Case(plan_file.write(edition.compiled), lines, kept.event, bodies)


async def look(view: View, number: str) -> Response:
    """Why, and why not: replayed and watched."""
    found = await view.logged(_position(number))
    case = None if found is None or view.community is None else await _case(view, found)
    if found is None or case is None:
        return view.said(view.say("not_recorded"), "log", 404)
    try:
        answer = await view.house.workshop.do(closer, *case, view.lang, limits=LIMITS)
    except OverLimitError as error:
        return view.said(view.say("too_much", why=refused(str(error), view.lang)), "log", 503)
    shown = msgspec.json.decode(answer, type=Closer)
    if not shown.found:
        return view.said(view.say("not_recorded"), "log", 404)
    plan, folder = await view.plan(), await view.folder()
    decided = msgspec.json.decode(found.body, type=Decision)
    checked = (await view.edition()).version.checked
    event = await view.recorded(decided.event or "", found.at)
    return view.page(
        "closer.html",
        position=found.position,
        decided_at=local(found.at, plan.timezone),
        shown=shown,
        behind=BEHIND,
        folder=folder,
        lists=[str(one.name.value) for one in checked.book.lists] if checked and folder else [],
        candidates=_candidates({} if event is None else event[1], decided),
    )


def _candidates(event: Mapping[str, Any], decided: Decision) -> list[str]:
    """Return what of an event may be worth an entry in a list: domains, what was found, who it is by."""
    links = event.get("links")
    domains = (
        [str(link.get("domain", "")) for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    )
    found = [one.text for fired in decided.fired for clause in fired.clauses for one in clause.evidence]
    actor = event.get("actor")
    who = [str(actor.get("id", ""))] if isinstance(actor, dict) else []
    return [one for one in dict.fromkeys([*domains, *found, *who]) if one][:20]


async def propose(view: View, number: str, form: Form) -> Response:
    """Make a test of a decision, or an entry in a list: as a change that can be reviewed, or a commit on a branch."""
    found = await view.logged(_position(number))
    case = None if found is None else await _case(view, found)
    folder = await view.folder()
    if case is None or folder is None:
        return view.said(view.say("not_recorded"), "log", 404)
    try:
        made, title = await _made(view, case, folder, number, form)
    except OverLimitError as error:
        return view.said(view.say("too_much", why=refused(str(error), view.lang)), "log", 503)
    if made.problem in ("not_told", "no_list"):
        return view.said(view.say(made.problem), "log", 422)
    if made.problem:
        return view.said(view.say("refused_with", why=refused(made.problem, view.lang)), "log", 422)
    home = Path(folder) if Path(folder).is_dir() else Path(folder).parent
    said = ""
    if form.get("commit") and view.session.may("administer"):
        branch = _branch(form.get("branch", ""), number)
        try:
            commit = proposals.commit(home, made.file, made.after, branch, title, view.by)
        except proposals.ProposalError as error:
            return view.said(view.say("refused_with", why=refused(str(error), view.lang)), "log", 409)
        said = view.say("committed", commit=commit[:12], branch=branch)
    return view.page(
        "proposal.html",
        title=title,
        said=said,
        changes=made.changes if form.get("what") == "entry" else None,
        diff=proposals.diff(made.file, made.before, made.after),
        position=number,
        form=form,
        branch=_branch("", number),
        checkout=proposals.checkout(home) is not None,
    )


async def _made(view: View, case: _Case, folder: str, number: str, form: Form) -> tuple[Entered, str]:
    """Return the change, and what it is called."""
    work = view.house.workshop
    if form.get("what") == "entry":
        entry = form.get("entry", "").strip()[:200]
        call = (with_entry, folder, case.lines, case.id, form.get("list", ""), entry)
        answer = await work.do(*call, limits=LIMITS)
        return msgspec.json.decode(answer, type=Entered), view.say("commit_entry", entry=entry)
    name = form.get("name", "").strip()[:200] or f"decision {number}"
    answer = await work.do(as_test, folder, *case, name, view.lang, limits=LIMITS)
    test = msgspec.json.decode(answer, type=Drafted)
    return Entered(test.file, test.before, test.after, True, test.problem), view.say("commit_test", name=name)


def _branch(asked: str, number: str) -> str:
    return re.sub(r"[^\w/.-]+", "-", asked.strip())[:80].strip("/.-") or f"console/decision-{number}"
