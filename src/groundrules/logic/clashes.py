"""Pairs of conditions on one text that never hold together: what it is, begins with, ends with and contains.

Only exact and folded comparisons are considered; the answer is no unless it is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.text.views import apply

Kind = Literal["is", "start", "end", "any", "all"]
_VIEWS = ("exact", "folded")


class _Claim(NamedTuple):
    """A condition's claim about a subject under a view: it is one of the texts, begins with it, holds any, holds
    all."""

    kind: Kind
    subject: str
    view: ir.View
    texts: Sequence[str]


def clash(first: ir.Expr, other: ir.Expr) -> bool:
    """Tell whether two conditions certainly never hold together because of what they say about one text."""
    claims = _claim(first), _claim(other)
    if claims[0] is None or claims[1] is None or claims[0][1:3] != claims[1][1:3]:
        return False
    return _excludes(claims[0], claims[1]) or _excludes(claims[1], claims[0])


def _excludes(claim: _Claim, other: _Claim) -> bool:
    if claim.kind == "is":
        return other.kind in _FITS and not any(_FITS[other.kind](text, other.texts) for text in claim.texts)
    if claim.kind == other.kind and claim.kind in ("start", "end"):
        return not (_FITS[claim.kind](claim.texts[0], other.texts) or _FITS[claim.kind](other.texts[0], claim.texts))
    return False


_FITS: dict[Kind, Callable[[str, Sequence[str]], bool]] = {
    "start": lambda text, wanted: text.startswith(wanted[0]),
    "end": lambda text, wanted: text.endswith(wanted[0]),
    "any": lambda text, wanted: any(needle in text for needle in wanted),
    "all": lambda text, wanted: all(needle in text for needle in wanted),
}


def _claim(expr: ir.Expr) -> _Claim | None:
    match expr:
        case ir.Compare(operator="==", left=subject, right=ir.Const(value=str() as text), view=view):
            return _claim_of("is", subject, view, [text])
        case ir.In(item=subject, collection=ir.Const(value=list() as texts), view=view):
            return _claim_of("is", subject, view, texts)
        case ir.Affix(subject=subject, end=end, needle=ir.Const(value=str() as text), view=view):
            return _claim_of(end, subject, view, [text])
        case ir.Contains(subject=subject, quantifier=quantifier, needles=ir.Const(value=list() as texts), view=view):
            return _claim_of(quantifier, subject, view, texts)
    return None


def _claim_of(kind: Kind, subject: ir.Expr, view: ir.View, texts: Sequence[object]) -> _Claim | None:
    if view not in _VIEWS or not all(isinstance(text, str) for text in texts):
        return None
    viewed = [apply(view, str(text)) for text in texts]
    return _Claim(kind, definition_hash(subject), view, viewed) if all(viewed) else None
