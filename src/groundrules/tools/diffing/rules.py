"""Changes in a rule: what triggers it, its guard, what it does, how often, for whom.

`lead` compares what a rule, reward, path or schedule says about itself; `acting` what one rule of a block does. Each
returns details; `lead` also says how the rule moved: whether it acts on more events, on fewer, or on others.
"""

from __future__ import annotations

from groundrules.calendar.instants import format_ms
from groundrules.logic.certainty import Guard
from groundrules.logic.implication import Direction, together
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.tools.diffing import guards
from groundrules.tools.diffing.effects import effects
from groundrules.tools.diffing.model import Detail
from groundrules.tools.diffing.pairs import Both, edit, entries, paired, wording
from groundrules.tools.diffing.texts import approval, length, once, ranking

_MODES = ("off", "shadow", "enforce")
_FOREVER = 1 << 62

Compared = tuple[list[Detail], Direction]


def lead(both: Both, old: ir.Rule, new: ir.Rule, *, guarded: bool = True) -> Compared:
    """Return what changed in the main rule of a block, its guard only if that is the block's."""
    parts = [
        _trigger(old, new),
        *([_guard(both, old, new)] if guarded else []),
        _once(both, old, new),
        _level("mode", old.mode, new.mode, _MODES.index(old.mode), _MODES.index(new.mode)),
        _level("rollout", f"{old.rollout:.4g}", f"{new.rollout:.4g}", old.rollout, new.rollout),
        _level("starts", _instant(old.starts), _instant(new.starts), -(old.starts or 0), -(new.starts or 0)),
        _level("priority", f"{old.first_of} {old.priority}", f"{new.first_of} {new.priority}", 0, 0),
        _level("ends", _instant(old.ends), _instant(new.ends), old.ends or _FOREVER, new.ends or _FOREVER),
    ]
    details = [detail for of_part, _ in parts for detail in of_part]
    details += edit("ranking", ranking(old.ranking, both.before), ranking(new.ranking, both.after))
    details += entries("tags", old.tags, new.tags)
    details += wording("title", old.title, new.title)
    details += wording("text", old.text, new.text)
    details += wording("because", old.because, new.because) + edit("source", old.source, new.source)
    return details, together(direction for _, direction in parts)


def acting(both: Both, part: str, old: ir.Rule | None, new: ir.Rule | None) -> list[Detail]:
    """Return what changed in what one rule of a block does; `part` is the prefix of the details' parts."""
    details = _of_step(both, part, old, new) if part and new else []
    details += effects(both, f"{part}then", old.effects if old else (), new.effects if new else ())
    details += _times(both, part, old.times if old else None, new.times if new else None)
    details += edit(f"{part}approval", approval(old.approval if old else None), approval(new.approval if new else None))
    return details + _undo(both, part, old, new)


def asked(both: Both, part: str, new: ir.Rule) -> list[Detail]:
    """Return what a new rule asks."""
    when = "" if new.when == ir.Const(value=True) else both.after.expression(new.when)
    return edit(f"{part}when", "", when) + edit(f"{part}unless", "", both.after.expression(new.unless))


def _of_step(both: Both, part: str, old: ir.Rule | None, new: ir.Rule) -> list[Detail]:
    """Compare the guards of two steps or rows."""
    if old is None:
        return asked(both, part, new)
    details = guards.differences(old.when, new.when, both.before, both.after, f"{part}when")
    details += guards.differences(old.unless, new.unless, both.before, both.after, f"{part}unless")
    return details + lists(both, f"{part}when", Guard(old.when, old.unless), Guard(new.when, new.unless))


def _trigger(old: ir.Rule, new: ir.Rule) -> Compared:
    if not isinstance(old.trigger, ir.OnEvent) or not isinstance(new.trigger, ir.OnEvent):
        return [], "same"
    was, now = set(old.trigger.types), set(new.trigger.types)
    direction: Direction = "same" if was == now else "more" if was < now else "fewer" if now < was else "unclear"
    return entries("on", was, now), direction


def _guard(both: Both, old: ir.Rule, new: ir.Rule) -> Compared:
    details = guards.differences(old.when, new.when, both.before, both.after, "when")
    details += guards.differences(old.unless, new.unless, both.before, both.after, "unless")
    now = Guard(new.when, new.unless)
    was = Guard(old.when, old.unless)
    return details + lists(both, "when", was, now), both.sides.direction(was, now)


