"""What a diff finds, as data."""

from __future__ import annotations

from typing import Literal

import msgspec

from groundrules.logic.implication import Direction

Kind = Literal["added", "removed", "renamed", "changed"]


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """Base of everything in a diff; `msgspec.to_builtins` gives its JSON."""


class Detail(Data, frozen=True, kw_only=True):
    """One thing that changed in a block.

    `part` names what it is a part of (`when`, `then`, `once_per`, `step 2 then`), `about` the piece of text or the
    effect that it stands in. `before` or `after` is empty where something was added or removed. `added` and `removed`
    are entries of a list, or conditions of a guard.

    What a changed list does to a guard has the `role` of that guard (`when`, `until`, `restart_on`, `enter`, `leave`)
    and the `direction` in which it moved. It stands in the guard's block with the list in `about`; or in the list's own
    change, with all `blocks` (section, id) in which nothing else changed.
    """

    part: str
    about: str = ""
    before: str = ""
    after: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    role: str = ""
    direction: Direction = "same"
    blocks: tuple[tuple[str, str], ...] = ()


class Change(Data, frozen=True, kw_only=True):
    """A block (a rule, a ladder, a list) that was added, removed, renamed or changed. `was`: its id before."""

    kind: Kind
    section: str
    id: str
    title: dict[str, str] = {}
    was: str | None = None
    direction: Direction = "same"
    details: tuple[Detail, ...] = ()


class Carried(Data, frozen=True, kw_only=True):
    """What putting the new version in force on a live engine does to what is remembered.

    Each entry is the kind of memory and what it is of: `window count(message by actor)`, `ledger strikes`. `rows`:
    how much of it a given state holds, and what becomes of it; None without a state.
    """

    kept: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()  # empty at first
    lost: tuple[str, ...] = ()
    renamed: dict[str, str] = {}
    cancelled: tuple[str, ...] = ()  # paths whose open instances are dropped
    resettled: tuple[str, ...] = ()  # ladders whose levels are recomputed
    left: tuple[str, ...] = ()  # states
    rows: dict[str, int] | None = None


class Diff(Data, frozen=True, kw_only=True):
    old: str
    new: str
    same: bool  # the plans mean the same
    changes: tuple[Change, ...] = ()
    carried: Carried = Carried()
