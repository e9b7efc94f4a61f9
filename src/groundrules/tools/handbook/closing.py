"""The chapters about the whole: how to appeal, who decides, what is remembered."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.bindings import Instance, Setting
from groundrules.checker.people import date_in_words, dated_settings, filled, setting_in_words
from groundrules.narrate.localised import pick
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.rulebook.model import Parameter
from groundrules.time_units import DAY
from groundrules.tools.handbook.document import Block, Heading, Item, Items, Table
from groundrules.tools.handbook.guide import Guide
from groundrules.window_kinds import KINDS


def closing(guide: Guide) -> Iterator[Block]:
    """Yield the last chapters; those with nothing to say are left out."""
    for chapter in (_appeals(guide), _decides(guide), _dated(guide), _remembered(guide)):
        yield from chapter


def _appeals(guide: Guide) -> Iterator[Block]:
    phrases = guide.phrases
    items = []
    for ladder in guide.plan.ladders:
        if ladder.appeal and ladder.id in guide.ladders:
            length = phrases.length(ladder.appeal.within)
            text = phrases("appeal", length=length, role=ladder.appeal.to)
            items.append(Item(guide.ladder_title(ladder.id), text, (phrases("appeal_how"),)))
    if items:
        yield Heading(2, phrases("appeals"))
        yield Items(tuple(items))


def _decides(guide: Guide) -> Iterator[Block]:
    phrases = guide.phrases
    rows = []
    for rule in guide.rules:
        if rule.approval:
            approval = rule.approval
            what = _matter(guide, rule)
            rows.append(
                (
                    what,
                    phrases.join(approval.by, "or"),
                    str(approval.approvals),
                    phrases.length(approval.within),
                    guide.refused(rule) or phrases("no_bound"),
                )
            )
    for ladder in guide.plan.ladders:
        if ladder.appeal and ladder.id in guide.ladders:
            what = phrases("appeals_of", what=guide.ladder_title(ladder.id))
            rows.append((what, ladder.appeal.to, "1", phrases.length(ladder.appeal.within), phrases("no_bound")))
    if rows:
        yield Heading(2, phrases("decides"))
        yield Table(tuple(map(phrases, ("matter", "role", "approvals", "time", "else"))), tuple(rows))


def _dated(guide: Guide) -> Iterator[Block]:
    """What has values by date, each with why it changes and where that was decided."""
    phrases, rows = guide.phrases, list[tuple[str, ...]]()
    for instance in guide.checked.instances:
        for parameter in instance.book.parameters:
            settings = dated_settings(instance, str(parameter.name.value))
            if len(settings) > 1:
                title = phrases.title(filled(parameter.title, instance), str(parameter.name.value))
                rows += [(title, *_value(guide, instance, parameter, *setting)) for setting in settings]
    if rows:
        yield Heading(2, phrases("dated_values"))
        yield Table(tuple(map(phrases, ("what", "since", "value", "why"))), tuple(rows))


def _value(
    guide: Guide, instance: Instance, parameter: Parameter, since: int | None, setting: Setting
) -> tuple[str, str, str]:
    phrases = guide.phrases
    written = next((dated for dated in parameter.values if dated.value.span == setting.span), None)
    because = "" if written is None else pick(filled(written.because, instance), phrases.lang) or ""
    source = "" if written is None or written.source is None else str(written.source.value)
    date = phrases("from_the_start") if since is None else date_in_words(since, instance)
    return date, setting_in_words(setting, phrases.lang), phrases.join([part for part in (because, source) if part])


def _matter(guide: Guide, rule: ir.Rule) -> str:
    """What is asked about: what a rule does, or of an action more than a brake lets pass."""
    phrases = guide.phrases
    for brake in guide.plan.brakes:
        if isinstance(rule.trigger, ir.OnBrake) and rule.trigger.brake == brake.id:
            limit = phrases("brake", n=brake.most, length=phrases.length(brake.within))
            return phrases.join([phrases.action(brake.do), limit], "colon")
    return phrases.join([phrases.title(rule.title, rule.id), phrases.effects(rule.effects)], "colon")


def _remembered(guide: Guide) -> Iterator[Block]:
    yield Heading(2, guide.phrases("remembered"))
    yield Items(tuple(Item("", text) for text in _kept(guide)))


def _kept(guide: Guide) -> Iterator[str]:
    plan, phrases = guide.plan, guide.phrases
    for ledger in (ledger for ledger in plan.ledgers if ledger.id in guide.raised):
        fade = ledger.fade
        fades = phrases("ledger_fades", n=fade.amount, length=phrases.length(fade.every)) if fade else ""
        lasts = ledger.per in ir.LASTING
        kept = phrases("ledger_kept") if lasts else phrases("ledger_forgotten", length=phrases.length(plan.retain))
        yield phrases.join([phrases.ledger(ledger.id), fades or kept], "colon")
    for type, length in sorted(_windows(plan).items()):
        yield phrases("kept_window", type=phrases.event(type), length=phrases.length(length))
    for type, number in sorted(_last_events(plan).items()):
        yield phrases("kept_last", type=phrases.event(type), n=number, length=phrases.length(plan.retain))
    longest = max((_longest(rule) for rule in guide.rules), default=0)
    if longest:
        yield phrases("kept_rules", length=phrases.length(longest))
    labels = {label.label: label.lasts for label in within(plan.rules, ir.Label) if not label.remove}
    if labels:
        lifetimes = [
            f"{name} ({phrases.length(lasts) if lasts else phrases('for_good')})" for name, lasts in labels.items()
        ]
        yield phrases("kept_labels", labels=phrases.join(sorted(lifetimes), "comma"))
    facts = [phrases.fact(fact) for fact in plan.facts.get("member", ()) if fact != "self"]
    if facts:
        yield phrases("kept_facts", facts=phrases.join(facts, "comma"), length=phrases.length(plan.retain))
    yield phrases("kept_ids")


def _windows(plan: ir.Plan) -> dict[str, int]:
    """Return how long events are counted at most, by type."""
    longest: dict[str, int] = {}
    for window in (window for window in plan.windows if not window.by_events):
        length = 2 * DAY if KINDS[window.kind].daily else window.within or plan.retain
        longest[window.type] = max(length, longest.get(window.type, 0))
    return longest


def _last_events(plan: ir.Plan) -> dict[str, int]:
    """Return how many of the last events are kept at most, by type."""
    most: dict[str, int] = {}
    for window in (window for window in plan.windows if window.by_events):
        most[window.type] = max(window.within, most.get(window.type, 0))
    return most


def _longest(rule: ir.Rule) -> int:
    """Return how long it is kept that a rule fired."""
    period = {"day": 1, "week": 7, "month": 31}
    once = rule.once.within or period.get(rule.once.per or "", 0) * DAY if rule.once else 0
    return max(once, rule.times.within if rule.times else 0, rule.remember)
