"""A JSON file with the places of its parts.

`json` loses positions, so a second scan finds them, but only when a finding must be shown: a schema without mistakes
costs only its parsing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import Any

from groundrules import confined
from groundrules.diagnostics.json_errors import problem
from groundrules.diagnostics.source import SourceFile, Span
from groundrules.errors import GroundrulesError

Pointer = tuple[str | int, ...]

MAX_BYTES = 16 << 20

_SPACE = re.compile(r"[ \t\n\r]*")


class DocumentError(GroundrulesError):
    """A file that is not JSON; `span` is where reading stopped."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


@dataclass(frozen=True, eq=False)
class Document:
    """A JSON file: `data` is its content, `name` the file's name without `.json`."""

    name: str
    file: SourceFile
    data: Any

    @cached_property
    def _places(self) -> dict[Pointer, tuple[Span, Span]]:
        return {pointer: (key, value) for pointer, key, value in _scan(self.file)}

    def value_span(self, pointer: Pointer) -> Span:
        """Return where the value at `pointer` is; the whole file if it is nowhere (it was merged in)."""
        place = self._places.get(pointer)
        return place[1] if place else self.file.span(0, 0)

    def key_span(self, pointer: Pointer) -> Span:
        """Return where the key that leads to `pointer` stands; for list items and the root, the value."""
        place = self._places.get(pointer)
        return place[0] if place else self.file.span(0, 0)


def read_document(path: Path, shown_as: str | None = None) -> Document:
    """Read a JSON file; raise DocumentError if it is not UTF-8, not JSON, or gives a key twice in one object.

    Raises OSError if it is outside the rulebook's folder or can't be read.
    """
    raw = confined.read(path, MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        file = SourceFile(shown_as or str(path), raw.decode("utf-8", "replace"))
        raise DocumentError(f"not UTF-8 at byte {error.start}", file.span(0, 0)) from None
    return parse_document(path.name.removesuffix(".json"), SourceFile(shown_as or str(path), text))


def parse_document(name: str, file: SourceFile) -> Document:
    """Parse the text of `file`; raise DocumentError as `read_document` does."""
    try:
        data = json.loads(file.text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except JSONDecodeError as error:
        reason, start = problem(error)
        raise DocumentError(f"not JSON: {reason}", file.span(start, start + 1)) from None
    except _RepeatedError as repeated:
        start = file.text.rfind(json.dumps(repeated.key, ensure_ascii=False))
        span = file.span(max(start, 0), max(start, 0) + len(repeated.key) + 2)
        raise DocumentError(f"the key `{repeated.key}` is given twice", span) from None
    except _NumberError as no_number:
        raise DocumentError(f"`{no_number.name}` is not a number in JSON", file.span(0, 0)) from None
    except RecursionError:
        raise DocumentError("nested too deeply to read", file.span(0, 0)) from None
    except ValueError:
        raise DocumentError("a number has too many digits to be read", file.span(0, 0)) from None
    return Document(name, file, data)


def _no_constant(name: str) -> Any:
    raise _NumberError(name)


class _NumberError(GroundrulesError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class _RepeatedError(GroundrulesError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise _RepeatedError(key)
        members[key] = value
    return members


def _scan(file: SourceFile) -> Iterator[tuple[Pointer, Span, Span]]:
    places: list[tuple[Pointer, Span, Span]] = []
    decoder = json.JSONDecoder()

    def skip(at: int) -> int:
        return _SPACE.match(file.text, at).end()  # type: ignore[union-attr]

    def value(at: int, pointer: Pointer, key: Span | None) -> int:
        start = skip(at)
        opening = file.text[start]
        if opening == "{":
            end = members(start + 1, pointer)
        elif opening == "[":
            end = items(start + 1, pointer)
        else:
            end = decoder.raw_decode(file.text, start)[1]
        span = file.span(start, end)
        places.append((pointer, key or span, span))
        return end

    def members(at: int, pointer: Pointer) -> int:
        at = skip(at)
        while file.text[at] != "}":
            start = skip(at + 1) if file.text[at] == "," else at
            name, end = decoder.raw_decode(file.text, start)
            at = skip(value(skip(end) + 1, (*pointer, name), file.span(start, end)))
        return at + 1

    def items(at: int, pointer: Pointer) -> int:
        at, index = skip(at), 0
        while file.text[at] != "]":
            at = skip(value(at + 1 if file.text[at] == "," else at, (*pointer, index), None))
            index += 1
        return at + 1

    value(0, (), None)
    yield from places
