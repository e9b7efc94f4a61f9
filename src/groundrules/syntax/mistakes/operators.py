"""Mistakes around operators: those of other languages, chains, `not` in the wrong place, missing operands."""

from __future__ import annotations

import re
from difflib import get_close_matches

from groundrules.diagnostics.codes import syntax as codes
from groundrules.syntax.errors import Edit, FlawError
from groundrules.syntax.mistakes.place import COMPARISONS, Place
from groundrules.syntax.scan import Lexeme

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
_DASHES = ("~", "->")
_NEVER = frozenset({"<>", "=>", "=<", "===", "!==", "&&", "||", "=~"})
_SIGN_HELP = {
    "?": "there is no `? :`; `x ?? y` gives a default where `x` is missing",
    ":": "there is no `:` in the language; clock times are written `09:00`",
    ";": "there is one expression; join conditions with `and` or `or`",
    ",": "commas separate items in brackets; join conditions with `and` or `or`",
    "{": "lists go in `[…]`, groups in `(…)`",
    "}": "lists go in `[…]`, groups in `(…)`",
    "**": "there is no power operator; multiply with `*`",
    "//": "divide with `/`",
    "^": "there is no `^`",
    "->": "there is no `->`; fields are read with a dot, `actor.id`",
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
    "且": "and",
    "并且": "and",
    "而且": "and",
    "或": "or",
    "或者": "or",
    "包含": "contains",
    "等于": "==",
    "xor": "!=",
}
_KEYWORDS = frozenset({"and", "or", "not", "in", "has", "contains", "matches", "where", "less", "by", "within", "of"})
_SIMILAR = ("contains", "matches", "has", "and", "or", "in", "starts", "ends")
_LEADING = frozenset({"not", "of", "with", "where", "less", "by", "within", "max", "per", "every"})
_BINARY = frozenset({"and", "or", "??", "+", "-", "*", "/", "%"}) | COMPARISONS
_NOTHING = frozenset({"null", "none", "nil", "missing", "undefined", "unknown"})


def foreign(place: Place) -> FlawError | None:
    """An operator from another language, where one of ours is allowed."""
    here = place.here
    if here is None:
        return None
    if here.kind == "sign":
        return _foreign_sign(place, here.text)
    if here.kind != "word":
        return None
    return _without_left(place, here.text) if place.wants_value else _foreign_word(place, here)


def _foreign_sign(place: Place, sign: str) -> FlawError | None:
    if sign == "!" and place.wants_value and place.before and place.before.text == "not":
        help = "write `not` once"
        return FlawError(codes.FOREIGN_OPERATOR, place.at, "`!` is not an operator here", help)
    if sign in _DASHES and place.before and place.after and _is_clock(place.before) and _is_clock(place.after):
        edit = Edit((place.before.end, place.after.start), "-", "write `-`")
        message = f"`{sign}` does not join times of day"
        return FlawError(codes.FOREIGN_OPERATOR, place.at, message, "write `-`", edits=(edit,))
    if sign == "!" and (place.wants_value or place.after):
        edits = (Edit(place.at, "not ", "write `not`"),) if place.wants_value else ()
        return FlawError(codes.FOREIGN_OPERATOR, place.at, "`!` is not an operator here", "write `not`", edits=edits)
    if sign in _NEVER or (sign in _SIGNS and not place.wants_value):
        return _instead(place.at, sign, _SIGNS[sign])
    return None


def _is_clock(lexeme: Lexeme) -> bool:
    return re.fullmatch("[0-9]{2}:[0-9]{2}", lexeme.text) is not None


def _foreign_word(place: Place, here: Lexeme) -> FlawError | None:
    word = here.text
    if word.lower() in _KEYWORDS and word != word.lower():
        return _instead(here.at, word, word.lower())
    if word == "is":
        return _is(place, here)
    return _instead(here.at, word, _WORDS[word]) if word in _WORDS else None


def _instead(at: tuple[int, int], wrong: str, right: str) -> FlawError:
    same = wrong.lower() == right or wrong in ("&&", "||", "===", "!==")
    edit = Edit(at, right, f"write `{right}`", safe=same)
    return FlawError(
        codes.FOREIGN_OPERATOR, at, f"`{wrong}` is not an operator here", f"write `{right}`", edits=(edit,)
    )


def _is(place: Place, here: Lexeme) -> FlawError:
    after = place.after
    negated = after is not None and after.text == "not"
    right = place.lexemes[place.index + 2] if negated and place.index + 2 < len(place.lexemes) else after
    if right is not None and right.text.lower() in _NOTHING:
        left = place.slice(place.left_edge(place.index), place.index)
        help = f"write `known({left})`" if negated else f"write `not known({left})`"
        return FlawError(codes.FOREIGN_OPERATOR, (here.start, right.end), "`is` is not an operator here", help)
    if negated and after is not None:
        return _instead((here.start, after.end), "is not", "!=")
    return _instead(here.at, "is", "==")


def _without_left(place: Place, word: str) -> FlawError | None:
    """`and`, `or`, `in`, `not` where a value should stand."""
    if word == "not":
        help = "put it before the whole condition, `not a == b`, or put brackets around it"
        return FlawError(codes.UNEXPECTED, place.at, "`not` is not allowed inside a comparison", help)
    if word not in ("and", "or", "in") or (place.before and _is_operator(place.before.text)):
        return None
    return _missing(place.at, word, "left")


