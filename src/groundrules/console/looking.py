"""A closer look at an event that was decided: replayed behind those before it, watched, and made a test of.

This runs in the workshop's processes. What comes before is bounded, so whether the replay came out as the log has it is
part of every answer.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from groundrules import confined
from groundrules.calendar.zones import in_zone
from groundrules.checker import Checked
from groundrules.console.texts import Text, pieces, spoken
from groundrules.decisions import Decision
from groundrules.diagnostics.source import Span
from groundrules.engine import plan_file
from groundrules.engine.plan_file import Compiled
from groundrules.narrate.speech import Speech
from groundrules.plan import ir
from groundrules.rulebook.files import MAX_BYTES, MAX_YAML
from groundrules.runtime.books import edition
from groundrules.tools.explaining.events import Explained, explain_event
from groundrules.tools.explaining.human import Writer, lines_of
from groundrules.tools.explaining.model import NOT_EVALUATED
from groundrules.tools.explaining.plan_speech import PlanSpeech
from groundrules.tools.testing.cases import Case, Expectation, Step
from groundrules.tools.testing.timeline import TimeError
from groundrules.tools.trying import saving
from groundrules.tools.trying.chat import NOWHERE, Chat

NEAREST = 3
"""Rules that did not fire of which it is worked out what would have made them."""
NEIGHBOURS = 50
"""Events before one that a test of it may hold."""
_HEADER = ("id", "type", "time", "community", "actor", "channel")


class Closer(msgspec.Struct, frozen=True):
    """An explanation. agrees: the replay came out as the log has it. nearest: rules that did not fire, and what would
    have made them."""

    known: bool
    agrees: bool = False
    text: Text = []
    nearest: list[Text] = []


def closer(plan: bytes, lines: list[bytes], id: str, logged: list[bytes], lang: str) -> bytes:
    """Return a Closer as JSON."""
    ready = plan_file.read(plan)
    explained = explain_event(ready.plan, lambda: lines, id)
    if explained is None:
        return msgspec.json.encode(Closer(False))
    report = explained.event()
    agrees = _came_to(explained.decisions) == _came_to(_read(logged))
    quiet = [rule.rule for rule in report.rules if rule.verdict not in {"fired", *NOT_EVALUATED}]
    nearest = [_ways(explained, ready.plan, rule, lang) for rule in quiet[:NEAREST]]
    text = pieces(lines_of(report, ready.plan, lang))
    return msgspec.json.encode(Closer(True, agrees, text, [candidate for candidate in nearest if candidate]))


def _ways(explained: Explained, plan: ir.Plan, rule: str, lang: str) -> Text:
    """Return why a rule did not fire and what would have made it; nothing if nobody knows."""
    near_rule = next(iter(explained.rule(rule, 1)), None)
    return (
        [] if near_rule is None or not near_rule.would_fire else pieces(Writer(PlanSpeech(plan, lang)).rule(near_rule))
    )


def _read(logged: Iterable[bytes]) -> list[Decision]:
    return [msgspec.json.decode(body, type=Decision) for body in logged]


def _came_to(decisions: Iterable[Decision]) -> list[Any]:
    """Return what decisions came to, without what hangs on where they were made."""
    return [
        (
            sorted(fired.rule for fired in decision.fired),
            [(action.do, action.who) for action in decision.actions],
            [(change.ledger, change.who, change.after - change.before) for change in decision.ledgers],
        )
        for decision in decisions
        if decision.fired or decision.actions or decision.ledgers
    ]


# --- a change to the rulebook's files: a test of it, an entry in a list ----------------------------------------------


class Change(msgspec.Struct, frozen=True):
    """A file before and after, by its path on this machine; `problem` says why there is none.

    matters: whether the event would have been decided otherwise.
    """

    file: str = ""
    before: str = ""
    after: str = ""
    matters: bool = False
    problem: str = ""


def as_test(path: str, plan: bytes, lines: list[bytes], id: str, logged: list[bytes], name: str, lang: str) -> bytes:
    """Return the rulebook's tests with one more, which tells this event and what was decided: a Change as JSON.

    Few events before it are tried first; what is told expects what was decided, and was run.
    """
    ready, wanted = plan_file.read(plan), _came_to(_read(logged))
    for some in _fewer(lines, id):
        chat = _chat(ready, some)
        if chat is not None and chat.last is not None and _came_to(chat.last.decisions) == wanted:
            return msgspec.json.encode(_saved(chat, name, Path(path), lang))
    return msgspec.json.encode(Change(problem=spoken(lang)("not_told")))


def _fewer(lines: Sequence[bytes], id: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the event alone, then behind those of its actor, then behind all that are near."""
    events = [msgspec.json.decode(line) for line in lines]
    number = next((at for at, event in enumerate(events) if event.get("id") == id), None)
    if number is None:
        return
    last, before = events[number], events[max(0, number - NEIGHBOURS) : number]
    actor = (last.get("actor") or {}).get("id")
    yield [last]
    yield [*(event for event in before if (event.get("actor") or {}).get("id") == actor), last]
    yield [*before, last]


