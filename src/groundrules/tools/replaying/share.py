"""Running one share of a history: the partitions that one process takes, through one version.

Everything that is reported later is collected here, once: what a rule did to whom, what people are called, which
cohorts an event was in. Cohorts given by an expression are rules without effects in the plan that is run
(`budget.extend`); the others are looked up in the event as it was written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from groundrules.calendar.zones import in_zone
from groundrules.decisions import Action, Decision, Fired, LedgerChange, Shadow
from groundrules.engine.engine import Engine
from groundrules.engine.intake.lenient import as_written
from groundrules.engine.plan_file import Compiled
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.time_units import format_duration
from groundrules.tools.replaying.absent import BACK, Absent
from groundrules.tools.replaying.model import Hit, Share
from groundrules.tools.replaying.sources import lines, partitioner
from groundrules.tools.running.run import Answer, Lines

COHORT = "cohort:"
"""How the ids of rules begin that only say whether an event is in a cohort."""

REASONS = 1000  # hits of a rule in a partition whose clauses are kept
REJECTIONS = 20
REPORT_EVERY = 512  # lines between reports of progress


@dataclass(frozen=True)
class Cohort:
    """Who belongs to a cohort: an event must meet every criterion given. `expression`: the plan has a rule for it."""

    name: str
    expression: bool = False
    members: frozenset[str] | None = None
    field: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Job:
    """A share to run. `partitions` None: all there are."""

    files: tuple[str, ...]
    partitions: frozenset[str] | None = None
    cohorts: tuple[Cohort, ...] = ()


def run(ready: Compiled, job: Job, progress: Callable[[int], object]) -> Share:
    """Run a share; `progress` is called with the bytes read since the last call."""
    runner = ShareRunner(ready, job.cohorts)
    mine = _mine(ready.plan, job)
    read = 0
    for number, line in enumerate(lines(job.files), 1):
        read += len(line)
        if number % REPORT_EVERY == 0:
            progress(read)
            read = 0
        if mine(line):
            runner.feed(number, line)
    runner.finish()
    progress(read)
    return runner.share


def _mine(plan: ir.Plan, job: Job) -> Callable[[bytes], bool]:
    if job.partitions is None:
        return lambda line: True
    partition, partitions = partitioner(plan), job.partitions
    return lambda line: partition(line) in partitions


class Weeks:
    """Names the week of an instant, in a time zone, by its Monday."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._known: dict[str, str] = {}

    def of(self, at: str) -> str:
        minute = at[:16]
        if minute not in self._known:
            day = in_zone(datetime.fromisoformat(minute + "+00:00"), self._zone).date()
            self._known[minute] = (day - timedelta(days=day.weekday())).isoformat()
        return self._known[minute]


class _Moment(NamedTuple):
    """A decision with the line that caused it. `event` is empty where a timer decided."""

    line: int
    event: dict[str, Any]
    decision: Decision
    own: bool
    cohorts: int


