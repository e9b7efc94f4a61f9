"""Answers as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len

from groundrules.narrate import language_of, pick
from groundrules.plan import ir
from groundrules.tools.explaining.human import MARKS, MOST, Line, Writer, deciding
from groundrules.tools.explaining.model import RuleExplained
from groundrules.tools.explaining.nearness import parts_that_hold
from groundrules.tools.explaining.telling import Speech, joined
from groundrules.tools.trying.answers import Answer, Happened, Help, Problem, Said, Table, Why
from groundrules.tools.trying.words import HELP, TYPES, WORDS


class Voice:
    """Words answers in one language."""

    def __init__(self, plan: ir.Plan, lang: str) -> None:
        self.plan = plan
        self.lang = language_of(lang)
        self._words = WORDS[self.lang]
        self._speech = Speech(plan, lang)
        self._writer = Writer(self._speech)

    def say(self, phrase: str, /, **values: Any) -> str:
        shown = {name: self._speech.value(value) for name, value in values.items()}
        return self._words[phrase].format(**shown)

    def welcome(self) -> Line:
        rules = sum(isinstance(rule.trigger, ir.OnEvent) for rule in self.plan.rules)
        title = pick(self.plan.title, self.lang) or self.plan.rulebook
        return Line(self._words["welcome"].format(title=title, rules=rules), "faint")

    def lines(self, answer: Answer) -> Iterator[Line]:
        """An answer, line by line."""
        match answer:
            case Happened():
                yield from self._happened(answer)
            case Problem():
                yield Line("  " + self.say(answer.phrase, **answer.values), "fails")
            case Said():
                yield Line("  " + self.say(answer.phrase, **answer.values), "faint")
            case Table():
                yield from self._table(answer)
            case Why():
                yield from self._why(answer)
            case Help():
                yield Line(self._words["commands"], "head")
                yield from self._rows(HELP[self.lang])

    # --- what happened ----------------------------------------------------------------------------

    def _happened(self, answer: Happened) -> Iterator[Line]:
        yield Line(self._headline(answer), "head")
        if answer.new_member:
            yield Line("  " + self._words["new_member"].format(who=answer.new_member), "faint")
        told = [line.indented(2) for line in self._writer.happened(answer.told) if line.text]
        yield from told
        if not told and answer.type is not None:
            yield from self._nothing(answer)

    def _headline(self, answer: Happened) -> str:
        event = answer.told.event
        time = self._speech.time(event.at)
        if answer.type is None:
            return f"{time}  {self._words['time_passed']}"
        where = f" #{answer.told.channel}" if answer.told.channel else ""
        tag = f" [{answer.tag}]" if answer.tag else ""
        kind = "" if answer.type == "message" else TYPES[self.lang].get(answer.type, f"({answer.type})") + " "
        return f"{time}{where}  {event.who or ''}{tag}: {kind}{self._speech.value(event.text)}".rstrip(": ")

    def _nothing(self, answer: Happened) -> Iterator[Line]:
        if not answer.told.rules:
            reason = self._words["no_listener"].format(type=answer.told.event.type)
            yield Line("  " + self._words["nothing"].format(reason=reason), "faint")
            return
        yield Line("  " + self._words["nothing"].format(reason=self._words["no_rule_applies"]), "faint")
        nearest = answer.nearest
        for unknown in (one for decision in answer.told.decisions for one in decision.unknown):
            if nearest is None or unknown.rule != nearest.rule:
                missing = joined(self._speech, unknown.missing)
                yield Line("  ? " + self._speech.say("undecided", rule=unknown.rule, missing=missing), "unknown")
        if nearest is not None:
            yield from (line.indented(2) for line in self._nearest(nearest))

    def _nearest(self, told: RuleExplained) -> Iterator[Line]:
        """The rule that came nearest, what failed, and what would have made it fire."""
        name = self._words["came_nearest"].format(rule=self._speech.name(told))
        held, of = parts_that_hold(told.when)
        colon = "：" if self.lang == "zh" else ": "
        if told.verdict == "false" and told.when is not None:
            score = self._words["so_many"].format(held=held, of=of) if of > 1 else ""
            yield Line(name + (f"{'，' if self.lang == 'zh' else ', '}{score}" if score else ""), "faint")
            yield from (Line(f"  {MARKS[part.outcome]} {part.text}", "faint") for part in deciding(told.when))
        else:
            yield Line(name + colon + self._writer.verdict(told), "faint")
            for part in deciding(told.unless) if told.unless is not None and told.verdict == "unless" else ():
                yield Line(f"  {MARKS[part.outcome]} {part.text}", "faint")
        for way in told.would_fire[:1]:
            phrase = "would" if way.tried else "would.untried"
            yield Line("  " + self._words[phrase].format(way=self._speech.way(way)), "faint")

    # --- tables and reasons -----------------------------------------------------------------------

    def _table(self, answer: Table) -> Iterator[Line]:
        yield Line("  " + self._words[answer.phrase], "head")
        if not answer.rows:
            yield Line("    " + self._words["none"], "faint")
        yield from (line.indented(2) for line in self._rows(answer.rows))

    def _rows(self, rows: tuple[tuple[str, str], ...]) -> Iterator[Line]:
        width = max((cell_len(name) for name, _ in rows), default=0)
        for name, value in rows:
            yield Line(f"  {name}{' ' * (width - cell_len(name))}  {value}".rstrip())

    def _why(self, answer: Why) -> Iterator[Line]:
        if answer.event is not None:
            yield from (
                line.indented(2)
                for line in self._writer.event(answer.event, None if answer.every else MOST, "/why --all")
            )
        for told in answer.rules:
            yield from (line.indented(2) for line in self._writer.rule(told))
