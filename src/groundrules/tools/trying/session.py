"""A session: lines in, answers out, and a way back.

Every line that changed something is kept; undoing one starts afresh and replays all the others. So nothing needs to be
undone piece by piece, and the output is always what a test of the same lines would give.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundrules.calendar.instants import parse_rfc3339
from groundrules.diagnostics.json_errors import problem
from groundrules.diagnostics.nearest import nearest
from groundrules.engine.engine import HasPlan
from groundrules.engine.intake.lenient import clean
from groundrules.engine.plan_file import Compiled
from groundrules.errors import GroundrulesError
from groundrules.narrate.speech import languages
from groundrules.plan import codec
from groundrules.tools.explaining.model import RuleExplained
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.read import TestsError
from groundrules.tools.testing.settings import grouped
from groundrules.tools.testing.timeline import TimeError, is_ago
from groundrules.tools.trying import saving
from groundrules.tools.trying.answers import Answer, Explanation, Help, Notice, Outcome, Problem, Quit, Table
from groundrules.tools.trying.chat import Chat, Turn
from groundrules.tools.trying.lines import Line, read_line, settings

Handler = Callable[["Session", Line], list[Answer]]
SOMEBODY = "guest"


class CommandError(GroundrulesError):
    """A line that can't be carried out; `problem` says why."""

    def __init__(self, phrase: str, **values: Any) -> None:
        super().__init__(phrase)
        self.problem = Problem(phrase, values)


@dataclass(frozen=True)
class Entry:
    """Something that changed the chat: a line, or a test that was loaded, with the plan of its settings."""

    line: str
    case: Case | None = None
    ready: HasPlan | None = None


class Session:
    """A chat that is typed line by line. `tests` is the file that chats are saved to.

    `rulebook` is the source of the plan; without it a test that sets parameters can't be loaded.
    """

    def __init__(
        self, ready: HasPlan, tests: Path | None = None, lang: str = "en", rulebook: Path | None = None
    ) -> None:
        self.ready = ready
        self.rulebook = rulebook
        self.tests = tests
        self.lang = lang
        self.history: list[Entry] = []
        self.chat = Chat(ready)

    def enter(self, line: str) -> list[Answer]:
        """Do what a line asks and answer it."""
        if not line.strip() or line.lstrip().startswith("#"):
            return []
        before = len(self.history)
        try:
            return self._enter(line)
        except CommandError as error:
            return [error.problem]
        except TimeError as error:
            self._again(self.history[:before])
            return [Problem("time", {"error": str(error)})]

    def _enter(self, line: str) -> list[Answer]:
        read = read_line(line, frozenset(COMMANDS))
        handler: Handler
        if read.command is None:
            handler = say if read.text else wait
        elif read.command in COMMANDS:
            handler = COMMANDS[read.command]
        else:
            suggestion = nearest(read.command, COMMANDS)
            raise CommandError(
                "no_command" if suggestion is None else "no_command_near", name=read.command, suggestion=suggestion
            )
        answers = handler(self, read)
        if handler not in ASIDE and not any(isinstance(answer, Problem) for answer in answers):
            self.history.append(Entry(line))
        return answers

    def take(self, read: Line, type: str | None, short: Any, /, **fields: Any) -> list[Answer]:
        """Feed an event and report its outcome; a rejected one leaves no trace."""
        who = fields.get("by")
        new = who if isinstance(who, str) and self.chat.is_new(who) else None
        if isinstance(who, str):
            self.chat.speaker = who
            fields = {**fields, "by": self.chat.actor(who)}
        turn = self.chat.take(self.chat.step(type, short, fields, read.at))
        if turn.rejected is not None and turn.rejected.rejected is not None:
            self._again(self.history)
            rejected = turn.rejected.rejected
            return [Problem("rejected", {"code": rejected.code, "reason": rejected.reason, "path": rejected.path})]
        return happened(turn, new)

    def who(self, read: Line) -> str:
        """Who acts in a line: the member it names, else the last speaker."""
        return read.who or self.chat.speaker or "m1"

    # --- the way back -----------------------------------------------------------------------------

    def undo(self) -> str | None:
        """Take the last line back and return it; None if there is none."""
        if not self.history:
            return None
        removed = self.history[-1]
        self._again(self.history[:-1])
        return removed.line

    def _again(self, entries: list[Entry]) -> None:
        self.history, self.chat = [], Chat(self.ready)
        for entry in entries:
            if entry.case is None:
                self._enter(entry.line)
            else:
                self.play(entry.line, entry.case, entry.ready)

    def play(self, line: str, case: Case, ready: HasPlan | None = None) -> list[Answer]:
        """Begin with a test: its members, and all its steps; on the plan of its settings, if it has some."""
        self.chat = Chat(ready or self.ready, case)
        answers = [answer for step in case.steps for answer in happened(self.chat.take(step))]
        self.history = [Entry(line, case, ready)]
        return answers


