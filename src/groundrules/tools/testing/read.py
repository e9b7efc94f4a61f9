"""Reading tests files: YAML with positions into cases.

A step's keys are `at`, one event type known to the rulebook (or `tick`), `by`, `in`, fields of that event, how often it
happens, and the expectations. If two keys name types (`reaction.added` and `message`), the type is the one that has the
other as a field. A name that the rulebook doesn't have (a field, a ledger, a rule) is reported: misspelled, it would
test nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from groundrules import confined
from groundrules.diagnostics.codes.tests import BAD_TESTS, UNKNOWN_TEST_KEY
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.nearest import did_you_mean, nearest
from groundrules.errors import GroundrulesError
from groundrules.frontend import Settings
from groundrules.plan import ir
from groundrules.rulebook.files import MAX_YAML, read_file, shown_path
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence, read_yaml
from groundrules.tools.testing.cases import Case, Expectation, Step
from groundrules.tools.testing.timeline import NEXT, TimeError, VirtualClock, is_length
from groundrules.tools.testing.vocabulary import Vocabulary, wrong_fact

Read = TypeVar("Read")

CASE_KEYS = ("name", "with", "members", "channels", "start", "channel", "roster", "timeline")
EXPECTATIONS = {"expect": "actions"} | {
    name: name for name in ("ledgers", "labels", "states", "pending", "fired", "unknown", "rejected")
}
STEP_KEYS = ("at", "by", "in", "repeat", "every", *EXPECTATIONS)
MOST_REPEATS = 10_000


class TestsError(GroundrulesError, ValueError):
    """A tests file with mistakes in it; `diagnostics` say where."""

    __test__ = False

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(f"{len(self.diagnostics)} mistake(s) in the tests")


def find_tests(path: Path) -> dict[Path, list[Path]]:
    """Return rulebook → its tests files, for a rulebook's folder, a folder of rulebooks or one tests file.

    A tests file belongs to the rulebook in whose folder it stands, or whose name it extends
    (`flood.tests.yaml` beside `flood.yaml`); a rulebook's file stands for the tests that extend its name.
    """
    if path.is_file() and not _holds_tests(path):
        own = [file for file in _files(path.parent) if _holds_tests(file) and _rulebook_of(file) == path]
        return {path: own} if own else {}
    by_rulebook: dict[Path, list[Path]] = {}
    for file in [path] if path.is_file() else _files(path):
        if _holds_tests(file):
            by_rulebook.setdefault(_rulebook_of(file), []).append(file)
    return by_rulebook


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.y*ml") if file.is_file())


def _holds_tests(file: Path) -> bool:
    try:
        return any(line.startswith(b"tests:") for line in confined.read(file, MAX_YAML).splitlines())
    except OSError:  # told by whoever reads it as a part of a rulebook
        return False


def _rulebook_of(file: Path) -> Path:
    stem = file.name.removesuffix(file.suffix)
    for ending in (".tests", ".test", "_tests", "-tests"):
        sibling = file.with_name(stem.removesuffix(ending) + file.suffix)
        if stem.endswith(ending) and sibling.exists():
            return sibling
    return file.parent if file.parent.name != "tests" else file.parent.parent


def _folder_of(tests: Path) -> Path:
    rulebook = _rulebook_of(tests)
    return rulebook if rulebook.is_dir() else rulebook.parent


def read_tests(path: Path, plan: ir.Plan) -> list[Case]:
    """Read the cases of a tests file of the rulebook that `plan` was made of. Raises TestsError."""
    report = Report()
    source = read_file(path, shown_path(path), report)
    root = read_yaml(source, report) if source else None
    cases = _Reader(report, plan, path).cases(root) if root is not None else []
    if report.has_errors:
        raise TestsError(report.sorted)
    return cases


class _UnreadableError(GroundrulesError):
    """The mistake is in the report; the item is left out."""


class _Reader:
    def __init__(self, report: Report, plan: ir.Plan, path: Path) -> None:
        self._report = report
        self._zone = plan.timezone
        self._rulebook = Vocabulary(plan, _folder_of(path))
        self._fields = {type: schema.get("properties", {}) for type, schema in plan.events.items()}
        self._known_names: dict[str, Collection[str]] = {
            "ledgers": {ledger.id for ledger in plan.ledgers},
            "states": {state.id for state in plan.states},
            "fired": {rule.id for rule in plan.rules},
            "unknown": {rule.id for rule in plan.rules},
        }

    def cases(self, root: YNode) -> list[Case]:
        items = root.get("tests") if isinstance(root, YMapping) else None
        if not isinstance(root, YMapping) or not isinstance(items, YSequence):
            self._wrong(root, "`tests` must be a list of tests")
            return []
        self._vocabulary(root, ("tests",))
        return self._each(items, self._case)

    def _each(self, node: YSequence, read: Callable[[YNode], Read]) -> list[Read]:
        """Read all items; what can't be read is reported and left out."""
        items = []
        for item in node.items:
            with suppress(_UnreadableError):
                items.append(read(item))
        return items

    def _case(self, node: YNode) -> Case:
        if not isinstance(node, YMapping):
            raise self._wrong(node, "a test is a mapping with `name` and `timeline`")
        self._vocabulary(node, CASE_KEYS)
        timeline = node.get("timeline")
        if not isinstance(timeline, YSequence):
            raise self._wrong(node, "a test needs a `timeline`, a list of steps")
        steps = tuple(self._each(timeline, self._step))
        self._times(node, timeline)
        plain = {key.text: value.plain() for key, value in node.items if key.text != "timeline"}
        return Case(
            name=str(plain.get("name", "unnamed")),
            steps=steps,
            span=node.span,
            members=self._facts(plain, node, "members"),
            channels=self._facts(plain, node, "channels"),
            start=str(plain.get("start", Case.start)),
            channel=str(plain.get("channel", Case.channel)),
            roster=plain.get("roster") is True,
            settings=self._settings(node),
        )

    def _settings(self, node: YMapping) -> Settings:
        section = node.get("with")
        if section is None:
            return {}
        if not isinstance(section, YMapping):
            raise self._wrong(section, "`with` maps parameters to values")
        return {name.text: (name.span, value) for name, value in section.items}

    def _facts(self, plain: dict[str, Any], node: YMapping, key: str) -> dict[str, dict[str, Any]]:
        value = plain.get(key) or {}
        if not isinstance(value, dict) or not all(isinstance(facts, dict | None) for facts in value.values()):
            self._wrong(node.get(key) or node, f"`{key}` maps each id to its facts")
            return {}
        described = node.get(key)
        for _, facts in described.items if isinstance(described, YMapping) else ():
            self._known_facts(facts, key)
        return {str(name): facts or {} for name, facts in value.items()}

    # --- steps ----------------------------------------------------------------------------------

    def _step(self, node: YNode) -> Step:
        if not isinstance(node, YMapping):
            raise self._wrong(node, "a step is a mapping of what happens, and when")
        plain = node.plain()
        named = self._types_in(plain)
        if len(named) != 1:
            raise self._no_type(node, named)
        name = named[0]
        fields = {key: value for key, value in plain.items() if key == "by" or key == "in" or key not in STEP_KEYS}
        del fields[name]
        self._vocabulary(node, (name, *STEP_KEYS, *self._fields.get(name, ())))
        for key, described in (("by", "members"), ("in", "channels")):
            self._known_facts(node.get(key), described)
        repeat, every = plain.get("repeat", 1), self._every(node)
        if type(repeat) is not int or not 1 <= repeat <= MOST_REPEATS:
            raise self._wrong(node.get("repeat") or node, f"`repeat` is a whole number from 1 to {MOST_REPEATS:,}")
        expected = self._expectation(node, plain)
        type_ = None if name == "tick" else name
        return Step(str(plain.get("at", NEXT)), type_, plain[name], fields, expected, node.span, repeat, every)

    def _types_in(self, plain: dict[str, Any]) -> list[str]:
        """Return the keys that name types, without those that are fields of another type."""
        named = [key for key in plain if key in self._fields or key == "tick"]
        others = {key for key in named for other in named if key != other and self._fills(other, key, plain[key])}
        return [key for key in named if key not in others]

    def _fills(self, type: str, field: str, value: Any) -> bool:
        """Whether a value may be that of a type's field: a text is the id of a thing, and not enough for some."""
        schema = self._fields.get(type, {}).get(field)
        return schema is not None and not (isinstance(value, str) and {*schema.get("required", ())} - {"id", "url"})

    def _no_type(self, node: YMapping, named: list[str]) -> _UnreadableError:
        if named:
            return self._wrong(node, f"a step is one event, but both `{named[0]}` and `{named[1]}` are event types")
        for key, _ in node.items:
            suggestion = nearest(key.text, self._fields)
            if suggestion and key.text not in STEP_KEYS:
                return self._unknown(key, f"did you mean `{suggestion}`?")
        return self._wrong(node, "a step needs an event type that the rulebook knows, or `tick: true`")

    def _expectation(self, node: YMapping, plain: dict[str, Any]) -> Expectation:
        values = {}
        for key, name in EXPECTATIONS.items():
            if key not in plain:
                continue
            kind = {"ledgers": dict, "labels": dict, "rejected": str}.get(key, list)
            if key in _LISTED and isinstance(plain[key], dict):
                if self._picked(node.get(key), key):
                    values[name] = plain[key]
            elif not isinstance(plain[key], kind):
                self._wrong(node.get(key) or node, f"`{key}` must be a {_KINDS[kind]}")
            else:
                self._known_ones(node.get(key), key)
                values[name] = plain[key]
        return Expectation(**values)

    def _picked(self, node: YNode | None, key: str) -> bool:
        """Check `{has: […], none: […]}`, which picks some of what there is."""
        parts = node.items if isinstance(node, YMapping) else []
        for name, part in parts:
            if name.text not in ("has", "none"):
                self._unknown(name, did_you_mean(name.text, ("has", "none")) or f"`{key}` takes `has` and `none`")
            elif not isinstance(part, YSequence):
                self._wrong(part, f"`{name.text}` must be a list")
            else:
                self._known_ones(part, key)
        return all(name.text in ("has", "none") and isinstance(part, YSequence) for name, part in parts)

    # --- times ----------------------------------------------------------------------------------

    def _times(self, node: YMapping, timeline: YSequence) -> None:
        """Report what can't be read as a time, or runs back, where it stands."""
        start = node.get("start")
        at: YNode = start or node
        try:
            clock = VirtualClock(self._zone, str(start.plain()) if start else Case.start)
            for step in timeline.items:
                moment = step.get("at") if isinstance(step, YMapping) else None
                at = moment or step
                clock.move(str(moment.plain()) if moment else NEXT)
        except TimeError as error:
            self._wrong(at, str(error))

    def _every(self, node: YMapping) -> str:
        every = node.get("every")
        text = str(every.plain()) if every else Step.every
        if every and not is_length(text):
            self._wrong(every, f"`{text}` is not a duration; write `30s`, `10m` or `1h30m`")
        return text

    # --- names ----------------------------------------------------------------------------------

    def _known_ones(self, node: YNode | None, key: str) -> None:
        """Report what an expectation names and the rulebook does not have."""
        if key in ("expect", "pending"):
            self._known_actions(node)
        if key not in self._known_names:
            return
        named = [name for name, _ in node.items] if isinstance(node, YMapping) else []
        named += [item for item in node.items if isinstance(item, YScalar)] if isinstance(node, YSequence) else []
        for name in named:
            if name.text.partition("(")[0] not in self._known_names[key]:
                self._unknown(name, did_you_mean(name.text, self._known_names[key]))

    def _known_actions(self, node: YNode | None) -> None:
        for item in node.items if isinstance(node, YSequence) else ():
            named = [name for name, _ in item.items] if isinstance(item, YMapping) else [item]
            if not named or not isinstance(named[0], YScalar):
                self._wrong(item, "an expected action is a name, `delete`, or a name with its value, `mute: 10m`")
            elif not any(isinstance(name, YScalar) and name.text in self._rulebook.actions for name in named):
                help_ = did_you_mean(named[0].text, self._rulebook.actions)
                self._report.add(UNKNOWN_TEST_KEY.at(named[0].span, f"no action is called `{named[0].text}`", help_))

    def _known_facts(self, node: YNode | None, key: str) -> None:
        """Report facts that no schema has, and values that such facts can't have."""
        known = self._rulebook.facts(key)
        for name, value in node.items if known and isinstance(node, YMapping) else ():
            if name.text not in known:
                help_ = did_you_mean(name.text, known) or f"known are {', '.join(f'`{fact}`' for fact in known)}"
                message = f"`{name.text}` is not a fact of a {key.removesuffix('s')}"
                self._report.add(UNKNOWN_TEST_KEY.at(name.span, message, help_))
            elif wrong := wrong_fact(value.plain(), known[name.text]):
                self._report.add(BAD_TESTS.at(value.span, f"`{name.text}` {wrong[0]}", wrong[1]))

    def _vocabulary(self, node: YMapping, keys: Collection[str]) -> None:
        for key, _ in node.items:
            if key.text not in keys:
                self._unknown(key, did_you_mean(key.text, keys))

    def _unknown(self, key: YScalar, help_: str | None) -> _UnreadableError:
        self._report.add(UNKNOWN_TEST_KEY.at(key.span, f"`{key.text}` means nothing here", help=help_))
        return _UnreadableError()

    def _wrong(self, node: YNode, message: str) -> _UnreadableError:
        self._report.add(BAD_TESTS.at(node.span, message))
        return _UnreadableError()


_LISTED = frozenset({"expect", "pending", "fired", "states"})
_KINDS = {dict: "mapping", str: "text", list: "list"}
