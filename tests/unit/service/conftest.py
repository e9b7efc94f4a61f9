"""A small rulebook to serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from strategies.serving import BOOK


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path
