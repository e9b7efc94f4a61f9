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
    for name, found in measured.get("coverage", {}).items():
        yield from _coverage(name, found, say)
    for name, found in measured.get("mutants", {}).items():
        yield from _mutants(name, found, say)
    for name, found in measured.get("boundaries", {}).items():
        yield from _boundaries(name, found, say)


def _coverage(name: str, found: Coverage, say: Speech) -> Iterator[Line]:
    yield Line()
    yield Line(say("reached", name=name, reached=len(found.reached), all=len(found.items), share=found.share))
    for item in found.missed:
        phrase = item.kind if item.kind in ("clause", "end") else "never"
        way = say(phrase, text=excerpt(item.text, 80), what=say.phrase(item.what))
        yield f"  {item.file}:{item.line}: " + Line(item.owner, "head") + way


def _mutants(name: str, found: Sequence[Verdict], say: Speech) -> Iterator[Line]:
    missed = sorted((one for one in found if one.by is None), key=lambda one: (one.file, one.line))
    yield Line()
    yield Line(say("noticed", name=name, noticed=len(found) - len(missed), all=len(found), share=noticed(found)))
    for one in missed:
        place = f"{one.file}:{one.line}: " if one.file else ""
        of = say("of", text=excerpt(one.text)) if one.text not in ("", one.owner) else ""
        change = say("unnoticed", of=of, change=say.phrase(one.change))
        yield f"  {place}" + Line(one.owner, "head") + say("colon") + change


def _boundaries(name: str, found: Sequence[Proposal], say: Speech) -> Iterator[Line]:
    yield Line()
    if not found:
        yield Line(say("all_bounded", name=name))
        return
    cases = [one.case for one in found if one.case is not None]
    yield Line("# " + say("unbounded", name=name, count=len(found)))
    for one in found:
        if one.case is None:
            told = say("by_hand", owner=one.threshold.owner, text=excerpt(one.threshold.text, 80))
            yield Line(f"# {one.threshold.file}:{one.threshold.line}: {told}")
    if cases:
        yield Line(f"# {say('read_it')}")
        yield from map(Line, write_cases(cases).splitlines())
