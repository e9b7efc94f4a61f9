"""Exceptions have one root and one ending, and those that public methods raise are exported."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import groundrules
from groundrules.stores.postgres import PostgresStore
from groundrules.stores.sqlite import SqliteStore

SOURCES = Path(groundrules.__file__).parent
BUILT_IN = {"OSError", "ValueError", "LookupError", "click.UsageError", "click.ClickException"}
RAISED = re.compile(r"[Rr]aises? (?:[a-z_]+\.)*([A-Z]\w+Error)(?:(?: or |, )(?:[a-z_]+\.)*([A-Z]\w+Error))?")


@cache
def exceptions() -> dict[str, list[str]]:
    """Return every class of the package that is or may be an exception, with its bases as they are written."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCES.rglob("*.py"))]
    classes = {
        node.name: [ast.unparse(base) for base in node.bases]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    raised: set[str] = set()
    for name in classes:
        if is_exception(name, classes):
            raised.add(name)
    return {name: classes[name] for name in sorted(raised)}


def is_exception(name: str, classes: dict[str, list[str]]) -> bool:
    known = {"Exception", "BaseException", *BUILT_IN}
    return any(base in known or (base in classes and is_exception(base, classes)) for base in classes[name])


@pytest.mark.parametrize("name", exceptions())
def test_an_exception_ends_in_error_and_has_the_one_root(name: str) -> None:
    classes = exceptions()
    assert name.endswith("Error")
    assert name == "GroundrulesError" or any(base in classes for base in classes[name]), "it is no GroundrulesError"


def public() -> Iterator[tuple[str, Any]]:
    """Yield what users call: the functions exported, and the public methods of the classes exported and of stores."""
    values = [getattr(groundrules, name) for name in groundrules.__all__ if name != "__version__"]
    for value in [*values, SqliteStore, PostgresStore]:
        yield value.__name__, value
        if inspect.isclass(value):
            for name, member in inspect.getmembers(value, callable):
                if not name.startswith("_"):
                    yield f"{value.__name__}.{name}", member


def test_what_public_methods_raise_is_exported() -> None:
    raised = {
        error: name
        for name, value in public()
        for match in RAISED.finditer(inspect.getdoc(value) or "")
        for error in match.groups()
        if error and not hasattr(builtins, error)
    }
    assert {"HubError", "PlanError", "RulebookError", "SnapshotError", "StoreError"} <= raised.keys()
    assert {error: name for error, name in raised.items() if error not in groundrules.__all__} == {}
