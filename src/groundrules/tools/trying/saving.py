"""A chat as a test, and a test as a chat.

A saved test expects exactly what came out of every step. It is laid out canonically, read back and run before it is
kept: a test that does not pass is not saved.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from groundrules import confined
from groundrules.decisions import Action, Decision
from groundrules.errors import GroundrulesError
from groundrules.plan import ir
from groundrules.rulebook.files import MAX_YAML
from groundrules.tools.fmt.format import FormatError, format_text
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.judge import as_expected
from groundrules.tools.testing.read import TestsError, find_tests, read_tests
from groundrules.tools.testing.runner import run_case
from groundrules.tools.testing.timeline import PARTITION
from groundrules.tools.trying.chat import Chat, Turn

HASHED = ("request",)  # parameters that only the engine could name


class SavingError(GroundrulesError):
    """A chat was not saved; the explanation is in the narrator's words."""

    def __init__(self, phrase: str, **values: Any) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.values = values


def tests_file(rulebook: Path) -> Path:
    """The file that a rulebook's tests are saved to: an existing one, else a new one beside it."""
    files_beside = [
        file for files in find_tests(rulebook).values() for file in files if file.parent == _folder(rulebook)
    ]
    if files_beside:
        return next((file for file in files_beside if file.stem == "tests"), files_beside[0])
    if rulebook.is_dir() or rulebook.stem == "rulebook":
        return _folder(rulebook) / "tests.yaml"
    return rulebook.with_name(f"{rulebook.stem}.tests.yaml")


def _folder(rulebook: Path) -> Path:
    return rulebook if rulebook.is_dir() else rulebook.parent


def cases(path: Path, plan: ir.Plan) -> list[Case]:
    """The tests of a file. Raises SavingError if it has mistakes."""
    try:
        return read_tests(path, plan)
    except TestsError as error:
        first = error.diagnostics[0]
        raise SavingError("tests_broken", path=str(path), error=f"{first.code} {first.message}") from None


def save(chat: Chat, name: str, path: Path, lang: str) -> None:
    """Append the chat to a tests file under a name. Raises SavingError; then the file is as it was."""
    before = confined.read(path, MAX_YAML).decode("utf-8") if path.exists() else None
    if before is not None and any(case.name == name for case in cases(path, chat.plan)):
        raise SavingError("name_taken", name=name, path=str(path))
    confined.replace(path, _appended(before, as_yaml(chat, name, lang), path).encode("utf-8"))
    try:
        _prove(chat, name, path)
    except SavingError:
        if before is None:
            path.unlink()
        else:
            confined.replace(path, before.encode("utf-8"))
        raise


def _appended(before: str | None, case: str, path: Path) -> str:
    """The file with one more test; laid out anew only if it was in canonical layout."""
    if before is None or not before.strip():
        return case
    together = before.rstrip("\n") + "\n\n" + case.partition("\n")[2]
    try:
        canonical = not format_text(before, str(path)).changed
        return format_text(together, str(path)).text if canonical else together
    except FormatError:
        return together


def _prove(chat: Chat, name: str, path: Path) -> None:
    saved = [case for case in cases(path, chat.plan) if case.name == name]
    if len(saved) != 1:
        raise SavingError("not_read_back", path=str(path))
    result = run_case(chat.plan, saved[0])
    if result.problem is not None:
        raise SavingError("not_passing", error=result.problem)
    for failure in result.failures:
        what = failure.mismatches[0]
        raise SavingError("not_passing", error=f"{what.heading}: {what.expected} / {what.actual}")


# --- YAML -----------------------------------------------------------------------------------------


def as_yaml(chat: Chat, name: str, lang: str) -> str:
    """A tests file with the chat as its only test, in canonical layout."""
    head: dict[str, Any] = {"name": name}
    if chat.case.settings:
        head["with"] = {name: value.plain() for name, (_, value) in chat.case.settings.items()}
    if chat.case.members:
        head["members"] = chat.case.members
    if chat.case.channels:
        head["channels"] = chat.case.channels
    head |= {"channel": chat.case.channel} if chat.case.channel != Case.channel else {}
    head |= {"start": chat.case.start} if chat.case.start != Case.start else {}
    head |= {"roster": True} if chat.case.roster else {}
    lines = [f"    {_flow(key)}: {_flow(value)}" for key, value in head.items()]
    steps = [f"      - {_flow(as_step(turn, chat, lang))}" for turn in chat.turns]
    text = "\n".join(["tests:", "  - " + lines[0].lstrip(), *lines[1:], "    timeline:", *steps]) + "\n"
    return format_text(text, "tests.yaml").text


def _flow(value: Any) -> str:
    """Plain data as YAML of the flow kind, which JSON is."""
    return json.dumps(value, ensure_ascii=False)


def as_step(turn: Turn, chat: Chat, lang: str) -> dict[str, Any]:
    """A step as a test has it, with what it brought about as its expectations."""
    step = turn.step
    happens: dict[str, Any] = {step.type: step.short} if step.type else {"tick": True}
    again = {"repeat": step.repeat, "every": step.every} if step.repeat > 1 else {}
    return {"at": step.at, **happens, **step.fields, **again, **expectations(turn.decisions, chat.plan, lang)}


def expectations(decisions: tuple[Decision, ...], plan: ir.Plan, lang: str) -> dict[str, Any]:
    """What a step brought about, as the keys that expect it."""
    specs = {spec.name: spec for spec in plan.actions}
    actions = [action for decision in decisions for action in decision.actions]
    fired = [fired_rule.rule for decision in decisions for fired_rule in decision.fired]
    fields: dict[str, Any] = {"expect": [expected(action, specs, lang) for action in actions]}
    if fired and not actions:
        fields["fired"] = fired
    ledgers: dict[str, dict[str, int]] = {}
    for change in (change for decision in decisions for change in decision.ledgers):
        if change.who != PARTITION:
            ledgers.setdefault(change.ledger, {})[change.who] = change.after
    return fields | ({"ledgers": ledgers} if ledgers else {})


def expected(action: Action, specs: dict[str, ir.ActionSpec], lang: str) -> Any:
    """An action as a test expects it: what says something, texts in one language."""
    item = as_expected(action, specs)
    written = {
        name: _in(value, lang)
        for name, value in item.items()
        if name == action.do or (name not in HASHED and value not in (None, False, "", []))
    }
    shorthand = specs[action.do].shorthand if action.do in specs else None
    alone = set(written) == {action.do, "who"} and written[action.do] is None and shorthand is None
    if set(written) == {action.do} and written[action.do] is None:
        return action.do
    return {action.do: None, "who": written["who"]} if alone else written


def _in(value: Any, lang: str) -> Any:
    """A text in one of its languages; anything else as it is."""
    if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
        return value.get(lang) or value.get("") or next(iter(value.values()))
    return value
