"""The oldest versions that `pyproject.toml` allows, as constraints for pip: `python -m dev.lowest`.

Only the project's own requirements are held down; their dependencies are the newest that fit. A requirement without a
lower bound has no oldest version and is a mistake.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
GROUPS = ("dev",)
_BOUND = re.compile(r"([\w.-]+)(?:>=|==)([\w.]+)")


def requirements(project: dict[str, Any]) -> Iterator[str]:
    """Yield what building, using and testing the project requires."""
    yield from project["build-system"]["requires"]
    yield from project["project"]["dependencies"]
    for group in GROUPS:
        yield from project["dependency-groups"][group]


def oldest(requirement: str) -> str:
    """Return `name==version` for `name>=version`."""
    bound = _BOUND.fullmatch(requirement)
    if bound is None:
        sys.exit(f"`{requirement}` in pyproject.toml has no lower bound")
    return f"{bound[1]}=={bound[2]}"


if __name__ == "__main__":
    for requirement in requirements(tomllib.loads(PROJECT.read_text(encoding="utf-8"))):
        print(oldest(requirement))
