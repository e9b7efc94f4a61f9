"""A report for a terminal: what differs, who is concerned, when, and a few messages to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundrules.display.columns import MARK, aligned, padded, width, window
from groundrules.display.lines import Line
from groundrules.tools.replaying.model import Example, Person, Report, RuleRow, Week
from groundrules.tools.replaying.render.words import ReportSpeech

PEOPLE = 20
WEEKS = 26
TEXT = 160  # columns
_BAR = 24
_EIGHTHS = " ▏▎▍▌▋▊▉"


def lines(report: Report, lang: str) -> Iterator[Line]:
    """Yield the report line by line."""
    return _Page(report, lang).lines()


class _Page:
    def __init__(self, report: Report, lang: str) -> None:
        self.report = report
        self.say = ReportSpeech(report, lang)

    def lines(self) -> Iterator[Line]:
        report, say = self.report, self.say
        yield Line(say("told", what=say.heading(report), detail=say.period(report)), "head")
        if report.before:
            yield Line("  " + say("compared", old=report.before.shown, new=report.after.shown))
        yield from (Line(f"  {line}") for line in say.readings(report))
        yield from (Line(f"    {line}") for line in say.refused(report.after))
        yield from self._rules()
        if report.before:
            yield from self._people("newly", report.newly)
            yield from self._people("spared", report.spared)
            yield from self._people("otherwise", report.otherwise)
        else:
            yield from self._people("people", report.people)
        yield from self._weeks()
        yield from self._examples()
        yield from self._undecided()
        yield from self._budget()

    def _head(self, name: str, more: str = "") -> Iterator[Line]:
        yield Line()
        yield Line(self.say(name) + more, "head")

    # --- rules ----------------------------------------------------------------------------------

    def _rules(self) -> Iterator[Line]:
        report, say = self.report, self.say
        if not report.rules:
            yield Line("  " + say("nothing"))
            return
        if report.before and not any(row.gained or row.lost or row.changed for row in report.rules):
            yield Line("  " + say("same"))
        yield from self._head("by_rule")
        names = ["rule", "after", "members"]
        if report.before:
            names = ["rule", "before", "after", "gained", "lost", "changed", "members"]
        names += [name for name in ("shadow", "away") if self._any(name)]
        rows = [[self._cell(row, name) for name in names] for row in report.rules]
        head = [say("acts" if name == "after" and not report.before else name) for name in names]
        yield from table(head, rows)
        if self._any("away"):
            yield Line("  " + say("away_help"), "faint")

    def _any(self, name: str) -> bool:
        return any(getattr(row, f"{name}_before") or getattr(row, f"{name}_after") for row in self.report.rules)

    def _cell(self, row: RuleRow, name: str) -> str:
        signs = {"gained": "+", "lost": "−", "changed": "~"}
        if name == "rule":
            return row.rule + self.say.aside(self.say("renamed", was=row.was) if row.was else "")
        if name == "members":
            return self._moved(row.members_before, row.members_after)
        if name in ("shadow", "away"):
            return self._moved(getattr(row, f"{name}_before"), getattr(row, f"{name}_after"))
        count: int = getattr(row, name)
        return f"{signs.get(name, '')}{count:,}" if count or name not in signs else ""

    def _moved(self, before: int, after: int) -> str:
        return f"{before:,} → {after:,}" if self.report.before and before != after else f"{after:,}"

    # --- members --------------------------------------------------------------------------------

    def _people(self, name: str, people: Sequence[Person]) -> Iterator[Line]:
        if not people:
            return
        yield from self._head(name, self.say.aside(f"{len(people):,}"))
        rows = [
            [self.say.person(person), self._moved(person.before, person.after), self.say.join(person.rules)]
            for person in people[:PEOPLE]
        ]
        yield from table(None, rows)
        if len(people) > PEOPLE:
            yield Line("  " + self.say("more", count=len(people) - PEOPLE))

    # --- weeks ----------------------------------------------------------------------------------

    def _weeks(self) -> Iterator[Line]:
        weeks = [week for week in self.report.weeks if week.before or week.after]
        if not weeks:
            return
        yield from self._head("by_week")
        shown = weeks if len(weeks) <= WEEKS else sorted(weeks, key=_by_weight)[:WEEKS]
        most = max(max(week.before, week.after) for week in shown)
        rows = [self._week(week, most) for week in sorted(shown, key=lambda week: week.week)]
        yield from table(None, rows)
        if len(weeks) > len(shown):
            yield Line("  …")

    def _week(self, week: Week, most: int) -> list[str]:
        cells = [week.week, self._moved(week.before, week.after)]
        if self.report.before:
            cells += [f"+{week.gained:,}" if week.gained else "", f"−{week.lost:,}" if week.lost else ""]
        return [*cells, bar(week.after, most)]

    # --- examples -------------------------------------------------------------------------------

    def _examples(self) -> Iterator[Line]:
        if self.report.examples:
            yield from self._head("examples")
        heading = None
        for example in self.report.examples:
            if (example.rule, example.side) != heading:
                yield "  " + Line(example.rule, "head") + self.say("colon") + self.say(f"side_{example.side}")
                heading = (example.rule, example.side)
            yield from (line.indented(4) for line in self._example(example))

    def _example(self, example: Example) -> Iterator[Line]:
        say = self.say
        place = f" {say('in', channel=example.channel)}" if example.channel else ""
        yield Line(f"{say.second(example.at)}  {say.who(example)}{place}")
        if example.text:
            yield "  “" + _marked(example) + "”"
        yield from (Line(f"  → {line}") for line in say.doing(example))
        yield from (Line(f"  {line}", "faint") for line in say.reasons(example))

    # --- the rest -------------------------------------------------------------------------------

    def _undecided(self) -> Iterator[Line]:
        if not self.report.undecided:
            return
        yield from self._head("undecided")
        for row in self.report.undecided:
            missing = self.say.names(row.missing)
            text = self.say("undecided_row", rule=f"`{row.rule}`", count=row.count, events=row.events, missing=missing)
            yield Line(f"  {text}")
        yield Line(f"  {self.say('undecided_help')}")

    def _budget(self) -> Iterator[Line]:
        if not self.report.budget:
            return
        yield from self._head("budget", self.say("colon") + self.say.outcome(self.report.budget))
        for verdict in self.report.budget:
            word = padded(self.say("kept" if verdict.ok else "broken"), width(self.say("broken")))
            yield "  " + Line(word, "holds" if verdict.ok else "alarm") + f"  {self.say.verdict(verdict)}"


def _by_weight(week: Week) -> tuple[int, int, str]:
    return (-(week.gained + week.lost), -week.after, week.week)


def _marked(example: Example) -> Line:
    """Return the text in one line, its evidence underlined, cut around that if it is long."""
    flat = "".join(" " if char.isspace() else char for char in example.text)
    start, end = window(flat, example.marks[0].start if example.marks else 0, TEXT, 40)
    shown, at = Line(MARK if start else ""), start
    for mark in example.marks:
        if mark.end <= end:
            shown += Line(flat[at : mark.start]) + Line(flat[mark.start : mark.end], "found")
            at = mark.end
    return shown + flat[at:end] + (MARK if end < len(flat) else "")


def bar(value: int, most: int) -> str:
    """Return a bar of up to 24 cells, in eighths of a cell."""
    eighths = round(8 * _BAR * value / most) if most else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def table(head: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> Iterator[Line]:
    """Yield rows with their columns aligned, numbers to the right; columns that hold nothing are left out."""
    used = [column for column in range(len(rows[0])) if any(row[column] for row in rows)]
    numeric = [place for place, column in enumerate(used) if _numeric(rows, column)]
    cells = [[row[column] for column in used] for row in ([head] if head else []) + list(rows)]
    for number, row in enumerate(aligned(cells, numeric)):
        yield Line(f"  {row}", "faint" if head and number == 0 else "")


def _numeric(rows: Sequence[Sequence[str]], column: int) -> bool:
    return all(not row[column] or row[column].lstrip("+−~")[:1].isdigit() for row in rows) and not all(
        row[column][:4].isdigit() and row[column][4:5] == "-" for row in rows
    )
