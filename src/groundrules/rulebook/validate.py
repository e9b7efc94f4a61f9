"""Is it a rulebook? Each item of each section is checked on its own against the rulebook schema.

Closures over the nodes accept (`conforms`); jsonschema is asked only about what they refused and its errors are told in
plain words (`explain`). What is refused is left out of the tree that is read on, or read as it was meant, so that one
mistake gives one message and everything else is still looked at.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from groundrules.diagnostics.model import Report
from groundrules.diagnostics.nearest import nearest
from groundrules.resources import shipped
from groundrules.rulebook.conforms import Acceptor
from groundrules.rulebook.explain import explain, explain_root
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence

_ITEMS = {  # sections whose items are checked one by one
    "rules": "rule",
    "rewards": "reward",
    "ladders": "ladder",
    "paths": "escalation",
    "states": "state",
    "schedules": "schedule",
    "use": "use",
    "parameters": "parameter",
    "lists": "list",
    "define": "expression",
    "scores": "score",
    "at_most": "brake",
    "ledgers": "ledger",
    "caps": "rate",
}

_LEADING = frozenset(
    ("id", "on", "when", "unless", "requires", "for_each", "per", "table", "together", "most", "least", "limit")
)
"""Entries of a block that others hang on: without them, more would seem to be wrong than is."""


@cache
def rulebook_schema() -> dict[str, Any]:
    """Return the JSON Schema of rulebooks."""
    schema: dict[str, Any] = json.loads((shipped("schemas") / "rulebook.schema.json").read_text("utf-8"))
    return schema


@cache
def _acceptor() -> Acceptor:
    return Acceptor(rulebook_schema())


@cache
def _validator(reference: str) -> Draft202012Validator:
    schema = rulebook_schema()
    if reference == "#":
        return Draft202012Validator(schema)
    return Draft202012Validator({"$ref": reference, "$defs": schema["$defs"]})


def valid_part(root: YNode, report: Report) -> tuple[YMapping, frozenset[str]] | None:
    """Return the tree without what is not valid, and the names of what was left out; None if it is no mapping."""
    if not isinstance(root, YMapping):
        report.add(explain_root(root))
        return None
    if _acceptor().at("#")(root):
        return root, frozenset()
    kept = YMapping(root.file, root.start, root.end, root.flow)
    broken: set[str] = set()
    for key, value in root.items:
        reduced = _valid_section(root, key, value, report, broken)
        if reduced is not None:
            kept.items.append((key, reduced))
    return kept, frozenset(broken)


def _valid_section(
    root: YMapping, key: YScalar, value: YNode, report: Report, broken: set[str]
) -> YSequence | YMapping | YNode | None:
    if key.text not in rulebook_schema()["properties"] or not isinstance(value, _container(key.text)):
        _explain_entry(root, key, value, report)
        return None
    if _acceptor().at(f"#/properties/{key.text}")(value):
        return value
    if key.text not in _ITEMS:
        _explain_entry(root, key, value, report)
        return None
    return _valid_items(key, value, f"#/$defs/{_ITEMS[key.text]}", report, broken)


def _container(section: str) -> type | tuple[type, ...]:
    if section not in _ITEMS:
        return (YScalar, YSequence, YMapping)
    return YMapping if rulebook_schema()["properties"][section].get("type") == "object" else YSequence


def _explain_entry(root: YMapping, key: YScalar, value: YNode, report: Report) -> None:
    """Explain one entry of the root as if it stood alone."""
    alone = YMapping(root.file, root.start, root.end, root.flow)
    alone.items.append((key, value))
    _explain("#", alone, None, report)


def _valid_items(key: YScalar, section: YNode, reference: str, report: Report, broken: set[str]) -> YNode:
    accepts = _acceptor().at(reference)
    if isinstance(section, YMapping):
        return _valid_entries(key, section, reference, report, broken)
    kept = YSequence(section.file, section.start, section.end, True)
    for item in section.items if isinstance(section, YSequence) else ():
        if accepts(item):
            kept.items.append(item)
            continue
        _explain(reference, item, key, report)
        mended = _mended(item, reference) if isinstance(item, YMapping) else None
        name = item.get("id") if isinstance(item, YMapping) else None
        if mended is not None and accepts(mended):
            kept.items.append(mended)
        elif isinstance(name, YScalar):
            broken.add(name.text)
    return kept


def _mended(item: YMapping, reference: str) -> YMapping | None:
    """Return a block as it was probably meant, so that the rest of it is looked at; None if that can't be told.

    A misspelled key is read as the one that was meant. What is not valid is left out unless the rest hangs on it.
    """
    known = _acceptor().schema(reference).get("properties", {})
    mended = YMapping(item.file, item.start, item.end, item.flow)
    for key, value in item.items:
        if key.text in known:
            if _acceptor().at(f"{reference}/properties/{key.text}")(value):
                mended.items.append((key, value))
            elif key.text in _LEADING:
                return None
            continue
        meant = nearest(key.text, known)
        if meant is not None and item.get(meant) is None and mended.get(meant) is None:
            mended.items.append((YScalar(key.file, key.start, key.end, meant, key.style, meant), value))
        elif meant is None or meant in _LEADING:
            return None
    return mended


def _valid_entries(key: YScalar, section: YMapping, reference: str, report: Report, broken: set[str]) -> YMapping:
    accepts = _acceptor().at(reference)
    is_name = _acceptor().at("#/$defs/name")
    kept = YMapping(section.file, section.start, section.end, True)
    for name, value in section.items:
        if accepts(value) and is_name(name) and isinstance(name.value, str):
            kept.items.append((name, value))
            continue
        broken.add(name.text)
        if not accepts(value):
            _explain(reference, value, name, report)
        else:
            _explain("#/$defs/name", name, key, report)
    return kept


def _explain(reference: str, node: YNode, key: YScalar | None, report: Report) -> None:
    for diagnostic in explain(_validator(reference).iter_errors(node.plain()), node, key):
        report.add(diagnostic)
