"""`groundrules completion SHELL`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from groundrules.cli import main
from groundrules.cli.help import Command
from groundrules.cli.language import say
from groundrules.cli.options import ONLY_SPOKEN

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
@ONLY_SPOKEN
def command(shell: str) -> None:
    """Print the script that completes commands and options in SHELL.

    bash: add `eval "$(groundrules completion bash)"` to ~/.bashrc.

    zsh: the same in ~/.zshrc.

    fish: write the output to ~/.config/fish/completions/groundrules.fish.
    """
    completion = get_completion_class(shell)
    if completion is None:  # pragma: no cover - click supports all three
        raise click.UsageError(shell)
    click.echo(completion(main.cli, {}, "groundrules", "_GROUNDRULES_COMPLETE").source())
    click.echo("# " + say(f"complete.{shell}"))
