"""What adapters fill in: each module of `groundrules.adapters` may say so in a table `SUPPLIES`.

`SUPPLIES: dict[str, frozenset[str]]` holds, per event type that the adapter sends, the dotted paths that it fills in
(`actor.name`, `channel.name`, `text`). What its `roster` event says of members is written `members.joined`: it is known
of them in every event. Lints compare it with what rules read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules

from groundrules import adapters
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.lint.linted import Supplies


def known_adapters() -> list[str]:
    """Return the names of the adapters that say what they supply, sorted."""
    return sorted(name for name, _ in _tables())


def supplies(names: Iterable[str]) -> Supplies:
    """Return the tables of these adapters. Raises LookupError for a name that is none of them."""
    tables = dict(_tables())
    wanted = list(names)
    for name in wanted:
        if name not in tables:
            known = ", ".join(sorted(tables)) or "none yet"
            help = did_you_mean(name, tables) or f"adapters that say what they supply: {known}"
            raise LookupError(f"no adapter `{name}` says what it supplies; {help}")
    return {name: tables[name] for name in wanted}


def _tables() -> Iterator[tuple[str, dict[str, frozenset[str]]]]:
    for module in iter_modules(adapters.__path__):
        try:
            found = getattr(import_module(f"{adapters.__name__}.{module.name}"), "SUPPLIES", None)
        except ImportError:  # the platform's own library is not installed
            continue
        if isinstance(found, dict):
            yield module.name, found
