"""The rulebook schema as closures over YAML nodes, which only say yes or no.

jsonschema takes about a millisecond for one rule, half a minute for a large rulebook with its imports; nearly all of
what it is asked is valid. So the part of JSON Schema that the rulebook schema uses is compiled once into closures
that walk the nodes themselves, some forty times faster, and jsonschema only explains what they refused. A keyword
without a closure fails at import, and a property test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence

Accepts = Callable[[YNode], bool]

_IGNORED = {"$schema", "$id", "$defs", "title", "description", "examples", "properties", "patternProperties"}


class Acceptor:
    """Compiles the schemas of one document; `at("#/$defs/rule")` is the closure of a part."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._compiled: dict[str, Accepts] = {}

    def at(self, reference: str) -> Accepts:
        """Return the closure of `reference`, compiled at its first use."""
        if reference not in self._compiled:
            self._compiled[reference] = self.compile(self.schema(reference))
        return self._compiled[reference]

    def schema(self, reference: str) -> dict[str, Any]:
        node = self._document
        for part in reference.removeprefix("#").split("/")[1:]:
            node = node[part]
        return node

    def compile(self, schema: dict[str, Any]) -> Accepts:
        parts = [_KEYWORDS[key](self, schema[key]) for key in schema if key not in _IGNORED | {"additionalProperties"}]
        if {"properties", "patternProperties", "additionalProperties"} & set(schema):
            parts.append(self._properties(schema))
        return parts[0] if len(parts) == 1 else _all(parts)

    def _properties(self, schema: dict[str, Any]) -> Accepts:
        known = {name: self.compile(part) for name, part in schema.get("properties", {}).items()}
        patterns = [
            (re.compile(pattern).search, self.compile(part))
            for pattern, part in schema.get("patternProperties", {}).items()
        ]
        others = schema.get("additionalProperties", True)
        rest = self.compile(others) if isinstance(others, dict) else (lambda _: bool(others))

        def of(name: str) -> Accepts:
            return known.get(name) or next((accepts for matches, accepts in patterns if matches(name)), rest)

        return lambda node: not isinstance(node, YMapping) or all(of(key.text)(value) for key, value in node.items)

    def reference(self, reference: str) -> Accepts:
        return lambda node: self.at(reference)(node)

    def any_of(self, branches: list[dict[str, Any]]) -> Accepts:
        parts = [self.compile(branch) for branch in branches]
        return lambda node: any(part(node) for part in parts)

    def one_of(self, branches: list[dict[str, Any]]) -> Accepts:
        parts = [self.compile(branch) for branch in branches]
        return lambda node: sum(part(node) for part in parts) == 1

    def items(self, schema: dict[str, Any]) -> Accepts:
        accepts = self.compile(schema)
        return lambda node: not isinstance(node, YSequence) or all(map(accepts, node.items))

    def property_names(self, schema: dict[str, Any]) -> Accepts:
        accepts = self.compile(schema)
        return lambda node: not isinstance(node, YMapping) or all(accepts(_as_text(key)) for key, _ in node.items)


def _all(parts: list[Accepts]) -> Accepts:
    def accepts(node: YNode) -> bool:
        for part in parts:  # noqa: SIM110 - a generator would cost as much as the parts
            if not part(node):
                return False
        return True

    return accepts


def _as_text(key: YScalar) -> YScalar:
    return key if isinstance(key.value, str) else YScalar(key.file, key.start, key.end, key.text, key.style, key.text)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
    "boolean": lambda value: isinstance(value, bool),
}


def _type(_: Acceptor, names: str | list[str]) -> Accepts:
    if names == "object":
        return lambda node: isinstance(node, YMapping)
    if names == "array":
        return lambda node: isinstance(node, YSequence)
    tests = [_TYPES[name] for name in ([names] if isinstance(names, str) else names)]
    return lambda node: isinstance(node, YScalar) and any(test(node.value) for test in tests)


def _text(test: Callable[[str], Any]) -> Accepts:
    def accepts(node: YNode) -> bool:
        return not (isinstance(node, YScalar) and isinstance(node.value, str)) or bool(test(node.value))

    return accepts


def _number(test: Callable[[Any], bool]) -> Accepts:
    return lambda node: not (isinstance(node, YScalar) and _is_number(node.value)) or test(node.value)


def _mapping(test: Callable[[set[str]], bool]) -> Accepts:
    return lambda node: not isinstance(node, YMapping) or test({key.text for key, _ in node.items})


def _sequence(test: Callable[[list[YNode]], bool]) -> Accepts:
    return lambda node: not isinstance(node, YSequence) or test(node.items)


def _unique(items: list[YNode]) -> bool:
    texts = [item.text for item in items if isinstance(item, YScalar)]
    return len(set(texts)) == len(texts)


_KEYWORDS: dict[str, Callable[[Acceptor, Any], Accepts]] = {
    "$ref": Acceptor.reference,
    "anyOf": Acceptor.any_of,
    "oneOf": Acceptor.one_of,
    "items": Acceptor.items,
    "propertyNames": Acceptor.property_names,
    "type": _type,
    "enum": lambda _, values: lambda node: isinstance(node, YScalar) and node.value in values,
    "pattern": lambda _, pattern: _text(re.compile(pattern).search),
    "minLength": lambda _, least: _text(lambda text: len(text) >= least),
    "maxLength": lambda _, most: _text(lambda text: len(text) <= most),
    "minimum": lambda _, least: _number(lambda value: not value < least),
    "maximum": lambda _, most: _number(lambda value: not value > most),
    "minItems": lambda _, least: _sequence(lambda items: len(items) >= least),
    "uniqueItems": lambda _, __: _sequence(_unique),
    "required": lambda _, names: _mapping(lambda keys: keys.issuperset(names)),
    "minProperties": lambda _, least: _mapping(lambda keys: len(keys) >= least),
    "dependentRequired": lambda _, needs: _mapping(
        lambda keys: all(keys.issuperset(others) for name, others in needs.items() if name in keys)
    ),
}
