"""Reading schema folders: which file defines what, and how a rulebook's own files extend the shipped ones.

A folder has `events/`, `entities/` and `actions/`; the name of a file is the name of what it defines. Folders are read
in order, shipped first. A file with a name already taken extends the earlier definition: it may add properties, require
more, and strengthen references; it cannot change what an existing property means, so rules checked against the first
definition stay well typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from groundrules import confined
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.model import Report
from groundrules.diagnostics.source import SourceFile
from groundrules.types.document import Document, DocumentError, read_document
from groundrules.types.effects import EFFECTS
from groundrules.types.schema import Checker, Schema

Kind = Literal["events", "entities", "actions"]
KINDS: tuple[Kind, ...] = ("entities", "events", "actions")

_NAMES: dict[Kind, tuple[re.Pattern[str], str]] = {
    "events": (re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*"), "lower-case words joined by dots, `page.edited`"),
    "entities": (re.compile(r"[a-z][a-z0-9_]*"), "one lower-case word, `page`"),
    "actions": (re.compile(r"[a-z][a-z0-9_]*"), "one lower-case word, `add_role`"),
}
ROOT_KEYWORDS: dict[Kind, tuple[str, ...]] = {
    "events": ("$schema", "entity"),
    "entities": ("$schema",),
    "actions": (
        *("$schema", "target", "shorthand", "at_hand", "merge", "supersedes", "opposes", "undone_by", "does"),
        *("sentence", "unsaid", "repeat"),
    ),
}
_WORDING = ("$schema", "sentence", "unsaid")  # what an extension may reword


@dataclass(frozen=True, eq=False)
class Definition:
    """What one or several files say about one name; `document` is the last of them, for places in findings."""

    name: str
    schema: Schema
    document: Document


Definitions = dict[Kind, dict[str, Definition]]


@dataclass(eq=False)
class Library:
    """All definitions by kind and name, and the header that every event has; `refused` names what had mistakes."""

    header: Schema
    definitions: Definitions = field(default_factory=lambda: {"entities": {}, "events": {}, "actions": {}})
    refused: set[str] = field(default_factory=set)

    def copy(self) -> Library:
        return Library(self.header, {kind: dict(named) for kind, named in self.definitions.items()}, set(self.refused))

    def read(self, folder: Path, report: Report) -> None:
        """Add the definitions of a folder, in the order of their names."""
        documents = {kind: list(_documents(folder / kind, report)) for kind in KINDS}
        entities = frozenset(self.definitions["entities"]) | {document.name for document in documents["entities"]}
        for kind in KINDS:
            for document in documents[kind]:
                self._add(kind, document, Checker(document, report, entities, kind == "actions"))

    def _add(self, kind: Kind, document: Document, checker: Checker) -> None:
        self.refused.add(document.name)
        _check_name(kind, checker)
        checker.check(document.data, (), ROOT_KEYWORDS[kind])
        if checker.ok and document.data.get("type") != "object":
            checker.fail(codes.SCHEMA_BAD_VALUE, (), "the root of a schema must have the type `object`")
        if not checker.ok:
            return
        earlier = self.definitions[kind].get(document.name)
        base = earlier.schema if earlier else {}
        header = self.header["properties"] if kind == "events" else {}
        merged = _extend(base, document.data, header, checker)
        checker.known(document.data.get("required", []), {**header, **merged["properties"]}, ("required",))
        if checker.ok:
            self.definitions[kind][document.name] = Definition(document.name, merged, document)
            self.refused.discard(document.name)


def _documents(folder: Path, report: Report) -> Iterator[Document]:
    for path in confined.files(folder, "*.json"):
        try:
            yield read_document(path)
        except DocumentError as bad:
            report.add(codes.SCHEMA_NOT_READABLE.at(bad.span, bad.reason))
        except OSError as error:
            span = SourceFile(str(path), "").span(0, 0)
            report.add(codes.SCHEMA_NOT_READABLE.at(span, f"cannot be read: {error.strerror}"))


def _check_name(kind: Kind, checker: Checker) -> None:
    name = checker.document.name
    pattern, wanted = _NAMES[kind]
    if not pattern.fullmatch(name):
        checker.fail(codes.SCHEMA_BAD_NAME, (), f"`{name}` is not a name here", f"a file name is {wanted}")
    elif kind == "actions" and name in EFFECTS:
        checker.fail(
            codes.SCHEMA_BAD_NAME, (), f"`{name}` is an effect of the engine, not an action", "rename the file"
        )


def _extend(base: Schema, new: Schema, header: dict[str, Schema], checker: Checker) -> Schema:
    properties = dict(base.get("properties", {}))
    for name, schema in new.get("properties", {}).items():
        earlier = properties.get(name, header.get(name))
        if earlier is not None and _meaning(earlier) != _meaning(schema):
            message = f"`{name}` already has another meaning in `{checker.document.name}`"
            help = "leave it out, or give the new field a name of its own"
            checker.fail(codes.SCHEMA_CONFLICT, ("properties", name), message, help, key=True)
        required = [*dict.fromkeys([*(earlier or {}).get("required", ()), *schema.get("required", ())])]
        properties[name] = {**(earlier or {}), **schema, **({"required": required} if required else {})}
    merged = {**base, **{key: value for key, value in new.items() if key != "$schema"}, "properties": properties}
    for key in ROOT_KEYWORDS["actions"]:
        if key not in _WORDING and key in base and key in new and base[key] != new[key]:
            checker.fail(codes.SCHEMA_CONFLICT, (key,), f"`{key}` cannot be changed by an extension", key=True)
    merged["required"] = [*dict.fromkeys([*base.get("required", ()), *new.get("required", ())])]
    return merged


def _meaning(schema: Any) -> Any:
    """A schema without its descriptions and, for references and objects, without what it requires."""
    if isinstance(schema, dict):
        return {
            key: _meaning(value) for key, value in schema.items() if key not in ("description", "title", "required")
        }
    return schema
