"""Leaves that search texts: `contains`, `starts with`, `ends with`, `matches`, and lists.

Constant needles are prepared when the code is made. Where the plan's scanner knows them (`texts.needles`), a leaf looks
them up among the text's hits; otherwise they are found by Python's `in` on the text's view. Where the view alone does
not decide (words, repeated letters, domains), `groundrules.text` confirms them.
"""

from __future__ import annotations

from groundrules.engine.codegen.comparisons import is_list
from groundrules.engine.codegen.emitter import Emitter, Operand, Test, emits_test
from groundrules.engine.texts.needles import BASES, Needles, literals_of, texts_of
from groundrules.plan import codec, ir
from groundrules.text.lists import ListMatcher
from groundrules.text.views import Needle

VIEWED = {"exact": "{}", "folded": "text[{}].folded", "squeezed": "text[{}].squeezed"}


@emits_test(ir.Contains)
def contains(emitter: Emitter, expr: ir.Contains) -> Test:
    subject = emitter.operand(expr.subject)
    if isinstance(expr.needles, ir.Const):
        return _test(subject, _constant_needles(emitter, expr, texts_of(expr.needles), subject))
    needles = emitter.operand(expr.needles)
    wanted = needles.source if is_list(expr.needles) else f"listed({needles.source})"
    test = f"contains_{expr.quantifier}({emitter.constant(expr.view)}, text[{subject.source}], {wanted})"
    return _test(Operand((*subject.needs, *needles.needs), ""), test)


@emits_test(ir.ContainsList)
def contains_list(emitter: Emitter, expr: ir.ContainsList) -> Test:
    subject = emitter.operand(expr.subject)
    words = emitter.program.word_list(expr.list)
    if words.changes:
        now = current(emitter, expr.list)
        every = f"contain_all({now}.singles, {subject.source})"
        return _test(subject, every if expr.quantifier == "all" else f"{now}.matcher.contains_any({subject.source})")
    if expr.quantifier == "all":
        return _test(subject, f"contain_all({emitter.constant(_singles(words))}, {subject.source})")
    ask = f"{emitter.constant(emitter.program.matcher(expr.list))}.contains_any({subject.source})"
    if expr.list in emitter.program.literals.lists:
        place = emitter.program.literals.place(expr.subject)
        lists = f"text[{subject.source}].lists[{emitter.constant(place)}]"
        if place:
            lists = emitter.kept(("lists", codec.definition_hash(expr.subject)), lists)
        may = f"{emitter.constant(expr.list)} in {lists}"
        ask = may if _suffices(words) else f"({may} and {ask})"
    return _test(subject, ask)


def current(emitter: Emitter, name: str) -> str:
    """Return an expression for the current state of a list that changes."""
    return f"x.readings.words({emitter.constant(name)})"


def _suffices(words: ir.WordList) -> bool:
    """Whether an entry of a list is certain to occur in a text where one of its literals does."""
    return words.match in ("exact", "folded") and not words.options


@emits_test(ir.InList)
def in_list(emitter: Emitter, expr: ir.InList) -> Test:
    item, matcher = emitter.operand(expr.item), emitter.program.matcher(expr.list)
    if emitter.program.word_list(expr.list).changes:
        return _test(item, f"{current(emitter, expr.list)}.matcher.holds({item.source}) is not None")
    return _test(item, holds(emitter, matcher, item.source))


def holds(emitter: Emitter, matcher: ListMatcher, value: str) -> str:
    """Return an expression for whether a value as a whole is an entry; the views of most values match none."""
    if matcher.keys is None:
        return f"{emitter.constant(matcher)}.holds({value}) is not None"
    name = emitter.local()
    viewed = VIEWED.get(matcher.match, VIEWED["folded"]).format(f"({name} := {value})")
    return f"({viewed} in {emitter.constant(matcher.keys)} and {emitter.constant(matcher)}.holds({name}) is not None)"


@emits_test(ir.HasList)
def has_list(emitter: Emitter, expr: ir.HasList) -> Test:
    held = emitter.operand(expr.collection)
    items = held.source if is_list(expr.collection) else f"listed({held.source})"
    if emitter.program.word_list(expr.list).changes:
        now = current(emitter, expr.list)
        every = f"hold_all({now}.singles, {items})"
        return _test(held, every if expr.quantifier == "all" else f"holds_any({now}.matcher, {items})")
    if expr.quantifier == "all":
        return _test(held, f"hold_all({emitter.constant(_singles(emitter.program.word_list(expr.list)))}, {items})")
    return _test(held, f"holds_any({emitter.constant(emitter.program.matcher(expr.list))}, {items})")


