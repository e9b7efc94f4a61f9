"""Reading tests files: YAML with positions into cases.

A step's keys are `at`, exactly one event type known to the rulebook (or `tick`), `by`, `in` and fields of the event, and
the expectations. The type is the one key that has a dot in it or names an event type; since `label` may be a field and
`message` a type, the rulebook's types decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from groundrules.diagnostics.codes.tests import BAD_TESTS, UNKNOWN_TEST_KEY
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.rulebook.files import read_source
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence, read_yaml
from groundrules.tools.testing.cases import Case, Expectation, Step

CASE_KEYS = ("name", "members", "channels", "start", "channel", "roster", "timeline")
EXPECTATIONS = {"expect": "actions"} | {
    name: name for name in ("ledgers", "labels", "pending", "fired", "unknown", "rejected")
}


class TestsError(ValueError):
    """A tests file with mistakes in it; `diagnostics` say where."""

    __test__ = False

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(f"{len(self.diagnostics)} mistake(s) in the tests")


def find_tests(path: Path) -> dict[Path, list[Path]]:
    """Return rulebook → its tests files, for a rulebook's folder, a folder of rulebooks or one tests file.

    A tests file belongs to the rulebook in whose folder it stands, or whose name it extends
    (`flood.tests.yaml` beside `flood.yaml`).
    """
    files = [path] if path.is_file() else sorted(found for found in path.rglob("*.y*ml") if found.is_file())
    found: dict[Path, list[Path]] = {}
    for file in files:
        if _holds_tests(file):
            found.setdefault(_rulebook_of(file), []).append(file)
    return found


def _holds_tests(file: Path) -> bool:
    with file.open("rb") as handle:
        return any(line.startswith(b"tests:") for line in handle)


def _rulebook_of(file: Path) -> Path:
    stem = file.name.removesuffix(file.suffix)
    for ending in (".tests", ".test", "_tests", "-tests"):
        sibling = file.with_name(stem.removesuffix(ending) + file.suffix)
        if stem.endswith(ending) and sibling.exists():
            return sibling
    return file.parent if file.parent.name != "tests" else file.parent.parent


def read_tests(path: Path, types: Collection[str]) -> list[Case]:
    """Read the cases of a tests file; `types` are the event types that the rulebook knows. Raises TestsError."""
    report = Report()
    source = read_source(path, report)
    root = read_yaml(source, report) if source else None
    cases = _Reader(report, types).cases(root) if root is not None else []
    if report.has_errors:
        raise TestsError(report.sorted)
    return cases


class _Reader:
    def __init__(self, report: Report, types: Collection[str]) -> None:
        self._report = report
        self._types = types

    def cases(self, root: YNode) -> list[Case]:
        items = root.get("tests") if isinstance(root, YMapping) else None
        if not isinstance(items, YSequence):
            self._wrong(root, "`tests` must be a list of tests")
            return []
        return [case for item in items.items if (case := self._case(item))]

    def _case(self, node: YNode) -> Case | None:
        if not isinstance(node, YMapping):
            return self._wrong(node, "a test is a mapping with `name` and `timeline`")
        self._known(node, CASE_KEYS)
        timeline = node.get("timeline")
        if not isinstance(timeline, YSequence):
            return self._wrong(node, "a test needs a `timeline`, a list of steps")
        steps = tuple(step for item in timeline.items if (step := self._step(item)))
        plain = {key: value.plain() for name, value in node.items if (key := str(name.value)) != "timeline"}
        return Case(
            name=str(plain.get("name", "unnamed")),
            steps=steps,
            span=node.span,
            members=self._facts(plain, node, "members"),
            channels=self._facts(plain, node, "channels"),
            start=str(plain.get("start", Case.start)),
            channel=str(plain.get("channel", Case.channel)),
            roster=plain.get("roster") is True,
        )

    def _facts(self, plain: dict[str, Any], node: YMapping, key: str) -> dict[str, dict[str, Any]]:
        value = plain.get(key) or {}
        if not isinstance(value, dict) or not all(isinstance(facts, dict | None) for facts in value.values()):
            self._wrong(node.get(key) or node, f"`{key}` maps each id to its facts")
            return {}
        return {str(name): facts or {} for name, facts in value.items()}

    def _step(self, node: YNode) -> Step | None:
        if not isinstance(node, YMapping):
            return self._wrong(node, "a step is a mapping with `at` and what happens")
        plain = {str(key.value): value.plain() for key, value in node.items}
        if "at" not in plain:
            return self._wrong(node, "a step needs `at`, the time when it happens")
        named = [key for key in plain if key in self._types or key == "tick"]
        if len(named) != 1:
            return self._no_type(node, plain, named)
        name = named[0]
        rest = {key: value for key, value in plain.items() if key not in ("at", name, *EXPECTATIONS)}
        type_ = None if name == "tick" else name
        return Step(str(plain["at"]), type_, plain[name], rest, self._expectation(node, plain), node.span)

    def _no_type(self, node: YMapping, plain: dict[str, Any], named: list[str]) -> None:
        if named:
            return self._wrong(node, f"a step is one event, but both `{named[0]}` and `{named[1]}` are event types")
        for key, _ in node.items:
            near = get_close_matches(str(key.value), self._types, 1)
            if near and str(key.value) not in ("at", "by", "in", *EXPECTATIONS):
                return self._unknown(key, near[0])
        return self._wrong(node, "a step needs an event type that the rulebook knows, or `tick: true`")

    def _expectation(self, node: YMapping, plain: dict[str, Any]) -> Expectation:
        values = {}
        for key, name in EXPECTATIONS.items():
            if key not in plain:
                continue
            wanted = {"ledgers": dict, "labels": dict, "rejected": str}.get(key, list)
            if not isinstance(plain[key], wanted):
                self._wrong(node.get(key) or node, f"`{key}` must be a {_KINDS[wanted]}")
            else:
                values[name] = plain[key]
        return Expectation(**values)

    def _known(self, node: YMapping, keys: tuple[str, ...]) -> None:
        for key, _ in node.items:
            if str(key.value) not in keys:
                near = get_close_matches(str(key.value), keys, 1)
                self._unknown(key, near[0] if near else None)

    def _unknown(self, key: YScalar, near: str | None) -> None:
        help_ = f"did you mean `{near}`?" if near else None
        self._report.add(UNKNOWN_TEST_KEY.at(key.span, f"`{key.text}` means nothing here", help=help_))

    def _wrong(self, node: YNode, message: str) -> None:
        self._report.add(BAD_TESTS.at(node.span, message))


_KINDS = {dict: "mapping", str: "text", list: "list"}
