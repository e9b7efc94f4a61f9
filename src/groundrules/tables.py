"""The tables on which the meaning of a plan depends: how letters fold, and what time it is where."""

from __future__ import annotations

from groundrules.calendar.zones import TZDATA_VERSION
from groundrules.text.fold import TABLE_VERSION

TABLES = f"fold {TABLE_VERSION}, tzdata {TZDATA_VERSION}"
"""Their versions, as plans note them."""
