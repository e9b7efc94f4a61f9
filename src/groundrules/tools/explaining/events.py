"""Explaining an event of a stream: replay what came before it, then watch it being decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import msgspec

from groundrules.decisions import Decision
from groundrules.engine.intake.decode import InvalidEventError, decoder_of
from groundrules.engine.intake.lenient import as_written
from groundrules.plan import ir
from groundrules.reference.scope import identity, walk
from groundrules.tools.counterfactual.trials import Trials
from groundrules.tools.explaining.event_lines import Json, summary
from groundrules.tools.explaining.model import (
    NOT_EVALUATED,
    ActionExplained,
    EventExplained,
    RuleExplained,
    WouldFire,
    behind,
)
from groundrules.tools.explaining.nearness import nearest_first, nearness
from groundrules.tools.explaining.recorder import Recorder
from groundrules.tools.explaining.rules import Rules
from groundrules.tools.explaining.witness import Moment, Witness


@dataclass(frozen=True)
class Explained:
    """One event that was watched, and everything that may be asked about it."""

    plan: ir.Plan
    moment: Moment
    rules: Rules
    trials: Trials

    @property
    def decisions(self) -> list[Decision]:
        return self.moment.decisions

    def event(self) -> EventExplained:
        """Why each action, and which rules listened and did not fire, closest first."""
        by_decision = self.rules.fired()
        return EventExplained(
            event=summary(self.moment.event),
            channel=_channel(self.moment.event),
            partition=self.moment.partition,
            decisions=tuple(self.decisions),
            actions=tuple(
                ActionExplained(action=action, rules=behind(action.rules, action.who, fired))
                for decision, fired in zip(self.decisions, by_decision, strict=True)
                for action in decision.actions
            ),
            fired=tuple(rule for fired in by_decision for rule in fired),
            rules=tuple(sorted(self._listening(), key=nearest_first)),
        )

    def rule(self, name: str, most: int = 3) -> list[RuleExplained]:
        """Why the rule, ladder, path, state or schedule of this name fired or not, and what would have made it fire.

        Returns an empty list if there is none. At most `most` ways are given, those that were tried first.
        """
        return [
            self._with_ways(explained, most)
            for rule in self.rules.named(name)
            for explained in self.rules.explain(rule)
        ]

    def nearest(self) -> RuleExplained | None:
        """The rule that listened and came nearest to firing, with what would have made it fire.

        None if none came near at all.
        """
        candidates = [rule for rule in self._listening() if rule.verdict not in {"fired", *NOT_EVALUATED}]
        first = min(candidates, key=nearest_first, default=None)
        return None if first is None or nearness(first) == 0 else self._with_ways(first, 1)

    def _listening(self) -> list[RuleExplained]:
        return [explained for rule in self.rules.listening() for explained in self.rules.explain(rule)]

    def _with_ways(self, explained: RuleExplained, most: int) -> RuleExplained:
        if explained.verdict == "fired":
            return explained
        ways: tuple[WouldFire, ...] = tuple(self.trials.ways(explained, most))
        return msgspec.structs.replace(explained, would_fire=ways)


def watch(witness: Witness, event: Json, behind: Iterable[Json] = ()) -> Explained:
    """Handle an event on the witness and keep what may be asked about it; `behind` is what follows it."""
    recorder = Recorder(witness.plan, witness.events)
    moment = witness.note(event, recorder, behind)
    moment.decisions = [_refused(witness.plan, event, decision) for decision in moment.decisions]
    rules = Rules(witness.plan, event, moment.decisions, recorder, witness.remembered(moment.partition))
    return Explained(witness.plan, moment, rules, Trials(witness, moment, rules))


def _refused(plan: ir.Plan, event: Json, decision: Decision) -> Decision:
    """A decision that refuses the event, with the engine's reason, which names the field and has its translations."""
    if decision.rejected is None:
        return decision
    try:
        decoder_of(plan.events, plan.longest_text).decode(event)
    except InvalidEventError as error:
        return msgspec.structs.replace(decision, rejected=error.rejection)
    return decision


def explain_event(plan: ir.Plan, lines: Callable[[], Iterable[bytes]], id: str) -> Explained | None:
    """Replay lines of JSON up to the first event with this id and explain it; None if there is no such event.

    `lines` gives the stream from its beginning each time it is called: events of other partitions are left out, which
    is known only once the event is found.
    """
    concerned = next((event for event in events_of(lines()) if event.get("id") == id), None)
    if concerned is None:
        return None
    witness, home = Witness(plan), _home(plan, concerned)
    events = (event for event in events_of(lines()) if _home(plan, event) == home)
    for event in takewhile(lambda event: event.get("id") != id, events):
        witness.feed(event)
    return watch(witness, concerned, events)


def events_of(lines: Iterable[bytes]) -> Iterator[Json]:
    """The events in lines of JSON; lines without one are skipped."""
    return (event for line in lines if (event := as_written(line)) is not None)


def accepted(plan: ir.Plan, lines: Iterable[bytes]) -> Iterator[Json]:
    """The events in lines of JSON that the rulebook does not refuse."""
    decoder = decoder_of(plan.events, plan.longest_text)
    for event in events_of(lines):
        try:
            decoder.decode(event)
        except InvalidEventError:
            continue
        yield event


def _home(plan: ir.Plan, event: Json) -> Any:
    return identity(walk(event, plan.partition))


def _channel(event: Json) -> str | None:
    channel = event.get("channel")
    if not isinstance(channel, dict):
        return None
    return channel.get("name") or channel.get("id")
