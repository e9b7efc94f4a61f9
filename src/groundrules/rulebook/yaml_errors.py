"""What YAML's parsers complain about, told in plain words.

libyaml and the pure parser word the same problem differently and point at slightly different places, so a problem is
told by the text around it where that says enough, and by the words that both parsers share otherwise.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from groundrules.diagnostics.codes import files as codes
from groundrules.diagnostics.model import Diagnostic, Fix
from groundrules.diagnostics.source import SourceFile, Span

EXPRESSION_KEYS = frozenset({"when", "unless", "where", "enter", "leave", "due", "after", "hours"})
UNCUT = "write it under `when: >`, where YAML cuts nothing"

NO_CHARACTER = "an escape that is not a Unicode character"
WHOLE_CHARACTER = "write the character itself, or as one: `\\U0001F600` where JSON has `\\ud83d\\ude00`"
_QUOTE = "put the text in quotes"
_PROBLEMS: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed", "a second colon in one line", f"{_QUOTE} if the colon belongs to it"),
    ("could not find expected ':'", "a key without a colon", "write `key: value`, and quote texts of several lines"),
    ("unknown escape", "an escape that YAML does not know", "write `\\\\` for a backslash, or use single quotes"),
    ("invalid Unicode character escape", NO_CHARACTER, WHOLE_CHARACTER),
    (
        "expected escape sequence",
        "an incomplete escape",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    ("did not find expected hexdecimal", "an incomplete escape", "write `\\\\` for a backslash"),
    ("end of stream", "quotes that are opened but not closed", "close them where the text ends"),
    ("document separator", "quotes that are opened but not closed", "close them where the text ends"),
    ("block sequence entries", "a list item where a list can't begin", "begin the list on its own line"),
    ("expected ',' or ']'", "`[` without its `]`, or a comma is missing", "close the list, and quote texts in it"),
    ("expected ',' or '}'", "`{` without its `}`, or a comma is missing", "close the braces, and quote texts in them"),
    ("expected chomping or indentation", "text behind `>` or `|`", "begin the text on the next line"),
    ("expected a comment or a line break", "text behind `>` or `|`", "begin the text on the next line"),
    ("block mapping", "this line does not fit under the lines above", "begin it in the same column as its neighbours"),
    (
        "block collection",
        "this line does not fit under the lines above",
        "begin it in the same column as its neighbours",
    ),
    ("incompatible", "an unsupported YAML version", "remove the line `%YAML`"),
)
_RESERVED = re.compile(r"[@`%&*!|>\]}]")
_WIDE_COMMAS = ("，", "、")
_WIDE_COLON = re.compile(r"[ \t]*(?:- )?[\w.-]+(：)")
_ITEM = re.compile(r"[ \t]*(?:- +)+")
_OPENS = re.compile(r"(?::|: *[>|][+-]?)[ \t]*(?:#.*)?$")
_HOLE_FIRST = re.compile(r":[ \t]+(\{[A-Za-z_][\w.]*(?: *\?\? *[\w.]+)?\}[^\n#]*[^\s#])")
_KEY = re.compile(r"\b([a-z_]+):(?=\s)")


def explain(error: yaml.YAMLError, file: SourceFile) -> Diagnostic:
    """Return the diagnostic of an error that a parser of PyYAML raised on `file`."""
    index = _index(error, file)
    problem = f"{getattr(error, 'context', None) or ''} {getattr(error, 'problem', None) or error}"
    return (
        wide_colon(file, index)
        or _wide_comma(file, index, problem)
        or _tab(file, index)
        or _cut(file, index, problem)
        or _braces(file, index)
        or _undashed(file, index, problem)
        or _plain(file, index, problem)
    )


def _index(error: yaml.YAMLError, file: SourceFile) -> int:
    """Return where the problem is: where something was opened, if it was noticed only in a later line."""
    mark, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None or (opened is not None and _is_unclosed(file.text, opened, mark)):
        mark = opened
    index = mark.index if mark else getattr(error, "position", 0)
    return min(max(index, 0), len(file.text))


def _is_unclosed(text: str, opened: Any, noticed: Any) -> bool:
    if opened.index >= len(text) or text[opened.index] not in "\"'[{":
        return False
    return bool(opened.line < noticed.line) or noticed.index >= len(text)


def _lines(file: SourceFile, index: int) -> tuple[int, str, str]:
    """Return where the line of `index` begins, the line, and what stands in it before `index`."""
    start = file.text.rfind("\n", 0, index) + 1
    end = file.text.find("\n", index)
    return start, file.text[start : end if end >= 0 else None], file.text[start:index]


def _at(file: SourceFile, index: int) -> Span:
    text = file.text
    stop = index + 1 if index < len(text) and text[index] not in "\r\n" else index
    return file.span(index, stop)


def wide_colon(file: SourceFile, index: int) -> Diagnostic | None:
    """A key written with a full-width colon, in this line or the one before."""
    start, line, _ = _lines(file, index)
    before, previous, _ = _lines(file, max(start - 1, 0))
    for begin, text in ((start, line), (before, previous)):
        match = _WIDE_COLON.match(text)
        if match:
            span = file.span(begin + match.start(1), begin + match.end(1))
            colon = ":" if text[match.end(1) : match.end(1) + 1].isspace() else ": "
            fix = Fix(span, colon, "write an ASCII colon and a space", safe=True)
            return codes.FULL_WIDTH_YAML.at(span, "a full-width colon does not end a key", "write `: `", fixes=(fix,))
    return None


def _wide_comma(file: SourceFile, index: int, problem: str) -> Diagnostic | None:
    """A full-width comma between the items of a list or mapping in one line."""
    start, _, before = _lines(file, index)
    if file.text[index : index + 1] not in _WIDE_COMMAS:
        places = [at for at, char in enumerate(before) if char in _WIDE_COMMAS and not _quoted(before[:at])]
        if not places or "expected ','" not in problem:
            return None
        index = start + places[-1]
    span = file.span(index, index + 1)
    fix = Fix(span, "," if file.text[index + 1 : index + 2].isspace() else ", ", "write an ASCII comma", safe=True)
    return codes.FULL_WIDTH_YAML.at(span, "a full-width comma does not separate items", "write `, `", fixes=(fix,))


def _quoted(before: str) -> bool:
    return before.count('"') % 2 == 1 or before.count("'") % 2 == 1


def _undashed(file: SourceFile, index: int, problem: str) -> Diagnostic | None:
    """A colon in a line that YAML takes for the rest of the text in the line above."""
    start, line, _ = _lines(file, index)
    _, above, _ = _lines(file, max(start - 1, 0))
    depth = len(line) - len(line.lstrip(" "))
    goes_on = above[:depth].isspace() and above[depth : depth + 1].isalpha() and ":" not in above
    if "mapping values" not in problem or not goes_on:
        return None
    message = "this line goes on with the text of the line above, so it can't have a colon"
    help = "begin the items of a list with `- `, on every line"
    return codes.YAML_SYNTAX.at(_at(file, index), message, help)


def _tab(file: SourceFile, index: int) -> Diagnostic | None:
    start, line, _ = _lines(file, index)
    indentation = line[: len(line) - len(line.lstrip(" \t"))]
    if file.text[index : index + 1] == "\t" and index - start > len(indentation):
        blank = Fix(file.span(index, index + 1), " ", "write a space", safe=True)
        return codes.TAB.at(_at(file, index), "a tab where YAML requires a space", "write a space", fixes=(blank,))
    if "\t" not in indentation:
        return None
    tab = start + indentation.index("\t")
    depth = _depth(file.text[:start].split("\n"), is_item=line.lstrip().startswith("- "))
    fix = Fix(file.span(start, start + len(indentation)), " " * depth, "indent with spaces")
    return codes.TAB.at(_at(file, tab), "a tab in the indentation", "indent with spaces", fixes=(fix,))


def _depth(above: list[str], *, is_item: bool) -> int:
    """How far a line is indented that goes on with those above: as the last one, or under it if it opens a block."""
    last = next((line for line in reversed(above) if line.strip() and not line.lstrip().startswith("#")), "")
    item = _ITEM.match(last)
    depth = len(last) - len(last.lstrip())
    if _OPENS.search(last):
        return (item.end() if item else depth) + 2
    return item.end() if item and not is_item else depth


def _cut(file: SourceFile, index: int, problem: str) -> Diagnostic | None:
    """An expression that YAML took for its own syntax."""
    _, _, before = _lines(file, index)
    keys = [key for key in _KEY.findall(before) if key in EXPRESSION_KEYS]
    if not keys:
        return None
    if (
        "mapping values" in problem
        or "expected ','" in problem
        or "<block end>" in problem
        or "expected key" in problem
    ):
        message = f"YAML reads the expression of `{keys[-1]}` only up to here"
        in_list = re.search(rf"\b{keys[-1]}:\s+\[[^\]]*$|\b{keys[-1]}:\s+\[(?:[^,\]]*\[)", before) is not None
        help = "put the cell in quotes" if in_list else UNCUT.replace("when", keys[-1])
        return codes.CUT_EXPRESSION.at(_at(file, index), message, help)
    return None


def _braces(file: SourceFile, index: int) -> Diagnostic | None:
    """A text that begins with a hole of a template and has no quotes."""
    start, line, _ = _lines(file, index)
    match = _HOLE_FIRST.search(line)
    if match is None or index - start < match.start(1):
        return None
    at = file.span(start + match.start(1), start + match.end(1))
    fixes: tuple[Fix, ...] = ()
    if "[" not in line[: match.start(1)] and "{" not in line[: match.start(1)] and '"' not in match[1]:
        fixes = (Fix(at, f'"{match[1]}"', "put it in quotes"),)
    message = "a text that begins with `{` needs quotes"
    return codes.YAML_SYNTAX.at(_at(file, index), message, _QUOTE, fixes=fixes)


def _plain(file: SourceFile, index: int, problem: str) -> Diagnostic:
    span = _at(file, index)
    if "cannot start any token" in problem or (_RESERVED.fullmatch(span.text) and "expected" not in problem):
        return codes.YAML_SYNTAX.at(span, f"a value can't begin with `{span.text}` in YAML", _QUOTE)
    for words, message, help in _PROBLEMS:
        if words in problem:
            return codes.YAML_SYNTAX.at(span, message, help)
    return codes.YAML_SYNTAX.at(span, "YAML can't be read from here on", "look for a missing quote, bracket or space")
