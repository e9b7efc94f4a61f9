"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Iterable

import click

from groundrules import confined
from groundrules.narrate.speech import language_of, languages


def default_language() -> str:
    """The language of the environment's locale, as far as there are words in it."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return language_of(locale)


def _name_roots(context: click.Context, parameter: click.Parameter, folders: tuple[str, ...]) -> None:
    """Let rulebooks read these folders until the command ends."""
    context.with_resource(confined.roots(folders))


def walk_into(paths: Iterable[str]) -> None:
    """Let the rulebooks below the folders that a command was given read each other, until it ends."""
    click.get_current_context().with_resource(confined.roots(filter(os.path.isdir, paths)))


ROOTS = click.option(
    "--root",
    multiple=True,
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False),
    expose_value=False,
    callback=_name_roots,
    help="Let rulebooks read files in this folder, too, and not in their own only.",
)

LANGUAGE = click.option(
    "--lang",
    type=click.Choice(languages()),
    default=default_language,
    help="Language of reasons and summaries; by the locale if not given.",
)
