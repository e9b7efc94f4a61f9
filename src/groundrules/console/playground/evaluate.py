"""What is found in a bundle: diagnostics with their places, the handbook, how its tests go, and what a chat comes to.

This runs in the workshop's processes, confined to a folder that holds nothing but the bundle.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from groundrules.console.playground.bundle import TESTS, Bundle, BundleError
from groundrules.console.texts import Text, pieces
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.translation import mended, translated
from groundrules.engine.plan_file import Compiled
from groundrules.lower import lower
from groundrules.narrate.speech import Speech
from groundrules.plan import codec
from groundrules.tools.handbook import handbook
from groundrules.tools.handbook.html import body
from groundrules.tools.linting import lint_path
from groundrules.tools.testing.human import lines as suite_lines
from groundrules.tools.testing.read import TestsError, find_tests, read_tests
from groundrules.tools.testing.runner import run_suite
from groundrules.tools.trying.answers import Quit
from groundrules.tools.trying.human import Voice
from groundrules.tools.trying.session import Session


class Finding(msgspec.Struct, frozen=True):
    """A diagnostic. start, end: code points of the file; line and column begin at 1."""

    file: str
    line: int
    column: int
    start: int
    end: int
    severity: str
    code: str
    message: str
    help: str = ""


class Spoken(msgspec.Struct, frozen=True):
    """A line of a chat, and what it was answered."""

    line: str
    answer: Text


class Evaluation(msgspec.Struct, frozen=True):
    """Everything that is found. `changed` are files that the chat has written: its tests."""

    findings: list[Finding] = []
    handbook: str = ""
    tests: Text | None = None
    passed: bool | None = None
    chat: list[Spoken] = []
    changed: dict[str, str] = {}
    problem: str = ""


def evaluate(data: bytes, lang: str, tests: bool) -> bytes:
    """Return what is found in a bundle as JSON, an Evaluation; its tests are run if they are asked for."""
    bundle = msgspec.json.decode(data, type=Bundle)
    with tempfile.TemporaryDirectory(prefix="groundrules-") as folder:
        return msgspec.json.encode(_evaluation(bundle, Path(folder).resolve(), lang, tests))


def _evaluation(bundle: Bundle, folder: Path, lang: str, tests: bool) -> Evaluation:
    try:
        bundle.write(folder)
    except BundleError as error:
        return Evaluation(problem=str(error.values.get("name", "")))
    result = lint_path(folder)
    findings = _findings(result.diagnostics, folder, lang)
    if result.checked is None or result.has_errors:
        return Evaluation(findings)
    plan = lower(result.checked)
    ready = Compiled(plan, codec.digest(plan))
    shown, passed, wrong = _tested(folder, ready, lang) if tests else (None, None, [])
    chat, changed = _talked(bundle, folder, ready, lang)
    return Evaluation(
        findings + [finding for finding in wrong if finding not in findings],
        body(handbook(result.checked, lang)),
        shown,
        passed,
        chat,
        changed,
    )


def _findings(diagnostics: Iterable[Diagnostic], folder: Path, lang: str) -> list[Finding]:
    return [_finding(diagnostic, folder, lang) for diagnostic in diagnostics]


def _finding(diagnostic: Diagnostic, folder: Path, lang: str) -> Finding:
    hidden = f"{folder.as_posix()}/"
    return Finding(
        file=_named(diagnostic.span.file.path, folder),
        line=diagnostic.span.line,
        column=diagnostic.span.column,
        start=diagnostic.span.start,
        end=max(diagnostic.span.end, diagnostic.span.start + 1),
        severity=str(diagnostic.severity),
        code=diagnostic.code,
        message=translated(diagnostic.message, lang).replace(hidden, ""),
        help=mended(diagnostic.help, lang).replace(hidden, "") if diagnostic.help else "",
    )


def _named(path: str, folder: Path) -> str:
    """Return the name of a file in the bundle; one that ships with groundrules stands by its last part."""
    place = Path(path).resolve()
    return place.relative_to(folder).as_posix() if place.is_relative_to(folder) else place.name


def _tested(folder: Path, ready: Compiled, lang: str) -> tuple[Text | None, bool | None, list[Finding]]:
    files = [file for tests_of in find_tests(folder).values() for file in tests_of]
    if not files:
        return None, None, []
    try:
        cases = [case for file in files for case in read_tests(file, ready.plan)]
    except TestsError as error:
        return [], False, _findings(error.diagnostics, folder, lang)
    suite = run_suite(folder, ready, cases)
    shown = pieces(suite_lines([suite], Speech("tests", lang)))
    return _without(folder, shown), all(result.passed for result in suite.results), []


def _talked(bundle: Bundle, folder: Path, ready: Compiled, lang: str) -> tuple[list[Spoken], dict[str, str]]:
    if not bundle.chat:
        return [], {}
    tests, voice = folder / TESTS, Voice(ready.plan, lang)
    session = Session(ready, tests, lang, folder)
    spoken = []
    for line in bundle.chat:
        answers = [answer for answer in session.enter(line) if not isinstance(answer, Quit)]
        shown = pieces(line for answer in answers for line in voice.lines(answer))
        spoken.append(Spoken(line, _without(folder, shown)))
    after = tests.read_text("utf-8") if tests.exists() else ""
    return spoken, {TESTS: after} if after != bundle.files.get(TESTS, "") else {}


def _without(folder: Path, text: Text) -> Text:
    """Return lines that do not say where the bundle was written to."""
    return [[(piece.replace(f"{folder.as_posix()}/", ""), style) for piece, style in line] for line in text]
