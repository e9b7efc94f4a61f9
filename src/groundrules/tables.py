"""The tables on which the meaning of a plan depends: how letters fold, how hosts are read, what time it is where."""

from __future__ import annotations

from groundrules.calendar.zones import TZDATA_VERSION
from groundrules.text.domains import HOSTS_VERSION
from groundrules.text.fold import TABLE_VERSION

TABLES = f"fold {TABLE_VERSION}, hosts ada-{HOSTS_VERSION}, tzdata {TZDATA_VERSION}"
"""Their versions, as plans note them."""
