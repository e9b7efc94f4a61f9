"""What goes wrong while parsing: `FlawError` inside the parser, `ParseError` for everyone else.

A flaw is placed by offsets in the text; it becomes a diagnostic once the fragment says where that text is.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Diagnostic, Fix, Label
from groundrules.diagnostics.source import Fragment
from groundrules.errors import GroundrulesError

Offsets = tuple[int, int]


class ParseError(GroundrulesError):
    """Text that is not in the language; `diagnostic` says what is wrong, where, and how to fix it."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(f"{diagnostic.code}: {diagnostic.message}")
        self.diagnostic = diagnostic


@dataclass(frozen=True)
class Edit:
    """Replace the text at `at` by `text`."""

    at: Offsets
    text: str
    title: str
    safe: bool = False


class FlawError(GroundrulesError):
    """A mistake in a text, placed by offsets; `notes` are further places, each with an explanation."""

    def __init__(
        self,
        code: Code,
        at: Offsets,
        message: str,
        help: str | None = None,
        notes: tuple[tuple[Offsets, str], ...] = (),
        edits: tuple[Edit, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.at = at
        self.message = message
        self.help = help
        self.notes = notes
        self.edits = edits

    def problem(self, fragment: Fragment) -> ParseError:
        """Return the flaw as an error placed in the file that `fragment` comes from."""
        labels = [Label(fragment.span(*at), text) for at, text in self.notes]
        fixes = [
            Fix(fragment.span(*edit.at), fragment.written(edit.text), edit.title, edit.safe) for edit in self.edits
        ]
        return ParseError(self.code.at(fragment.span(*self.at), self.message, self.help, labels, fixes))
