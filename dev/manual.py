"""The command line's reference page, made from the help texts: `python -m dev.manual > docs/cli.md`."""

from __future__ import annotations

from typing import cast

import click

from groundrules.cli.main import ALIASES, COMMANDS, cli

HEAD = """# The command line

Made from the help texts by `python -m dev.manual`; a test keeps it current.

Exit codes: 0 clean, 1 findings or failed tests, 2 usage, 3 a fault of ours (please report it).
Colours and progress appear on terminals only; `NO_COLOR` switches colours off.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    root = click.Context(cli, info_name="groundrules", terminal_width=100, max_content_width=100)
    group = cast("click.Group", cli)
    parts = [HEAD, _help("groundrules", cli.get_help(root))]
    for name in COMMANDS:
        command = group.get_command(root, name)
        if command is None:  # pragma: no cover - every name of the table is a command
            continue
        context = click.Context(command, info_name=name, parent=root, terminal_width=100, max_content_width=100)
        aliases = [alias for alias, target in ALIASES.items() if target == name]
        note = f"\nAlso called `{'`, `'.join(aliases)}`.\n" if aliases else ""
        parts.append(_help(f"groundrules {name}", command.get_help(context)) + note)
    return "\n".join(parts)


def _help(title: str, text: str) -> str:
    return f"## {title}\n\n```\n{text}\n```\n"


if __name__ == "__main__":
    click.echo(page(), nl=False)
