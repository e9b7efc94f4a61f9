"""The schema of rulebooks itself, and the two validators that read it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from groundrules.diagnostics.model import Report
from groundrules.diagnostics.source import SourceFile
from groundrules.rulebook.conforms import Acceptor
from groundrules.rulebook.validate import rulebook_schema, valid_part
from groundrules.rulebook.yaml import YNode, read_yaml
from unit.rulebook.sample import EVERYTHING

SCHEMA = rulebook_schema()


def tree(text: str) -> YNode:
    report = Report()
    root = read_yaml(SourceFile("x.yaml", text), report)
    assert not report.sorted
    assert root is not None
    return root


def schemas(part: Any = SCHEMA, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        yield path, part
        for key, value in part.items():
            yield from schemas(value, f"{path}/{key}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from schemas(value, f"{path}/{index}")


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_key_is_described() -> None:
    resolved = Acceptor(SCHEMA)
    for path, part in schemas():
        if not path.endswith("/properties"):
            continue
        for name, value in part.items():
            target = resolved.schema(value["$ref"]) if set(value) == {"$ref"} else value
            assert target.get("description"), f"{path}/{name}"


def test_every_mapping_is_closed_or_says_what_it_holds() -> None:
    for path, part in schemas():
        if part.get("type") == "object":
            assert "additionalProperties" in part or "propertyNames" in part, path


def test_the_sample_uses_every_key() -> None:
    assert Draft202012Validator(SCHEMA).is_valid(tree(EVERYTHING).plain())
    words = set(EVERYTHING.replace("{", " ").replace(",", " ").replace("- ", " ").split())
    keys = {name for path, part in schemas() if path.endswith("/properties") for name in part}
    assert {key for key in keys if f"{key}:" not in words} == {"file"}


def test_the_sample_is_valid() -> None:
    report = Report()
    root = tree(EVERYTHING)
    assert valid_part(root, report) == (root, frozenset())
    assert not report.sorted


# --- the closures and jsonschema agree ---

VALUES = st.recursive(
    st.sampled_from([None, True, 0, 1, 2.0, 2.5, -3, "", "a", "a b", "1d", "50 per day", "No", "10%", "x.y"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "id", "on", "then", "to", "1", "X", "within", "per", "en"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


PLAIN = tree(EVERYTHING).plain()
PATHS = [path for path in paths(PLAIN) if path]


def changed(path: tuple[Any, ...], value: Any, how: str) -> Any:
    """Return the sample with one place replaced, removed or given a further key."""
    copy = json.loads(json.dumps(PLAIN))
    parent = copy
    for part in path[:-1]:
        parent = parent[part]
    if how == "remove":
        del parent[path[-1]]
    elif how == "add" and isinstance(parent[path[-1]], dict):
        parent[path[-1]]["further"] = value
    else:
        parent[path[-1]] = value
    return copy


@settings(max_examples=150)
@given(st.sampled_from(PATHS), VALUES, st.sampled_from(["replace", "remove", "add"]))
def test_closures_and_jsonschema_agree(path: tuple[Any, ...], value: Any, how: str) -> None:
    plain = changed(path, value, how)
    text = json.dumps(plain, ensure_ascii=False)
    root = tree(text)
    report = Report()
    kept = valid_part(root, report)
    is_valid = Draft202012Validator(SCHEMA).is_valid(plain)
    assert Acceptor(SCHEMA).at("#")(root) == is_valid
    assert bool(report.sorted) != is_valid, "what is refused is explained, what is accepted is not"
    assert kept is not None
    assert Acceptor(SCHEMA).at("#")(kept[0]), "what is left is valid"
    for found in report.sorted:
        assert "{'" not in found.message, "no raw sentence of jsonschema"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_one_mistake_gives_one_message(path: tuple[Any, ...]) -> None:
    """A null in any place is one mistake, wherever it stands."""
    plain = changed(path, None, "replace")
    report = Report()
    valid_part(tree(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)), report)
    assert len(report.sorted) <= 1, [(found.span.line, found.message) for found in report.sorted]
