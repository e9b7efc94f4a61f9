"""How good tests are, once they pass: what they reach, which mutants they notice, which thresholds they surround."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from groundrules.narrate.speech import speech
from groundrules.tools.measuring.boundaries import Proposal, boundaries
from groundrules.tools.measuring.coverage import Coverage, Item, coverage, joined
from groundrules.tools.measuring.mutants import Verdict, judge, mutants
from groundrules.tools.testing.runner import Suite
from groundrules.tools.testing.write import write_cases

Measured = dict[str, dict[str, Any]]  # coverage | mutants | boundaries → rulebook → what was found
T = TypeVar("T")
Watched = Callable[[Iterator[T], int], Iterator[T]]  # shows how far it is of so many


def measure(suites: Iterable[Suite], measures: Collection[str], watched: Watched[Verdict]) -> Measured:
    """Measure what is asked for, rulebook by rulebook; `watched` is shown the mutants as they are judged."""
    measured: Measured = {name: {} for name in ("coverage", "mutants", "boundaries") if name in measures}
    for suite in suites:
        name = suite.rulebook
        if "coverage" in measured:
            measured["coverage"][name] = joined(coverage(plan, cases) for plan, cases in suite.groups)
        if "mutants" in measured:
            measured["mutants"][name] = list(_mutated(suite, watched))
        if "boundaries" in measured:
            measured["boundaries"][name] = [
                proposal for plan, cases in suite.groups[:1] for proposal in boundaries(plan, cases)
            ]
    return measured


def _mutated(suite: Suite, watched: Watched[Verdict]) -> Iterable[Verdict]:
    """The mutants of every plan, each once: one that any of them notices is noticed."""
    verdicts: dict[tuple[Any, ...], Verdict] = {}
    for plan, cases in suite.groups:
        every = list(mutants(plan))
        for verdict in watched(judge(plan, cases, every), len(every)):
            key = (verdict.owner, verdict.file, verdict.line, verdict.text, verdict.change)
            known = verdicts.get(key)
            if known is None or known.by is None:
                verdicts[key] = verdict
    return verdicts.values()


def reaches(measured: Measured, least: float | None) -> bool:
    """Whether every rulebook comes up to `least` percent, in coverage and in mutants noticed."""
    shares = [coverage.share for coverage in measured.get("coverage", {}).values()]
    shares += [noticed(verdicts) for verdicts in measured.get("mutants", {}).values()]
    return least is None or all(share * 100 >= least for share in shares)


def noticed(verdicts: Sequence[Verdict]) -> float:
    """The share of mutants that a test noticed."""
    return sum(verdict.by is not None for verdict in verdicts) / len(verdicts) if verdicts else 1.0


def as_json(measured: Measured) -> dict[str, Any]:
    """Return what was found as plain data."""
    document: dict[str, Any] = {}
    if "coverage" in measured:
        document["coverage"] = [_coverage_json(name, coverage) for name, coverage in measured["coverage"].items()]
    if "mutants" in measured:
        document["mutants"] = [
            {
                "rulebook": name,
                "noticed": round(noticed(verdicts), 4),
                "mutants": [_data(verdict, "change") for verdict in verdicts],
            }
            for name, verdicts in measured["mutants"].items()
        ]
    if "boundaries" in measured:
        document["boundaries"] = [
            {"rulebook": name, "thresholds": [_proposal_json(proposal) for proposal in proposals]}
            for name, proposals in measured["boundaries"].items()
        ]
    return document


def _data(record: Item | Verdict, phrase: str) -> dict[str, Any]:
    """The fields of something, its phrase in English."""
    return {**vars(record), phrase: speech("tests", "en").phrase(getattr(record, phrase))}


def _coverage_json(name: str, coverage: Coverage) -> dict[str, Any]:
    items = [{**_data(item, "what"), "reached": item in coverage.reached} for item in coverage.items]
    return {"rulebook": name, "reached": round(coverage.share, 4), "items": items}


def _proposal_json(proposal: Proposal) -> dict[str, Any]:
    threshold = proposal.threshold
    place = {"owner": threshold.owner, "text": threshold.text, "file": threshold.file, "line": threshold.line}
    return {**place, "around": threshold.around, "tests": write_cases([proposal.case]) if proposal.case else None}
