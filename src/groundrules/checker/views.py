"""How two texts are compared: the view follows from the types on both sides."""

from __future__ import annotations

from typing import Literal

from groundrules.checker.literals import Quoted, is_entity, is_textual
from groundrules.types import kinds

View = Literal["exact", "folded", "squeezed", "word", "domain"]


def comparing(left: kinds.Type, right: kinds.Type) -> View:
    """Return the view for `==`, `in` and `has`: domains as domains, prose folded, everything else exactly."""
    if isinstance(left, kinds.Domain) or isinstance(right, kinds.Domain):
        return "domain"
    if isinstance(left, kinds.Prose) or isinstance(right, kinds.Prose):
        return "folded"
    return "folded" if isinstance(left, Quoted) and isinstance(right, Quoted) else "exact"


def looking_into(subject: kinds.Type) -> View:
    """Return the view for `contains` and `starts with`."""
    return "folded" if isinstance(subject, kinds.Prose | kinds.Domain | Quoted) else "exact"


def ending(subject: kinds.Type) -> View:
    """Return the view for `ends with`: a domain ends with whole labels."""
    return "domain" if isinstance(subject, kinds.Domain) else looking_into(subject)


def alike(left: kinds.Type, right: kinds.Type) -> bool:
    """Tell whether values of two types can be equal at all; whether an enum has the value is not asked here."""
    if isinstance(left, kinds.Unknown) or isinstance(right, kinds.Unknown):
        return True
    if is_textual(left) and is_textual(right):
        return True
    if is_entity(left) or is_entity(right):
        return _alike_entity(left, right) or _alike_entity(right, left)
    if isinstance(left, kinds.Date) or isinstance(right, kinds.Date):
        return all(isinstance(side, kinds.Date | Quoted) for side in (left, right))
    if isinstance(left, kinds.ListOf) and isinstance(right, kinds.ListOf):
        return alike(left.item, right.item)
    return type(left) is type(right) and not isinstance(left, kinds.Object | kinds.WordList | kinds.ClockRange)


def _alike_entity(entity: kinds.Type, other: kinds.Type) -> bool:
    if not isinstance(entity, kinds.Object) or entity.entity is None:
        return False
    if isinstance(other, kinds.Object):
        return entity.entity == other.entity
    return isinstance(other, kinds.Identifier | Quoted)
