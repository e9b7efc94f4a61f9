"""For the tests of those who extend groundrules: what a store and an engine of streams have to pass, a store in memory.

```python
from groundrules.testing.store_suite import StoreSuite


class TestMyStore(StoreSuite):
    @pytest.fixture
    def place(self, tmp_path):
        return lambda: MyStore(tmp_path / "state")  # opens the same place each time
```

`pip install groundrules[testing]` brings pytest and Hypothesis, which the suite is written with.
"""

from __future__ import annotations

from importlib.util import find_spec

from groundrules.testing.memory_store import MemoryStore

__all__ = ["MemoryStore"]

if find_spec("pytest"):
    import pytest

    pytest.register_assert_rewrite("groundrules.testing.cluster_suite", "groundrules.testing.store_suite")
