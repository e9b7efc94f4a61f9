"""Pages whose examples are run: what a reader would type is typed, and what the page shows must come out.

A page with the comment `<!-- tested -->` takes part. It is read from top to bottom in one new folder, in which
`examples` and `policies` are those of the repository:

- a fenced block that begins with `$ ` is a session. Each `$ command` goes to bash; the lines below it, up to the next
  one, are what it prints (standard error included). A command with nothing below it must succeed, and what it prints
  is not looked at. `…` stands for anything: within a line, or alone for any number of lines.
- `<!-- file: PATH -->` above a fenced block writes the block into that file, `<!-- append: PATH -->` behind its end.
- `<!-- edit: PATH -->` above a fenced `diff` block changes that file: lines with `-` become those with `+`.
- `<!-- replace in PATH: ONE => OTHER -->`, alone, changes a word of a file.
- a fenced `python` block is run; a fenced `text` block right behind it is what it prints.
- `<!-- not run -->` above a block leaves it alone, and so does any other language.

Commands answer in the language of the page: that of `x.zh.md` is Chinese.

With GROUNDRULES_UPDATE_PAGES=1 in the environment, pages are written anew with what came out.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARK = "<!-- tested -->"

_PART = re.compile(
    r"^<!-- (?P<order>file: (?P<file>\S+)|append: (?P<more>\S+)|edit: (?P<edit>\S+)|not run"
    r"|replace in (?P<place>\S+): (?P<one>.+?) => (?P<other>.+?)) -->$"
    r"|^(?P<fence>```+)(?P<language>\w*)[^\n]*\n(?P<body>.*?)^(?P=fence)$",
    re.M | re.S,
)


@dataclass
class Page:
    """One page and the folder that it is tried in; `text` is the page with what really came out."""

    path: Path
    folder: Path
    text: str = ""
    failures: list[str] = field(default_factory=list)

    @property
    def locale(self) -> str:
        """That of who reads the page, in whose language commands answer."""
        return "zh_CN.UTF-8" if ".zh" in self.path.name else "en_GB.UTF-8"

    def run(self) -> None:
        """Do everything the page says, in order."""
        for name in ("examples", "policies"):
            (self.folder / name).symlink_to(ROOT / name)
        page = self.path.read_text(encoding="utf-8")
        parts, end, order, printed = [], 0, None, None
        for found in _PART.finditer(page):
            parts.append(page[end : found.start()])
            end = found.end()
            if found["fence"] is None:
                order = self._ordered(found)
                parts.append(found[0])
                continue
            behind_python = printed is not None and not parts[-1].strip()
            body, printed = self._block(found, order, printed if behind_python else None)
            order = None
            parts.append(found[0].replace(found["body"], body) if body != found["body"] else found[0])
        self.text = "".join([*parts, page[end:]])

    def _ordered(self, found: re.Match[str]) -> re.Match[str] | None:
        if not found["place"]:
            return found
        self._change(found["place"], found["one"], found["other"])
        return None

    def _block(self, found: re.Match[str], order: re.Match[str] | None, printed: str | None) -> tuple[str, str | None]:
        """Return the body as it should be, and what a python block printed."""
        body: str = found["body"]
        if order is not None:
            self._write(order, body)
        elif printed is not None and found["language"] == "text":
            return self._compared("python", body, printed), None
        elif found["language"] == "python":
            return body, self._python(body)
        elif body.startswith("$ "):
            return "".join(self._session(body)), None
        return body, None

    def _write(self, order: re.Match[str], body: str) -> None:
        if order["file"] or order["more"]:
            file = self.folder / (order["file"] or order["more"])
            file.parent.mkdir(parents=True, exist_ok=True)
            before = file.read_text(encoding="utf-8") if order["more"] else ""
            file.write_text(before + body, encoding="utf-8")
        elif order["edit"]:
            lines = body.splitlines(keepends=True)
            before, after = ("".join(line[1:] for line in lines if line[0] != gone) for gone in "+-")
            self._change(order["edit"], before, after)

    def _change(self, place: str, one: str, other: str) -> None:
        file = self.folder / place
        text = file.read_text(encoding="utf-8")
        if text.count(one) != 1:
            self.failures.append(f"{place} has {text.count(one)} times: {one}")
        file.write_text(text.replace(one, other), encoding="utf-8")

    def _session(self, body: str) -> Iterator[str]:
        for command, shown in _commands(body):
            yield f"$ {command}\n"
            done = self._shell(command)
            if shown:
                yield self._compared(command, shown, done.stdout)
            elif done.returncode:
                self.failures.append(f"$ {command}\nexit code {done.returncode}\n{done.stdout}")

    def _shell(self, command: str) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "LANG": self.locale, "COLUMNS": "100", "NO_COLOR": "1"}
        for name in ("LC_ALL", "LC_MESSAGES"):
            environment.pop(name, None)
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _python(self, body: str) -> str:
        out = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out):
            exec(compile(body, str(self.path), "exec"), {"__name__": "page"})
        return out.getvalue()

    def _compared(self, what: str, shown: str, printed: str) -> str:
        """Return what a page should show, which is what it shows if that is right."""
        if matches(shown, printed):
            return shown
        self.failures.append(f"$ {what}\nthe page shows\n{shown}\nand it prints\n{printed}")
        return printed if printed.endswith("\n") else printed + "\n"


def _commands(body: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a session with the output shown; a command may go on behind a backslash."""
    for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
        lines = part.splitlines(keepends=True)
        length = next((number for number, line in enumerate(lines, 1) if not line.endswith("\\\n")), len(lines))
        yield "".join(lines[:length]).rstrip("\n"), "".join(lines[length:])


def matches(shown: str, printed: str) -> bool:
    """Tell whether an output is the one shown; blanks at the ends of lines and of the whole don't count."""
    lines = [line.rstrip() for line in shown.strip("\n").splitlines()]
    parts = []
    for number, line in enumerate(lines):
        if line.strip() == "…":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            end = r"\n" if number < len(lines) - 1 else ""
            parts.append(".*".join(map(re.escape, line.split("…"))) + end)
    text = "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())
    if lines and lines[-1].strip() == "…":
        text += "\n"
    return re.fullmatch("".join(parts), text) is not None


def chosen_pages() -> list[Path]:
    """Return the pages of the repository that take part."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return sorted(path for path in found if MARK in path.read_text(encoding="utf-8"))
