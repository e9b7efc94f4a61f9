"""What is shown: today, the log, a member, the rules and the numbers in them."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from groundrules import confined
from groundrules.checker import Checked
from groundrules.console.charts import Bar, histogram
from groundrules.console.conditions import as_written
from groundrules.console.notes import worded
from groundrules.console.queue import count
from groundrules.console.thresholds import Threshold, thresholds
from groundrules.console.view import View, local, titles
from groundrules.console.workshop import Limits, WorkshopError
from groundrules.decisions import Decision
from groundrules.engine.upkeep.contents import InForce
from groundrules.narrate.localised import pick
from groundrules.runtime.core import Core
from groundrules.runtime.passing_time import FAR
from groundrules.stores.records import Query
from groundrules.time_units import DAY
from groundrules.tools import costs as costing
from groundrules.tools.handbook import handbook
from groundrules.tools.handbook.html import body

LATEST = 2000
"""So many decisions of the last day are looked at."""
PAGE = 30
SHOWN = 10
HANDBOOKS = 64
"""Handbooks that are kept ready."""
LATEST_EVENTS = 5000
"""Recorded events that the histograms are of."""
_decision = msgspec.json.Decoder(Decision)


class _Rule(msgspec.Struct):
    rule: str


class _Fired(msgspec.Struct):
    """What counting needs of a decision."""

    actions: list[msgspec.Raw] = []
    fired: list[_Rule] = []


_fired = msgspec.json.Decoder(_Fired).decode


async def today(view: View) -> Response:
    """What happened, and what waits."""
    if view.community is None:
        return view.page(
            "message.html", title=view.say("today"), message=view.say("no_community"), back=view.link("today")
        )
    entries = await view.hub.decisions(Query(community=view.community, before=FAR, limit=LATEST))
    since = (entries[0].at if entries else 0) - DAY
    recent = [entry for entry in entries if entry.at >= since]
    decisions = [_fired(entry.body) for entry in recent]
    rules = Counter(fired.rule for decision in decisions for fired in decision.fired)
    news = [entry for entry in entries[: 10 * SHOWN] if _is_news(_decision.decode(entry.body))][:SHOWN]
    head = await view.hub.community(view.community)
    notes = await view.hub.notes(view.community, 20)
    edition = await view.edition()
    plan, schema = edition.compiled.plan, edition.settings_schema(view.lang)
    called = titles(plan, view.lang)
    settings = {name: str(field.get("title", name)) for name, field in schema["properties"].items()}
    return view.page(
        "today.html",
        trouble=view.hub.trouble,
        paused=head is not None and head.paused,
        decided=len(recent),
        acted=sum(len(decision.actions) for decision in decisions),
        waiting=await count(view),
        rules=[(rule, called.get(rule, rule), times) for rule, times in rules.most_common(20)],
        entries=await view.summaries(news),
        notes=[(local(note.at, plan.timezone), worded(note, view.lang, plan.timezone, settings)) for note in notes],
    )


def _is_news(decision: Decision) -> bool:
    """Whether more happened than that something was counted."""
    expired = any(note.kind == "approval_expired" for note in decision.notes)
    return bool(decision.actions or decision.shadow or decision.exempted) or expired


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
    return view.page("log.html", entries=await view.summaries(entries), older=older)


async def member(view: View, who: str) -> Response:
    """A member: balances, and what was decided about them."""
    if view.community is None:
        return view.missing()
    id, plan = view.community, await view.plan()
    ledgers = [ledger for ledger in plan.ledgers if ledger.per == "member"]

    def read(core: Core) -> tuple[list[int], list[InForce]]:
        engine = core.communities[id].engine
        return [engine.balance(id, ledger.id, who) for ledger in ledgers], engine.in_force(id, who)

    values, held = await view.hub.do(id, read)
    called = {spec.name: pick(spec.title, view.lang) or spec.name for spec in plan.actions}
    sanctions = {called[it.do]: None if it.until is None else local(it.until, plan.timezone) for it in held}
    named = [pick(ledger.title, view.lang) or ledger.id for ledger in ledgers]
    balances = [(name, value) for name, value in zip(named, values, strict=True) if value]
    rows = await view.summaries(await view.hub.history(who, id, PAGE))
    return view.page("member.html", member=who, balances=balances, sanctions=sanctions, entries=rows)


async def rules(view: View) -> Response:
    """The handbook as members read it, with the numbers in force; how often each rule fired, what it costs at most."""
    edition = await view.edition()
    checked, plan = edition.version.checked, edition.compiled.plan
    if checked is None:
        return view.missing()
    entries = await view.hub.decisions(Query(community=view.community, before=FAR, limit=LATEST))
    fired = Counter(rule.rule for entry in entries for rule in _fired(entry.body).fired)
    kept = view.house.handbooks
    if (edition.name, view.lang) not in kept:
        kept[edition.name, view.lang] = await asyncio.to_thread(_handbook, checked, view.lang)
        if len(kept) > HANDBOOKS:
            del kept[next(iter(kept))]
    title, text = kept[edition.name, view.lang]
    called = titles(plan, view.lang)
    listed = sorted({rule.id.partition("#")[0]: rule for rule in plan.rules}.values(), key=lambda rule: -fired[rule.id])
    return view.page(
        "rules.html",
        title=title,
        handbook=text,
        rules=[(rule.id, called.get(rule.id, rule.id), fired[rule.id], rule.mode) for rule in listed],
        looked=len(entries),
        costs=await asyncio.to_thread(_costs, checked, view.lang) if view.query("costs") else None,
    )


def _handbook(checked: Checked, lang: str) -> tuple[str, Markup]:
    document = handbook(checked, lang)
    return document.title, Markup(body(document))


def _costs(checked: Checked, lang: str) -> list[str]:
    return [line.text for line in costing.lines(costing.costs(checked), lang)]


async def rule(view: View, id: str) -> Response:
    """A rule: what members read, its conditions, how often it fired; on demand what was seen beside its numbers."""
    plan = await view.plan()
    known = next((known_rule for known_rule in plan.rules if known_rule.id == id), None)
    if known is None:
        return view.missing()
    entries = await view.hub.decisions(Query(community=view.community, rule=id, before=FAR, limit=PAGE))
    numbers, problem = None, ""
    if view.query("numbers"):
        try:
            numbers = await _numbers(view, id)
        except WorkshopError as error:
            problem = view.excuse(error)
    place = next((place for place in (known.src, known.when.src) if place >= 0), None)
    source = None if place is None else plan.sources[place]
    return view.page(
        "rule.html",
        rule=known,
        called=pick(known.title, view.lang) or id,
        text=pick(known.text, view.lang) or "",
        when=as_written(known.when, plan.sources),
        unless=as_written(known.unless, plan.sources) if known.unless is not None else "",
        place="" if source is None else f"{_place(source.file, await view.folder())}:{source.line}",
        numbers=numbers,
        problem=problem,
        looked=LATEST_EVENTS,
        entries=await view.summaries(entries),
    )


def _place(file: str, folder: str | None) -> str:
    """Return a file as it is called in the rulebook's folder: where that stands is nobody's business."""
    home, path = confined.home_of(Path(folder or "").resolve()), Path(file).resolve()
    return path.relative_to(home).as_posix() if folder and path.is_relative_to(home) else path.name


async def _numbers(view: View, id: str) -> list[Any]:
    """Return what was seen beside each number of a rule: its condition, the chart, and the same as a table.

    Raises WorkshopError.
    """
    lines = await view.latest(LATEST_EVENTS)
    plan = await view.plan_file()
    answer = await view.house.workshop.do(thresholds, plan, lines, id, limits=Limits(seconds=20.0))
    shown = []
    for number, threshold in enumerate(msgspec.json.decode(answer, type=list[Threshold])):
        bars = [Bar(label, times) for label, times in threshold.values]
        beyond = sum(bar.times for bar in bars[threshold.line :])
        total = sum(bar.times for bar in bars)
        description = view.say("seen_described", bound=threshold.bound, beyond=beyond, total=total)
        chart = histogram(f"chart-{number}", threshold.text, description, bars, threshold.line, threshold.bound)
        shown.append((threshold, chart, description, bars))
    return shown
