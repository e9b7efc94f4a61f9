"""Plan files: what was compiled survives, what doesn't fit is refused, and reading needs no front end."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

import groundrules
from groundrules.diagnostics.codes import CODES
from groundrules.engine.engine import Engine
from groundrules.engine.index import prepared
from groundrules.engine.index.tables import Access
from groundrules.engine.plan_file import Compiled, compile_plan, load_plan, read, write
from groundrules.engine.plan_key import own_key
from groundrules.engine.texts import needles
from groundrules.plan import codec, ir
from strategies.runtime import Story, act, plan, rule, says

KEY = b"a key"
FRONT_END = ("syntax", "rulebook", "checker", "lower", "lint", "frontend")

RULEBOOK = """\
rulebook: r
use: [std/chat]
lists:
  adverts: {match: folded, items: [WORDS]}
rules:
  - {id: adverts, on: message, when: text contains any of adverts, then: [delete]}
  - {id: help, on: message, when: channel.name == "help" and text contains "lunch", then: [delete]}
  - {id: all, on: message, when: not (text contains "o"), then: [warn]}
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    path = tmp_path_factory.mktemp("rulebook") / "r.yaml"
    path.write_text(RULEBOOK.replace("WORDS", ", ".join(f"word{number:02}" for number in range(40))), encoding="utf-8")
    return compile_plan(groundrules.load(path).plan)


def test_what_was_made_survives_the_file(compiled: Compiled) -> None:
    again = read(write(compiled, KEY), KEY)
    assert again == compiled
    assert write(again) == write(compiled)
    assert again.digest == codec.digest(compiled.plan)


def test_rules_that_nothing_finds_are_told(compiled: Compiled) -> None:
    assert compiled.asked_always() == ["all"]


