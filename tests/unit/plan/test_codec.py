"""Plan files: round trip, refusal of anything else, and digests that ignore places."""

from __future__ import annotations

import gc
import hashlib

import msgspec
import pytest
from msgspec.structs import replace

from groundrules.diagnostics.codes import CODES
from groundrules.plan import codec, ir


def a_plan(**changes: object) -> ir.Plan:
    guard = ir.Contains(
        subject=ir.Field(root="event", path=("text",), kind="text", src=0),
        quantifier="any",
        needles=ir.Const(value=["a", "b"]),
        view="folded",
    )
    rule = ir.Rule(
        id="no-adverts",
        trigger=ir.OnEvent(types=("message",)),
        when=guard,
        effects=(
            ir.Act(do="delete", who=ir.Field(root="event", path=("id",), kind="entity")),
            ir.Act(do="reply", who=None, parameters={"text": ir.Template(texts={"": ("no ", ir.Now())})}),
        ),
        once=ir.Once(key=(ir.Field(root="event", path=("actor", "id"), kind="text"),), per="day"),
    )
    source = ir.Source(file="a.yaml", line=3, column=7, text="text")
    settings = {"title": {"zh": "群", "en": "group"}, **changes}
    return ir.Plan(rulebook="g", rules=(rule,), sources=(source,), **settings)  # type: ignore[arg-type]


def test_a_plan_survives_its_file() -> None:
    assert codec.decode(codec.encode(a_plan())) == a_plan()


def test_equal_plans_give_equal_bytes_whatever_the_order_of_maps() -> None:
    turned = a_plan(title={"en": "group", "zh": "群"})
    assert codec.encode(turned) == codec.encode(a_plan())
    assert codec.digest(turned) == codec.digest(a_plan())


def test_the_digest_ignores_places_and_sees_everything_else() -> None:
    plan = a_plan()
    elsewhere = msgspec.structs.replace(plan, sources=(ir.Source(file="b.yaml", line=9, column=1, text="text"),))
    assert codec.digest(elsewhere) == codec.digest(plan)
    rule = plan.rules[0]
    moved = msgspec.structs.replace(rule, src=5, when=msgspec.structs.replace(rule.when, src=4))
    assert codec.digest(msgspec.structs.replace(plan, rules=(moved,))) == codec.digest(plan)
    shadowed = msgspec.structs.replace(rule, mode="shadow")
    assert codec.digest(msgspec.structs.replace(plan, rules=(shadowed,))) != codec.digest(plan)


def test_a_constant_and_its_look_alike_have_different_digests() -> None:
    values = [True, 1, 1.0, "1", ["1"], None]
    assert len({codec.definition_hash(ir.Const(value=value)) for value in values}) == len(values)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda data: b"", "GR801"),
        (lambda data: b"{}", "GR801"),
        (lambda data: data[:7], "GR803"),
        (lambda data: data[:20], "GR803"),
        (lambda data: data[:50], "GR803"),
        (lambda data: data[:-1], "GR803"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "GR803"),
        (lambda data: data[:6] + b"\x00\x63" + data[8:], "GR802"),
        (lambda data: data[:8] + hashlib.sha256(b"\x81\x01\x02").digest() + bytes(32) + b"\x81\x01\x02", "GR803"),
    ],
)
def test_anything_else_is_refused_with_a_code(damage: object, code: str) -> None:
    with pytest.raises(codec.PlanError) as caught:
        codec.decode(damage(codec.encode(a_plan())))  # type: ignore[operator]
    assert caught.value.code == code
    assert code in CODES


def test_text_that_is_no_unicode_is_refused() -> None:
    body = codec.encode(a_plan())[72:].replace(b"no-adverts", b"no-adv\xa4rts")
    data = codec.encode(a_plan())[:8] + hashlib.sha256(body).digest() + bytes(32) + body
    with pytest.raises(codec.PlanError) as caught:
        codec.decode(data)
    assert caught.value.code == "GR803"


def test_a_plan_nested_beyond_reason_is_refused() -> None:
    body = b"\x83\xa8rulebook\xa1x\xa5rules\x90\xa6events\x81\xa1a" + b"\x91" * 100_000
    named = hashlib.sha256(body).digest()
    data = codec.MAGIC + ir.FORMAT_VERSION.to_bytes(2, "big") + named + bytes(32) + body
    with pytest.raises(codec.PlanError) as caught:
        codec.decode(data)
    assert caught.value.code == "GR803"


def test_a_default_that_is_written_out_changes_no_digest() -> None:
    """`mode: enforce` read from a file is another text than the default, if an equal one."""
    rule = ir.Rule(id="a", trigger=ir.OnEvent(("message",)), when=ir.Const(value=True))
    written = replace(rule, mode="".join(["en", "force"]), kind="".join(["ru", "le"]))
    plans = [ir.Plan(rulebook="x", rules=(one,)) for one in (rule, written)]
    assert codec.digest(plans[0]) == codec.digest(plans[1]) == codec.digest(codec.decode(codec.encode(plans[1])))


def test_making_much_leaves_the_collector_as_it_was() -> None:
    assert gc.isenabled()
    with codec.no_collection():
        assert not gc.isenabled()
        made = [[number] for number in range(20_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert gc.get_count()[0] < len(made), "what was made has grown old"


def test_a_host_that_froze_what_it_has_keeps_it_frozen() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with codec.no_collection():
            made = [[number] for number in range(20_000)]
        assert 0 < gc.get_freeze_count() <= frozen, "some of it may have gone meanwhile"
        assert len(made) == 20_000
    finally:
        gc.unfreeze()


def test_a_seal_is_that_of_one_key_and_one_content() -> None:
    data = codec.encode(a_plan(), b"made", b"key")
    assert codec.is_sealed(data, b"key")
    assert not codec.is_sealed(data, b"another key")
    assert not codec.is_sealed(data, None)
    assert not codec.is_sealed(codec.encode(a_plan(), b"made"), b"key")
    other = codec.encode(a_plan(), b"made otherwise")
    assert not codec.is_sealed(other[:40] + data[40:72] + other[72:], b"key")
