"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial

import click

from groundrules import confined
from groundrules.cli.language import spoken
from groundrules.narrate.speech import languages


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
    help="Let rulebooks also read files in this folder.",
)

_language = partial(
    click.option,
    "--lang",
    type=click.Choice(languages()),
    default=spoken,
    help="Language of the output; by default, from the locale.",
)
LANGUAGE = _language()
ONLY_SPOKEN = _language(expose_value=False)
"""The same for commands that speak it and have no other use for it."""
