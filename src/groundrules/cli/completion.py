"""`groundrules completion SHELL`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from groundrules.cli import main

HINTS = {
    "bash": 'add to ~/.bashrc:  eval "$(groundrules completion bash)"',
    "zsh": 'add to ~/.zshrc:  eval "$(groundrules completion zsh)"',
    "fish": "write it to ~/.config/fish/completions/groundrules.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(HINTS)))
def command(shell: str) -> None:
    """Print the script that completes commands and options in SHELL.

    bash: add `eval "$(groundrules completion bash)"` to ~/.bashrc.
    zsh: the same in ~/.zshrc.
    fish: write the output to ~/.config/fish/completions/groundrules.fish.
    """
    completion = get_completion_class(shell)
    if completion is None:  # pragma: no cover - click supports all three
        raise click.UsageError(f"no completion for {shell}")
    click.echo(completion(main.cli, {}, "groundrules", "_GROUNDRULES_COMPLETE").source())
    click.echo(f"# {HINTS[shell]}")
