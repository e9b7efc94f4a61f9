"""`groundrules token FILE`: makes, lists and revokes the tokens of `groundrules serve`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from groundrules.cli.help import Command
from groundrules.cli.language import reason, say
from groundrules.cli.options import ONLY_SPOKEN
from groundrules.cli.printing import tell_error, wanted
from groundrules.display import safe


@click.command("token", cls=Command)
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--name", help="Create a token with this holder's name.")
@click.option(
    "--role",
    type=click.Choice(["observe", "moderate", "administer", "bot"]),
    help="What its holder may do: read; also answer and pause; everything; send events and perform actions.",
)
@click.option("--revoke", metavar="NAME", help="Revoke a token; takes effect within a second.")
@ONLY_SPOKEN
def command(file: str, name: str | None, role: str | None, revoke: str | None) -> None:
    """Create a token for `groundrules serve --tokens FILE`, or revoke one; without options, list them.

    A new token is printed once; FILE only stores its hash.
    """
    with wanted("serve"):
        from groundrules.service.tokens import TokenError, TokenFile
    if (name is None) != (role is None) or (name is not None and revoke is not None):
        raise click.UsageError(say("name_and_role"))
    try:
        tokens = TokenFile(file, missing_ok=name is not None)
        if name is not None:
            click.echo(tokens.new(name, role))  # type: ignore[arg-type]
        elif revoke is not None:
            tokens.revoke(revoke)
        else:
            for token in tokens.known:
                day = datetime.fromtimestamp(token.created, UTC).date()
                click.echo(f"{safe.terminal(token.name)}  {token.role}  {day}")
    except TokenError as error:
        tell_error(reason(error))
        sys.exit(1)
