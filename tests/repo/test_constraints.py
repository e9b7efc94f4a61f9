"""`constraints.txt` and `pyproject.toml` agree: the one pins what the other allows, and all that it needs."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from dev.lowest import oldest, requirements
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINNED = {canonicalize_name(name): Version(version) for name, _, version in (line.partition("==") for line in LINES)}
REQUIRED = [Requirement(text) for text in requirements(PROJECT)]
MEND = "run: make lock"


def test_each_line_is_a_name_and_a_version() -> None:
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in LINES)


@pytest.mark.parametrize("required", REQUIRED, ids=lambda required: required.name)
def test_what_is_required_is_pinned_to_a_version_that_is_allowed(required: Requirement) -> None:
    name = canonicalize_name(required.name)
    assert name in PINNED, MEND
    assert required.specifier.contains(PINNED[name]), MEND
    assert required.specifier.contains(Version(oldest(str(required)).partition("==")[2]))


@pytest.mark.parametrize("tool", ["pip", "setuptools", "editables"])
def test_what_installs_and_builds_is_pinned(tool: str) -> None:
    assert tool in PINNED, MEND


def test_what_the_required_packages_require_is_pinned() -> None:
    installed = _installed()
    if any(version != PINNED.get(name, version) for name, version in installed.items()):
        pytest.skip("this environment was not installed from constraints.txt")
    assert set(installed) <= set(PINNED), MEND


def _installed() -> dict[str, Version]:
    """Return what this environment has of what is required, with all that it needs in turn."""
    versions: dict[str, Version] = {}
    todo = list(REQUIRED)
    while todo:
        required = todo.pop()
        name = canonicalize_name(required.name)
        if name in versions or (required.marker and not required.marker.evaluate({"extra": ""})):
            continue
        try:
            found = distribution(name)
        except PackageNotFoundError:  # a build requirement, installed where the build runs
            continue
        versions[name] = Version(found.version)
        todo += map(Requirement, found.requires or ())
    return versions
