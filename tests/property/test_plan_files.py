"""Strangers' plan files: whatever their bytes hold is a plan that runs or a PlanError."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules import load
from groundrules.engine.engine import Engine
from groundrules.engine.plan_file import read
from groundrules.plan import codec, ir
from strategies.runtime import Story

ROOT = Path(__file__).parents[2]
FOLDERS = ("tests/rulebooks/team-group", "policies/flood", "policies/tasks")
ODD = ("", "(", "text", "actor", "../../etc/passwd", -1, 10**18, 0, 1.5, True, None, [], {})


def file_of(plain: Any) -> bytes:
    """A plan file as somebody else would write it, who names the plan right if it is one."""
    try:
        digest = codec.digest(msgspec.convert(plain, ir.Plan))
    except (msgspec.ValidationError, UnicodeError):
        digest = "sha256:"
    body = msgspec.msgpack.encode([digest, plain, b""])
    return codec.MAGIC + ir.FORMAT_VERSION.to_bytes(2, "big") + hashlib.sha256(body).digest() + bytes(32) + body


@cache
def plans() -> list[tuple[Any, list[tuple[Any, ...]]]]:
    """Plans as plain data, each with the ways to its parts."""
    plain = [msgspec.to_builtins(load(ROOT / folder).plan) for folder in FOLDERS]
    return [
        (one, [way for way in ways(one) if way and way[0] not in ("events", "actions", "sources")]) for one in plain
    ]


def ways(value: Any, to: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield to
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from ways(value[key], (*to, key))


def at(value: Any, way: tuple[Any, ...]) -> Any:
    for key in way:
        value = value[key]
    return value


@st.composite
def changed(draw: st.DrawFn) -> Any:
    """A plan with a part put in the place of another of its kind, or something odd."""
    plain, places = draw(st.sampled_from(plans()))
    plain = copy.deepcopy(plain)
    to = draw(st.sampled_from(places))
    alike = [way for way in places if type(at(plain, way)) is type(at(plain, to))]
    new = draw(st.sampled_from(alike).map(lambda way: at(plain, way)) | st.sampled_from(ODD))
    at(plain, to[:-1])[to[-1]] = copy.deepcopy(new)
    return plain


@given(changed())
def test_a_changed_plan_runs_or_is_refused(plain: Any) -> None:
    try:
        engine = Engine(read(file_of(plain)))
    except codec.PlanError:
        return
    story = Story()
    for number, text in enumerate(("签到", "hello ?", "加微信", "buy now")):
        engine.feed(story.message(number * 1000, text))
    engine.finish()


@given(st.binary(max_size=200), st.booleans())
def test_bytes_are_refused(data: bytes, claims: bool) -> None:
    body = hashlib.sha256(data).digest() + bytes(32) + data
    with pytest.raises(codec.PlanError):
        read(codec.MAGIC + ir.FORMAT_VERSION.to_bytes(2, "big") + body if claims else data)
