"""What is shown: today, what waits, the log, a decision and why, a member, the rules."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from typing import Any

import msgspec
from starlette.responses import HTMLResponse, Response

from groundrules.console.view import View, local, titles
from groundrules.decisions import Decision
from groundrules.narrate.deeds import deed
from groundrules.narrate.localised import pick
from groundrules.runtime.core import Core, action_of
from groundrules.stores.records import Query
from groundrules.time_units import DAY
from groundrules.tools.handbook import handbook, html

FAR = 1 << 53
LATEST = 2000
"""So many decisions of the last day are looked at."""
PAGE = 30
SHOWN = 10
_decision = msgspec.json.Decoder(Decision)


async def today(view: View) -> Response:
    """What happened, and what waits."""
    if view.community is None:
        return view.page("said.html", title=view.say("today"), said=view.say("no_community"), back=view.link("today"))
    entries = await view.hub.decisions(Query(community=view.community, before=FAR, limit=LATEST))
    since = (entries[0].at if entries else 0) - DAY
    recent = [entry for entry in entries if entry.at >= since]
    decisions = [_decision.decode(entry.body) for entry in recent]
    rules = Counter(fired.rule for decision in decisions for fired in decision.fired)
    news = [entry for entry in entries[: 10 * SHOWN] if _is_news(_decision.decode(entry.body))][:SHOWN]
    head = await view.hub.community(view.community)
    requests, actions = await _waiting(view)
    notes = await view.hub.notes(view.community, 20)
    plan = await view.plan()
    called = titles(plan, view.lang)
    return view.page(
        "today.html",
        trouble=view.hub.trouble,
        paused=head is not None and head.paused,
        decided=len(recent),
        acted=sum(len(decision.actions) for decision in decisions),
        waiting=len(requests) + sum(action["status"] == "doubtful" for action in actions),
        rules=[(rule, called.get(rule, rule), times) for rule, times in rules.most_common(20)],
        told=await view.told(news),
        notes=[
            {"at": local(n.at, plan.timezone), "kind": n.kind, "detail": n.detail.decode("utf-8", "replace")}
            for n in notes
        ],
    )


def _is_news(decision: Decision) -> bool:
    """Whether more happened than that something was counted."""
    return bool(decision.actions or decision.shadow or decision.exempted)


async def queue(view: View) -> Response:
    """What waits for an answer."""
    requests, actions = await _waiting(view)
    return view.page("queue.html", requests=requests, actions=actions)


async def _waiting(view: View) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if view.community is None:
        return [], []
    plan = await view.plan()
    wordings = {spec.name: spec for spec in plan.actions}
    requests: dict[str, dict[str, Any]] = {}
    for action in await view.hub.pending(view.community):
        request = requests.setdefault(action.key, {"id": action.key, "rules": [], "lines": []})
        request["lines"].append(deed(action, view.lang, wordings))
        request["rules"] = sorted({*request["rules"], *action.rules})
    actions = [
        {
            "at": local(action.at, plan.timezone),
            "key": action.key,
            "status": action.status,
            "reason": action.reason,
            "line": deed(action_of(action), view.lang, wordings),
        }
        for action in await view.hub.actions(view.community, limit=200)
    ]
    return list(requests.values()), actions


async def log(view: View) -> Response:
    """Every decision, by member, rule and channel, the newest first."""
    before = view.query("before")
    query = Query(
        community=view.community,
        member=view.query("member"),
        rule=view.query("rule"),
        channel=view.query("channel"),
        before=int(before) if before is not None and before.isdecimal() and len(before) < 16 else FAR,
        limit=PAGE,
    )
    entries = await view.hub.decisions(query)
    older = None
    if len(entries) == PAGE:
        wanted = {name: view.query(name) for name in ("member", "rule", "channel")}
        older = view.link("log", **wanted, before=entries[-1].position)
    return view.page("log.html", told=await view.told(entries), older=older)


async def decision(view: View, number: str) -> Response:
    """What happened and why."""
    position = int(number) if number.isdecimal() and len(number) < 16 else 0
    entries = await view.hub.decisions(Query(after=position - 1, limit=1)) if position else []
    if not entries or entries[0].position != position:
        return missing(view)
    [row] = await view.told(entries)
    kept: Decision = row["decision"]
    members = {action.who for action in kept.actions if action.who} | {change.who for change in kept.ledgers}
    whole = msgspec.json.format(entries[0].body).decode("utf-8", "replace")
    return view.page("decision.html", one=row, members=sorted(members), whole=whole)


async def member(view: View, who: str) -> Response:
    """A member: balances, and what was decided about them."""
    if view.community is None:
        return missing(view)
    id, plan = view.community, await view.plan()
    ledgers = [ledger for ledger in plan.ledgers if ledger.per == "member"]

    def read(core: Core) -> list[int]:
        return [core.communities[id].engine.balance(id, ledger.id, who) for ledger in ledgers]

    values = await view.hub.do(id, read)
    named = [pick(ledger.title, view.lang) or ledger.id for ledger in ledgers]
    balances = [(name, value) for name, value in zip(named, values, strict=True) if value]
    rows = await view.told(await view.hub.history(who, id, PAGE))
    return view.page("member.html", member=who, balances=balances, told=rows)


async def rules(view: View) -> Response:
    """The handbook as members read it, with the numbers in force."""
    if view.community is None:
        return missing(view)
    id = view.community
    checked = await view.hub.do(id, lambda core: core.communities[id].edition.version.checked)
    if checked is None:
        return missing(view)
    text = html(handbook(checked, view.lang))
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    hashes = " ".join(f"'sha256-{_hash(style)}'" for style in styles)
    return HTMLResponse(text, headers={"content-security-policy": f"default-src 'none'; style-src {hashes}"})


def _hash(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def missing(view: View) -> Response:
    """There is no such page."""
    return view.page("said.html", 404, title="404", said=view.say("no_such_page"), back=view.link("today"))
