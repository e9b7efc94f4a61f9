"""The fixtures of the suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from groundrules.stores import Store

Place = Callable[[], Store]
"""Opens a store at one and the same place, each time it is called."""


class Base:
    """Fixtures that all parts of the suite share."""

    @pytest.fixture
    def place(self) -> Place:
        """Return what opens a store at a place that is new for each test. To be overridden."""
        raise NotImplementedError("override the fixture `place`")

    @pytest.fixture
    def store(self, place: Place) -> Iterator[Store]:
        """Return a store that is closed after the test."""
        store = place()
        yield store
        store.close()