def _chat(ready: Compiled, events: list[dict[str, Any]]) -> Chat | None:
    zone = ready.plan.timezone
    first = in_zone(datetime.fromisoformat(events[0]["time"]), ZoneInfo(zone))
    chat = Chat(ready, Case(name="chat", steps=(), span=NOWHERE, start=first.date().isoformat()))
    try:
        for event in events:
            chat.take(_step(event, zone))
    except TimeError:
        return None
    return chat


def _step(event: dict[str, Any], zone: str) -> Step:
    at = in_zone(datetime.fromisoformat(event["time"]), ZoneInfo(zone)).isoformat(timespec="milliseconds")
    if event["type"] == "tick":
        return Step(at, None, True, {}, Expectation(), NOWHERE)
    fields = {name: value for name, value in event.items() if name not in _HEADER}
    fields["id"] = event["id"]
    fields |= {short: event[name] for name, short in (("actor", "by"), ("channel", "in")) if name in event}
    fields.pop(event["type"], None)  # the short form has its place
    short = fields.pop("text", True) if event["type"] == "message" else True
    return Step(at, event["type"], short, fields, Expectation(), NOWHERE)


def _saved(chat: Chat, name: str, path: Path, lang: str) -> Change:
    """Save a chat among a copy of the rulebook's tests, which is proved there."""
    file = saving.tests_file(path).resolve()
    before = confined.read(file, MAX_YAML) if file.exists() else b""
    with tempfile.TemporaryDirectory(prefix="groundrules-") as folder:
        copy = Path(folder) / file.name
        if before:
            copy.write_bytes(before)
        try:
            saving.save(chat, name, copy, lang)
        except saving.SavingError as error:
            return Change(problem=Speech("try", lang)(error.phrase, **{**error.values, "path": file.name}))
        return Change(str(file), before.decode("utf-8"), copy.read_bytes().decode("utf-8"))


def with_entry(path: str, settings: bytes, lines: list[bytes], id: str, list_name: str, entry: str, lang: str) -> bytes:
    """Return a list's file with one more entry, and whether that changes what is decided: a Change as JSON.

    The rulebook is read where it stands, with the change in mind; nothing is written or copied.
    """
    old = edition(path, settings)
    last = last_entry(old.version.checked, list_name)
    if last is None:
        return msgspec.json.encode(Change(problem=spoken(lang)("no_list")))
    file = Path(last.file.path).resolve()
    before = confined.read(file, MAX_BYTES).decode("utf-8")
    mark = "\ufeff" if before.startswith("\ufeff") else ""
    text = before.removeprefix(mark)
    after = mark + text[: last.end] + _one_more(text, last.start, last.end, entry, file.suffix) + text[last.end :]
    with confined.drafts({file: after.encode("utf-8")}):
        new = edition(path, settings)
    decided = [
        _came_to(explained_event.decisions)
        for version in (old, new)
        if (explained_event := explain_event(version.compiled.plan, lambda: lines, id))
    ]
    return msgspec.json.encode(Change(str(file), before, after, len(decided) == 2 and decided[0] != decided[1]))


def last_entry(checked: Checked | None, name: str) -> Span | None:
    """Return where the last entry of a list stands; None if no further one can be written behind it."""
    words = next((words for words in checked.book.lists if str(words.name.value) == name), None) if checked else None
    return words.items[-1].span if words is not None and words.items and not words.weights else None


def _one_more(text: str, start: int, end: int, entry: str, suffix: str) -> str:
    """Return what is written behind the last entry: a line of a file, or an item of YAML of either kind."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    ends = "\r\n" if "\r\n" in text else "\n"
    if suffix not in (".yaml", ".yml"):
        return ends + entry
    if line.strip() == "-":
        return f"{ends}{line}{json.dumps(entry, ensure_ascii=False)}"
    return ", " + json.dumps(entry, ensure_ascii=False)
