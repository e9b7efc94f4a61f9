"""Event types with more optional fields than events have: rules are evaluated singly if a field of theirs is present,
as a group otherwise, and both evaluators report and count the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.decisions import MOST_UNKNOWN, Decision
from groundrules.engine.engine import Engine
from groundrules.engine.index import kinds
from groundrules.engine.intake import sparse
from groundrules.engine.intake.decode import Decoder, to_plain
from groundrules.plan import ir
from groundrules.reference import Interpreter
from strategies.plans import compare, const, numbered, relations
from strategies.running import log

FIELDS = {
    "word": {"type": "string"},
    "odd-name": {"type": "string"},
    "number": {"type": "integer"},
    "flag": {"type": "boolean"},
    "names": {"type": "array", "items": {"type": "string"}},
    "when": {"type": "string", "format": "date-time"},
    "filled": {"type": "string", "default": "spam"},
}
SCHEMA = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("id", "type", "source")},
        "time": {"type": "string", "format": "date-time"},
        "community": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        "actor": {
            "type": "object",
            "entity": "member",
            "properties": {"id": {"type": "string"}, "self": {"type": "boolean"}},
        },
        **FIELDS,
    },
    "required": ["id", "type", "time", "community", "source"],
}


def field(name: str, kind: ir.Kind) -> ir.Field:
    return ir.Field(root="event", path=(name,), kind=kind, optional=name not in ("source", "filled"))


def contains(subject: ir.AnyExpr, needles: ir.Const) -> ir.Contains:
    return ir.Contains(subject=subject, quantifier="any", needles=needles, view="folded")


WORD, ODD, FILLED, SOURCE = (field(name, "text") for name in ("word", "odd-name", "filled", "source"))
OTHERWISE = ir.Coalesce(value=WORD, default=const("nothing"))
words = st.sampled_from(["spam", "Spam", "ham", "a spam b", ""])
texts = st.sampled_from([WORD, ODD, FILLED, SOURCE, OTHERWISE])
needles = st.sampled_from(["spam", "ham", "b"]).map(lambda word: const([word]))
WINDOW = ir.Window(id="w", kind="count", type="log", key=(field("word", "text"),), within=60_000, keep=3)
leaves = st.one_of(
    st.builds(compare, texts, st.just("=="), words.map(const), st.sampled_from(["exact", "folded"])),
    st.builds(compare, st.just(field("number", "number")), relations, st.integers(0, 3).map(const)),
    st.builds(compare, texts, st.just("!="), texts),
    st.builds(contains, texts, needles),
    st.builds(lambda subject: ir.ContainsList(subject=subject, quantifier="any", list="words"), texts),
    st.builds(lambda read: ir.Known(operand=read), texts),
    st.just(field("flag", "boolean")),
    st.just(ir.Has(collection=field("names", "list"), quantifier="any", values=const(["spam"]), view="exact")),
    st.just(compare(field("when", "instant"), "<", ir.Now())),
    st.just(ir.WindowTest(window="w", key=(WORD,), within=60_000, operator=">=", bound=2)),
    st.just(ir.Quantified(quantifier="any", variable="n", collection=field("names", "list"), condition=compare(
        ir.Field(root="$0", path=(), kind="text"), "==", WORD))),
)  # fmt: skip
guards = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda operands: ir.And(operands=tuple(operands)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda operands: ir.Or(operands=tuple(operands)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda operand: ir.Not(operand=operand), inner),
        st.builds(lambda value, default: ir.Coalesce(value=value, default=const(default)), inner, st.booleans()),
    ),
    max_leaves=5,
)
rules = st.builds(
    lambda when, unless, exempts, ends: {"when": when, "unless": unless, "exempts": exempts, "ends": ends},
    guards,
    st.none() | guards,
    st.sampled_from([False, False, False, True]),
    st.sampled_from([None, None, None, 1_772_442_003_000]),
)
events = st.fixed_dictionaries(
    {"source": words},
    optional={
        **dict.fromkeys(("word", "odd-name", "filled"), words | st.none()),
        "number": st.integers(0, 3),
        "flag": st.booleans(),
        "names": st.lists(words, max_size=2),
        "when": st.just("2026-03-01T09:00:00Z"),
        "actor": st.sampled_from([{"id": "li"}, {"id": "bot", "self": True}]),
    },
)


@pytest.fixture(autouse=True, scope="module")
def _all_types_are_sparse() -> Iterator[None]:
    before = sparse.MOST_IN_PLACE, kinds.OFTEN
    sparse.MOST_IN_PLACE = 3
    yield
    sparse.MOST_IN_PLACE, kinds.OFTEN = before


def plan_of(found: list[dict[str, Any]]) -> ir.Plan:
    made = [
        ir.Rule(
            id=f"r{number:03}",
            trigger=ir.OnEvent(types=("log",)),
            when=one["when"],
            unless=one["unless"],
            ends=one["ends"],
            effects=(ir.Exempt(rules=("r000",)),) if one["exempts"] else (ir.Act(do="warn", who=None),),
        )
        for number, one in enumerate(found)
    ]
    return numbered(
        ir.Plan(
            rulebook="wide",
            rules=tuple(made),
            events={"log": SCHEMA},
            windows=(WINDOW,),
            actions=(ir.ActionSpec(name="warn"),),
            lists=(ir.WordList(id="words", match="folded", items=("spam", "b")),),
        )
    )


def lines(stream: list[dict[str, Any]]) -> list[bytes]:
    heads = ({"id": f"e{n}", "type": "log", "time": f"2026-03-02T09:00:{n:02}Z"} for n in range(len(stream)))
    return [
        json.dumps({**head, "community": {"id": "c"}, **one}).encode() for head, one in zip(heads, stream, strict=True)
    ]


def undecided(decisions: list[Decision]) -> dict[str, int]:
    return dict(Counter(one.rule for decision in decisions for one in decision.unknown))


@pytest.mark.parametrize("often", [1, 2, 1000])
@given(found=st.lists(rules, min_size=1, max_size=6), stream=st.lists(events, min_size=1, max_size=5))
def test_both_evaluators_tell_and_count_alike(
    often: int, found: list[dict[str, Any]], stream: list[dict[str, Any]]
) -> None:
    kinds.OFTEN = often
    plan = plan_of(found)
    reference, engine, many = Interpreter(plan), Engine(plan), Engine(plan)
    wanted = [reference.feed(line) for line in lines(stream)]
    assert [log(engine.feed(line)) for line in lines(stream)] == [log(one) for one in wanted]
    told = [decision for one in wanted for decision in one]
    assert log(list(many.feed_many(lines(stream)))) == log([one for one in told if one.notable])
    for counted in (engine, many):
        assert {rule: row.count for rule, row in counted.stats.undecided.items()} == undecided(told)


@given(events)
def test_an_event_is_kept_whole(event: dict[str, Any]) -> None:
    decoder = Decoder({"log": SCHEMA})
    (line,) = lines([event])
    plain = to_plain(decoder.decode(line))
    assert plain == to_plain(decoder.decode(plain))
    carried = {name: value for name, value in event.items() if value is not None}
    assert {name: plain[name] for name in carried if name != "when"} == {
        n: v for n, v in carried.items() if n != "when"
    }


def test_of_many_undecided_guards_the_first_are_told_and_the_others_counted() -> None:
    guard = compare(WORD, "==", const("spam"))
    plan = plan_of([{"when": guard, "unless": None, "exempts": False, "ends": None}] * (MOST_UNKNOWN + 7))
    (line,) = lines([{"source": "x"}])
    engine = Engine(plan)
    (decision,) = engine.feed(line)
    assert log([decision]) == log(Interpreter(plan).feed(line))
    assert (len(decision.unknown), decision.more_unknown) == (MOST_UNKNOWN, 7)
    assert {row.count for row in engine.stats.undecided.values()} == {1}
    assert len(engine.stats.undecided) == MOST_UNKNOWN + 7


def test_groups_are_found_by_what_is_left_of_their_guards() -> None:
    found = [
        {
            "when": ir.And(
                operands=(compare(SOURCE, "==", const(f"s{number % 150}")), compare(WORD, "==", const("spam")))
            )
        }
        for number in range(300)
    ]
    plan = plan_of([{**one, "unless": None, "exempts": False, "ends": None} for one in found])
    stream = [{"source": "s7"}, {"source": "s7", "word": "spam"}, {"source": "s7", "number": 1}, {"source": "other"}]
    reference, engine, many = Interpreter(plan), Engine(plan), Engine(plan)
    for line in lines(stream):
        assert log(engine.feed(line)) == log(reference.feed(line))
    assert len(list(many.feed_many(lines(stream)))) == 1
    for counted in (engine, many):
        assert {rule: row.count for rule, row in counted.stats.undecided.items()} == {"r007": 2, "r157": 2}


def test_what_is_met_often_is_answered_as_before() -> None:
    kinds.OFTEN = 8
    found = [
        {"when": ir.And(operands=(contains(WORD, const(["spam"])), compare(ODD, "==", const("x")))), "unless": None},
        {"when": compare(ODD, "==", const("x")), "unless": contains(WORD, const(["spam"]))},
        {"when": ir.Or(operands=(compare(ODD, "==", const("x")), contains(FILLED, const(["spam"])))), "unless": None},
        {"when": ir.Not(operand=contains(WORD, const(["ham"]))), "unless": compare(ODD, "==", const("x"))},
    ]
    plan = plan_of([{**one, "exempts": False, "ends": None} for one in found])
    texts = ["spam", "ham", "a spam b", ""]
    stream = [{"source": "s", "word": texts[number % 4], "filled": texts[number // 4 % 4]} for number in range(40)]
    reference, engine, many = Interpreter(plan), Engine(plan), Engine(plan)
    told = [decision for line in lines(stream) for decision in reference.feed(line)]
    assert log([decision for line in lines(stream) for decision in engine.feed(line)]) == log(told)
    assert log(list(many.feed_many(lines(stream)))) == log([one for one in told if one.notable])
    for counted in (engine, many):
        assert {rule: row.count for rule, row in counted.stats.undecided.items()} == undecided(told)


# --- many literals ------------------------------------------------------------------------------

VOCABULARY = [f"v{number}z" for number in range(12)]
pieces = st.sampled_from([*VOCABULARY, "V1Z", "ｖ2ｚ", "字", "  ", "\n", "v3", "z", "É", "\u200b", "v4\u200bz", "😀"])
long_texts = st.lists(pieces, max_size=4).map("".join)
long_events = st.fixed_dictionaries(
    {"source": long_texts}, optional=dict.fromkeys(("word", "odd-name", "filled"), long_texts)
)


def looked_for(subject: ir.AnyExpr, word: str) -> list[ir.AnyExpr]:
    return [
        contains(subject, const([word])),
        ir.Affix(subject=subject, end="start", needle=const(word), view="folded"),
        compare(subject, "==", const(word), "folded"),
    ]


@given(st.lists(long_events, min_size=1, max_size=4))
def test_texts_that_are_scanned_at_once_are_told_apart(stream: list[dict[str, Any]]) -> None:
    kinds.OFTEN = 1
    guards = [guard for text in (WORD, ODD, FILLED, SOURCE) for word in VOCABULARY for guard in looked_for(text, word)]
    plan = plan_of([{"when": guard, "unless": None, "exempts": False, "ends": None} for guard in guards])
    engine, slow = Engine(plan), Engine(plan, indexed=False)
    for line in lines(stream):
        assert log(engine.feed(line)) == log(slow.feed(line))
