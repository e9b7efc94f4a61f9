"""The examples: short, typed, with one rulebook, and reproduced by `groundrules bot init`."""

from __future__ import annotations

import io
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bots.scenario import EXAMPLES
from groundrules.cli.bot import LIBRARIES
from groundrules.cli.main import cli
from groundrules.tools.linting import lint_path

NEEDS = {
    "nonebot": "nonebot.adapters.onebot.v11",
    "matrix": "nio",
    "discord": "discord",
    "telegram": "telegram.ext",
    "astrbot": "groundrules",  # AstrBot brings no types, and is not needed for them
}
MOST = 30
"""Lines of code."""


def lines_of_code(path: Path) -> int:
    """Lines that hold more than a comment or a docstring."""
    held: set[int] = set()
    beside = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type not in beside and not (token.type == tokenize.STRING and token.line.lstrip().startswith('"""')):
            held |= set(range(token.start[0], token.end[0] + 1))
    return len(held)


def rulebook(library: str) -> Path:
    (found,) = (EXAMPLES / library).rglob("rulebook.yaml")
    return found


def programs(library: str) -> list[Path]:
    return sorted((EXAMPLES / library).rglob("*.py"))


def test_there_is_one_for_each_library() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()) == sorted(LIBRARIES)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_bot_has_at_most_thirty_lines(library: str) -> None:
    for path in programs(library):
        assert lines_of_code(path) <= MOST


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_page_has_five_steps(library: str) -> None:
    page = (EXAMPLES / library / "README.md").read_text(encoding="utf-8")
    assert [line[0] for line in page.splitlines() if line[:2].strip(".").isdigit()] == list("12345")
    assert ("pip install groundrules" if library == "astrbot" else f"groundrules[{library}]") in page


def test_the_rulebook_is_the_same_and_has_no_findings() -> None:
    texts = (rulebook(library).read_text(encoding="utf-8") for library in LIBRARIES)
    books = {text.replace("timezone: Asia/Shanghai", "timezone: UTC") for text in texts}
    assert len(books) == 1
    assert [found.message for found in lint_path(EXAMPLES / LIBRARIES[0]).diagnostics] == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_it_passes_strict_types(library: str) -> None:
    pytest.importorskip(NEEDS[library], reason=f"groundrules[{library}] is not installed")
    config = EXAMPLES.parents[1] / "pyproject.toml"
    arguments = (
        "--strict",
        "--config-file",
        str(config),
        *map(str, programs(library)),
    )
    done = subprocess.run([sys.executable, "-m", "mypy", *arguments], cwd=config.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("library", LIBRARIES)
def test_init_writes_it(library: str, tmp_path: Path) -> None:
    def command(*arguments: Any) -> Any:
        return CliRunner().invoke(cli, [str(one) for one in arguments])

    folder = tmp_path / "bot"
    assert command("bot", "init", library, folder).exit_code == 0
    for path in (*programs(library), rulebook(library), EXAMPLES / library / "README.md"):
        assert (folder / path.relative_to(EXAMPLES / library)).read_bytes() == path.read_bytes()
    own = rulebook(library).parent.relative_to(EXAMPLES / library)
    assert command("lint", folder / own).output == "no problems found\n"
    zoned = command("bot", "init", library, tmp_path / "zoned", "--timezone", "Europe/Berlin")
    assert zoned.exit_code == 0
    assert "\ntimezone: Europe/Berlin\n" in (tmp_path / "zoned" / own / "rulebook.yaml").read_text(encoding="utf-8")
    assert (
        "did you mean `Europe/Berlin`" in command("bot", "init", library, folder, "--timezone", "Europe/Berln").output
    )
    again = command("bot", "init", library, folder)
    assert again.exit_code == 2
    assert "exists; nothing was written" in again.output
