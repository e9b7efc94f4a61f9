"""The builtin functions: pure, total on values of their types, linear in their input.

`FUNCTIONS` pairs each signature that exists at run time with its implementation. Values are those of the plan: texts
are `str`, instants and durations whole milliseconds, missing is None and never passed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundrules.functions import disguises, durations, extract, numbers, personal, secrets, texts, times
from groundrules.types.builtins import SIGNATURES, Signature

__all__ = ["FUNCTIONS", "Function"]


@dataclass(frozen=True)
class Function:
    """A builtin; where its signature `needs_zone`, `call` takes the time zone's name first."""

    signature: Signature
    call: Callable[..., Any]


_CALLS: dict[str, Callable[..., Any]] = {
    "abs": numbers.absolute,
    "caps": texts.caps,
    "capture": texts.capture,
    "cards": personal.cards,
    "ceil": numbers.ceil,
    "china_id": personal.china_id,
    "china_ids": personal.china_ids,
    "date": times.date,
    "day": times.day,
    "days_until": times.days_until,
    "domain": texts.domain,
    "duration_in": durations.duration_in,
    "emails": personal.emails,
    "emoji_count": texts.emoji_count,
    "falls_on": times.falls_on,
    "first": numbers.first,
    "floor": numbers.floor,
    "folded": texts.folded,
    "hour": times.hour,
    "in_network": extract.in_network,
    "item": numbers.item,
    "join": texts.join,
    "last": numbers.last,
    "length": texts.length,
    "lines": texts.lines,
    "longest_run": texts.longest_run,
    "looks_like": disguises.looks_like,
    "lower": texts.lower,
    "luhn": personal.luhn,
    "max": numbers.greatest,
    "min": numbers.least,
    "minute": times.minute,
    "mixed_scripts": disguises.mixed_scripts,
    "month": times.month,
    "number": texts.number,
    "numbers": extract.numbers,
    "occurrences": texts.occurrences,
    "phones": personal.phones,
    "round": numbers.rounded,
    "secrets": secrets.secrets,
    "squeezed": texts.squeezed,
    "timestamp": times.timestamp,
    "trimmed": texts.trimmed,
    "unquoted": texts.unquoted,
    "urls": extract.urls,
    "weekday": times.weekday,
    "words": texts.words,
    "year": times.year,
}

FUNCTIONS: dict[str, Function] = {name: Function(SIGNATURES[name], call) for name, call in _CALLS.items()}
