"""Views and hits: cached, bounded, and the same as calling `groundrules.text` each time."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.engine.evaluation.compile import Compiler
from groundrules.engine.state.scope import Scope
from groundrules.engine.texts.needles import FEW, Literals
from groundrules.engine.texts.views import LONGEST_KEPT, MOST_TEXTS, SeenText, Texts, domain
from groundrules.plan import ir
from groundrules.text.lists import ListMatcher
from groundrules.text.views import Text, contains
from strategies.expressions import Answers, texts, words

SUBJECT = ir.Field(root="subject", path=(), kind="entity")
VIEWS = ("exact", "folded", "squeezed", "word")

needles = words.filter(bool) | st.text("abs 加微!", max_size=4)


def plan_of(*guards: Any, lists: tuple[ir.WordList, ...] = ()) -> ir.Plan:
    trigger = ir.OnSchedule(schedule="s")
    rules = tuple(ir.Rule(id=f"r{number}", trigger=trigger, when=guard) for number, guard in enumerate(guards))
    return ir.Plan(rulebook="texts", rules=rules, lists=lists)


def literals_of(plan: ir.Plan) -> Literals:
    return Compiler(plan).program.literals


def scope(text: str) -> Scope:
    return Scope(now=0, readings=Answers(), subject=text)


def contained(view: Any, quantifier: Any, items: list[str]) -> ir.Contains:
    return ir.Contains(subject=SUBJECT, quantifier=quantifier, needles=ir.Const(value=items), view=view)


groups = st.lists(st.lists(needles, max_size=4), min_size=1, max_size=6)


@settings(max_examples=80)
@given(groups, st.sampled_from(VIEWS), st.sampled_from(["any", "all"]), texts)
def test_hits_decide_as_searching_does(found: list[list[str]], view: Any, quantifier: Any, text: str) -> None:
    filling = contained(view, "any", [f"filling {number}" for number in "abcdefghijkl"])
    guards = [contained(view, quantifier, items) for items in found]
    decide = any if quantifier == "any" else all
    wanted = [decide(contains(view, text, item) for item in items) for items in found]
    for plan in (plan_of(filling, *guards), plan_of(*guards)):
        compiler = Compiler(plan)
        assert [compiler.condition(guard).true(None, scope(text)) for guard in guards] == wanted


@settings(max_examples=80)
@given(st.lists(needles, max_size=12), st.sampled_from((*VIEWS, "domain")), texts)
def test_lists_are_scanned_as_the_matcher_says(items: list[str], view: Any, text: str) -> None:
    words_list = ir.WordList(id="w", match=view, items=tuple(sorted(set(items))))
    guard = ir.ContainsList(subject=SUBJECT, quantifier="any", list="w")
    wanted = ListMatcher(view, items).contains_any(text)
    for plan in (plan_of(guard, lists=(words_list,)), plan_of(lists=(words_list,))):
        assert Compiler(plan).condition(guard).true(None, scope(text)) is wanted


def test_literals_come_from_everywhere_a_guard_stands() -> None:
    guard = contained("folded", "any", [f"needle {letter}" for letter in "abcdefghi"])
    window = ir.Window(id="w", kind="count", type="message", where=contained("word", "any", ["in a window"]))
    until = ir.Until(types=("message",), when=ir.Not(operand=contained("folded", "all", ["in an until"])))
    process = ir.Process(id="p", key=(), steps=(), until=(until,))
    literals = literals_of(ir.Plan(rulebook="x", rules=plan_of(guard).rules, windows=(window,), processes=(process,)))
    assert literals.known("folded", ["needle a", "in a window", "in an until"])
    assert not literals.known("folded", ["elsewhere"])
    assert literals.worthwhile("folded")
    assert not literals.worthwhile("exact")
    hit = {literals.number("folded", key) for key in ("needle a", "in a window")}
    assert literals.hits(Text("Needle a in a window"), "folded") == hit


def test_few_literals_are_not_worth_a_scan() -> None:
    items = [f"needle {number}" for number in range(FEW)]
    assert not literals_of(plan_of(contained("folded", "any", items))).worthwhile("folded")


def test_texts_are_kept_and_forgotten() -> None:
    kept = Texts(literals_of(plan_of()))
    assert kept["Hello"] is kept["Hello"]
    assert kept["x" * (LONGEST_KEPT + 1)].folded == "x" * (LONGEST_KEPT + 1)
    assert len(kept) == 1
    for number in range(MOST_TEXTS):
        assert isinstance(kept[str(number)], SeenText)
    assert len(kept) <= MOST_TEXTS


def test_values_that_are_no_text_are_the_same_under_every_view() -> None:
    assert Texts(literals_of(plan_of()))[5].folded == 5


def test_what_is_no_domain_equals_nothing() -> None:
    assert domain("Bücher.example") == "xn--bcher-kva.example"
    assert domain("no domain") != domain("no domain")
