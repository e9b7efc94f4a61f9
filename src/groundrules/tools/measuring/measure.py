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


def measure(suites: Iterable[Suite], asked: Collection[str], watched: Watched[Verdict]) -> Measured:
    """Measure what is asked for, rulebook by rulebook; `watched` is shown the mutants as they are judged."""
    found: Measured = {name: {} for name in ("coverage", "mutants", "boundaries") if name in asked}
    for suite in suites:
        name = suite.rulebook
        if "coverage" in found:
            found["coverage"][name] = joined(coverage(plan, cases) for plan, cases in suite.groups)
        if "mutants" in found:
            found["mutants"][name] = list(_mutated(suite, watched))
        if "boundaries" in found:
            found["boundaries"][name] = [one for plan, cases in suite.groups[:1] for one in boundaries(plan, cases)]
    return found


def _mutated(suite: Suite, watched: Watched[Verdict]) -> Iterable[Verdict]:
    """The mutants of every plan, each once: one that any of them notices is noticed."""
    found: dict[tuple[Any, ...], Verdict] = {}
    for plan, cases in suite.groups:
        every = list(mutants(plan))
        for one in watched(judge(plan, cases, every), len(every)):
            key = (one.owner, one.file, one.line, one.text, one.change)
            known = found.get(key)
            if known is None or known.by is None:
                found[key] = one
    return found.values()


def reaches(measured: Measured, least: float | None) -> bool:
    """Whether every rulebook comes up to `least` percent, in coverage and in mutants noticed."""
    shares = [found.share for found in measured.get("coverage", {}).values()]
    shares += [noticed(found) for found in measured.get("mutants", {}).values()]
    return least is None or all(share * 100 >= least for share in shares)


def noticed(found: Sequence[Verdict]) -> float:
    """The share of mutants that a test noticed."""
    return sum(one.by is not None for one in found) / len(found) if found else 1.0


def as_json(measured: Measured) -> dict[str, Any]:
    """Return what was found as plain data."""
    told: dict[str, Any] = {}
    if "coverage" in measured:
        told["coverage"] = [_coverage_json(name, found) for name, found in measured["coverage"].items()]
    if "mutants" in measured:
        told["mutants"] = [
            {"rulebook": name, "noticed": round(noticed(found), 4), "mutants": [_data(one, "change") for one in found]}
            for name, found in measured["mutants"].items()
        ]
    if "boundaries" in measured:
        told["boundaries"] = [
            {"rulebook": name, "thresholds": [_proposal_json(one) for one in found]}
            for name, found in measured["boundaries"].items()
        ]
    return told


def _data(one: Item | Verdict, phrase: str) -> dict[str, Any]:
    """The fields of something, its phrase in English."""
    return {**vars(one), phrase: speech("tests", "en").phrase(getattr(one, phrase))}


def _coverage_json(name: str, found: Coverage) -> dict[str, Any]:
    items = [{**_data(item, "what"), "reached": item in found.reached} for item in found.items]
    return {"rulebook": name, "reached": round(found.share, 4), "items": items}


def _proposal_json(one: Proposal) -> dict[str, Any]:
    threshold = one.threshold
    place = {"owner": threshold.owner, "text": threshold.text, "file": threshold.file, "line": threshold.line}
    return {**place, "around": threshold.around, "tests": write_cases([one.case]) if one.case else None}
