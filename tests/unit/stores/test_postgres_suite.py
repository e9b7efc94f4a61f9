"""PostgreSQL passes the suite for every store."""

from __future__ import annotations

import pytest

from groundrules.stores.postgres import PostgresStore
from groundrules.testing.store_suite import StoreSuite
from groundrules.testing.store_suite.base import Place


class TestPostgres(StoreSuite):
    @pytest.fixture
    def place(self, postgres: str) -> Place:
        return lambda: PostgresStore(postgres)
