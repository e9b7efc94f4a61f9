"""What tests of the hub share: a rulebook, a store, and short timeouts."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.runtime import outbox, passing_time, turns
from strategies.hubs import BOOK


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(turns, "LATER", 0.01)
    monkeypatch.setattr(outbox, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(passing_time, "SHORTEST", 0.001)
    monkeypatch.setattr(passing_time, "LONGEST", 0.005)


@pytest.fixture
def book(tmp_path: Path) -> str:
    path = tmp_path / "shop.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return str(path)


@pytest.fixture
def place(tmp_path: Path) -> str:
    return f"sqlite:{tmp_path / 'hub.db'}"
