"""Names are the field's terms: what a thing is, never that somebody found it, said it or made it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import groundrules

SOURCES = Path(groundrules.__file__).parent
REFUSED = frozenset(
    {
        *("accept", "blame", "found", "givens", "holding", "made", "near", "one", "said", "seen", "shelves"),
        *("telling", "told", "wide"),
    }
)
IN_COMPOUNDS = frozenset({"blame", "givens", "said", "shelves", "telling", "told"})


def names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield every name that a module gives to something, or calls something by, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name, node.lineno
            case ast.alias():
                yield (node.asname or node.name).rpartition(".")[2], node.lineno


def is_refused(name: str) -> bool:
    bare = name.strip("_").lower()
    return bare in REFUSED or not IN_COMPOUNDS.isdisjoint(bare.split("_"))


def test_what_is_refused() -> None:
    tree = ast.parse("from a import told\ndef f(one, *, found): return [_said for _said in x.seen(near=one)]\n")
    assert {name for name, _ in names(tree) if is_refused(name)} == {"told", "one", "found", "_said", "seen", "near"}
    assert not any(map(is_refused, ("one_per", "last_seen", "not_found", "findings", "sparse", "matches")))


@pytest.mark.parametrize("folder", sorted({path.relative_to(SOURCES).parts[0] for path in SOURCES.rglob("*.py")}))
def test_names_say_what_a_thing_is(folder: str) -> None:
    place = SOURCES / folder
    refused = [
        f"{path.relative_to(SOURCES).as_posix()}:{line} {name}"
        for path in ([place] if place.is_file() else sorted(place.rglob("*.py")))
        for name, line in names(ast.parse(path.read_text(encoding="utf-8")))
        if is_refused(name)
    ]
    refused += [
        path.relative_to(SOURCES).as_posix()
        for path in (place, *place.rglob("*.py"))
        if is_refused(path.stem.replace("-", "_"))
    ]
    assert not refused, "\n".join(refused)