def lists(both: Both, role: str, old: Guard, new: Guard) -> list[Detail]:
    """Return which changed lists a guard looks into, and where that moved it."""
    names = both.sides.lists_of(new)
    direction = both.sides.direction(old, new) if names else "same"
    return [Detail(part="list", about=name, role=role, direction=direction) for name in names]


def _once(both: Both, old: ir.Rule, new: ir.Rule) -> Compared:
    was, now = old.once, new.once
    details = edit("once_per", once(was, both.before), once(now, both.after))
    if definition_hash([was]) == definition_hash([now]):
        return [], "same"
    details = details or [Detail(part="once_per")]
    if was is None or now is None:
        return details, "fewer" if was is None else "more"
    same_key = definition_hash(list(was.key)) == definition_hash(list(now.key))
    if not same_key or was.within is None or now.within is None:
        return details, "unclear"
    return details, "fewer" if now.within > was.within else "more"


def _level(part: str, before: str, after: str, was: float, now: float) -> Compared:
    """Compare a setting that lets a rule act on more as it grows."""
    return edit(part, before, after), "same" if was == now else "more" if now > was else "fewer"


def _instant(at: int | None) -> str:
    return "" if at is None else format_ms(at)


def _times(both: Both, part: str, old: ir.Times | None, new: ir.Times | None) -> list[Detail]:
    before = f"{both.before.keys(old.key)} within {length(old.within)}" if old else ""
    after = f"{both.after.keys(new.key)} within {length(new.within)}" if new else ""
    details = edit(f"{part}times", before, after)
    was, now = dict(old.steps if old else ()), dict(new.steps if new else ())
    for number in sorted({*was, *now}):
        details += effects(both, f"{part}times {number}", was.get(number, ()), now.get(number, ()))
    return details


def _undo(both: Both, part: str, old: ir.Rule | None, new: ir.Rule | None) -> list[Detail]:
    def types(rule: ir.Rule | None, side: int) -> list[str]:
        texts = (both.before, both.after)[side]
        return [f"{undo.type}: {texts.keys(undo.key)}" for undo in (rule.undo if rule else ())]

    return entries(f"{part}undo_on", types(old, 0), types(new, 1))


def untils(both: Both, part: str, old: tuple[ir.Until, ...], new: tuple[ir.Until, ...]) -> list[Detail]:
    """Return what changed in the events that end something, or begin it."""
    details: list[Detail] = []
    for before, after in paired(old, new, lambda until: until.types):
        if before is not None and after is not None:
            name = f"{part} on {', '.join(after.types)}"
            details += guards.differences(before.when, after.when, both.before, both.after, name)
            details += lists(both, part, Guard(before.when), Guard(after.when))
        else:
            wording = "" if before is None else _until(before, both.before.expression(before.when))
            details += edit(part, wording, "" if after is None else _until(after, both.after.expression(after.when)))
    return details


def items(both: Both, old: tuple[ir.Item, ...], new: tuple[ir.Item, ...]) -> list[Detail]:
    """Return what changed in the items that end a path together; those of one id are one."""
    details: list[Detail] = []
    for was, now in paired(old, new, lambda item: item.id):
        part = f"until_all {was.id if was is not None else now.id if now is not None else ''}"
        if was is None or now is None:
            before = "" if was is None else _until(was.event, both.before.expression(was.event.when))
            details += edit(
                part, before, "" if now is None else _until(now.event, both.after.expression(now.event.when))
            )
            continue
        details += wording(f"{part} title", was.title, now.title)
        details += edit(f"{part} on", ", ".join(was.event.types), ", ".join(now.event.types))
        details += guards.differences(was.event.when, now.event.when, both.before, both.after, part)
        details += lists(both, "until", Guard(was.event.when), Guard(now.event.when))
    ids = [[item.id for item in side] for side in (old, new)]
    return details + (edit("until_all", *map(", ".join, ids)) if sorted(ids[0]) == sorted(ids[1]) else [])


def _until(until: ir.Until, when: str) -> str:
    types = ", ".join(until.types)
    return types if when in ("", "true") else f"{types} when {when}"
