"""The command line's reference page, generated from the help texts: `python -m dev.manual > docs/cli.md`.

`python -m dev.manual zh > docs/cli.zh.md` makes the Chinese one.
"""

from __future__ import annotations

import sys

import click

from groundrules.cli import language
from groundrules.cli.help import contexts
from groundrules.cli.main import ALIASES, cli

HEADS = {
    "en": """# The command line

English · [中文](cli.zh.md)

Generated from the help texts by `python -m dev.manual`; a test keeps it current.

Exit codes: 0 clean, 1 findings or failed tests, 2 usage, 3 an internal error (please report it).
Colours and progress appear only on terminals; `NO_COLOR` turns colours off. Output is in the language of `--lang`, or
else of the locale (`LANG`); output for programs, such as `--format json`, is the same in all languages.
""",
    "zh": """# 命令行

[English](cli.md) · 中文

本页由 `python -m dev.manual zh` 根据帮助文字生成，并有测试保证它不过时。

退出码：0 没有问题，1 有问题或测试未通过，2 用法有误，3 groundrules 自身的故障（请报告）。
颜色和进度只在终端里显示；设置 `NO_COLOR` 可以关掉颜色。输出的语言由 `--lang` 决定，不写则按系统的语言环境（`LANG`）；
供程序读取的内容（例如 `--format json`）与语言无关。
""",
}
ALSO = {"en": "Also called `{}`.", "zh": "也可以写作 `{}`。"}


def page(lang: str = "en") -> str:
    """Return the whole page as Markdown."""
    parts = [HEADS[lang]]
    for context in contexts(cli, "groundrules"):
        language.speak(context, lang)
        with context.scope(cleanup=False):
            help = context.get_help()
        aliases = [alias for alias, target in ALIASES.items() if target == context.info_name]
        also = f"\n{ALSO[lang].format('`, `'.join(aliases))}\n" if aliases else ""
        parts.append(f"## {context.command_path}\n\n```\n{help}\n```\n{also}")
    return "\n".join(parts)


if __name__ == "__main__":
    click.echo(page(*sys.argv[1:]), nl=False)
