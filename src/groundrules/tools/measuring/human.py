"""What was found out about tests, line by line; proposed tests as YAML to keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundrules.display.columns import excerpt
from groundrules.display.lines import Line
from groundrules.narrate.speech import Speech
from groundrules.tools.measuring.boundaries import Proposal
from groundrules.tools.measuring.coverage import Coverage
from groundrules.tools.measuring.measure import Measured, noticed
from groundrules.tools.measuring.mutants import Verdict
from groundrules.tools.testing.write import write_cases


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
        phrase = item.kind if item.kind in ("clause", "end") else "never"
        way = say(phrase, text=excerpt(item.text, 80), what=say.phrase(item.what))
        yield f"  {item.file}:{item.line}: " + Line(item.owner, "head") + way


def _mutants(name: str, verdicts: Sequence[Verdict], say: Speech) -> Iterator[Line]:
    missed = sorted(
        (verdict for verdict in verdicts if verdict.by is None), key=lambda verdict: (verdict.file, verdict.line)
    )
    yield Line()
    yield Line(
        say("noticed", name=name, noticed=len(verdicts) - len(missed), all=len(verdicts), share=noticed(verdicts))
    )
    for verdict in missed:
        place = f"{verdict.file}:{verdict.line}: " if verdict.file else ""
        of = say("of", text=excerpt(verdict.text)) if verdict.text not in ("", verdict.owner) else ""
        change = say("unnoticed", of=of, change=say.phrase(verdict.change))
        yield f"  {place}" + Line(verdict.owner, "head") + say("colon") + change


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
