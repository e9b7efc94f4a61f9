"""SQLite, in a file and in memory, passes the suite for every store."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.stores.sqlite import SqliteStore
from groundrules.testing.store_suite import StoreSuite
from groundrules.testing.store_suite.base import Place
from groundrules.testing.store_suite.erasing import Traces


class TestSqlite(StoreSuite):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        return lambda: SqliteStore(tmp_path / "hub.db")

    @pytest.fixture
    def traces(self, tmp_path: Path) -> Traces:
        return lambda: b"".join(path.read_bytes() for path in tmp_path.iterdir())
