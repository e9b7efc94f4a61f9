"""What `groundrules run --format human` prints: a line for what happened, then the actions to take.

People who read along want to know what was done and by which rule. So decisions that only keep count are left out (a
message counted, a path begun or ended, a label set, a point for a message), members' balances are shown beside what
moved them, and reasons are given only where words in the text are the reason. `--all` prints every decision in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from groundrules.decisions import Clause, Decision, Fired, Note
from groundrules.display.columns import excerpt
from groundrules.display.lines import Line, Style
from groundrules.engine.intake.lenient import as_written
from groundrules.narrate.decision import narrate
from groundrules.narrate.deeds import deed
from groundrules.narrate.localised import pick, rule_named
from groundrules.narrate.notes import noted
from groundrules.narrate.speech import Speech
from groundrules.plan import ir

STYLES: dict[str, Style] = {"→": "fails", "~": "unknown", "?": "unknown", "-": "faint", "·": "faint"}
CLOCK = "⏰"
WIDTH = 100  # columns of an action; the rule behind it comes after
MESSAGE_WIDTH = 80  # columns of what somebody wrote
_COUNTING = ("path_", "label_")  # notes that only say how a process stands


class Reporter:
    """Lists decisions under a line for what caused them, with a heading for each day."""

    def __init__(self, plan: ir.Plan, lang: str, everything: bool) -> None:
        self._say = Speech("run", lang, plan.timezone)
        self._everything = everything
        self._wordings = {spec.name: spec for spec in plan.actions}
        self._ledgers = {ledger.id: ledger.title for ledger in plan.ledgers if ledger.per == "member"}
        self._day = ""

    def lines(self, line: bytes, decisions: Iterable[Decision]) -> Iterator[Line]:
        """Yield the outcome of a line of input; timers that fell due before it come first."""
        header: str | None = None
        own = False  # the event itself was decided: what follows is its outcome
        for decision in decisions:
            own = own or decision.trigger not in ("timer", "crossing")
            if not self._everything and not self._is_news(decision, line):
                continue
            above = self._headline(line, decision, own)
            yield from self._block(above if above != header else "", list(self._body(decision)), decision)
            header = above

    def _is_news(self, decision: Decision, line: bytes) -> bool:
        if decision.rejected or decision.trigger == "duplicate" or decision.actions or decision.exempted:
            return True
        if decision.shadow or _notable(decision.notes):
            return True
        return bool(self._changes(decision)) and not _is_message(line)

    # --- the line above -----------------------------------------------------------------------------

    def _block(self, above: str, body: list[str], decision: Decision) -> Iterator[Line]:
        """The line above and its outcome, on one line where there is nothing more."""
        day = self._local(decision.at, "%Y-%m-%d")
        if day and day != self._day:
            self._day = day
            weekday = self._say.entries("weekdays")[datetime.fromisoformat(day).weekday()]
            yield Line(f"── {day} {weekday}", "mark")
        below = [Line(f"  {text}", STYLES.get(text[:1], "")) for text in body]
        if len(body) == 1 and (above.endswith(CLOCK) or body[0].startswith("·")) and not self._everything:
            yield Line(above, "head") + below[0]
            return
        if above:
            yield Line(above, "head")
        yield from below

    def _headline(self, line: bytes, decision: Decision, own: bool) -> str:
        if decision.rejected:
            shown = excerpt(line.decode("utf-8", "replace").strip(), WIDTH)
            return self._say("line", line=decision.rejected.line, text=shown)
        at = self._local(decision.at, "%H:%M")
        return f"{at}  {_describe(line) if own else CLOCK}"

    def _local(self, at: str | None, form: str) -> str:
        return self._say.local(at).strftime(form) if at else ""

    # --- outcomes ----------------------------------------------------------------------------------

    def _body(self, decision: Decision) -> Iterator[str]:
        if self._everything or decision.rejected or decision.trigger == "duplicate":
            yield from narrate(decision, self._say.lang, self._wordings)
            return
        fired = {fired_rule.rule: fired_rule for fired_rule in decision.fired}
        for action in decision.actions:
            rules = self._say.join(self._reason(rule, fired.get(rule)) for rule in action.rules)
            yield f"→ {excerpt(deed(action, self._say.lang, self._wordings), WIDTH)}  [{rules}]"
        changes = self._changes(decision)
        if changes:
            yield "· " + self._say.join(changes)
        yield from (f"· {noted(note, self._say.lang)}" for note in _notable(decision.notes))
        beside = msgspec.structs.replace(decision, actions=(), fired=(), ledgers=(), labels=(), notes=(), unknown=())
        yield from (text for text in narrate(beside, self._say.lang, self._wordings) if text[0] in "~-")

    def _reason(self, rule: str, fired: Fired | None) -> str:
        texts = dict.fromkeys(text for clause in (fired.clauses if fired else ()) for text in _texts(clause))
        words = self._say.join(f"“{text}”" for text in list(texts)[:3])
        name = rule_named(rule, self._say.lang)
        return self._say("found", rule=name, words=words) if words else name

    def _changes(self, decision: Decision) -> list[str]:
        """The balances of members that moved, `Points ana 1 → 16`."""
        moved = [row for row in decision.ledgers if row.ledger in self._ledgers and row.before != row.after]
        titles = [pick(self._ledgers[row.ledger], self._say.lang) or row.ledger for row in moved]
        return [f"{title} {row.who} {row.before} → {row.after}" for title, row in zip(titles, moved, strict=True)]


def _notable(notes: Iterable[Note]) -> list[Note]:
    return [note for note in notes if not note.kind.startswith(_COUNTING)]


def _texts(clause: Clause) -> Iterator[str]:
    """What a condition found in something that somebody wrote."""
    return (evidence.text for evidence in clause.evidence if clause.outcome and evidence.field == "text")


def _is_message(line: bytes) -> bool:
    return b'"type":"message"' in line or (as_written(line) or {}).get("type") == "message"


def _describe(line: bytes) -> str:
    """The event in a few words: who, where, what."""
    return " ".join(part for part in _parts(as_written(line) or {}) if part)


def _parts(event: dict[str, Any]) -> Iterator[str]:
    actor, channel = _object(event, "actor"), _object(event, "channel")
    yield str(actor.get("name") or actor.get("id") or "")
    yield f"#{channel.get('name') or channel.get('id')}" if channel else ""
    if event.get("type") == "message":
        yield excerpt(str(event.get("text") or ""), MESSAGE_WIDTH)
        return
    yield f"[{event.get('type')}]"
    target = _object(event, "target")
    yield str(target.get("name") or target.get("id") or "")
    for key in ("task", "document", "poll", "activity"):
        named = _object(event, key)
        yield str(named.get("title") or named.get("question") or named.get("id") or "")
    yield from (excerpt(str(event[key]), MESSAGE_WIDTH) for key in ("emoji", "reason", "text") if event.get(key))


def _object(event: dict[str, Any], name: str) -> dict[str, Any]:
    """A field that holds an object; a rulebook's own types may use the name for something else."""
    value = event.get(name)
    return value if isinstance(value, dict) else {}
