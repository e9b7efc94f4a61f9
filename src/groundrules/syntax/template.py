"""Cuts a message template into literal text and holes. What is in a hole is parsed elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from groundrules.diagnostics.codes import syntax as codes
from groundrules.syntax.errors import Edit, FlawError
from groundrules.syntax.mistakes.shapes import empty

_BRACE = re.compile(r"\{\{|\}\}|[{}｛｝]")
_IN_HOLE = re.compile(r"""(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<brace>[{}｛｝])""")


@dataclass(frozen=True)
class Hole:
    """A hole; the offsets include its braces."""

    start: int
    end: int


def cut(text: str) -> Iterator[str | Hole]:
    """Yield literal text, `{{` and `}}` unescaped, and holes, in order. Raises FlawError."""
    literal: list[str] = []
    position = 0
    while match := _BRACE.search(text, position):
        literal.append(text[position : match.start()])
        position = match.end()
        if match[0] in ("{{", "}}"):
            literal.append(match[0][0])
            continue
        if match[0] != "{":
            raise _stray(text, match)
        hole = Hole(match.start(), _hole_end(text, match.start()))
        if any(literal):
            yield "".join(literal)
        yield hole
        literal, position = [], hole.end
    literal.append(text[position:])
    if any(literal):
        yield "".join(literal)


def _hole_end(text: str, start: int) -> int:
    """Return the offset after the brace that closes the hole opened at `start`."""
    opening = ((start, start + 1), "opened here")
    position = start + 1
    while match := _IN_HOLE.search(text, position):
        position = match.end()
        if match["string"]:
            continue
        if match[0] == "}":
            if not text[start + 1 : match.start()].strip(" \t\r\n"):
                raise empty("expression", (start, match.end()))
            return match.end()
        if match[0] == "｝":
            edits = (Edit(match.span(), "}", "write `}`"),)
            raise FlawError(
                codes.FULL_WIDTH, match.span(), "`｝` does not close a hole", "write `}`", (opening,), edits
            )
        message = f"`{match[0]}` is inside a hole"
        help = "close the first hole with `}`; a brace that is meant as text is written `{{`"
        raise FlawError(codes.MALFORMED_TEMPLATE, match.span(), message, help, (opening,))
    help = "end it with `}`; a brace that is meant as text is written `{{`"
    raise FlawError(codes.UNCLOSED, (start, len(text)), "this `{` is never closed", help, (opening,))


def _stray(text: str, match: re.Match[str]) -> FlawError:
    """Return the flaw of a stray brace outside a hole: a single `}` or a full-width brace."""
    at = match.span()
    if match[0] == "}":
        edits = (Edit(at, "}}", "write `}}`"),)
        return FlawError(codes.MALFORMED_TEMPLATE, at, "this `}` closes nothing", "write `}}` for a brace", edits=edits)
    plain = {"｛": "{", "｝": "}"}[match[0]]
    partner = text.find("｝", at[1]) if plain == "{" else -1
    spans = [at] + ([(partner, partner + 1)] if partner >= 0 else [])
    both = tuple(Edit(span, "{" if text[span[0]] == "｛" else "}", "use plain braces") for span in spans)
    help = f'write `{plain}`; as text it is written `{{"{match[0]}"}}`'
    return FlawError(codes.FULL_WIDTH, at, f"`{match[0]}` is not the plain `{plain}`", help, edits=both)
