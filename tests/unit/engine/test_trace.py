"""Why a guard came out as it did: clauses, their reads and their evidence, and blame."""

from __future__ import annotations

from typing import Any

import pytest

from groundrules.decisions import Clause, Evidence
from groundrules.engine.evaluation.clauses import clauses
from groundrules.engine.evaluation.compile import Compiler
from groundrules.engine.evaluation.evidence import MOST
from groundrules.engine.intake.decode import Decoder
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from strategies.expressions import EVENTS, NOW, Answers

TYPES = ("message",)
TEXT = "Hello  ＳＰＡＭ, s.p.a.m!"
EVENT = {
    "id": "1",
    "type": "message",
    "time": "2026-01-01T23:00:00Z",
    "community": {"id": "c"},
    "level": 7,
    "actor": {"id": "wang", "joined": "2026-01-01T00:00:00Z", "name": "Spam"},
    "text": TEXT,
    "links": [{"url": "a", "domain": "b.example"}, {"url": "b"}, {"url": "c", "domain": "b.example"}],
}


class Written:
    """A plan under construction: every text gets its place, one a line."""

    def __init__(self) -> None:
        self.sources: list[ir.Source] = []

    def at(self, text: str) -> int:
        self.sources.append(ir.Source(file="rules.yaml", line=len(self.sources) + 1, column=1, text=text))
        return len(self.sources) - 1

    def field(self, text: str, kind: Any = "text", root: str = "event") -> ir.Field:
        path = tuple(text.split("."))
        return ir.Field(root=root, path=path[root != "event" :], kind=kind, optional=True, src=self.at(text))

    def contains(self, *needles: str, view: Any = "folded") -> ir.Contains:
        src = self.at(f"text contains any of {list(needles)}")
        return ir.Contains(
            subject=self.field("text"), quantifier="any", needles=ir.Const(value=list(needles)), view=view, src=src
        )

    def compare(self, text: str, left: ir.Expr, operator: Any, value: Any) -> ir.Compare:
        return ir.Compare(operator=operator, left=left, right=ir.Const(value=value), src=self.at(text))

    def level(self, operator: Any, value: int) -> ir.Compare:
        return self.compare(f"level {operator} {value}", self.field("level", "number"), operator, value)

    def ask(self, guard: ir.Expr) -> tuple[Clause, ...]:
        plan = ir.Plan(rulebook="x", events=EVENTS, sources=tuple(self.sources), lists=LISTS)
        rule = ir.Rule(id="r", trigger=ir.OnEvent(types=TYPES), when=guard)
        return clauses(Compiler(plan), rule, Decoder(EVENTS).decode(EVENT), Scope(now=NOW, readings=Answers()))

    def missing_reads(self, guard: ir.Expr) -> tuple[str, ...]:
        compiler = Compiler(ir.Plan(rulebook="x", events=EVENTS, sources=tuple(self.sources)))
        event = Decoder(EVENTS).decode(EVENT)
        return compiler.condition(guard, TYPES).missing_reads(event, Scope(now=NOW, readings=Answers()))


LISTS = (ir.WordList(id="adverts", match="squeezed", items=("buy", "spam")),)


@pytest.fixture
def written() -> Written:
    return Written()


def test_a_true_or_tells_its_true_sides(written: Written) -> None:
    guard = ir.Or(operands=(written.level("==", 7), written.level("==", 8), written.level(">", 6)))
    assert [clause.text for clause in written.ask(guard)] == ["level == 7", "level > 6"]


def test_a_true_and_tells_all_sides_and_a_negation_its_own_outcome(written: Written) -> None:
    guard = ir.And(operands=(written.level("==", 7), ir.Not(operand=written.level("==", 8))))
    assert [(clause.text, clause.outcome) for clause in written.ask(guard)] == [
        ("level == 7", True),
        ("level == 8", False),
    ]


def test_a_false_and_tells_its_false_sides(written: Written) -> None:
    inner = ir.And(operands=(written.level("==", 7), written.level("==", 8)))
    assert [clause.text for clause in written.ask(ir.Not(operand=inner))] == ["level == 8"]


def test_clauses_stand_in_the_order_of_the_source(written: Written) -> None:
    first, second = written.level("==", 7), written.level(">", 6)
    assert [clause.line for clause in written.ask(ir.And(operands=(second, first)))] == [2, 4]


