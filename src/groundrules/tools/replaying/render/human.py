"""A report for a terminal: what differs, who is concerned, when, and a few messages to read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import click

from groundrules.tools.replaying.model import Example, Person, Report, RuleRow, Week
from groundrules.tools.replaying.render.words import Speech

PEOPLE = 20
WEEKS = 26
TEXT = 160
_BAR = 24
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EIGHTHS = " ▏▎▍▌▋▊▉"


def render(report: Report, lang: str) -> str:
    """Return the report as lines of text, styled; `click.echo` takes the styles away where nobody sees them."""
    return "\n".join(_Page(report, lang).lines()) + "\n"


class _Page:
    def __init__(self, report: Report, lang: str) -> None:
        self.report = report
        self.say = Speech(report, lang)

    def lines(self) -> Iterator[str]:
        report, say = self.report, self.say
        yield click.style(f"{say.heading(report)}: {say.period(report)}", bold=True)
        if report.before:
            yield "  " + say("compared", old=report.before.shown, new=report.after.shown)
        yield from (f"  {line}" for line in say.readings(report))
        yield from (f"    {line}" for line in say.refused(report.after))
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

    def _head(self, name: str, more: str = "") -> Iterator[str]:
        yield ""
        yield click.style(self.say(name) + more, bold=True)

    # --- rules ----------------------------------------------------------------------------------

    def _rules(self) -> Iterator[str]:
        report, say = self.report, self.say
        if not report.rules:
            yield "  " + say("nothing")
            return
        if report.before and not any(row.gained or row.lost or row.changed for row in report.rules):
            yield "  " + say("same")
        yield from self._head("by_rule")
        names = ["rule", "after", "members"]
        if report.before:
            names = ["rule", "before", "after", "gained", "lost", "changed", "members"]
        if self._shadows:
            names.append("shadow")
        rows = [[self._cell(row, name) for name in names] for row in report.rules]
        head = [say("acts" if name == "after" and not report.before else name) for name in names]
        yield from table(head, rows)

    @property
    def _shadows(self) -> bool:
        return any(row.shadow_before or row.shadow_after for row in self.report.rules)

    def _cell(self, row: RuleRow, name: str) -> str:
        signs = {"gained": "+", "lost": "−", "changed": "~"}
        if name == "rule":
            return row.rule + (f" ({self.say('renamed', was=row.was)})" if row.was else "")
        if name == "members":
            return self._moved(row.members_before, row.members_after)
        if name == "shadow":
            return self._moved(row.shadow_before, row.shadow_after)
        count: int = getattr(row, name)
        return f"{signs.get(name, '')}{count:,}" if count or name not in signs else ""

    def _moved(self, before: int, after: int) -> str:
        return f"{before:,} → {after:,}" if self.report.before and before != after else f"{after:,}"

    # --- members --------------------------------------------------------------------------------

    def _people(self, name: str, people: Sequence[Person]) -> Iterator[str]:
        if not people:
            return
        yield from self._head(name, f" ({len(people):,})")
        rows = [
            [_flat(self.say.person(one)), self._moved(one.before, one.after), ", ".join(one.rules)]
            for one in people[:PEOPLE]
        ]
        yield from table(None, rows)
        if len(people) > PEOPLE:
            yield "  " + self.say("more", count=len(people) - PEOPLE)

    # --- weeks ----------------------------------------------------------------------------------

    def _weeks(self) -> Iterator[str]:
        weeks = [week for week in self.report.weeks if week.before or week.after]
        if not weeks:
            return
        yield from self._head("by_week")
        shown = weeks if len(weeks) <= WEEKS else sorted(weeks, key=_telling)[:WEEKS]
        most = max(max(week.before, week.after) for week in shown)
        rows = [self._week(week, most) for week in sorted(shown, key=lambda week: week.week)]
        yield from table(None, rows)
        if len(weeks) > len(shown):
            yield "  …"

    def _week(self, week: Week, most: int) -> list[str]:
        cells = [week.week, self._moved(week.before, week.after)]
        if self.report.before:
            cells += [f"+{week.gained:,}" if week.gained else "", f"−{week.lost:,}" if week.lost else ""]
        return [*cells, bar(week.after, most)]

    # --- examples -------------------------------------------------------------------------------

    def _examples(self) -> Iterator[str]:
        if self.report.examples:
            yield from self._head("examples")
        told = None
        for example in self.report.examples:
            if (example.rule, example.side) != told:
                yield f"  {click.style(example.rule, bold=True)}: {self.say(f'side_{example.side}')}"
                told = (example.rule, example.side)
            yield from (f"    {line}" for line in self._example(example))

    def _example(self, example: Example) -> Iterator[str]:
        say = self.say
        place = f" {say('in', channel=example.channel)}" if example.channel else ""
        yield _flat(f"{say.time(example.at)}  {say.who(example)}{place}")
        if example.text:
            yield f"  “{_marked(example)}”"
        for line in say.doing(example):
            yield f"  → {line}"
        for line in say.reasons(example):
            yield click.style(f"  {_flat(line)}", fg="bright_black")

    # --- the rest -------------------------------------------------------------------------------

    def _undecided(self) -> Iterator[str]:
        if not self.report.undecided:
            return
        yield from self._head("undecided")
        for row in self.report.undecided:
            missing = ", ".join(f"`{name}`" for name in row.missing)
            yield "  " + self.say(
                "undecided_row", rule=f"`{row.rule}`", count=row.count, events=row.events, missing=missing
            )
        yield f"  {self.say('undecided_help')}"

    def _budget(self) -> Iterator[str]:
        if not self.report.budget:
            return
        yield from self._head("budget", f": {self.say.outcome(self.report.budget)}")
        for verdict in self.report.budget:
            word, size = self.say("kept" if verdict.ok else "broken"), width(self.say("broken"))
            mark = click.style(word, fg="green" if verdict.ok else "red", bold=not verdict.ok)
            yield f"  {mark}{' ' * (size - width(word))}  {self.say.verdict(verdict)}"


def _telling(week: Week) -> tuple[int, int, str]:
    return (-(week.gained + week.lost), -week.after, week.week)


def _marked(example: Example) -> str:
    """Return the text in one line, its evidence underlined, cut around that if it is long."""
    first = example.marks[0].start if example.marks else 0
    start = max(0, min(first - 40, len(example.text) - TEXT))
    end = min(len(example.text), start + TEXT)
    pieces, at = [], start
    for mark in example.marks:
        if mark.end <= end:
            pieces.append(_flat(example.text[at : mark.start]))
            pieces.append(click.style(_flat(example.text[mark.start : mark.end]), underline=True, fg="yellow"))
            at = mark.end
    pieces.append(_flat(example.text[at:end]))
    return ("…" if start else "") + "".join(pieces) + ("…" if end < len(example.text) else "")


def _flat(text: str) -> str:
    """Return a text with a space for each character that would move the cursor or turn the line around."""
    return "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") or one in _BIDI else one for one in text)


def bar(value: int, most: int) -> str:
    """Return a bar of up to 24 cells, in eighths of a cell."""
    eighths = round(8 * _BAR * value / most) if most else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def table(head: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows with their columns aligned, numbers to the right; columns that hold nothing are left out."""
    used = [column for column in range(len(rows[0])) if any(row[column] for row in rows)]
    head = [head[column] for column in used] if head else None
    rows = [[row[column] for column in used] for row in rows]
    cells = [list(row) for row in ([head] if head else []) + list(rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        parts = [
            " " * (size - width(cell)) + cell if _numeric(rows, column) else cell + " " * (size - width(cell))
            for column, (cell, size) in enumerate(zip(row, widths, strict=True))
        ]
        line = "  " + "  ".join(parts).rstrip()
        yield click.style(line, dim=True) if head and number == 0 else line


def _numeric(rows: Sequence[Sequence[str]], column: int) -> bool:
    return all(not row[column] or row[column].lstrip("+−~")[:1].isdigit() for row in rows) and not all(
        row[column][:4].isdigit() and row[column][4:5] == "-" for row in rows
    )


def width(text: str) -> int:
    """Return the cells that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
