"""The sections of a chapter: rules by theme, rewards, ladders, paths, states, schedules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from groundrules.checker.people import filled
from groundrules.engine.evaluation.kinds import kind_of
from groundrules.narrate.localised import pick
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.time_units import format_clock
from groundrules.tools.handbook.document import Block, Exemption, Heading, Item, Items, Paragraph, Table
from groundrules.tools.handbook.guide import Guide, alias_of
from groundrules.tools.handbook.phrases import Phrases
from groundrules.tools.handbook.tables import lead, table, tables


def sections(guide: Guide, alias: str, level: int) -> Iterator[Block]:
    """Yield the sections of the rulebook imported as `alias`, with headings of `level`."""
    by_name = {
        "rules": _themes(guide, _events(guide, alias, "rule"), level + 1),
        "rewards": _rewards(guide, _events(guide, alias, "reward")),
        "ladders": _ladders(guide, alias, level + 1),
        "paths": _paths(guide, alias),
        "states": _states(guide, alias),
        "schedules": _schedules(guide, alias),
        "brakes": _brakes(guide, alias),
    }
    for name, blocks in by_name.items():
        body = list(blocks)
        if body:
            yield Heading(level, guide.phrases(name))
            yield from body


def _events(guide: Guide, alias: str, kind: str) -> list[ir.Rule]:
    """The rules of a kind that events set off, without what a refusal brings about."""
    return [
        rule
        for rule in guide.rules
        if rule.kind == kind
        and isinstance(rule.trigger, ir.OnEvent)
        and alias_of(rule.id) == alias
        and not rule.id.endswith("#otherwise")
    ]


def _items(items: Iterable[Item]) -> Iterator[Block]:
    shown = tuple(items)
    if shown:
        yield Items(shown)


# --- rules ---------------------------------------------------------------------------------------


def _themes(guide: Guide, rules: list[ir.Rule], level: int) -> Iterator[Block]:
    themes: dict[str, list[ir.Rule]] = {}
    for rule in rules:
        themes.setdefault(guide.themes.get(rule.id, ""), []).append(rule)
    for theme in sorted(themes, key=lambda theme: (theme == "", theme)):
        if len(themes) > 1:
            yield Heading(level, guide.theme(theme, alias_of(themes[theme][0].id)))
        yield from _items(_rule(guide, rule) for rule in themes[theme] if "#row-" not in rule.id)
        for rows in tables(guide, themes[theme]).values():
            whole = lead(guide, rows)
            title = guide.name(guide.title_of_table(whole), whole.id.partition("#")[0])
            yield from table(guide, rows, title, _conditions(guide, whole))


def _rule(guide: Guide, rule: ir.Rule) -> Item:
    phrases = guide.phrases
    notes = [] if rule.times else [_sentence(phrases, rule)]
    return Item(guide.name(rule.title, rule.id), pick(rule.text, phrases.lang), (*notes, *_conditions(guide, rule)))


def _sentence(phrases: Phrases, rule: ir.Rule) -> str:
    return phrases("does", when=phrases.events(_types(rule)), what=phrases.effects(rule.effects))


def _conditions(guide: Guide, rule: ir.Rule) -> Iterator[str]:
    """The small print: from which count on, how often, who has to approve, for whom and until when."""
    phrases = guide.phrases
    yield from conditions_of(guide, rule)
    if rule.times:
        yield from phrases.times(rule.times)
    yield from _instead(guide, rule)
    yield from agreed(guide, rule)
    if rule.first_of:
        yield phrases("first_of", group=rule.first_of)
    if rule.once and rule.kind != "reward":
        yield phrases.once(rule.once)
    if rule.mode == "shadow":
        yield phrases("shadow")
    if rule.rollout < 1:
        yield phrases("rollout", share=f"{rule.rollout:.0%}")
    yield from decided(phrases, rule)
    if rule.starts is not None:
        yield phrases("starts", date=phrases.date(rule.starts))
    if rule.ends is not None:
        yield phrases("ends", date=phrases.date(rule.ends))


def decided(phrases: Phrases, rule: ir.Rule) -> Iterator[str]:
    """Why a rule is as it is, and where that was decided."""
    if why := pick(rule.because, phrases.lang):
        yield phrases("because", text=why)
    if rule.source:
        yield phrases("source", text=rule.source)


def _instead(guide: Guide, rule: ir.Rule) -> Iterator[str]:
    """What happens where something that the rule requires does not hold."""
    phrases, other = guide.phrases, guide.by_id.get(f"{rule.id}#otherwise")
    if other is None:
        return
    shared = [expr for expr, _ in phrases.conditions.parts(rule.when)]
    tests = [phrase for expr, phrase in phrases.conditions.parts(other.when) if expr not in shared]
    what = phrases.effects(other.effects)
    if None in tests:
        yield phrases("instead_of", what=what)
    else:
        yield phrases("instead", tests=phrases.join([test.text for test in tests if test], "then"), what=what)


_OF_MACHINES = frozenset({"event.actor.bot", "event.actor.self"})


def conditions_of(guide: Guide, rule: ir.Rule) -> Iterator[str]:
    """The conditions of a rule; where its own text tells of them, only numbers and exceptions that can be told in full.

    Nothing is left out in silence: what there are no words for is `further conditions`, or exceptions.
    """
    phrases, tell = guide.phrases, guide.phrases.conditions.of(rule)
    parts = tell.parts(rule.when)
    shown = [part for expr, part in parts if part and (not rule.text or any(True for _ in within(expr, ir.WindowTest)))]
    texts = list(dict.fromkeys(part.text for part in shown))
    whole = len(shown) == len(parts)
    if rule.text and texts:
        yield phrases("limit" if whole else "among", tests=phrases.join(texts, "then"))
    elif texts:
        rest = [] if whole else [phrases("further")]
        yield phrases("limit", tests=phrases.join([*texts, *rest], "then"))
    elif parts and not rule.text:
        yield phrases("only_if")
    if rule.unless is not None and tell.pruned(rule.unless) != ir.Const(value=False):
        exception = tell.phrased(rule.unless)
        if exception and rule.text and exception.facts <= _OF_MACHINES:
            return
        if exception:
            yield Exemption.of(phrases("unless", tests=exception.text), exception.text)
        elif not rule.text:
            yield phrases("some_unless")


def agreed(guide: Guide, rule: ir.Rule) -> Iterator[str]:
    """Who has to approve, and what happens if nobody does."""
    phrases, approval = guide.phrases, rule.approval
    if approval is None:
        return
    word = "approval" if approval.approvals > 1 else "approval_one"
    text = phrases(
        word, n=approval.approvals, role=phrases.join(approval.by, "or"), length=phrases.length(approval.within)
    )
    refused = guide.refused(rule)
    yield phrases.join([text, phrases("otherwise", what=refused) if refused else ""], "then")


# --- rewards -------------------------------------------------------------------------------------


def _rewards(guide: Guide, rules: list[ir.Rule]) -> Iterator[Block]:
    phrases = guide.phrases
    if not rules:
        return
    rows = tuple((_earned(guide, rule), phrases.effects(rule.effects), _bound(guide, rule)) for rule in rules)
    yield Table((phrases("earn"), phrases("gets"), phrases("bound")), rows)


def _earned(guide: Guide, rule: ir.Rule) -> str:
    phrases = guide.phrases
    text = pick(rule.text, phrases.lang)
    title = guide.name(rule.title, rule.id)
    what = text or phrases.events(_types(rule))
    return phrases.join([phrases.join([title, what], "colon"), *conditions_of(guide, rule)], "then")


def _bound(guide: Guide, rule: ir.Rule) -> str:
    phrases = guide.phrases
    caps = {cap.id: cap for cap in guide.plan.caps}
    used = [caps[effect.cap] for effect in rule.effects if isinstance(effect, ir.Delta) and effect.cap in caps]
    bounds = [phrases(f"per_{cap.per}", n=cap.amount) for cap in dict.fromkeys(used)]
    bounds += [phrases.once(rule.once)] if rule.once else []
    if rule.undo:
        bounds.append(phrases("taken_back", type=phrases.events(undo.type for undo in rule.undo)))
    return phrases.join(bounds, "then") or phrases("no_bound")


# --- ladders -------------------------------------------------------------------------------------


def _ladders(guide: Guide, alias: str, level: int) -> Iterator[Block]:
    for ladder in guide.plan.ladders:
        if alias_of(ladder.id) == alias and ladder.id in guide.ladders:
            yield from _ladder(guide, ladder, level)


def _ladder(guide: Guide, ladder: ir.Ladder, level: int) -> Iterator[Block]:
    phrases = guide.phrases
    yield Heading(level, guide.ladder_title(ladder.id))
    authored = guide.ladders[ladder.id]
    text = guide.text_of(authored.source, authored.context.instance)
    if text:
        yield Paragraph(text)
    head = (phrases("reaches", ledger=phrases.ledger(ladder.ledger)), phrases("follows"))
    yield Table(head, tuple(_step(guide, ladder, number) for number in range(len(ladder.steps))))
    ledger = next(ledger for ledger in guide.plan.ledgers if ledger.id == ladder.ledger)
    sentences = [phrases("beyond")] if ladder.beyond == "repeat" else []
    if ledger.fade:
        sentences.append(
            phrases(
                "fades",
                ledger=phrases.ledger(ledger.id),
                n=ledger.fade.amount,
                length=phrases.length(ledger.fade.every),
            )
        )
    if sentences:
        yield Paragraph(" ".join(sentences))


def _step(guide: Guide, ladder: ir.Ladder, number: int) -> tuple[str, str]:
    phrases, step = guide.phrases, ladder.steps[number]
    rule, back = (guide.by_id.get(f"{ladder.id}#{number + 1}{end}") for end in ("", "#back"))
    parts = [pick(step.title, phrases.lang)]
    if rule:
        parts += [phrases.effects(rule.effects), *_guards_of_step(guide, rule), *agreed(guide, rule)]
    if back:
        parts.append(phrases("falls", n=step.falls_below, what=phrases.effects(back.effects)))
    return str(step.reaches), phrases.join(parts, "then")


def _guards_of_step(guide: Guide, rule: ir.Rule) -> Iterator[str]:
    """What a step asks for; the text of its block says nothing of that."""
    return conditions_of(guide, replace(rule, text={}))


# --- paths, states, schedules --------------------------------------------------------------------


def _paths(guide: Guide, alias: str) -> Iterator[Block]:
    processes = [
        process for process in guide.plan.processes if alias_of(process.id) == alias and process.id in guide.by_id
    ]
    yield from _items(_path(guide, process, guide.by_id[process.id]) for process in processes)


def _path(guide: Guide, process: ir.Process, opening: ir.Rule) -> Item:
    phrases = guide.phrases
    notes = [phrases("begins", type=phrases.events(_types(opening))), *conditions_of(guide, opening)]
    for number, due in enumerate(process.steps):
        rule = guide.by_id.get(f"{process.id}#{number + 1}")
        if rule is None:
            continue
        text = _due(phrases, due, phrases.effects(rule.effects))
        if due.repeat > 1:
            text += phrases("repeat", n=due.repeat, length=phrases.length(due.every))
        notes.append(phrases.join([text, *_guards_of_step(guide, rule), *agreed(guide, rule)], "then"))
    ends = dict.fromkeys(_ending(phrases, until) for until in process.until)
    if ends:
        notes.append(phrases("broken_off" if process.until_all else "until", type=phrases.join(ends)))
    if process.until_all:
        notes.append(phrases("until_all", items=phrases.join(_path_item(phrases, item) for item in process.until_all)))
    end = guide.by_id.get(f"{process.id}#end")
    if end:
        notes.append(phrases("all_done" if process.until_all else "at_end", what=phrases.effects(end.effects)))
    if process.hours:
        notes.append(phrases("hours", start=format_clock(process.hours[0]), end=format_clock(process.hours[1])))
    return Item(guide.name(opening.title, process.id), pick(opening.text, phrases.lang), tuple(notes))


def _path_item(phrases: Phrases, item: ir.Item) -> str:
    """One of the things that must all happen: what it is called, and the event that it is."""
    title, event = pick(item.title, phrases.lang), _ending(phrases, item.event)
    return title + phrases.aside(event) if title else event


def _ending(phrases: Phrases, until: ir.Until) -> str:
    """An event that ends something, with what must be so of it beside being about the same thing."""
    types = phrases.events(until.types)
    operands = until.when.operands if isinstance(until.when, ir.And) else (until.when,)
    parts = [
        phrases.conditions.phrased(operand)
        for operand in operands
        if not _is_same(operand) and operand != ir.Const(value=True)
    ]
    if None in parts:
        return phrases("event_if", type=types)
    texts = [part.text for part in parts if part]
    return phrases("meets", type=types, what=phrases.join(texts, "then")) if texts else types


def _is_same(expr: ir.AnyExpr) -> bool:
    """Whether a condition only says that an event is about the thing that another one began with."""
    if not isinstance(expr, ir.Compare) or expr.operator != "==":
        return False
    sides = [side for side in (expr.left, expr.right) if isinstance(side, ir.Field)]
    about = [side.kind == "entity" or side.path[-1:] == ("id",) for side in sides]
    return all(about) and {side.root for side in sides} == {"event", "start"}


def _due(phrases: Phrases, due: ir.Due, what: str) -> str:
    if due.after is None:
        return phrases("due", when=phrases.due(due), what=what)
    return phrases("after" if due.after else "at_once", length=phrases.due(due), what=what)


def _types(rule: ir.Rule) -> tuple[str, ...]:
    return rule.trigger.types if isinstance(rule.trigger, ir.OnEvent) else ()


def _states(guide: Guide, alias: str) -> Iterator[Block]:
    states = [state for state in guide.plan.states if alias_of(state.id) == alias and state.id in guide.states]
    yield from _items(_state(guide, state) for state in states)


def _state(guide: Guide, state: ir.State) -> Item:
    phrases = guide.phrases
    authored = guide.states[state.id]
    notes = [
        phrases("enter", what=_turn(phrases, state.enter, state.enter_on)),
        phrases("leave", what=_turn(phrases, state.leave, state.leave_on)),
    ]
    if state.per:
        each = f"each_{state.per}" if state.per in ("channel", "member", "message") else "each_other"
        notes.insert(0, phrases(each))
    for part, word in (("enter", "meanwhile"), ("leave", "afterwards")):
        rule = guide.by_id.get(f"{state.id}#{part}")
        if rule:
            notes.append(phrases(word, what=phrases.effects(rule.effects)))
    source, instance = authored.source, authored.context.instance
    return Item(guide.name(filled(source.title, instance), state.id), guide.text_of(source, instance), tuple(notes))


def _turn(phrases: Phrases, condition: ir.AnyExpr, events: tuple[ir.Until, ...]) -> str:
    known = [] if condition == ir.Const(value=False) else [phrases.conditions.phrased(condition)]
    tests = [part.text if part else phrases("condition") for part in known]
    tests += [_ending(phrases, until) for until in events]
    return phrases.join(dict.fromkeys(tests), "or") or phrases("condition")


def _schedules(guide: Guide, alias: str) -> Iterator[Block]:
    schedules = [
        schedule for schedule in guide.plan.schedules if alias_of(schedule.id) == alias and schedule.id in guide.by_id
    ]
    yield from _items(_schedule(guide, schedule, guide.by_id[schedule.id]) for schedule in schedules)


def _schedule(guide: Guide, schedule: ir.Schedule, rule: ir.Rule) -> Item:
    phrases = guide.phrases
    when, together = phrases.at(schedule.at), guide.by_id.get(f"{schedule.id}#together")
    gathered = together is not None and not rule.effects
    if schedule.for_each:
        when = phrases.join([when, phrases(f"{'all' if gathered else 'for'}_{schedule.for_each}")], "comma")
    what = phrases.effects(together.effects if together and gathered else rule.effects)
    notes = [phrases("does", when=when, what=what), *_conditions(guide, rule), *_ranking(phrases, rule.ranking)]
    if together and not gathered:
        word = "together_at_once" if rule.approval else "together"
        notes.append(phrases(word, what=phrases.effects(together.effects)))
    return Item(guide.name(rule.title, schedule.id), pick(rule.text, phrases.lang), tuple(notes))


def _ranking(phrases: Phrases, ranking: ir.Ranking | None) -> Iterator[str]:
    """Whom a schedule is about, of those that its condition finds."""
    if ranking is not None:
        phrase = phrases.conditions.valued(ranking.by)
        what = phrase.text if phrase else phrases("as_rule_says")
        words = ("longest", "shortest") if kind_of(ranking.by) == "duration" else ("most", "least")
        word = words[ranking.least]
        yield phrases(word, n=ranking.limit, what=what) if ranking.limit else phrases(f"{word}_first", what=what)


def _brakes(guide: Guide, alias: str) -> Iterator[Block]:
    yield from _items(_brake(guide, brake) for brake in guide.plan.brakes if alias_of(brake.id) == alias)


def _brake(guide: Guide, brake: ir.Brake) -> Item:
    phrases, asking = guide.phrases, guide.by_id.get(brake.id)
    notes = [phrases("brake", n=brake.most, length=phrases.length(brake.within))]
    if asking is not None and asking.approval:
        notes.append(phrases.join([phrases("brake_waits"), *agreed(guide, asking)], "colon"))
    else:
        notes.append(phrases("brake_stops"))
    if brake.effects:
        notes.append(phrases("brake_alarm", what=phrases.effects(brake.effects)))
    return Item(phrases.action(brake.do), "", tuple(notes))
