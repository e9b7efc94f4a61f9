"""The chapters about the whole: how to appeal, who decides, what changes when; what is remembered comes last."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.bindings import Instance, Setting
from groundrules.checker.people import date_in_words, dated_settings, filled, setting_in_words
from groundrules.narrate.localised import pick
from groundrules.plan import ir
from groundrules.rulebook.model import Parameter
from groundrules.tools.handbook.document import Block, Heading, Item, Items, Table
from groundrules.tools.handbook.guide import Guide
from groundrules.tools.handbook.memory import remembered


def closing(guide: Guide) -> Iterator[Block]:
    """Yield the last chapters; those with nothing to say are left out."""
    for chapter in (_appeals(guide), _decides(guide), _dated(guide), remembered(guide)):
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