def test_an_engine_from_a_file_builds_no_database(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, story = Engine(read(write(compiled, KEY), KEY)), Story()
    monkeypatch.setattr(needles, "Needles", None)
    [decision] = engine.feed(story.message(0, "some WORD07 here"))
    assert [fired.rule for fired in decision.fired] == ["adverts"]


def test_a_database_of_another_machine_is_made_anew(compiled: Compiled) -> None:
    assert compiled.prepared is not None
    literals = msgspec.structs.replace(compiled.prepared.literals, platform="elsewhere", databases={"folded": b"?"})
    foreign = Compiled(compiled.plan, compiled.digest, msgspec.structs.replace(compiled.prepared, literals=literals))
    [decision] = Engine(read(write(foreign, KEY), KEY)).feed(Story().message(0, "some word07 here"))
    assert [fired.rule for fired in decision.fired] == ["adverts"]


def test_a_sample_chooses_the_access_path(compiled: Compiled) -> None:
    lunches = [msgspec.json.encode(Story().message(0, "lunch", channel={"id": "x", "name": "general"}))] * 5
    profiled = compile_plan(compiled.plan, [*lunches, b"no event"])
    assert profiled.prepared is not None
    assert compiled.prepared is not None
    values = [
        {(probe.test, value) for probe in prepared.rules["message"].probes for value, _ in probe.entries}
        for prepared in (compiled.prepared, profiled.prepared)
    ]
    assert ("stands", "lunch") in values[0]
    assert ("stands", "lunch") not in values[1]
    assert ("is", "help") in values[1]


def test_other_tables_are_refused(compiled: Compiled) -> None:
    strange = msgspec.structs.replace(compiled.plan, tables="fold 0, tzdata 1970a")
    with pytest.raises(codec.PlanError) as caught:
        read(codec.encode(strange))
    assert caught.value.code == "GR804"
    assert caught.value.code in CODES


def test_made_of_something_else_is_refused(compiled: Compiled) -> None:
    with pytest.raises(codec.PlanError) as caught:
        read(codec.encode(compiled.plan, b"\x93\x01\x02\x03", KEY), KEY)
    assert caught.value.code == "GR803"


@pytest.mark.parametrize("key", [None, b"another key"])
def test_what_others_made_is_made_anew(compiled: Compiled, key: bytes | None) -> None:
    """Neither does a database of theirs reach native code, nor do their tables keep rules from being asked."""
    assert compiled.prepared is not None
    literals = msgspec.structs.replace(compiled.prepared.literals, databases={"folded": b"hyperscan " * 100})
    nobody = {"message": Access((), (), {})}
    theirs = Compiled(compiled.plan, "", msgspec.structs.replace(compiled.prepared, literals=literals, rules=nobody))
    again = read(write(theirs, key), KEY)
    assert again == compiled
    [decision] = Engine(again).feed(Story().message(0, "some word07 here"))
    assert [fired.rule for fired in decision.fired] == ["adverts"]


def test_a_plan_under_the_name_of_another_is_refused(compiled: Compiled) -> None:
    other = msgspec.structs.replace(compiled.plan, rulebook="other")
    body = msgspec.msgpack.encode(codec.Packed(compiled.digest, other))
    data = codec.encode(other)[:8] + hashlib.sha256(body).digest() + bytes(32) + body
    with pytest.raises(codec.PlanError, match="not the one that it names") as caught:
        read(data)
    assert caught.value.code == "GR803"


def on(trigger: ir.Trigger) -> dict[str, Any]:
    return {"rules": (ir.Rule(id="r", trigger=trigger, when=ir.Const(value=True)),)}


@pytest.mark.parametrize(
    "change",
    [
        *({"timezone": "../../etc/passwd"}, {"lists": ()}, {"sources": ()}),
        *(on(ir.OnBrake(brake="nothing")), on(ir.OnRefusal(rule="nothing"))),
    ],
)
def test_a_plan_that_names_what_is_not_there_is_refused(compiled: Compiled, change: dict[str, Any]) -> None:
    with pytest.raises(codec.PlanError, match="not there") as caught:
        read(codec.encode(msgspec.structs.replace(compiled.plan, **change)))
    assert caught.value.code == "GR803"


def test_the_key_is_made_once_and_is_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "below" / "plan.key"
    monkeypatch.setenv("GROUNDRULES_PLAN_KEY", str(place))
    assert own_key() is None
    key = own_key(make=True)
    assert key is not None
    assert own_key(make=True) == own_key() == key
    assert place.stat().st_mode & 0o777 == 0o600
    place.chmod(0o620)
    assert own_key() is None, "others may have written it"
    place.chmod(0o600)
    place.write_bytes(b"short")
    assert own_key(make=True) is None


def test_without_a_place_for_a_key_files_are_made_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("GROUNDRULES_PLAN_KEY", str(tmp_path / "file" / "plan.key"))
    assert own_key(make=True) is None


def test_a_plan_file_runs_without_the_front_end(compiled: Compiled, tmp_path: Path) -> None:
    path = tmp_path / "plan.grp"
    path.write_bytes(write(compiled))
    event = msgspec.json.encode(Story().message(0, "some word07 here")).decode()
    script = f"""\
import sys, groundrules
engine = groundrules.Engine(groundrules.load_plan({str(path)!r}))
[decision] = engine.feed({event!r})
print([fired.rule for fired in decision.fired])
print([name for name in sys.modules if name.split(".")[1:2] and name.split(".")[1] in {FRONT_END!r}
       and name.startswith("groundrules.")])
"""
    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert said.splitlines() == ["['adverts']", "[]"]


def test_swap_takes_books_and_plan_files(compiled: Compiled) -> None:
    engine, story = Engine(plan(rule("old", act("delete"), when=says("x")))), Story()
    engine.feed(story.message(0, "x"))
    assert engine.swap(compiled, preview=True) == engine.swap(compiled)
    assert engine.plan is compiled.plan
    [decision] = engine.feed(story.message(1000, "some word07 here"))
    assert [fired.rule for fired in decision.fired] == ["adverts"]


def test_a_rulebook_that_does_not_check_leaves_the_old_one_in_force(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(RULEBOOK, encoding="utf-8")
    engine, story = Engine(groundrules.load(path)), Story()
    path.write_text(RULEBOOK.replace("text contains", "txt contains"), encoding="utf-8")
    with pytest.raises(groundrules.RulebookError):
        engine.swap(groundrules.load(path))
    [decision] = engine.feed(story.message(0, "o WORDS"))
    assert [fired.rule for fired in decision.fired] == ["adverts"]


@pytest.mark.parametrize(
    ("change", "code"), [({"tables": "of another time"}, "GR804"), ({"partition": ("channel", "id")}, "GR805")]
)
@pytest.mark.parametrize("preview", [False, True])
def test_a_plan_that_can_not_go_on_is_refused(
    compiled: Compiled, change: dict[str, Any], code: str, preview: bool
) -> None:
    engine, story = Engine(compiled), Story()
    with pytest.raises(codec.PlanError) as caught:
        engine.swap(msgspec.structs.replace(compiled.plan, **change), preview=preview)
    assert caught.value.code == code
    [decision] = engine.feed(story.message(0, "some word07 here"))
    assert [fired.rule for fired in decision.fired] == ["adverts"]


def test_load_plan_says_what_it_can_not_read(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(RULEBOOK, encoding="utf-8")
    with pytest.raises(codec.PlanError, match="GR801"):
        load_plan(tmp_path / "r.yaml")
    with pytest.raises(OSError, match="none"):
        load_plan(tmp_path / "none.grp")


def test_a_warm_engine_has_made_what_finds_rules(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(compiled.plan)
    engine.warm()
    monkeypatch.setattr(prepared, "asking", None)
    monkeypatch.setattr(prepared, "lookup", None)
    assert [decision.trigger for decision in engine.feed(Story().message(0, "word01"))] == ["event"]
