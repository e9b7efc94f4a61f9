"""What a report says."""

from __future__ import annotations

from collections.abc import Sequence

from groundrules.diagnostics.translation import refused
from groundrules.narrate.decision import clause_line
from groundrules.narrate.localised import pick
from groundrules.narrate.speech import Speech, speech
from groundrules.tools.replaying.model import Example, Person, Reading, Report, RuleRow, Verdict


class ReportSpeech(Speech):
    """The words for the parts of a report, with times in its zone."""

    def __init__(self, report: Report, lang: str) -> None:
        super().__init__("replay", lang, report.zone)

    def second(self, at: str) -> str:
        """An instant to the second."""
        return self.time(at)[:19]

    def day(self, at: str) -> str:
        return self.time(at)[:10]

    def heading(self, report: Report) -> str:
        return self("heading", rulebook=pick(report.title, self.lang) or report.rulebook)

    def period(self, report: Report) -> str:
        return self(
            "period", events=f"{report.after.events:,}", first=self.day(report.first), last=self.day(report.last)
        )

    def reading(self, reading: Reading) -> str:
        return self(
            "lines",
            lines=reading.events,
            decided=reading.decided,
            rejected=reading.rejected,
            duplicates=reading.duplicates,
            late=reading.late,
        )

    def readings(self, report: Report) -> list[str]:
        """Say how the input was taken: once, if both versions took it alike."""
        new, old = report.after, report.before
        if old is None or self.reading(old) == self.reading(new):
            return [self.reading(new)]
        return [self("lines_of", shown=reading.shown, line=self.reading(reading)) for reading in (old, new)]

    def refused(self, reading: Reading) -> list[str]:
        """Say what was refused: how often by code, and the first few lines."""
        if not reading.codes:
            return []
        codes = ", ".join(f"{code} {count:,}" for code, count in reading.codes.items())
        few = reading.rejections[:3]
        lines = [
            self("rejection", line=rejection.line, code=rejection.code, reason=refused(rejection.reason, self.lang))
            for rejection in few
        ]
        return [self("by_code", codes=codes), *lines]

    def title(self, row: RuleRow) -> str:
        return pick(row.title, self.lang)

    def person(self, person: Person) -> str:
        return f"{person.name} ({person.member})" if person.name and person.name != person.member else person.member

    def who(self, example: Example) -> str:
        if not example.member:
            return self("by_time")
        named = example.name and example.name != example.member
        return f"{example.name} ({example.member})" if named else example.member

    def reasons(self, example: Example) -> list[str]:
        """Say in sentences which clauses decided."""
        return [clause_line(clause, speech("decisions", self.lang)) for clause in example.clauses]

    def doing(self, example: Example) -> list[str]:
        effects = self("does", does=self.join(example.does)) if example.does else self("does_nothing")
        return [effects, *([self("instead", does=self.join(example.instead))] if example.instead else [])]

    def verdict(self, verdict: Verdict) -> str:
        cohort = pick(verdict.title, self.lang) or verdict.cohort or self("everybody")
        if not verdict.total:
            return self("empty", rule=verdict.rule, cohort=cohort)
        return self(
            "verdict_min" if verdict.at_least else "verdict",
            rule=verdict.rule,
            cohort=cohort,
            share=percent(verdict.acted, verdict.total),
            acted=verdict.acted,
            total=verdict.total,
            of=self(f"of_{verdict.of}"),
            bound=self("at_least" if verdict.at_least else "at_most"),
            limit=verdict.limit,
        )

    def outcome(self, verdicts: Sequence[Verdict]) -> str:
        broken = [verdict.rule for verdict in verdicts if not verdict.ok]
        return self("outside", rules=self.join(dict.fromkeys(broken))) if broken else self("within")


def percent(part: int, whole: int) -> str:
    """Return a share with as many digits as it takes to tell it from none and from all."""
    share = 100 * part / whole if whole else 0.0
    for digits in (1, 2, 3, 4):
        text = f"{share:.{digits}f}"
        if part in (0, whole) or float(text) not in (0.0, 100.0):
            return text.rstrip("0").rstrip(".") + "%"
    return f"{share:.6f}%"
