"""The key that tells the plan files made here from those of others.

The parts that an engine derives from a plan (pattern databases, tables) are trusted as read from a file only if the
file is sealed with this key. It is 32 random bytes in a file of the user's own; `GROUNDRULES_PLAN_KEY` names another
file, so that machines that share a key trust each other's plan files.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

VARIABLE = "GROUNDRULES_PLAN_KEY"
SIZE = 32


def own_key(*, make: bool = False) -> bytes | None:
    """Return the key; None if there is none, or if others may have written it. With `make`, one is made if missing."""
    place = _place()
    if make and not os.path.lexists(place):
        with suppress(OSError):  # home is not writable: derived parts are then made anew at each load
            place.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(SIZE))
    try:
        return _read(place)
    except OSError:
        return None


def _place() -> Path:
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    home = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_STATE_HOME")
    return Path(home or Path("~/.local/state").expanduser()) / "groundrules" / "plan.key"


def _read(place: Path) -> bytes | None:
    with place.open("rb") as file:
        about = os.fstat(file.fileno())
        key = file.read(SIZE)
    shared = os.name != "nt" and (about.st_uid not in (0, os.getuid()) or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    return key if len(key) == SIZE and not shared else None
