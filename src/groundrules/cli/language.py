"""The language that a command speaks: that of `--lang`, wherever it stands among the arguments, else the locale's.

It is known before the arguments are read, so that a mistake among them is told in it, too, and so is `--help`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from itertools import pairwise

import click

from groundrules.diagnostics.translation import mended, refused
from groundrules.narrate.speech import language_of, languages, speech

_KEY = "groundrules.language"


def of_locale() -> str:
    """The language of the environment's locale, as far as there are words in it."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return language_of(locale)


def asked_for(arguments: Sequence[str]) -> str | None:
    """The language that arguments name last; None if they name none that there are words in."""
    language = None
    for argument, following in pairwise([*arguments, ""]):
        if argument == "--":
            break
        value = following if argument == "--lang" else argument.removeprefix("--lang=")
        if argument.startswith("--lang") and value in languages():
            language = value
    return language


def listen(context: click.Context, arguments: Sequence[str]) -> None:
    """Let a command and those below it speak the language that its arguments ask for."""
    named = asked_for(arguments)
    if named is not None or _KEY not in context.meta:
        context.meta[_KEY] = named or of_locale()


def speak(context: click.Context, lang: str) -> None:
    """Let a command speak a language."""
    context.meta[_KEY] = lang


def spoken() -> str:
    """The language of the command that runs; the locale's where none does."""
    context = click.get_current_context(silent=True)
    return of_locale() if context is None else str(context.meta.get(_KEY) or of_locale())


def say(form: str, /, **values: object) -> str:
    """Say something of the command line's own, in the language of the command."""
    return speech("cli", spoken())(form, **values)


def reason(error: object) -> str:
    """Why something was refused, in the language of the command; in English if there are no other words for it."""
    return refused(str(error), spoken())


class SpokenFormatter(logging.Formatter):
    """Writes the records of a log in the language of the command that begins it."""

    def __init__(self, form: str) -> None:
        super().__init__(form)
        self._lang = spoken()

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = refused(record.message, self._lang)
        return super().formatMessage(record)


def advice(text: str) -> str:
    """What to do about it, likewise."""
    return mended(text, spoken())
