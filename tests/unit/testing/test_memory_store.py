"""The store in memory, with which others are compared, passes the suite itself."""

from __future__ import annotations

import pytest

from groundrules.testing import MemoryStore
from groundrules.testing.memory_store import MemoryPlace
from groundrules.testing.store_suite import StoreSuite
from groundrules.testing.store_suite.base import Place


class TestMemoryStore(StoreSuite):
    @pytest.fixture
    def place(self) -> Place:
        shared = MemoryPlace()
        return lambda: MemoryStore(shared)