def shouted(place: Place) -> FlawError | None:
    """`NOT x`: the capital word was read as a name, and what follows does not fit."""
    before = place.before
    if place.wants_value or before is None or before.text != "NOT":
        return None
    return _instead(before.at, "NOT", "not")


def any_without_operator(place: Place) -> FlawError | None:
    """`any of xs` without `has` in front, or `contains any xs` without `of`."""
    here, index = place.here, place.index
    if place.open and place.lexemes[place.open[-1]].text == "[":
        index = place.open[-1]
    before = place.lexemes[index - 1] if index else None
    if here is None or before is None or before.text not in ("any", "all") or place.wants_value:
        return None
    if here.text == "of":
        help = f"write `values has {before.text} of …` or `text contains {before.text} of …`"
        at = (before.start, here.end)
        return FlawError(codes.MISSING_OPERAND, at, f"`{before.text} of` has nothing on its left", help)
    asks = place.lexemes[index - 2].text if index > 1 else ""
    return lacks_of(before.text, before.at, asks) if asks in ("has", "contains") else None


def lacks_of(word: str, at: tuple[int, int], asks: str) -> FlawError:
    """`contains any xs`: the `of` that must follow `any` is missing."""
    edit = Edit((at[1], at[1]), " of", f"write `{word} of`")
    return FlawError(codes.UNEXPECTED, at, f"`{word}` lacks its `of`", f"write `{asks} {word} of …`", edits=(edit,))


def misplaced_not(place: Place) -> FlawError | None:
    """`x not contains y`, `x not == y`."""
    here, before = place.here, place.before
    if here is None or before is None or before.text != "not" or "_IN" not in place.expected or place.wants_value:
        return None
    first = place.left_edge(place.index - 1)
    left = place.slice(first, place.index - 1)
    help = "only `in` takes a `not` in front; elsewhere put it before the whole condition"
    if here.text in COMPARISONS:
        words = f"{here.text} with" if here.text in ("starts", "ends") else here.text
        help = f"put `not` before the whole condition: `not {left} {words} …`"
    start = place.lexemes[first].start
    front = Edit((start, start), "not ", "move `not` to the front")
    gone = Edit((before.start, here.start), "", "and remove it here")
    at = (before.start, here.end)
    return FlawError(codes.UNEXPECTED, at, f"`not {here.text}` is not an operator", help, edits=(front, gone))


def chained(place: Place) -> FlawError | None:
    """`a < b < c`."""
    here = place.here
    if here is None or here.text not in COMPARISONS or place.wants_value:
        return None
    first = place.left_edge(place.index)
    signs = [i for i in range(first, place.index) if place.lexemes[i].text in COMPARISONS]
    if not signs:
        return None
    left = place.slice(first, place.index)
    middle = place.slice(signs[-1] + 1, place.index)
    right = place.slice(place.index, place.right_edge(place.index + 1))
    note = (place.lexemes[signs[-1]].at, "the first comparison")
    edit = Edit((here.start, here.start), f"and {middle} ", "compare twice")
    help = f"write `{left} and {middle} {right}`"
    return FlawError(codes.CHAINED, here.at, "comparisons do not chain", help, (note,), (edit,))


def unknown_sign(place: Place) -> FlawError | None:
    """A sign that the language does not use, or not outside brackets."""
    here = place.here
    if here is None or place.form != "expression" or here.kind != "sign" or here.text not in _SIGN_HELP:
        return None
    if here.text == "," and place.open:
        return None
    return FlawError(codes.UNEXPECTED, here.at, f"unexpected `{here.text}`", _SIGN_HELP[here.text])


def missing_operand(place: Place) -> FlawError | None:
    """An operator at the end, or in front of another operator or closing bracket."""
    here, before = place.here, place.before
    if not place.wants_value:
        return None
    ends = here is None or here.text in (")", "]", ",") or _is_operator(here.text)
    if before and ends and _is_operator(before.text):
        return _missing(before.at, before.text, "right")
    if here and here.kind == "sign" and here.text in _BINARY:
        return _missing(here.at, here.text, "left")
    return None


def _missing(at: tuple[int, int], operator: str, side: str) -> FlawError:
    message = f"`{operator}` has nothing on its {side}"
    return FlawError(codes.MISSING_OPERAND, at, message, f"complete it, or remove the `{operator}`")


def _is_operator(text: str) -> bool:
    return text in _BINARY or text in _LEADING


def missing_operator(place: Place) -> FlawError | None:
    """Two values side by side."""
    here, before = place.here, place.before
    if here is None or before is None or place.form != "expression":
        return None
    if place.wants_value or "_AND" not in place.expected or here.text in _KEYWORDS:
        return None
    if here.kind not in ("word", "number", "string") and here.text not in ("(", "["):
        return None
    similar = get_close_matches(here.text, _SIMILAR, n=1, cutoff=0.66) if here.kind == "word" and place.after else []
    if similar:
        edit = Edit(here.at, similar[0], f"write `{similar[0]}`")
        message = f"`{here.text}` is not an operator"
        return FlawError(codes.MISSING_OPERATOR, here.at, message, f"did you mean `{similar[0]}`?", edits=(edit,))
    message = f"an operator is missing between `{before.text}` and `{here.text}`"
    help = "join conditions with `and` or `or`; compare values with `==`, `in`, `contains`, …; text needs quotes"
    return FlawError(codes.MISSING_OPERATOR, (before.start, here.end), message, help)
