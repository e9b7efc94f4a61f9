"""Keys of rows: the components of a key as one text.

A component is written as text: text as it is (folded already where the language compares it folded), numbers by
`repr`, booleans as `true` and `false`. Components are joined by the unit separator, which is escaped inside them, so
different keys never meet. A component longer than `LONGEST` is replaced by its hash, so that a key has a bound; so is
one that looks like a hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

LONGEST = 64

_SEPARATOR = "\x1f"
_ESCAPE = "\x1e"
_HASHED = "\x1d"


def component(value: Any) -> str:
    """Return the text of one component of a key."""
    text = value if type(value) is str else _text(value)
    if len(text) <= LONGEST and text.isprintable():
        return text
    if len(text) > LONGEST or text.startswith(_HASHED):
        return _HASHED + blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()
    if _SEPARATOR in text or _ESCAPE in text:
        return text.replace(_ESCAPE, _ESCAPE + "e").replace(_SEPARATOR, _ESCAPE + "s")
    return text


def whole(value: Any) -> str:
    """Return the text of a value that stands by itself."""
    return decode(component(value))[0]


def encode(values: Sequence[Any]) -> str:
    """Return the key whose components are `values`, none of which is missing."""
    return component(values[0]) if len(values) == 1 else joined([component(value) for value in values])


def joined(components: Iterable[str]) -> str:
    """Return the key whose components have these texts."""
    return _SEPARATOR.join(components)


def decode(key: str) -> list[str]:
    """Return the components of a key as text, a long one as its hash."""
    return [part.replace(_ESCAPE + "s", _SEPARATOR).replace(_ESCAPE + "e", _ESCAPE) for part in key.split(_SEPARATOR)]


def mentions(key: str, value: str) -> bool:
    """Tell whether `value` is one of the components of `key`."""
    return component(value) in key.split(_SEPARATOR)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return encode(value).replace(_SEPARATOR, ",")
    return repr(value)
