"""Mistakes of usage, in words and a layout that do not change with the version of click."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from groundrules.cli.help import placeholders
from groundrules.cli.language import advice, say, spoken
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.translation import usage
from groundrules.display import safe
from groundrules.errors import GroundrulesError


class UsageError(GroundrulesError, click.UsageError):
    """A mistake of usage; click's own point to `-h` in one version and to `--help` in another."""

    def show(self, file: IO[Any] | None = None) -> None:
        if self.ctx is not None:
            with self.ctx.scope(cleanup=False):
                click.echo(self.ctx.get_usage(), err=True)
                click.echo(say("try_help", command=self.ctx.command_path) + "\n", err=True)
        click.echo(self.message, err=True)


class FailureError(GroundrulesError, click.ClickException):
    """Anything else that click has to tell."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, err=True)


@contextmanager
def own_words() -> Iterator[None]:
    """Tell a mistake of usage; it may name what a file holds, and so is made safe to show."""
    try:
        yield
    except (click.exceptions.NoArgsIsHelpError, UsageError, FailureError):
        raise
    except click.UsageError as error:
        raise UsageError(_shown(_words(error)), error.ctx) from None
    except click.ClickException as error:
        raise FailureError(_shown(usage(error.format_message(), spoken()))) from None


def _shown(message: str) -> str:
    return "\n".join(map(safe.terminal, say("mistake", message=message).split("\n")))


def _words(error: click.UsageError) -> str:
    match error:
        case click.NoSuchOption():
            known = [name for option in error.ctx.command.params for name in option.opts] if error.ctx else []
            return no_such("option", error.option_name, known)
        case click.MissingParameter(param=parameter, ctx=context) if parameter is not None and context is not None:
            return say(f"missing_{parameter.param_type_name}", name=_hint(parameter, context))
        case click.BadParameter(param=parameter, ctx=context) if parameter is not None and context is not None:
            return say("bad_value", name=_hint(parameter, context), reason=usage(error.message, spoken()))
        case _:
            return usage(error.format_message(), spoken())


def _hint(parameter: click.Parameter, context: click.Context) -> str:
    return placeholders(parameter.get_error_hint(context), spoken())


def no_such(kind: str, name: str, known: list[str]) -> str:
    """Return that there is no option, command, rule … of that name, and which was probably meant."""
    proposal = did_you_mean(name, known)
    return say(
        "with_advice" if proposal else "alone", text=say(f"no_such.{kind}", name=name), advice=advice(proposal or "")
    )
