"""Words of the console, and texts in styles; pages and the workshop's processes have them in common."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from groundrules.diagnostics.translation import refused
from groundrules.display.lines import Line, Style
from groundrules.frontend import RulebookError
from groundrules.narrate.speech import Speech

Text = list[list[tuple[str, Style]]]
"""Lines, each of pieces in a style."""
WORDS = Path(__file__).parent / "words"


@cache
def spoken(lang: str) -> Speech:
    """Return the words of the console in a language."""
    return Speech("console", lang, folder=WORDS)


def pieces(lines: Iterable[Line]) -> Text:
    """Return lines as they are sent to pages."""
    return [list(line.pieces) for line in lines]


def sentence(error: BaseException) -> str:
    """Return what an error says to people; of a rulebook that does not check, its first finding."""
    cause = error.__cause__ if isinstance(error.__cause__, RulebookError) else error
    findings = cause.diagnostics if isinstance(cause, RulebookError) else ()
    message = (isinstance(error, OSError) and error.strerror) or str(error)
    return next((finding.message for finding in findings if finding.is_error), message)


def reason(error: BaseException, lang: str) -> str:
    """Return the same in a reader's language."""
    return refused(sentence(error), lang)
