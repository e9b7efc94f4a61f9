"""Signatures: documented, with an example that parses, and a result determined by the arguments."""

import pytest

from groundrules.diagnostics.source import detached
from groundrules.syntax.parse import parse_expression
from groundrules.types import kinds
from groundrules.types.builtins import SIGNATURES, Signature


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_documented_with_an_example(signature: Signature) -> None:
    assert signature.summary[-1] == "."
    assert f"{signature.name}(" in signature.example
    parse_expression(detached(signature.example))


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("length", [kinds.Prose()], kinds.Number(integer=True, minimum=0)),
        ("max", [kinds.Number(integer=True), kinds.Number(integer=True, minimum=1)], kinds.Number(integer=True)),
        ("max", [kinds.Number(integer=True), kinds.Number()], kinds.Number()),
        ("min", [kinds.Duration(), kinds.Duration()], kinds.Duration()),
        ("first", [kinds.ListOf(kinds.Url())], kinds.Url()),
        ("first", [kinds.Unknown()], kinds.Unknown()),
        ("min", [], kinds.Unknown()),
    ],
)
def test_results(name: str, arguments: list[kinds.Type], result: kinds.Type) -> None:
    assert SIGNATURES[name].result_of(arguments) == result


def test_shown_as_written() -> None:
    assert str(SIGNATURES["max"]) == "max(value, …)"
    assert str(SIGNATURES["falls_on"]) == "falls_on(date, instant, leap_month?)"
