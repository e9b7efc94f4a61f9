"""Mistakes around operators: those of other languages, chains, `not` in the wrong place, a side that is missing."""

from __future__ import annotations

from groundrules.diagnostics.codes import syntax as codes
from groundrules.syntax.errors import Edit, Flaw
from groundrules.syntax.mistakes.place import COMPARISONS, Place

_SIGNS = {
    "=": "==",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "=~": "matches",
    "~": "matches",
}
_WORDS = {
    "is": "==",
    "equals": "==",
    "eq": "==",
    "contain": "contains",
    "containing": "contains",
    "includes": "contains",
    "include": "contains",
    "have": "has",
    "match": "matches",
    "like": "matches",
    "startswith": "starts with",
    "starts_with": "starts with",
    "begins": "starts with",
    "endswith": "ends with",
    "ends_with": "ends with",
    "但": "and",
    "且": "and",
    "并且": "and",
    "或": "or",
    "或者": "or",
    "xor": "!=",
}
_KEYWORDS = frozenset({"and", "or", "not", "in", "has", "contains", "matches", "where", "by", "within", "of"})
_BINARY = frozenset({"and", "or", "??", "+", "-", "*", "/", "%"}) | COMPARISONS
_NOTHING = frozenset({"null", "none", "nil", "missing", "empty", "undefined", "known", "unknown", "set"})


def foreign(place: Place) -> Flaw | None:
    """An operator that other languages have, where one of ours could stand."""
    here = place.here
    if here is None:
        return None
    if here.kind == "sign" and here.text == "!" and (place.wants_value or place.after):
        return _bang(place)
    if place.wants_value:
        return _upper_not(place)
    if here.kind == "sign" and here.text in _SIGNS:
        return _instead(place, here.text, _SIGNS[here.text])
    if here.kind != "word":
        return None
    if here.text.lower() in _KEYWORDS and here.text != here.text.lower():
        return _instead(place, here.text, here.text.lower())
    if here.text == "is":
        return _is(place)
    return _instead(place, here.text, _WORDS[here.text]) if here.text in _WORDS else None


def _instead(place: Place, wrong: str, right: str) -> Flaw:
    edit = Edit(place.at, right, f"write `{right}`", safe=wrong.lower() == right or wrong in ("&&", "||", "===", "!=="))
    return Flaw(codes.FOREIGN_OPERATOR, place.at, f"`{wrong}` is no operator here", f"write `{right}`", edits=(edit,))


def _bang(place: Place) -> Flaw:
    edits = (Edit(place.at, "not ", "write `not`"),) if place.wants_value else ()
    return Flaw(codes.FOREIGN_OPERATOR, place.at, "`!` is no operator here", "write `not`", edits=edits)


def _upper_not(place: Place) -> Flaw | None:
    here = place.here
    if here is None or here.text not in ("AND", "OR", "and", "or", "in", "not"):
        return None
    if here.text == "not":
        help = "put it before the whole condition, `not a == b`, or put brackets around it"
        return Flaw(codes.UNEXPECTED, here.at, "`not` cannot stand inside a comparison", help)
    return Flaw(codes.MISSING_OPERAND, here.at, f"`{here.text}` has nothing on its left", "complete the condition")


def _is(place: Place) -> Flaw:
    here, after = place.here, place.after
    assert here is not None
    negated = after is not None and after.text == "not"
    right = place.lexemes[place.index + 2] if negated and place.index + 2 < len(place.lexemes) else after
    if right is not None and right.text.lower() in _NOTHING:
        left = place.slice(place.left_edge(place.index), place.index)
        help = f"write `known({left})`" if negated else f"write `not known({left})`"
        return Flaw(codes.FOREIGN_OPERATOR, (here.start, right.end), "`is` is no operator here", help)
    if negated and after is not None:
        at = (here.start, after.end)
        edit = Edit(at, "!=", "write `!=`")
        return Flaw(codes.FOREIGN_OPERATOR, at, "`is not` is no operator here", "write `!=`", edits=(edit,))
    return _instead(place, "is", "==")


def shouted(place: Place) -> Flaw | None:
    """`NOT x`: the capital word was read as a name, and what follows does not fit."""
    before = place.before
    if place.wants_value or before is None or before.text != "NOT":
        return None
    edit = Edit(before.at, "not", "write `not`", safe=True)
    return Flaw(codes.FOREIGN_OPERATOR, before.at, "`NOT` is no operator here", "write `not`", edits=(edit,))


def misplaced_not(place: Place) -> Flaw | None:
    """`x not contains y`, `x not == y`."""
    here, before = place.here, place.before
    if here is None or before is None or before.text != "not" or "_IN" not in place.expected or place.wants_value:
        return None
    first = place.left_edge(place.index - 1)
    left = place.slice(first, place.index - 1)
    help = "only `in` takes a `not` in front; elsewhere put it before the whole condition"
    if here.text in COMPARISONS:
        help = f"put `not` before the whole condition: `not {left} {here.text} …`"
    start = place.lexemes[first].start
    edits = (
        Edit((start, start), "not ", "move `not` to the front"),
        Edit((before.start, here.start), "", "remove it here"),
    )
    return Flaw(codes.UNEXPECTED, (before.start, here.end), f"`not {here.text}` is no operator", help, edits=edits)


def chained(place: Place) -> Flaw | None:
    """`a < b < c`."""
    here = place.here
    if here is None or here.text not in COMPARISONS or place.wants_value:
        return None
    first = place.left_edge(place.index)
    signs = [i for i in range(first, place.index) if place.lexemes[i].text in COMPARISONS]
    if not signs:
        return None
    middle = place.slice(signs[-1] + 1, place.index)
    both = (
        f"{place.slice(first, place.index)} and {middle} {place.slice(place.index, place.right_edge(place.index + 1))}"
    )
    note = (place.lexemes[signs[-1]].at, "the first comparison")
    edit = Edit((here.start, here.start), f"and {middle} ", "compare twice")
    return Flaw(codes.CHAINED, here.at, "comparisons do not chain", f"write `{both}`", (note,), (edit,))


def missing_operand(place: Place) -> Flaw | None:
    """An operator at the end, or in front of another operator or closing bracket."""
    here, before = place.here, place.before
    if not place.wants_value:
        return None
    if (
        before
        and _is_operator(before.text)
        and (here is None or here.text in {")", "]", ","} or _is_operator(here.text))
    ):
        return Flaw(
            codes.MISSING_OPERAND, before.at, f"`{before.text}` has nothing on its right", "complete the condition"
        )
    if here and here.kind == "sign" and here.text in _BINARY:
        return Flaw(codes.MISSING_OPERAND, here.at, f"`{here.text}` has nothing on its left", "complete the condition")
    return None


def _is_operator(text: str) -> bool:
    return text in _BINARY or text in ("not", "of", "with")


def missing_operator(place: Place) -> Flaw | None:
    """Two values side by side."""
    here, before = place.here, place.before
    if here is None or before is None or place.wants_value or "_AND" not in place.expected:
        return None
    starts_value = here.kind in ("word", "number", "string") or here.text in ("(", "[")
    if not starts_value or here.text in _KEYWORDS:
        return None
    at = (before.end, here.start) if before.end < here.start else here.at
    found = f"an operator is missing between `{before.text}` and `{here.text}`"
    help = "join conditions with `and` or `or`; compare values with `==`, `in`, `contains`, …; text stands in quotes"
    return Flaw(codes.MISSING_OPERATOR, (before.start, here.end) if at == here.at else at, found, help)