@emits_test(ir.Affix)
def affix(emitter: Emitter, expr: ir.Affix) -> Test:
    subject = emitter.operand(expr.subject)
    if isinstance(expr.needle, ir.Const):
        needles = [Needle(expr.view, text) for text in texts_of(expr.needle)]
        if len(needles) == 1:
            return _test(subject, _constant_affix(emitter, needles[0], expr.end, subject))
        return _test(subject, _constant_affixes(emitter, needles, expr.end, subject))
    needle = emitter.operand(expr.needle)
    wanted = needle.source if is_list(expr.needle) else f"listed({needle.source})"
    test = f"{expr.end}s_with_any({emitter.constant(expr.view)}, text[{subject.source}], {wanted})"
    return _test(Operand((*subject.needs, *needle.needs), ""), test)


@emits_test(ir.Matches)
def matches(emitter: Emitter, expr: ir.Matches) -> Test:
    subject = emitter.operand(expr.subject)
    pattern = emitter.constant(emitter.program.pattern(expr.pattern, expr.flags))
    view = "text[{}].spaced" if expr.view == "folded" else VIEWED[expr.view]
    text, literals = emitter.local(), emitter.program.literals
    base, factors = literals_of(expr)
    if not factors or not literals.worthwhile(base) or not literals.known(base, factors):
        return _test(subject, f"{pattern}.matches({view.format(subject.source)})")
    needed = emitter.constant(frozenset(literals.number(base, factor) for factor in factors))
    hits = f"text[({text} := {subject.source})].{base}_hits"
    return _test(subject, f"not {needed}.isdisjoint({hits}) and {pattern}.matches({view.format(text)})")


def _constant_needles(emitter: Emitter, expr: ir.Contains, needles: list[str], subject: Operand) -> str:
    if expr.view in BASES:
        group = Needles(expr.view, needles)
        literals = emitter.program.literals
        if literals.worthwhile(group.base) and literals.known(group.base, group.by_key):
            return _scanned(emitter, group, expr.quantifier, subject)
    return _one_by_one(emitter, [Needle(expr.view, needle) for needle in needles], expr.quantifier, subject)


def _scanned(emitter: Emitter, needles: Needles, quantifier: ir.Quantifier, subject: Operand) -> str:
    group = emitter.program.literals.group(needles)
    text = f"text[{subject.source}]"
    if quantifier == "all" and not needles.findable:
        return "False"
    if needles.sufficient and len(group.needles) == 1:
        return f"{emitter.constant(next(iter(group.needles)))} in {text}.{needles.base}_hits"
    if quantifier == "any":
        numbers = emitter.constant(frozenset(group.needles))
        name = emitter.local()
        none = f"{numbers}.isdisjoint(({name} := {text}).{needles.base}_hits)"
        if needles.sufficient:
            return f"not {none}"
        return f"(not {none} and {emitter.constant(group)}.any({name}, {name}.{needles.base}_hits))"
    name = emitter.local()
    return f"{emitter.constant(group)}.all(({name} := {text}), {name}.{needles.base}_hits)"


def _one_by_one(emitter: Emitter, needles: list[Needle], quantifier: ir.Quantifier, subject: Operand) -> str:
    if not needles:
        return str(quantifier == "all")
    source = emitter.local()
    tests: list[str] = []
    for needle in needles:
        where = f"({source} := {subject.source})" if not tests else source
        tests.append(_needle_test(emitter, needle, where))
    return f"({(' or ' if quantifier == 'any' else ' and ').join(tests)})"


def _needle_test(emitter: Emitter, needle: Needle, source: str) -> str:
    if needle.sufficient and needle.key:
        return f"{emitter.constant(needle.key)} in {VIEWED[needle.view].format(source)}"
    return f"{emitter.constant(needle)}.within(text[{source}])"


def _constant_affix(emitter: Emitter, needle: Needle, end: str, subject: Operand) -> str:
    if needle.sufficient and needle.key:
        return f"{VIEWED[needle.view].format(subject.source)}.{end}swith({emitter.constant(needle.key)})"
    return f"{emitter.constant(needle)}.find_at_{end}(text[{subject.source}]) is not None"


def _constant_affixes(emitter: Emitter, needles: list[Needle], end: str, subject: Operand) -> str:
    if all(needle.sufficient for needle in needles):
        keys = tuple(needle.key for needle in needles if needle.key)
        view = needles[0].view if needles else "exact"
        return f"{VIEWED[view].format(subject.source)}.{end}swith({emitter.constant(keys)})"
    name, known = emitter.local(), emitter.constant(tuple(needles))
    each = f"any([k.find_at_{end}({name}) is not None for k in {known}])"
    return f"({name} := text[{subject.source}]) is not None and {each}"


def _singles(words: ir.WordList) -> tuple[ListMatcher, ...]:
    """Return a matcher for each entry."""
    return tuple(ListMatcher(words.match, [item], words.options) for item in words.items)


def _test(subject: Operand, yes: str) -> Test:
    return Test(subject.needs, f"({yes})", f"(not ({yes}))")