def test_witnesses_of_any_are_told_once(written: Written) -> None:
    domain = written.field("link.domain", root="$0")
    same = written.compare('link.domain == "b.example"', domain, "==", "b.example")
    guard = ir.Quantified(
        quantifier="any",
        variable="link",
        collection=ir.Field(root="event", path=("links",), kind="list"),
        condition=same,
    )
    assert written.ask(guard) == (
        Clause(
            text='link.domain == "b.example"',
            line=2,
            file="rules.yaml",
            outcome=True,
            reads={"link.domain": "b.example"},
        ),
    )


def test_reads_show_instants_and_durations(written: Written) -> None:
    joined = written.field("actor.joined", "instant")
    age = ir.Arithmetic(operator="-", left=ir.Now(src=written.at("now")), right=joined, src=written.at("age"))
    guard = ir.And(
        operands=(
            written.compare("age > 1h", age, ">", 3_600_000),
            written.compare("actor.joined < now", joined, "<", NOW),
        )
    )
    assert [clause.reads for clause in written.ask(guard)] == [
        {"age": "1d"},
        {"actor.joined": "2026-01-01T00:00:00.000Z"},
    ]


def test_a_guard_that_is_always_true_has_no_clauses(written: Written) -> None:
    assert written.ask(ir.Const(value=True)) == ()


def test_evidence_points_into_the_raw_text(written: Written) -> None:
    [clause] = written.ask(written.contains("spam", "hello", "absent"))
    assert clause.evidence == (
        Evidence(field="text", start=0, end=5, text="Hello", pattern="hello"),
        Evidence(field="text", start=7, end=11, text="ＳＰＡＭ", pattern="spam"),
    )


def test_evidence_of_lists_patterns_and_affixes(written: Written) -> None:
    subject = written.field("text")
    guard = ir.And(
        operands=(
            ir.ContainsList(subject=subject, quantifier="any", list="adverts", src=written.at("list")),
            ir.Matches(subject=subject, pattern="sp.m", flags="", view="folded", src=written.at("pattern")),
            ir.Affix(
                subject=subject, end="start", needle=ir.Const(value="hel"), view="folded", src=written.at("start")
            ),
            ir.Affix(subject=subject, end="end", needle=ir.Const(value="m!"), view="exact", src=written.at("end")),
        )
    )
    found = {clause.text: [(item.text, item.pattern) for item in clause.evidence] for clause in written.ask(guard)}
    assert found == {
        "list": [("ＳＰＡＭ", "spam")],
        "pattern": [("ＳＰＡＭ", "sp.m")],
        "start": [("Hel", "hel")],
        "end": [("m!", "m!")],
    }


def test_equality_is_borne_out_by_the_whole_text(written: Written) -> None:
    name = written.field("actor.name")
    items = ir.In(item=name, collection=ir.Const(value=["x", "SPAM"]), view="folded", src=written.at("in"))
    listed = ir.InList(item=name, list="adverts", src=written.at("in list"))
    same = ir.Compare(operator="==", left=ir.Const(value="spam"), right=name, view="folded", src=written.at("=="))
    found = written.ask(ir.And(operands=(items, listed, same)))
    assert [(clause.evidence[0].text, clause.evidence[0].pattern) for clause in found] == [
        ("Spam", "SPAM"),
        ("Spam", "spam"),
        ("Spam", "spam"),
    ]


def test_evidence_is_limited(written: Written) -> None:
    [clause] = written.ask(written.contains(*"helospamnxyz,."))
    assert len(clause.evidence) == MOST


def test_blame_names_the_missing_reads(written: Written) -> None:
    weight = written.compare("weight > 1", written.field("weight", "number"), ">", 1)
    count = written.compare("count > 1", written.field("count", "number"), ">", 1)
    assert written.missing_reads(ir.And(operands=(weight, written.level("==", 7), ir.Not(operand=count), weight))) == (
        "count",
        "weight",
    )
    assert written.missing_reads(ir.And(operands=(weight, written.level("==", 8)))) == ()


def test_blame_of_items_and_of_what_has_no_value(written: Written) -> None:
    domain = written.compare('link.domain == "x"', written.field("link.domain", root="$0"), "==", "x")
    links = ir.Field(root="event", path=("links",), kind="list")
    assert written.missing_reads(
        ir.Quantified(quantifier="any", variable="link", collection=links, condition=domain)
    ) == ("link.domain",)
    mentions = written.field("mentions", "list")
    assert written.missing_reads(
        ir.Quantified(quantifier="all", variable="link", collection=mentions, condition=domain)
    ) == ("mentions",)
    ratio = ir.Arithmetic(
        operator="/", left=written.field("level", "number"), right=ir.Const(value=0), src=written.at("level / 0")
    )
    assert written.missing_reads(written.compare("level / 0 > 1", ratio, ">", 1)) == ("level / 0",)
