"""Mistakes of usage, in words and a layout that do not change with the version of click."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from groundrules.diagnostics.nearest import did_you_mean
from groundrules.display import safe


class Misuse(click.UsageError):
    """A mistake of usage; click's own point to `-h` in one version and to `--help` in another."""

    def show(self, file: IO[Any] | None = None) -> None:
        if self.ctx is not None:
            click.echo(self.ctx.get_usage(), err=True)
            click.echo(f"Try '{self.ctx.command_path} --help' for help.\n", err=True)
        click.echo(f"Error: {self.message}", err=True)


@contextmanager
def own_words() -> Iterator[None]:
    """Tell a mistake of usage; it may name what a file holds, and so is made safe to show."""
    try:
        yield
    except (click.exceptions.NoArgsIsHelpError, Misuse):
        raise
    except click.UsageError as error:
        raise Misuse(_shown(_words(error)), error.ctx) from None
    except click.ClickException as error:
        raise click.ClickException(_shown(error.format_message())) from None


def _shown(message: str) -> str:
    return "\n".join(map(safe.terminal, message.split("\n")))


def _words(error: click.UsageError) -> str:
    if not isinstance(error, click.NoSuchOption):
        return error.format_message()
    known = [name for option in error.ctx.command.params for name in option.opts] if error.ctx else []
    return no_such("option", error.option_name, known)


def no_such(kind: str, name: str, known: list[str]) -> str:
    """Return that there is no option or command of that name, and which was probably meant."""
    proposal = did_you_mean(name, known)
    return f"there is no {kind} `{name}`" + (f"; {proposal}" if proposal else "")
