"""Mistakes of usage, word by word: they are the same with every supported version of click."""

from __future__ import annotations

import pytest

from cli.conftest import Command
from groundrules._version import LANGUAGE, __version__

FORMATS = "'human', 'json', 'sarif', 'github'"
MISTAKES = [
    ("", ("rum",), "there is no command `rum`; did you mean `run`?"),
    ("", ("x",), "there is no command `x`"),
    ("", ("--versoin",), "there is no option `--versoin`; did you mean `--version`?"),
    ("lint", ("lint", "--fromat", "json"), "there is no option `--fromat`; did you mean `--format`?"),
    ("lint", ("lint", "--x\x1b[2J"), "there is no option `--x�[2J`"),
    ("lint", ("lint", "nowhere"), "Invalid value for '[PATHS]...': Path 'nowhere' does not exist."),
    ("lint", ("lint", "--format", "xml"), f"Invalid value for '--format': 'xml' is not one of {FORMATS}."),
    ("compile", ("compile",), "Missing argument 'RULEBOOK'."),
    ("explain", ("explain", "examples/team-chat"), "Missing option '--event'."),
    ("try", ("try", "examples/team-chat", "b"), "Got unexpected extra argument (b)"),
]


@pytest.mark.parametrize(("name", "arguments", "words"), MISTAKES)
def test_a_mistake_of_usage(command: Command, name: str, arguments: tuple[str, ...], words: str) -> None:
    result = command(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    usage, hint, blank, error = result.stderr.rstrip("\n").split("\n")
    called = f"cli {name}".rstrip()
    assert usage.startswith(f"Usage: {called} ")
    assert (hint, blank, error) == (f"Try '{called} --help' for help.", "", f"Error: {words}")


def test_an_option_without_its_value(command: Command) -> None:
    assert command("run", "examples/team-chat", "--lang").stderr == "Error: Option '--lang' requires an argument.\n"


def test_the_version_names_the_language_too(command: Command) -> None:
    assert command("--version").stdout == f"groundrules {__version__}, language {LANGUAGE}\n"
