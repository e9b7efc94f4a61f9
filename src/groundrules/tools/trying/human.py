"""Answers as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundrules.diagnostics.translation import refused
from groundrules.display.columns import aligned
from groundrules.display.lines import Line
from groundrules.narrate.localised import pick
from groundrules.narrate.speech import Speech
from groundrules.plan import ir
from groundrules.tools.explaining.human import MARKS, MOST, Writer, deciding
from groundrules.tools.explaining.model import RuleExplained
from groundrules.tools.explaining.nearness import parts_that_hold
from groundrules.tools.explaining.plan_speech import PlanSpeech
from groundrules.tools.trying.answers import Answer, Explanation, Help, Notice, Outcome, Problem, Table


class Voice:
    """Words answers in one language."""

    def __init__(self, plan: ir.Plan, lang: str) -> None:
        self.plan = plan
        self.say = Speech("try", lang)
        self._of_plan = PlanSpeech(plan, lang)
        self._writer = Writer(self._of_plan)

    def _answer(self, answer: Problem | Notice) -> str:
        shown = {name: self._of_plan.value(value) for name, value in answer.values.items()}
        shown |= {name: refused(shown[name], self.say.lang) for name in ("error", "reason") if name in shown}
        return "  " + self.say(answer.phrase, **shown)

    def welcome(self) -> Line:
        rules = sum(isinstance(rule.trigger, ir.OnEvent) for rule in self.plan.rules)
        title = pick(self.plan.title, self.say.lang) or self.plan.rulebook
        return Line(self.say("welcome", title=title, rules=rules), "faint")

    def lines(self, answer: Answer) -> Iterator[Line]:
        """An answer, line by line."""
        match answer:
            case Outcome():
                yield from self._happened(answer)
            case Problem():
                yield Line(self._answer(answer), "fails")
            case Notice():
                yield Line(self._answer(answer), "faint")
            case Table():
                yield from self._table(answer)
            case Explanation():
                yield from self._why(answer)
            case Help():
                yield Line(self.say("commands"), "head")
                yield from self._rows(self.say.entries("help"))

    # --- what happened ----------------------------------------------------------------------------

    def _happened(self, answer: Outcome) -> Iterator[Line]:
        yield Line(self._headline(answer), "head")
        if answer.new_member:
            yield Line("  " + self.say("new_member", who=answer.new_member), "faint")
        lines = [line.indented(2) for line in self._writer.happened(answer.report) if line.text]
        yield from lines
        if not lines and answer.type is not None:
            yield from self._nothing(answer)

    def _headline(self, answer: Outcome) -> str:
        event = answer.report.event
        time = self._of_plan.time(event.at)
        if answer.type is None:
            return f"{time}  {self.say('time_passed')}"
        where = f" #{answer.report.channel}" if answer.report.channel else ""
        tag = f" [{answer.tag}]" if answer.tag else ""
        kind = "" if answer.type == "message" else self._kind(answer.type) + " "
        return f"{time}{where}  {event.who or ''}{tag}: {kind}{self._of_plan.value(event.text)}".rstrip(": ")

    def _kind(self, type: str) -> str:
        return self.say(f"types.{type}") if self.say.knows(f"types.{type}") else f"({type})"

    def _nothing(self, answer: Outcome) -> Iterator[Line]:
        if not answer.report.rules:
            reason = self.say("no_listener", type=answer.report.event.type)
            yield Line("  " + self.say("nothing", reason=reason), "faint")
            return
        yield Line("  " + self.say("nothing", reason=self.say("no_rule_applies")), "faint")
        nearest = answer.nearest
        for unknown in (unknown for decision in answer.report.decisions for unknown in decision.unknown):
            if nearest is None or unknown.rule != nearest.rule:
                missing = self.say.names(unknown.missing)
                yield Line("  ? " + self._of_plan("undecided", rule=unknown.rule, missing=missing), "unknown")
        if nearest is not None:
            yield from (line.indented(2) for line in self._nearest(nearest))

    def _nearest(self, rule: RuleExplained) -> Iterator[Line]:
        """The rule that came nearest, what failed, and what would have made it fire."""
        name = self.say("came_nearest", rule=self._of_plan.name(rule))
        held, of = parts_that_hold(rule.when)
        if rule.verdict == "false" and rule.when is not None:
            score = self.say("so_many", held=held, of=of) if of > 1 else ""
            yield Line(self.say.join([name, score], "comma"), "faint")
            yield from (Line(f"  {MARKS[part.outcome]} {part.text}", "faint") for part in deciding(rule.when))
        else:
            yield Line(name + self.say("colon") + self._writer.verdict(rule), "faint")
            for part in deciding(rule.unless) if rule.unless is not None and rule.verdict == "unless" else ():
                yield Line(f"  {MARKS[part.outcome]} {part.text}", "faint")
        for way in rule.would_fire[:1]:
            phrase = "would" if way.tried else "would.untried"
            yield Line("  " + self.say(phrase, way=self._of_plan.way(way)), "faint")

    # --- tables and reasons -----------------------------------------------------------------------

    def _table(self, answer: Table) -> Iterator[Line]:
        yield Line("  " + self.say(answer.phrase), "head")
        if not answer.rows:
            yield Line("    " + self.say("none"), "faint")
        yield from (line.indented(2) for line in self._rows(answer.rows))

    def _rows(self, rows: Sequence[Sequence[str]]) -> Iterator[Line]:
        yield from (Line(f"  {row}") for row in aligned(rows))

    def _why(self, answer: Explanation) -> Iterator[Line]:
        if answer.event is not None:
            yield from (
                line.indented(2)
                for line in self._writer.event(answer.event, None if answer.every else MOST, "/why --all")
            )
        for rule in answer.rules:
            yield from (line.indented(2) for line in self._writer.rule(rule))
