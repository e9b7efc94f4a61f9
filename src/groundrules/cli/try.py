"""`groundrules try RULEBOOK`: a chat with a rulebook, in a terminal or from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from groundrules.cli.help import Command
from groundrules.cli.loading import load_plan
from groundrules.cli.options import LANGUAGE, ROOTS
from groundrules.cli.printing import print_lines
from groundrules.display.lines import Line
from groundrules.tools.trying import saving
from groundrules.tools.trying.answers import Quit
from groundrules.tools.trying.human import Voice
from groundrules.tools.trying.session import COMMANDS, Session

PROMPT = "> "


@click.command("try", cls=Command)
@click.argument("rulebook", type=click.Path(exists=True))
@click.option(
    "--tests",
    type=click.Path(dir_okay=False),
    help="The file that /save writes to; by default, tests.yaml next to the rulebook.",
)
@LANGUAGE
@ROOTS
def command(rulebook: str, tests: str | None, lang: str) -> None:
    """Chat with RULEBOOK: type as any member and read at once what it would do, and why.

    `m1: hello` is a message by m1, `+3d` lets time pass, `/why` explains, `/undo` undoes a line, `/save NAME` turns
    the chat into a test, `/help` lists the rest. Lines also come from a pipe: `groundrules try my-rules < chat.txt`.
    """
    path = Path(rulebook)
    ready = load_plan(rulebook)
    is_plan = path.is_file() and path.suffix not in (".yaml", ".yml")
    file = Path(tests) if tests else None if is_plan else saving.tests_file(path)
    session = Session(ready, file, lang, None if is_plan else path)
    terminal = sys.stdin.isatty()
    if terminal:
        print_lines([Voice(ready.plan, lang).welcome()])
    for line in _typed() if terminal else _piped():
        if not terminal and line.strip():
            print_lines([Line(f"{PROMPT}{line}")])
        answers = session.enter(line)
        voice = Voice(session.chat.plan, session.lang)
        for answer in answers:
            print_lines(voice.lines(answer))
        if any(isinstance(answer, Quit) for answer in answers):
            return


def _piped() -> Iterator[str]:
    """Lines of standard input, as they come."""
    for raw in iter(sys.stdin.buffer.readline, b""):
        yield raw.decode("utf-8", "replace").rstrip("\r\n")


def _typed() -> Iterator[str]:
    """Lines typed at a prompt, with history and completed commands where readline is there."""
    with suppress(ImportError):
        import readline

        names = [f"/{name}" for name in COMMANDS]
        readline.set_completer_delims(" ")
        readline.set_completer(lambda text, n: [*(name for name in names if name.startswith(text)), None][n])
        readline.parse_and_bind("tab: complete")
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            click.echo()
            return
        except KeyboardInterrupt:
            click.echo()
