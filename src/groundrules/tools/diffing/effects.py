"""Changes in the effects of a block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.tools.diffing.model import Detail
from groundrules.tools.diffing.pairs import Both, edit, entries, paired
from groundrules.tools.diffing.scores import by_name
from groundrules.tools.diffing.texts import unlike


def effects(both: Both, part: str, old: Sequence[ir.AnyEffect], new: Sequence[ir.AnyEffect]) -> list[Detail]:
    """Return the effects that were added, removed or changed between two lists of them."""
    details: list[Detail] = []
    was = [effect for effect in old if not isinstance(effect, ir.Open)]
    now = [effect for effect in new if not isinstance(effect, ir.Open)]
    for before, after in paired(was, now, lambda effect: (type(effect), both.after.about(effect))):
        if before is None or after is None:
            effect_before = "" if before is None else both.before.effect(before)
            details += edit(part, effect_before, "" if after is None else both.after.effect(after))
        elif definition_hash(by_name(before)) != definition_hash(by_name(after)):
            details += _changed(both, part, before, after)
    return details


def _changed(both: Both, part: str, old: ir.AnyEffect, new: ir.AnyEffect) -> list[Detail]:
    about = both.after.about(new)
    if isinstance(old, ir.Act) and isinstance(new, ir.Act):
        return _act(both, part, about, old, new)
    if isinstance(old, ir.Exempt) and isinstance(new, ir.Exempt):
        return entries(part, old.rules, new.rules, about)
    return _or_whole(edit(part, both.before.effect(old), both.after.effect(new)), part, about)


def _act(both: Both, part: str, about: str, old: ir.Act, new: ir.Act) -> list[Detail]:
    main = next((spec.shorthand for spec in both.new.actions if spec.name == new.do), None)
    details: list[Detail] = []
    for name in sorted({*old.parameters, *new.parameters}):
        before, after = old.parameters.get(name), new.parameters.get(name)
        shown = about if name == main else f"{about} {name}"
        details += _parameter(both, part, shown, before, after)
    details += edit(part, both.before.expression(old.who), both.after.expression(new.who), f"{about} who")
    details += effects(both, f"{part} or else", old.or_else, new.or_else)
    return _or_whole(details, part, about)


def _parameter(both: Both, part: str, about: str, old: Any, new: Any) -> list[Detail]:
    if old is not None and new is not None and definition_hash(by_name(old)) == definition_hash(by_name(new)):
        return []
    if isinstance(old, ir.Template) and isinstance(new, ir.Template):
        was, now = unlike(_hashed(old), _hashed(new))
        old = ir.Template(texts={lang: old.texts[lang] for lang in was})
        new = ir.Template(texts={lang: new.texts[lang] for lang in now})
    return _or_whole(edit(part, both.before.expression(old), both.after.expression(new), about), part, about)


def _hashed(template: ir.Template) -> dict[str, str]:
    return {lang: definition_hash(by_name(list(pieces))) for lang, pieces in template.texts.items()}


def _or_whole(details: list[Detail], part: str, about: str) -> list[Detail]:
    """Where two parts differ but read alike, at least name the part."""
    return details or [Detail(part=part, about=about)]
