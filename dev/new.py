"""Scaffold something new: `python -m dev.new lint|builtin|action|adapter NAME`.

Writes the files and lines it needs, with tests that fail until it is implemented, and lists them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from groundrules.errors import GroundrulesError

ROOT = Path(__file__).parents[1]
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


class NewError(GroundrulesError):
    """What was requested can't be scaffolded."""


@dataclass
class Tree:
    """A checkout; remembers which files were written."""

    root: Path
    written: list[str] = field(default_factory=list)

    def create(self, path: str, text: str) -> None:
        """Write a new file. Raises NewError if it exists."""
        file = self.root / path
        if file.exists():
            raise NewError(f"{path} is there already")
        file.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        self.written.append(path)

    def insert(self, path: str, lines: str, before: str) -> None:
        """Insert lines into a file before the first line that begins with `before`."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        place = re.search(rf"^{re.escape(before)}", text, re.M)
        if place is None:
            raise NewError(f"{path} has no line that begins with `{before}`")
        file.write_text(text[: place.start()] + lines + text[place.start() :], encoding="utf-8")
        self.written.append(path)

    def insert_sorted(self, path: str, line: str, like: str) -> None:
        """Insert a line among those that match `like`, in order."""
        file = self.root / path
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [index for index, one in enumerate(lines) if re.match(like, one)]
        place = next((index for index in places if lines[index] > line), places[-1] + 1)
        lines.insert(place, line)
        file.write_text("".join(lines), encoding="utf-8")
        self.written.append(path)

    def insert_behind(self, path: str, line: str, like: str) -> None:
        """Insert a line after the last one that matches `like`."""
        file = self.root / path
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        lines.insert(max(index for index, one in enumerate(lines) if re.match(like, one)) + 1, line)
        file.write_text("".join(lines), encoding="utf-8")
        self.written.append(path)

    def append(self, path: str, text: str) -> None:
        """Append to a file, separated from the rest as usual for its kind of file."""
        file = self.root / path
        gap = "\n\n\n" if path.endswith(".py") else "\n\n"
        file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + gap + dedent(text).lstrip("\n"), "utf-8")
        self.written.append(path)


def lint(tree: Tree, name: str) -> Iterator[str]:
    """A module, its code, its place among the rules and its page of cases."""
    codes = "src/groundrules/diagnostics/codes/lints.py"
    taken = re.findall(r'_lint\("GR(6\d\d)"', (tree.root / codes).read_text(encoding="utf-8"))
    code, constant, dashed = f"GR{int(max(taken)) + 1}", name.upper(), name.replace("_", "-")
    tree.create(
        f"src/groundrules/lint/rules/{name}.py",
        f'''
        """What it does: finds …

        Why: …

        Example:

        ```yaml
        rules:
          - {{id: a, on: message, then: [delete]}}
        ```
        """

        from __future__ import annotations

        from collections.abc import Iterator

        from groundrules.diagnostics.codes.lints import {constant}
        from groundrules.diagnostics.model import Diagnostic
        from groundrules.lint.linted import Linted


        def {name}(linted: Linted) -> Iterator[Diagnostic]:
            """Yield a finding for each rule that …"""
            for rule in linted.own_rules:
                if rule.source.mode == "…":
                    yield {constant}.at(rule.source.id.span, f"`{{rule.source.id.value}}` …", "write `…`")
        ''',
    )
    tree.insert_behind(codes, f'{constant} = _lint("{code}", "{dashed}", "a …")\n', r"\w+ = _lint\(")
    rules = "src/groundrules/lint/rules/__init__.py"
    tree.insert_sorted(rules, f"from groundrules.lint.rules.{name} import {name}\n", r"from groundrules\.lint\.rules\.")
    tree.insert(rules, f"    {name},\n", ")")
    tree.create(
        f"tests/diagnostics/{dashed}.md",
        f"""
        # {code} {dashed}

        ```yaml
        rules:
          - {{id: a, on: message, then: [delete]}}  # warning: [{code}] `a` …
          - {{id: b, on: message, when: length(links) > 3, then: [delete]}}
        ```
        """,
    )
    words = "src/groundrules/diagnostics/words"
    tree.insert(f"{words}/zh.toml", '"`{}` …" = "`{}` …"\n', '"unknown action')
    tree.insert(f"{words}/zh.toml", f'{code} = "…"\n', "GR698 = ")
    tree.insert(
        f"{words}/pages/zh/lints.md", f"## {code}\n检查什么：…\n\n原因：…\n\n例：\n\n```yaml\n```\n\n", "## GR698"
    )
    yield f"tests/diagnostics/test_pages.py -k {dashed}"


def builtin(tree: Tree, name: str) -> Iterator[str]:
    """A signature, a body and a conformance case."""
    signature = f"""\
    Signature(
        "{name}",
        (_TEXT,),
        _COUNT,
        "How many … a text has.",
        "{name}(text) > 2",
    ),
