"""Where a run keeps its state: a file, or `NAME:LOCATION` for a store of that name."""

from __future__ import annotations

import re
from contextlib import suppress

from groundrules.engine.engine import Engine, HasPlan
from groundrules.engine.upkeep.snapshot import SnapshotError
from groundrules.ports import STORES, PortError, failure, plugged, registered
from groundrules.stores import Store, StoreError

DEFAULT = "sqlite"
_NAMED = re.compile(r"([a-z][a-z0-9_+-]+):(?=(//)?)(.*)", re.DOTALL)


def resumed(where: str, plan: HasPlan) -> tuple[Store, Engine]:
    """Return the store at `where` and an engine that continues from its state.

    Raises PortError if there is no such store, StoreError if the place can't be used.
    """
    store = _opened(where)
    try:
        return store, store.open(plan)
    except Exception as error:
        with suppress(Exception):
            store.close()
        raise _refusal(error) from error


def _opened(where: str) -> Store:
    """Return the store at `where`; it gets what stands behind its name, a URL as a whole: `postgres://host/base`."""
    named = _NAMED.fullmatch(where)
    name, location = DEFAULT, where
    if named and (named[2] or named[1] in registered(STORES)):
        name, location = named[1], where if named[2] else named[3]
    make = plugged(STORES, name)
    if not callable(make):
        raise PortError(f"the store `{name}` is none: what is registered can't be called")
    try:
        store: Store = make(location)
    except Exception as error:
        raise _refusal(error) from error
    return store


def _refusal(error: Exception) -> StoreError:
    """A third party's store may raise anything."""
    return StoreError(str(error) if isinstance(error, StoreError | SnapshotError) else failure(error))
