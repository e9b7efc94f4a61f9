"""Options that several commands share."""

from __future__ import annotations

import os

import click

from groundrules.narrate.speech import language_of, languages


def default_language() -> str:
    """The language of the environment's locale, as far as there are words in it."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return language_of(locale)


LANGUAGE = click.option(
    "--lang",
    type=click.Choice(languages()),
    default=default_language,
    help="Language of reasons and summaries; by the locale if not given.",
)