"""
    tree.insert("src/groundrules/types/builtins.py", signature, ")\n\nSIGNATURES")
    functions = "src/groundrules/functions/__init__.py"
    tree.append(
        "src/groundrules/functions/texts.py",
        f"""

        def {name}(text: str) -> int:
            raise NotImplementedError
        """,
    )
    tree.insert_sorted(functions, f'    "{name}": texts.{name},\n', r'    "\w+": \w+\.\w+,')
    tree.append(
        "tests/conformance/functions.yaml",
        f"""
        - name: {name} counts …
          rulebook:
            rules: [{{id: a, on: message, when: {name}(text) == 3, then: [pin]}}]
          events:
            - {{text: three of them, want: [pin]}}
            - {{text: "", want: []}}
        """,
    )
    yield f"tests/conformance/test_conformance.py -k {name}"


def action(tree: Tree, name: str) -> Iterator[str]:
    """A schema, and a conformance case for how it merges."""
    tree.create(
        f"schemas/actions/{name}.json",
        f"""
        {{
          "$schema": "../action.schema.json",
          "title": {{"zh": "", "en": "{name.replace("_", " ")}"}},
          "sentence": {{"zh": "", "en": "{name.replace("_", " ")}[ {{who}}] for {{duration}}"}},
          "description": "",
          "type": "object",
          "target": {{"kind": "member", "default": "actor"}},
          "shorthand": "duration",
          "merge": {{"duration": "max"}},
          "properties": {{
            "duration": {{
              "type": "integer",
              "format": "duration",
              "minimum": 1000,
              "title": {{"zh": "时长"}},
              "description": "For how long."
            }}
          }},
          "required": ["duration"]
        }}
        """,
    )
    tree.append(
        "tests/conformance/actions.yaml",
        f"""
        - name: of two {name} on one member the longer is done
          rulebook:
            rules:
              - {{id: a, on: message, then: [{name}: 1h]}}
              - {{id: b, on: message, then: [{name}: 2h]}}
          events:
            - {{text: x, want: [{{{name}: 2h}}]}}
        """,
    )
    yield f"tests/unit/types/test_shipped.py tests/unit/narrate/test_deeds.py -k {name}"
    yield f"tests/conformance/test_conformance.py -k {name}"


def adapter(tree: Tree, name: str) -> Iterator[str]:
    """A module, its entry point and a test that checks it against its table."""
    tree.create(
        f"src/groundrules/adapters/{name}.py",
        f'''
        """{name}: its events as events of std/chat, and actions as its API calls.

        The format: …
        """

        from __future__ import annotations

        from collections.abc import Mapping
        from typing import Any

        from groundrules.adapters.common import Json
        from groundrules.decisions import Action

        SUPPLIES: dict[str, frozenset[str]] = {{
            "message": frozenset({{"actor", "text"}}),
        }}

        CAN: dict[str, frozenset[str]] = {{"delete": frozenset()}}


        def events(raw: Mapping[str, Any]) -> list[Json]:
            """Return the events that a raw one stands for; none for what concerns no community."""
            raise NotImplementedError


        def calls(action: Action, community: str, lang: str = "en") -> list[tuple[str, Json]]:
            """Return the API calls (name, parameters) that carry out an action; none for what {name} can't do."""
            raise NotImplementedError
        ''',
    )
    tree.insert_sorted("pyproject.toml", f'{name} = "groundrules.adapters.{name}"\n', r'\w+ = "groundrules\.adapters\.')
    tree.create(
        f"tests/unit/adapters/test_{name}.py",
        f'''
        """{name}: every event that the adapter makes is valid, says what its table says, and actions become calls."""

        from __future__ import annotations

        from groundrules.adapters import {name}

        from .valid import carried_out, said_in

        RAW = [{{"id": "1", "user": "li", "text": "hello"}}]


        def test_events_are_valid_and_say_what_the_table_says() -> None:
            assert said_in(event for raw in RAW for event in {name}.events(raw)) == {name}.SUPPLIES


        def test_actions_become_calls_as_the_table_says() -> None:
            assert carried_out(lambda action: {name}.calls(action, "c")) == {name}.CAN.keys()
        ''',
    )
    yield f"tests/unit/adapters/test_{name}.py"


KINDS: dict[str, Callable[[Tree, str], Iterator[str]]] = {
    "lint": lint,
    "builtin": builtin,
    "action": action,
    "adapter": adapter,
}
_TAKEN = {
    "lint": "src/groundrules/lint/rules/{}.py",
    "action": "schemas/actions/{}.json",
    "adapter": "src/groundrules/adapters/{}.py",
}


def begin(kind: str, name: str, root: Path = ROOT) -> tuple[list[str], list[str]]:
    """Write what a new `kind` needs; return the files written and the arguments for pytest. Raises NewError."""
    if kind not in KINDS:
        raise NewError(f"`{kind}` is none of {', '.join(KINDS)}")
    if not _NAME.fullmatch(name):
        raise NewError(f"`{name}` is not a name: lower-case words joined by `_`")
    if kind == "builtin" and f'"{name}",' in (root / "src/groundrules/types/builtins.py").read_text(encoding="utf-8"):
        raise NewError(f"there is a builtin `{name}` already")
    taken = root / _TAKEN.get(kind, "").format(name)
    if kind in _TAKEN and (taken.exists() or taken.with_suffix("").exists()):
        raise NewError(f"there is {kind} `{name}` already")
    tree = Tree(root)
    failing = list(KINDS[kind](tree, name))
    return list(dict.fromkeys(tree.written)), failing


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(f"usage: python -m dev.new {'|'.join(KINDS)} NAME")
    try:
        written, failing = begin(sys.argv[1], sys.argv[2])
    except NewError as error:
        sys.exit(f"error: {error}")
    print("written:", *written, sep="\n  ")
    print("these fail until there is something behind them:", *(f"pytest {one}" for one in failing), sep="\n  ")
    if sys.argv[1] in ("builtin", "action"):
        print("then: python -m dev.reference > docs/reference.md")


if __name__ == "__main__":
    main()