def happened(turn: Turn, new: str | None = None) -> list[Answer]:
    """What a step brought about, event by event."""
    tag = str(turn.step.fields.get("id", ""))
    return [Outcome(explained, turn.step.type, tag, new) for explained in turn.explained]


# --- what happens ---------------------------------------------------------------------------------


def say(session: Session, read: Line) -> list[Answer]:
    """A message."""
    return session.take(read, "message", read.text, by=session.who(read), **session.chat.message(read.text))


def wait(session: Session, read: Line) -> list[Answer]:
    """Time passes, and nothing else."""
    return session.take(read, None, None)


def join(session: Session, read: Line) -> list[Answer]:
    return session.take(read, "member.joined", True, by=read.text.strip() or session.who(read))


def leave(session: Session, read: Line) -> list[Answer]:
    return session.take(read, "member.left", True, by=read.text.strip() or session.who(read))


def react(session: Session, read: Line) -> list[Answer]:
    """A reaction to a message, by somebody other than its author unless the line says who."""
    emoji, _, name = read.text.strip().partition(" ")
    if not emoji:
        raise CommandError("usage", usage="/react 👍 [a]")
    message = _message(session, name.strip())
    author = message["actor"]["id"]
    others = [member for member in session.chat.people() if member != author]
    by = read.who or (others[0] if others else SOMEBODY)
    about = {"id": message["id"], "author": author}
    return session.take(read, "reaction.added", emoji, by=by, message=about)


def reply(session: Session, read: Line) -> list[Answer]:
    """A message that answers another one: the last, or the one whose name comes first."""
    name, _, rest = read.text.strip().partition(" ")
    named = next((message for message in _messages(session) if message["id"] == name), None)
    text = rest if named else read.text.strip()
    if not text:
        raise CommandError("usage", usage="/reply [a] text")
    message = named or _message(session, "")
    by = read.who or session.who(read)
    return session.take(read, "message", text, by=by, **session.chat.message(text, reply_to=message["id"]))


def delete(session: Session, read: Line) -> list[Answer]:
    """A message is deleted, by its author unless the line says who."""
    message = _message(session, read.text.strip())
    author = message["actor"]["id"]
    about = {"id": message["id"], "author": author}
    return session.take(read, "message.deleted", True, by=read.who or author, message=about)


def event(session: Session, read: Line) -> list[Answer]:
    """Any event, as JSON: `/event {"type": …}`, or its type and its other fields."""
    type, _, rest = read.text.strip().partition(" ")
    try:
        fields = clean(json.loads(read.text if type.startswith("{") else rest or "{}"))
    except json.JSONDecodeError as error:
        raise CommandError("json", error=problem(error)[0]) from None
    except (ValueError, RecursionError):
        raise CommandError("json", error="too long a number, or too deep") from None
    if not isinstance(fields, dict):
        raise CommandError("json", error="not an object")
    type = str(fields.pop("type", type))
    if type not in session.chat.plan.events:
        suggestion = nearest(type, session.chat.plan.events)
        raise CommandError("no_type" if suggestion is None else "no_type_near", name=type, suggestion=suggestion)
    actor = fields.pop("actor", None)
    by = {"by": actor["id"] if isinstance(actor, dict) and set(actor) == {"id"} else actor} if actor else {}
    if not by and "actor" in session.chat.plan.events[type].get("required", ()):
        by = {"by": session.who(read)}
    if "channel" in fields:
        fields["in"] = fields.pop("channel")
    at = fields.pop("time", None)
    moved = Line(at=read.at or (at if at is None else str(at)), who=read.who)
    return session.take(moved, type, True, **{**fields, **by})


