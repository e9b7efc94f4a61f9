"""Findings about tests, line by line; proposed tests as YAML to keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from groundrules.display.columns import excerpt
from groundrules.display.lines import Line
from groundrules.narrate.speech import Speech
from groundrules.tools.measuring.boundaries import Proposal
from groundrules.tools.measuring.coverage import Coverage
from groundrules.tools.measuring.measure import Measured, noticed
from groundrules.tools.measuring.mutants import Verdict
from groundrules.tools.testing.write import write_cases

MOST = 20  # lines of mutants that no test notices; all of them are in the JSON


def lines(measured: Measured, say: Speech) -> Iterator[Line]:
    """Yield what was found."""
    for name, measurement in measured.get("coverage", {}).items():
        yield from _coverage(name, measurement, say)
    for name, measurement in measured.get("mutants", {}).items():
        yield from _mutants(name, measurement, say)
    for name, measurement in measured.get("boundaries", {}).items():
        yield from _boundaries(name, measurement, say)


def _coverage(name: str, coverage: Coverage, say: Speech) -> Iterator[Line]:
    yield Line()
    yield Line(say("reached", name=name, reached=len(coverage.reached), all=len(coverage.items), share=coverage.share))
    for item in coverage.missed:
        phrase = item.kind if item.kind in ("clause", "end", "item") else "never"
        way = say(phrase, text=excerpt(item.text, 80), what=say.phrase(item.what))
        yield f"  {item.file}:{item.line}: " + Line(item.owner, "head") + way


def _mutants(name: str, verdicts: Sequence[Verdict], say: Speech) -> Iterator[Line]:
    missed = [verdict for verdict in verdicts if verdict.by is None]
    yield Line()
    yield Line(
        say("noticed", name=name, noticed=len(verdicts) - len(missed), all=len(verdicts), share=noticed(verdicts))
    )
    rows = _gathered(missed)
    for row in rows[:MOST]:
        yield _missed(row, say)
    if len(rows) > MOST:
        yield Line("  " + say("and_more", count=sum(map(len, rows[MOST:]))), "faint")


def _gathered(missed: Iterable[Verdict]) -> list[list[Verdict]]:
    """Mutants of one kind at one place together, the weightiest first."""
    rows: dict[tuple[str, str, int, str, str], list[Verdict]] = {}
    for verdict in missed:
        place = (verdict.owner, verdict.file, verdict.line, verdict.text, verdict.change.form)
        rows.setdefault(place, []).append(verdict)
    return sorted(rows.values(), key=lambda row: (row[0].weight, row[0].file, row[0].line, row[0].owner))


def _missed(row: Sequence[Verdict], say: Speech) -> Line:
    first = row[0]
    place = f"{first.file}:{first.line}: " if first.file else ""
    of = say("of", text=excerpt(first.text)) if first.text not in ("", first.owner) else ""
    changes = list(dict.fromkeys(verdict.change for verdict in row))
    if first.change.form.endswith("left_out") and first.change.parts:
        shown = say(first.change.form, say.join((str(change.parts[0]) for change in changes), "comma"))
    else:
        shown = say.join(map(say.phrase, changes), "comma")
    return f"  {place}" + Line(first.owner, "head") + say("colon") + say("unnoticed", of=of, change=shown)


def _boundaries(name: str, proposals: Sequence[Proposal], say: Speech) -> Iterator[Line]:
    yield Line()
    if not proposals:
        yield Line(say("all_bounded", name=name))
        return
    cases = [proposal.case for proposal in proposals if proposal.case is not None]
    yield Line("# " + say("unbounded", name=name, count=len(proposals)))
    for proposal in proposals:
        if proposal.case is None:
            hint = say("by_hand", owner=proposal.threshold.owner, text=excerpt(proposal.threshold.text, 80))
            yield Line(f"# {proposal.threshold.file}:{proposal.threshold.line}: {hint}")
    if cases:
        yield Line(f"# {say('read_it')}")
        yield from map(Line, write_cases(cases).splitlines())
