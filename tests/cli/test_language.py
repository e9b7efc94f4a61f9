"""The command line in a language: help, mistakes of usage and what commands say, by `--lang` and by the locale."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.conftest import ROOT, Command
from groundrules.cli import language
from groundrules.cli.bot import LIBRARIES
from groundrules.cli.help import contexts, entry, placeholders, words
from groundrules.cli.main import COMMANDS, cli
from groundrules.display.columns import paragraphs, width, wrapped

CONTEXTS = list(contexts(cli, "groundrules"))
LITERAL = re.compile(r"`[^`]+`|--[a-z][a-z-]*|(?<!\w)/[a-z][\w/]*|GR\w+|\d+")
REWRITTEN = {"`# groundrules: ignore[GR612] reason`", "`s"}


def path(context: click.Context) -> str:
    return context.command_path.removeprefix("groundrules").strip() or "cli"


@pytest.mark.parametrize("context", CONTEXTS, ids=path)
def test_every_command_and_option_has_its_chinese(context: click.Context) -> None:
    table, shared = words("zh")[path(context)], words("zh")["shared"]
    options = {
        entry(option): option.help
        for option in context.command.get_params(context)
        if isinstance(option, click.Option) and option.help
    }
    own = {"text", *({"line"} if path(context) != "cli" else ())}
    assert set(table) == own | (options.keys() - shared.keys())
    for name, english in options.items():
        assert literals(english) == literals(table.get(name) or shared[name]), name


@pytest.mark.parametrize("context", CONTEXTS, ids=path)
def test_a_chinese_text_says_as_much_as_the_english_one(context: click.Context) -> None:
    english = click.formatting.wrap_text(context.command.help or "", 10_000, preserve_paragraphs=True).split("\n\n")
    chinese = paragraphs(words("zh")[path(context)]["text"])
    assert len(chinese) == len(english)
    for one, other in zip(english, chinese, strict=True):
        assert literals(one) == literals(other) - {"`# groundrules: ignore[GR612] 原因`"}, one


def literals(text: str) -> set[str]:
    """What is the same in every language: commands, options, codes, numbers."""
    return set(LITERAL.findall(text)) - REWRITTEN


def test_nothing_is_kept_for_what_there_is_not() -> None:
    tables = {"around", "placeholders", "shared", "written"} | {path(context) for context in CONTEXTS}
    assert set(words("zh")) == tables
    assert {name for name in words("zh") if name in COMMANDS} == set(COMMANDS)
    used = {entry(one) for context in CONTEXTS for one in context.command.params if isinstance(one, click.Option)}
    assert set(words("zh")["shared"]) <= used | {"help"}


def test_every_placeholder_has_its_chinese() -> None:
    for context in CONTEXTS:
        language.speak(context, "en")
        command = context.command
        named = [piece for one in command.get_params(context) for piece in one.get_usage_pieces(context)]
        named += [
            one.make_metavar(context) for one in command.params if isinstance(one, click.Option) and not one.is_flag
        ]
        for name in named:
            shown = re.sub(r"\S*://\S*|A\.\.B", "", placeholders(name, "zh"))
            assert not re.search(r"\b(?!SHELL)[A-Z]{2,}\b", shown), name


@pytest.mark.parametrize("context", CONTEXTS, ids=path)
def test_a_help_page_in_chinese_has_no_english_around_it(context: click.Context) -> None:
    language.speak(context, "zh")
    with context.scope(cleanup=False):
        page = context.get_help()
    assert page.startswith("用法：")
    assert not re.search(r"\b(Usage|Options|Commands|default|required|Show|the|and)\b", page), page
    assert all(width(line) <= 100 for line in page.split("\n"))


def test_the_language_is_that_of_the_option_wherever_it_stands_else_of_the_locale(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    chinese = [("--lang", "zh", "lint", "--help"), ("lint", "--help", "--lang", "zh"), ("lint", "--lang=zh", "--help")]
    assert {command(*arguments).stdout.partition("\n")[0] for arguments in chinese} == {
        "用法：cli lint [选项] [路径]..."
    }
    assert command("lint", "--help").stdout.startswith("Usage: cli lint")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert command("lint", "--help").stdout.startswith("用法：")
    assert command("lint", "--help", "--lang", "en").stdout.startswith("Usage: ")
    assert command("lint", "--help", "--", "--lang", "en").stdout.startswith("用法：")


MISTAKES = [
    (("rum",), "错误：没有命令 `rum`；是否想写 `run`？"),
    (("lint", "--fromat", "json"), "错误：没有选项 `--fromat`；是否想写 `--format`？"),
    (("lint", "nowhere"), "错误：'[路径]...' 的值不对：路径 `nowhere` 不存在。"),
    (
        ("lint", "--format", "xml"),
        "错误：'--format' 的值不对：`xml` 不在可选值之中：'human'、'json'、'sarif'、'github'。",
    ),
    (("compile",), "错误：缺少参数 '规则手册'。"),
    (("explain", "examples/team-chat"), "错误：缺少选项 '--event'。"),
    (("try", "examples/team-chat", "b"), "错误：多出一个参数（b）。"),
    (("run", "examples/team-chat", "--workers", "0"), "错误：'--workers' 的值不对：0 不在范围 x>=1 之内。"),
    (("run", "examples/team-chat", "--workers", "x"), "错误：'--workers' 的值不对：`x` 不是有效的整数。"),
    (("run", "examples/team-chat", "--out"), "错误：选项 `--out` 后面需要一个值。"),
    (("run", "policies", "docs"), "错误：'[事件文件]...' 的值不对：`docs` 是文件夹，不是文件。"),
    (("lint", "--explain", "GR999"), "错误：没有代码 `GR999`"),
    (("lint", "--explain", "GR3011"), "错误：没有代码 `GR3011`；是否想写 `GR311`？"),
    (("lint",), "错误：请至少写一份规则手册，或用 --explain 代码"),
    (("lint", "x.md", "--adapter", "onbot"), None),
]


@pytest.mark.parametrize(("arguments", "wanted"), MISTAKES)
def test_a_mistake_of_usage_in_chinese(
    command: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], wanted: str | None
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    result = command(*arguments)
    assert result.exit_code == 2
    last = result.stderr.rstrip("\n").rpartition("\n")[2]
    assert last == wanted if wanted else last.startswith("错误：")
    assert not re.search(r"Usage|Error|Try", result.stderr)


# --- nothing is said past the words ---------------------------------------------------------------


PRINTING = {"tell", "tell_error", "UsageError", "ClickException", "Line", "echo", "note_when_slow"}


def spoken_texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What the command line tells people as it stands: texts in the arguments of what prints, but not in calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in PRINTING:
                for argument in [*node.args, *(one.value for one in node.keywords)]:
                    yield from ((node.lineno, text) for text in plain_texts(argument))


def plain_texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not isinstance(node, ast.Call):
        for below in ast.iter_child_nodes(node):
            yield from plain_texts(below)


def test_commands_say_nothing_that_has_no_words() -> None:
    plain = {"pip install '", "fails", "faint", "NO_COLOR", "  groundrules "}
    found = [
        f"{file.name}:{line}: {text}"
        for file in sorted((ROOT / "src" / "groundrules" / "cli").glob("*.py"))
        for line, text in spoken_texts(ast.parse(file.read_text(encoding="utf-8")))
        if re.search(r"[A-Za-z]{3}", text) and text not in plain
    ]
    assert not found


# --- lines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("一二三四五六", ["一二三", "四五六"]),
        ("一二三，四五", ["一二", "三，四", "五"]),
        ("一二（三四", ["一二", "（三四"]),
        ("ab cd ef", ["ab cd", "ef"]),
        ("用 `a b c` 一", ["用", "`a b c`", "一"]),
        ("abcdefghij", ["abcdefghij"]),
        ("", []),
    ],
)
def test_lines_are_filled_by_columns(text: str, lines: list[str]) -> None:
    assert list(wrapped(text, 7 if "`" in text else 6)) == lines


def test_lines_of_a_paragraph_are_joined_as_their_language_wants_it() -> None:
    assert paragraphs("一\n二 a\nb\n三\n\n四") == ["一二 a b三", "四"]


# --- what is written ------------------------------------------------------------------------------


def test_a_rulebook_to_start_from_has_its_comments_in_chinese(command: Command, tmp_path: Path) -> None:
    told = command("init", tmp_path / "群", "--lang", "zh").stdout
    assert "已写入" in told
    assert "接下来可以运行：" in told
    files = [path for path in (tmp_path / "群").rglob("*.*") if path.suffix in (".yaml", ".txt")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    comments = [line for text in texts for line in re.findall(r"# .*|name: .*", text) if "$schema" not in line]
    assert len(comments) > 5
    assert [line for line in comments if not re.search(r"[一-鿿]", line)] == []
    assert command("test", tmp_path / "群", "--lang", "zh").stdout.endswith("2 项通过，0 项失败\n")
    assert command("fmt", "--check", tmp_path / "群").exit_code == 0


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_bot_to_start_from_has_its_page_in_chinese(command: Command, tmp_path: Path, library: str) -> None:
    assert command("bot", "init", library, tmp_path / "a", "--lang", "zh").exit_code == 0
    assert command("bot", "init", library, tmp_path / "b").exit_code == 0
    chinese, english = ((tmp_path / name / "README.md").read_text(encoding="utf-8") for name in "ab")
    assert len(re.findall(r"^\d\. ", chinese, re.M)) == len(re.findall(r"^\d\. ", english, re.M)) == 5
    assert set(re.findall(r"`[^`]+`", chinese)) == set(re.findall(r"`[^`]+`", english))
    assert not list((tmp_path / "b").glob("*.*.md"))


def test_every_text_to_be_written_stands_in_some_file() -> None:
    files = [*(ROOT / "policies" / "_starter").rglob("*.*"), *(ROOT / "examples" / "bots").rglob("*.*")]
    whole = "".join(path.read_text(encoding="utf-8") for path in files if path.suffix in (".py", ".yaml", ".txt"))
    assert [text for text in words("zh")["written"] if text not in whole] == []


@pytest.mark.parametrize("kind", ["event", "action", "entity"])
def test_schemas_are_listed_in_chinese(command: Command, kind: str) -> None:
    lines = command("schema", kind, "--lang", "zh").stdout.splitlines()
    assert len(lines) > 8
    assert [line for line in lines if not re.search(r"[一-鿿]", line)] == []
    assert command("--version", "--lang", "zh").stdout.startswith("groundrules ")