def _messages(session: Session) -> list[dict[str, Any]]:
    return [turn.event for turn in session.chat.turns if turn.step.type == "message"]


def _message(session: Session, name: str) -> dict[str, Any]:
    """The message of this name, else the last one."""
    messages = [message for message in _messages(session) if not name or message["id"] == name]
    if not messages:
        raise CommandError("no_message" if not name else "no_such_message", name=name)
    return messages[-1]


# --- who is there, and where ----------------------------------------------------------------------


def role(session: Session, read: Line) -> list[Answer]:
    """Roles given, or taken away with `-`."""
    who, *names = read.text.split() or [""]
    if not names:
        raise CommandError("usage", usage="/role m1 admin")
    roles = list(session.chat.members.get(who, {}).get("roles", []))
    for name in names:
        plain = name.lstrip("+-")
        roles = [other for other in roles if other != plain] + ([] if name.startswith("-") else [plain])
    session.chat.tell(who, {"roles": roles})
    return [Notice("roles", {"who": who, "roles": roles})]


def member(session: Session, read: Line) -> list[Answer]:
    """Facts of a member: `li joined=2d ago roles=admin,helper`."""
    who, _, rest = read.text.strip().partition(" ")
    facts = settings(rest)
    if not who or not facts:
        raise CommandError("usage", usage="/member li joined=2d ago roles=admin")
    known = _member_facts(session)
    for name in facts:
        if known and name not in known:
            raise CommandError("no_fact", name=name, known=sorted(known))
    session.chat.tell(who, {name: _fact(value, known.get(name, {})) for name, value in facts.items()})
    return [Notice("facts", {"who": who, "facts": " ".join(f"{name}={value}" for name, value in facts.items())})]


def _member_facts(session: Session) -> dict[str, Any]:
    events = session.chat.plan.events
    schema: dict[str, Any] = events.get("message") or next(iter(events.values()), {})
    facts: dict[str, Any] = schema.get("properties", {}).get("actor", {}).get("properties", {})
    return {name: fact for name, fact in facts.items() if name != "id"}


def _fact(value: str, schema: dict[str, Any]) -> Any:
    """A fact as its schema wants it; nothing at all makes it unknown."""
    match schema.get("type"):
        case "array":
            return [part.strip() for part in value.split(",") if part.strip()]
        case "boolean":
            return value.lower() in ("true", "yes", "1")
        case "integer" | "number":
            try:
                return int(value) if value.lstrip("-").isdigit() else float(value)
            except ValueError:
                raise CommandError("no_number", value=value) from None
    if value and schema.get("format") == "date-time" and not is_ago(value):
        try:
            parse_rfc3339(value)
        except ValueError:
            raise CommandError("no_time", value=value) from None
    return value or None


def channel(session: Session, read: Line) -> list[Answer]:
    name = read.text.strip().lstrip("#")
    if not name:
        raise CommandError("usage", usage="/channel help")
    session.chat.channel = name
    return [Notice("channel", {"name": name})]


# --- looking at it --------------------------------------------------------------------------------


def who(session: Session, read: Line) -> list[Answer]:
    rows = []
    for name in session.chat.people():
        facts = {**session.chat.members.get(name, {})}
        labels = session.chat.labels(name)
        shown = [f"{key}={_flat(value)}" for key, value in facts.items() if value is not None]
        rows.append((name, " ".join([*shown, *(f"[{label}]" for label in labels)])))
    return [Table("who", tuple(rows))]


