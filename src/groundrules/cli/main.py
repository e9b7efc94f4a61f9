"""The `groundrules` command: a group that imports a subcommand only when it is called.

Exit codes: 0 clean, 1 findings or failed tests, 2 usage, 3 an internal error.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
import traceback
from typing import Any

import click

from groundrules._version import LANGUAGE, __version__
from groundrules.cli.help import Group, words
from groundrules.cli.language import say, spoken
from groundrules.cli.options import ONLY_SPOKEN
from groundrules.cli.printing import tell, tell_error
from groundrules.cli.usage import no_such, own_words

COMMANDS = {
    "init": "write a small rulebook to start from",
    "bot": "write a bot to start from, for NoneBot2, Matrix, Discord or Telegram",
    "lint": "check rulebooks and report every problem at once",
    "fmt": "format rulebooks and their tests canonically",
    "test": "run the tests of rulebooks",
    "watch": "lint and test again whenever a file is saved",
    "compile": "compile a rulebook into a plan file",
    "run": "run a stream of events through a rulebook",
    "try": "chat with a rulebook and see what it does",
    "explain": "explain why something happened or did not",
    "docs": "write a rulebook's handbook for members",
    "diff": "show what changed in meaning between two versions of a rulebook",
    "replay": "show who a rulebook acts on in recorded events, compared with another version",
    "serve": "decide on events received over HTTP, store decisions, hand out actions",
    "token": "create, list and revoke tokens for `groundrules serve`",
    "lists": "show changes made to lists at run time, as a change to the rulebook",
    "calendar": "write a rulebook of a country's working days and holidays",
    "schema": "print the JSON Schema of rulebooks, events, actions or decisions",
    "completion": "print the completion script of a shell",
}
FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
ALIASES = {"validate": "lint"}


class LazyGroup(Group):
    """Commands are modules of `groundrules.cli`; only the one that runs is imported."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        name = ALIASES.get(name, name)
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"groundrules.cli.{name}")
        command: click.Command = module.command
        return command

    def line(self, ctx: click.Context, name: str) -> str:
        return words(spoken()).get(name, {}).get("line") or COMMANDS[name]

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(context, arguments)
        except click.UsageError:
            raise click.UsageError(no_such("command", arguments[0], [*COMMANDS, *ALIASES]), context) from None

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with own_words():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, context: click.Context) -> object:
        with own_words():
            return super().invoke(context)


def _version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(say("version", version=__version__, language=LANGUAGE))
        context.exit()


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@ONLY_SPOKEN
def cli() -> None:
    """Rules as code for communities: group rules, moderation, rewards and escalation in reviewed text.

    Start with `groundrules init my-rules`, then `groundrules lint my-rules` and
    `groundrules run my-rules my-rules/events.jsonl`.
    """


def _speak_unicode() -> None:
    """Write UTF-8 wherever the output goes, and to a terminal that has fewer characters a `?` for those it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _write_no_more() -> None:
    """Let what is still to be written go nowhere, so that the end of the process does not try again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run the command; an internal error ends with exit code 3 and says where to report it."""
    _speak_unicode()
    try:
        cli(prog_name="groundrules")
    except BrokenPipeError:
        _write_no_more()
        sys.exit(0)
    except Exception as fault:
        if isinstance(fault, OSError) and fault.errno in FULL:
            _write_no_more()
            tell_error(say("full", reason=fault.strerror), help=say("full_help"))
            sys.exit(1)
        if os.environ.get("GROUNDRULES_DEBUG"):
            traceback.print_exc()
        where = traceback.extract_tb(fault.__traceback__)[-1]
        tell(say("fault", kind=type(fault).__name__, reason=fault), "fails")
        tell("  " + say("fault_at", file=os.path.basename(where.filename), line=where.lineno, function=where.name))
        tell("  " + say("fault_help"))
        sys.exit(3)


if __name__ == "__main__":
    main()
