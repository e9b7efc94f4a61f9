"""Windows counted together and tested behind one gate: the same rows and the same firings as one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import groundrules
from groundrules.decisions import encode
from groundrules.engine.engine import Engine
from groundrules.engine.index.gates import gates
from groundrules.engine.program import Program
from strategies.runtime import Story

KEYS = ("actor", "channel", "actor, channel", "text")
TESTS = [(key, seconds, least) for key in KEYS for seconds, least in ((4, 2), (9, 3), (30, 5))]
RULES = "".join(
    f"  - id: r{number}\n    on: message\n    when: count(message by {key} within {seconds}s) >= {least}\n"
    "    then: [delete]\n"
    for number, (key, seconds, least) in enumerate(TESTS)
)
OTHERS = """\
  - {id: rare, on: message, when: 'count(message by channel within 20s) < 3 and text contains "o"', then: [warn]}
  - {id: many, on: message, when: 'distinct(actor.id of message by channel within 20s) >= 3', then: [pin]}
  - {id: both, on: message, when: 'distinct(actor.id of message by channel within 8s) == 2', then: [pin]}
  - {id: marks, on: message, when: 'count(message by channel, text within 9s) == 3', then: [{delete: matched}]}
  - {id: marked, on: message, when: 'distinct(text of message by actor within 9s) <= 1', then: [{delete: matched}]}
  - {id: once, on: message, once_per: actor within 5s, when: 'text contains "o"', then: [warn]}
  - {id: daily, on: message, once_per: channel per day, then: [unpin]}
  - {id: staff, on: message, once_per: channel per day, when: 'actor.id != "b"', then: [{exempt: [many, both]}]}
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> groundrules.Rulebook:
    path = tmp_path_factory.mktemp("windows") / "rulebook.yaml"
    path.write_text(f"rulebook: windows\nuse: [std/chat]\nrules:\n{RULES}{OTHERS}", encoding="utf-8")
    return groundrules.load(path)


def test_guards_on_one_window_stand_behind_one_gate(book: groundrules.Rulebook) -> None:
    program = Program(book.plan)
    guards = {number: rule.when for number, rule in enumerate(book.plan.rules)}
    found = list(gates(program.compiler.program, guards))
    behind = [numbers for gate, numbers in found if gate is not None]
    assert sorted(len(numbers) for numbers in behind) == [3, 3, 3, 3]
    assert sorted(number for _, numbers in found for number in numbers) == sorted(guards)
    alone = [len(numbers) for gate, numbers in found if gate is None]
    assert alone == [len(guards) - len(TESTS)], "no gate for what a low count makes true"


def test_rows_are_those_of_windows_counted_one_by_one(book: groundrules.Rulebook) -> None:
    together, apart = Engine(book), Engine(book, indexed=False)
    story = Story()
    for second in range(0, 40, 2):
        line = story.message(second * 1000, "so", actor={"id": f"u{second % 3}"})
        assert [encode(one) for one in together.feed(line)] == [encode(one) for one in apart.feed(line)]
    assert together.snapshot() == apart.snapshot()


@given(
    st.lists(
        st.tuples(st.integers(0, 6000), st.sampled_from("ab"), st.booleans(), st.sampled_from("xy")),
        max_size=40,
    )
)
def test_no_gate_hides_a_firing(book: groundrules.Rulebook, said: list[tuple[int, str, bool, str]]) -> None:
    together, apart = Engine(book), Engine(book, indexed=False)
    story, now = Story(), 0
    for passed, who, own, where in said:
        now += passed
        line = story.message(now, "so", actor={"id": who, "self": own}, channel={"id": where, "name": where})
        assert [encode(one) for one in together.feed(line)] == [encode(one) for one in apart.feed(line)]