def _flat(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def ledgers(session: Session, read: Line) -> list[Answer]:
    rows = [(f"{ledger} {name}", str(balance)) for ledger, name, balance in session.chat.balances()]
    return [Table("ledgers", tuple(rows)), *_standing(session)]


def _standing(session: Session) -> list[Answer]:
    states = session.chat.states()
    return [Notice("states", {"states": states})] if states else []


def why(session: Session, read: Line) -> list[Answer]:
    """Explanation the last event did what it did, or why a rule did or did not fire on it."""
    last = session.chat.last
    if last is None:
        raise CommandError("nothing_yet")
    explained, name = last.explained[-1], read.text.strip()
    if name in ("", "--all"):
        return [Explanation(event=explained.event(), every=bool(name))]
    rules: list[RuleExplained] = explained.rule(name)
    if not rules:
        suggestion = nearest(name, [rule.id for rule in session.chat.plan.rules])
        raise CommandError("no_rule" if suggestion is None else "no_rule_near", name=name, suggestion=suggestion)
    return [Explanation(rules=tuple(rules))]


def undo(session: Session, read: Line) -> list[Answer]:
    removed = session.undo()
    return [Problem("nothing_to_undo") if removed is None else Notice("undone", {"line": removed})]


def lang(session: Session, read: Line) -> list[Answer]:
    if read.text.strip() not in languages():
        raise CommandError("usage", usage="/lang zh")
    session.lang = read.text.strip()
    return [Notice("lang")]


def save(session: Session, read: Line) -> list[Answer]:
    """The chat as a test at the end of the tests file."""
    name = read.text.strip()
    if not name:
        raise CommandError("usage", usage="/save the third copy goes")
    if session.tests is None:
        raise CommandError("no_tests_file")
    if not session.chat.turns:
        raise CommandError("nothing_yet")
    try:
        saving.save(session.chat, name, session.tests, session.lang)
    except saving.SavingError as error:
        raise CommandError(error.phrase, **error.values) from None
    return [Notice("saved", {"name": name, "path": str(session.tests)})]


def load(session: Session, read: Line) -> list[Answer]:
    """A saved test as the beginning of the chat."""
    if session.tests is None or not session.tests.exists():
        raise CommandError("no_tests_file")
    name = read.text.strip()
    try:
        cases = saving.cases(session.tests, session.chat.plan)
    except saving.SavingError as error:
        raise CommandError(error.phrase, **error.values) from None
    saved = next((case for case in cases if name and name in case.name), None)
    if saved is None:
        return [Problem("no_test", {"name": name}), Table("tests", tuple((case.name, "") for case in cases))]
    ready = _under_its_settings(session, saved) if saved.settings else None
    return [Notice("loaded", {"name": saved.name}), *session.play(f"/load {saved.name}", saved, ready)]


def _under_its_settings(session: Session, case: Case) -> HasPlan:
    if session.rulebook is None:
        raise CommandError("has_settings", name=case.name)
    try:
        ((plan, _),) = grouped(session.rulebook, session.ready.plan, [case])
    except TestsError as error:
        raise CommandError("tests_broken", path=str(session.tests), error=error.diagnostics[0].message) from None
    return Compiled(plan, codec.digest(plan))


def show_help(session: Session, read: Line) -> list[Answer]:
    return [Help()]


def leave_chat(session: Session, read: Line) -> list[Answer]:
    return [Quit()]


COMMANDS: dict[str, Handler] = {
    "join": join,
    "leave": leave,
    "react": react,
    "reply": reply,
    "delete": delete,
    "event": event,
    "role": role,
    "member": member,
    "channel": channel,
    "who": who,
    "ledgers": ledgers,
    "why": why,
    "undo": undo,
    "save": save,
    "load": load,
    "lang": lang,
    "help": show_help,
    "quit": leave_chat,
}
ASIDE: tuple[Handler, ...] = (who, ledgers, why, undo, save, load, lang, show_help, leave_chat)