class ShareRunner:
    """Runs the lines of whole partitions, each with its number in the input; `share` is the result.

    `ready` is a plan, or an engine that is fresh.
    """

    def __init__(self, ready: Compiled | Engine, cohorts: tuple[Cohort, ...] = ()) -> None:
        self.share = Share()
        self._lines = Lines(ready if isinstance(ready, Engine) else Engine(ready))
        self._cohorts = cohorts
        self._weeks = Weeks(ready.plan.timezone)
        self._specs = {spec.name: spec for spec in ready.plan.actions}
        self._given = _given(ready.plan)
        self._absent = Absent()
        self._reasons_kept: defaultdict[tuple[str | None, str], int] = defaultdict(int)

    def feed(self, number: int, line: bytes) -> None:
        self.share.tally.lines += 1
        for answer in self._lines.feed(number, line):
            self._take(answer)

    def finish(self) -> None:
        """Take the end of the input."""
        for answer in self._lines.finish():
            self._take(answer)

    def _take(self, answer: Answer) -> None:
        number, line, decisions = answer
        own, cohorts = False, 0
        for decision in decisions:
            if decision.trigger == "rejected":
                self._reject(decision)
            elif decision.trigger == "event":
                own, cohorts = True, self._handled(line, decision)
            if decision.fired or decision.shadow:
                event = plain(line) if own else {}
                self.share.hits += self._hits(_Moment(number, event, decision, own, cohorts))
                if not self._absent.is_away(event, _actor(event), decision):
                    self._absent.note(decision)
        self.share.tally.add(map(_without_cohorts, decisions) if self._cohorts else decisions)

    def _reject(self, decision: Decision) -> None:
        assert decision.rejected is not None
        self.share.rejected[decision.rejected.code] += 1
        if len(self.share.rejections) < REJECTIONS:
            self.share.rejections.append(decision.rejected)

    def _handled(self, line: bytes, decision: Decision) -> int:
        """Count an event; return the cohorts that it is in."""
        share, at = self.share, decision.at or ""
        share.first = min(share.first or at, at)
        share.last = max(share.last, at)
        share.weeks[self._weeks.of(at)] += 1
        if decision.type in BACK:
            self._absent.back(decision, _actor(plain(line)))
        return self._count_cohorts(line, decision) if self._cohorts else 0

    def _count_cohorts(self, line: bytes, decision: Decision) -> int:
        event = plain(line)
        fired = {fired.rule for fired in decision.fired}
        actor, mask = _actor(event), 0
        for number, cohort in enumerate(self._cohorts):
            if _holds(cohort, event, fired):
                mask |= 1 << number
                self.share.cohort_events[number, decision.type or ""] += 1
                if actor:
                    self.share.cohort_members.setdefault(number, set()).add(actor)
        return mask

    # --- hits -----------------------------------------------------------------------------------

    def _hits(self, moment: _Moment) -> Iterator[Hit]:
        decision = moment.decision
        for fired in decision.fired:
            if not fired.rule.startswith(COHORT):
                actions = [action for action in decision.actions if fired.rule in action.rules]
                changes = [change for change in decision.ledgers if fired.rule in change.rules]
                yield from self._of_rule(moment, fired, actions, changes)
        for shadow in decision.shadow:
            yield from self._of_rule(moment, shadow, shadow.actions, ())

    def _of_rule(
        self, moment: _Moment, outcome: Fired | Shadow, actions: Sequence[Action], changes: Sequence[LedgerChange]
    ) -> Iterator[Hit]:
        counted = (moment.decision.partition, outcome.rule)
        self._reasons_kept[counted] += 1
        why = msgspec.json.encode(outcome.clauses) if self._reasons_kept[counted] <= REASONS else b""
        moved = {f"{change.ledger} {change.asked_by.get(outcome.rule, change.asked):+}" for change in changes}
        if isinstance(outcome, Shadow):
            moved = {f"{ledger} {amount:+}" for ledger, amount in outcome.ledgers.items()}
        whose = [change.who for change in changes]
        for member, acting in self._members(moment.event, actions, whose):
            self._name(moment, member)
            if self._absent.is_away(moment.event, member, moment.decision):
                self.share.away[outcome.rule] += not isinstance(outcome, Shadow)
                continue
            yield Hit(
                line=moment.line,
                at=moment.decision.at or "",
                rule=outcome.rule,
                member=member,
                does=tuple(sorted({self._doing(action, outcome.rule) for action in acting} | moved)),
                shadow=isinstance(outcome, Shadow),
                own=moment.own,
                cohorts=moment.cohorts,
                why=why,
            )

    def _members(
        self, event: dict[str, Any], actions: Sequence[Action], whose: Sequence[str]
    ) -> Iterator[tuple[str, Sequence[Action]]]:
        """Yield each member that a firing is about, with what was done: its targets, else who caused it."""
        targets = sorted({action.who for action in actions if action.who and self._on(action, "member")})
        if not targets:
            author = _author(event) if any(self._on(action, "message") for action in actions) else ""
            yield author or _actor(event) or min(whose, default=""), actions
        for target in targets:
            yield target, [action for action in actions if action.who == target or not self._on(action, "member")]

    def _on(self, action: Action, kind: str) -> bool:
        return action.do in self._specs and self._specs[action.do].target == kind

    def _doing(self, action: Action, rule: str) -> str:
        """Return an action in a word or two: its name, and its main parameter, as the rule gave it, where that is a
        plain value."""
        spec = self._specs.get(action.do)
        value = action.parameters.get(spec.shorthand) if spec and spec.shorthand else None
        if spec and spec.shorthand and len(action.rules) > 1:
            value = self._given.get((rule, action.do, spec.shorthand), value)
        if value is None or isinstance(value, dict | list | tuple):
            return action.do
        lasting = spec is not None and spec.shorthand in spec.durations and type(value) is int
        return f"{action.do} {format_duration(value) if lasting else value}"

    def _name(self, moment: _Moment, member: str) -> None:
        name = at_path(moment.event, ("actor", "name"))
        if member and isinstance(name, str) and _actor(moment.event) == member:
            self.share.names[member] = (moment.line, name)


def _given(plan: ir.Plan) -> dict[tuple[str, str, str], Any]:
    """(rule, action, parameter) → the constant that the rule gives, where it gives only one: what several rules ask for
    at once is a single action, with the most that any of them asked for."""
    values: dict[tuple[str, str, str], list[Any]] = {}
    for rule in plan.rules:
        for effect in within(rule, ir.Act):
            for name, value in effect.parameters.items():
                values.setdefault((rule.id, effect.do, name), []).append(value)
    return {key: given[0].value for key, given in values.items() if len(given) == 1 and isinstance(given[0], ir.Const)}


def plain(line: bytes) -> dict[str, Any]:
    """Return an event as it was written; an empty one if the line holds none."""
    try:
        value = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        value = as_written(line)
    return value if isinstance(value, dict) else {}


def at_path(event: Any, path: Iterable[str]) -> Any:
    """Return the value at a dotted path of an event as it was written; None if it is absent."""
    for name in path:
        event = event.get(name) if isinstance(event, dict) else None
    return event


def _actor(event: dict[str, Any]) -> str:
    return str(at_path(event, ("actor", "id")) or "")


def _author(event: dict[str, Any]) -> str:
    return str(at_path(event, ("message", "author", "id")) or "")


def _holds(cohort: Cohort, event: dict[str, Any], fired: set[str]) -> bool:
    if cohort.expression and COHORT + cohort.name not in fired:
        return False
    if cohort.members is not None and _actor(event) not in cohort.members:
        return False
    if not cohort.field:
        return True
    values = at_path(event, cohort.field)
    return any(value in cohort.values for value in (values if isinstance(values, list) else [values]))


def _without_cohorts(decision: Decision) -> Decision:
    """Return a decision without the rules that stand for cohorts; that they stayed undecided is worth knowing."""
    fired = tuple(fired for fired in decision.fired if not fired.rule.startswith(COHORT))
    return msgspec.structs.replace(decision, fired=fired)
