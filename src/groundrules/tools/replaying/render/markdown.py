"""A report in Markdown, short enough for a comment on a pull request. It quotes no messages: those stay in the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundrules.display.safe import markdown as escape
from groundrules.display.safe import markdown_code as code
from groundrules.tools.replaying.model import Person, Report, RuleRow
from groundrules.tools.replaying.render.words import ReportSpeech

PEOPLE = 10


def render(report: Report, lang: str) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(report, ReportSpeech(report, lang))) + "\n"


def _lines(report: Report, say: ReportSpeech) -> Iterator[str]:
    yield f"### {escape(say.heading(report))}"
    yield ""
    if report.before:
        yield escape(say("compared", old=report.before.shown, new=report.after.shown)) + "  "
    yield escape(say.period(report)) + "  "
    for line in [*say.readings(report), *say.refused(report.after)]:
        yield escape(line) + "  "
    yield from _budget(report, say)
    yield from _rules(report, say)
    if report.before:
        yield from _people("newly", report.newly, say, True)
        yield from _people("spared", report.spared, say, True)
    else:
        yield from _people("people", report.people, say, False)
    for row in report.undecided:
        missing = say.join(map(code, row.missing))
        text = say("undecided_row", rule=code(row.rule), count=row.count, events=row.events, missing=missing)
        yield f"- {say('undecided')}: {text}"


def _budget(report: Report, say: ReportSpeech) -> Iterator[str]:
    if report.budget:
        yield ""
        yield f"**{say('budget')}: {escape(say.outcome(report.budget))}**"
        yield ""
    for verdict in report.budget:
        yield f"- {'✅' if verdict.ok else '❌'} {escape(say.verdict(verdict))}"


def _rules(report: Report, say: ReportSpeech) -> Iterator[str]:
    yield ""
    if not report.rules:
        yield say("nothing")
        return
    if report.before and not any(row.gained or row.lost or row.changed for row in report.rules):
        yield say("same")
        return
    names = ["before", "after", "gained", "lost", "changed"] if report.before else ["after"]
    head = [say("rule"), *(say("acts" if name == "after" and not report.before else name) for name in names)]
    yield "| " + " | ".join([*head, say("members")]) + " |"
    yield "|---|" + "--:|" * (len(names) + 1)
    for row in report.rules:
        counts = [f"{getattr(row, name):,}" if getattr(row, name) or name in names[:2] else "" for name in names]
        yield "| " + " | ".join([_name(row, say), *counts, _members(row, report)]) + " |"


def _name(row: RuleRow, say: ReportSpeech) -> str:
    return code(row.rule) + (f" ({say('renamed', was=code(row.was))})" if row.was else "")


def _members(row: RuleRow, report: Report) -> str:
    moved = report.before is not None and row.members_before != row.members_after
    return f"{row.members_before:,} → {row.members_after:,}" if moved else f"{row.members_after:,}"


def _people(name: str, people: Sequence[Person], say: ReportSpeech, compared: bool) -> Iterator[str]:
    if not people:
        return
    yield ""
    yield f"**{say(name)} ({len(people):,})**"
    yield ""
    for person in people[:PEOPLE]:
        counts = f"{person.before:,} → {person.after:,}" if compared else f"{person.after:,}"
        yield f"- {escape(say.person(person))}: {counts}, " + ", ".join(map(code, person.rules))
    if len(people) > PEOPLE:
        yield f"- {say('more', count=len(people) - PEOPLE)}"
