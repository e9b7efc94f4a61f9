"""Help pages in a language.

English stands where the commands are declared, as click wants it, and click lays it out. In any other language the
words are data, `words/LANG.toml`: a table for each command, with its `text`, its `line` in the list of commands, and
one entry for each option; what several commands share stands in `[shared]`. Chinese has no blanks and takes two columns
a character, so its lines are filled here.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import click

from groundrules.cli import language
from groundrules.display.columns import padded, paragraphs, width, wrapped

FOLDER = Path(__file__).parent / "words"
_WORDS = re.compile(r"[A-Z][A-Z_]+(?: RANGE)?")
_MOST_OF_NAMES = 30  # columns


@cache
def words(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The tables of a language; none for the one in which the commands are declared."""
    file = FOLDER / f"{lang}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def placeholders(text: str, lang: str) -> str:
    """A usage line's placeholders in a language: `[OPTIONS] RULEBOOK`, `[选项] 规则手册`."""
    known = words(lang).get("placeholders", {})
    return _WORDS.sub(lambda match: known.get(match[0], match[0]), text)


def key(context: click.Context) -> str:
    """The name of a command's table: `lint`, `bot init`."""
    names: list[str] = []
    at: click.Context | None = context
    while at is not None and (at.parent is not None or not names):
        names.insert(0, at.command.name or "")
        at = at.parent
    return " ".join(names)


class Formatter(click.HelpFormatter):
    """Lays help out in the language of the command."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.lang = language.spoken()
        self.words = words(self.lang).get("around", {})

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        if not self.words:
            super().write_usage(prog, args, prefix)
            return
        begin = f"{self.words['usage']}{prog} "
        self._write_filled(placeholders(args, self.lang), begin, " " * min(width(begin), self.width // 2))

    def write_heading(self, heading: str) -> None:
        if self.words:
            self.write(f"{'':>{self.current_indent}}{self.words.get(heading, heading)}：\n")
        else:
            super().write_heading(heading)

    def write_text(self, text: str) -> None:
        if not self.words:
            super().write_text(text)
            return
        for number, paragraph in enumerate(paragraphs(text)):
            self.write("\n" * (number > 0))
            self._write_filled(paragraph, *[" " * self.current_indent] * 2)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = _MOST_OF_NAMES, col_spacing: int = 2) -> None:
        if not self.words:
            super().write_dl(list(rows), col_max, col_spacing)
            return
        rows = list(rows)
        before = " " * self.current_indent
        column = min(max(width(name) for name, _ in rows), col_max) + col_spacing
        for name, text in rows:
            begin = before + padded(name, column)
            if width(name) > column - col_spacing:
                self.write(f"{before}{name}\n")
                begin = before + " " * column
            self._write_filled(" ".join(paragraphs(text)) if text else "", begin, before + " " * column)

    def _write_filled(self, text: str, begin: str, behind: str) -> None:
        lines = list(wrapped(text, max(self.width - width(behind), 20))) or [""]
        for number, line in enumerate(lines):
            self.write(f"{(behind if number else begin)}{line}".rstrip() + "\n")


class _Context(click.Context):
    formatter_class = Formatter


class _Speaking(click.Command):
    """What commands and groups do alike: they know the language before they read arguments, and help is in it."""

    context_class = _Context

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        language.listen(ctx, args)
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        text = _table(ctx).get("text")
        if text is None:
            super().format_help_text(ctx, formatter)
            return
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        around = cast("Formatter", formatter).words
        if not around:
            super().format_options(ctx, formatter)
            return
        with formatter.section("Options"):
            formatter.write_dl(list(self._records(ctx, around)))
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def _records(self, ctx: click.Context, around: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        lang, table = language.spoken(), _table(ctx)
        shared = words(lang)["shared"]
        for option in (param for param in self.get_params(ctx) if isinstance(param, click.Option)):
            shown = copy.copy(option)
            shown.metavar = placeholders(option.make_metavar(ctx), lang)
            record = shown.get_help_record(ctx)
            if record is not None:
                yield (
                    record[0],
                    (table.get(entry(option)) or shared.get(entry(option), "")) + _extra(option, ctx, around),
                )


def entry(option: click.Option) -> str:
    """The name of an option's entry in the table of its command; click names its own as it likes."""
    return "help" if "--help" in option.opts else option.name or ""


def _extra(option: click.Option, ctx: click.Context, around: Mapping[str, str]) -> str:
    """What click says of an option by itself: its default, its range, that it is required."""
    extra = option.get_help_extra(ctx)
    parts = [around["default"] + extra["default"]] if "default" in extra else []
    parts += [extra["range"]] if "range" in extra else []
    parts += [around["required"]] if "required" in extra else []
    return f"［{'；'.join(parts)}］" if parts else ""


class Command(_Speaking):
    """A command."""


class Group(_Speaking, click.Group):
    """A group of commands."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with its line."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.line(ctx, name)) for name in self.list_commands(ctx)])

    def line(self, ctx: click.Context, name: str) -> str:
        """What a command is for, in the list of commands."""
        tables, above = words(language.spoken()), key(ctx)
        path = name if ctx.parent is None else f"{above} {name}"
        command = None if path in tables else self.get_command(ctx, name)
        return tables[path]["line"] if command is None else command.get_short_help_str(100)


def _table(ctx: click.Context) -> Mapping[str, str]:
    return words(language.spoken()).get(key(ctx), {})


def contexts(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[click.Context]:
    """A command's context, a hundred columns wide, and those of all commands below it, in their order."""
    context = command.context_class(command, parent, name, terminal_width=100, max_content_width=100)
    yield context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            subcommand = command.get_command(context, below)
            if subcommand is not None:
                yield from contexts(subcommand, below, context)
