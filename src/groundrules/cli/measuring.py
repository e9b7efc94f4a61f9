"""`groundrules test --coverage`, `--mutate` and `--boundaries`: how good the tests are, once they pass."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence, Sized
from typing import Any, Protocol, TypeVar

import click

from groundrules.cli.wording import Speech
from groundrules.diagnostics.excerpt import excerpt
from groundrules.plan import ir
from groundrules.tools.measuring.boundaries import Proposal, boundaries
from groundrules.tools.measuring.coverage import Coverage, coverage, joined
from groundrules.tools.measuring.mutants import Verdict, judge, mutants
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.write import write_cases

Measured = dict[str, dict[str, Any]]  # coverage | mutants | boundaries → rulebook → what was found
T = TypeVar("T")


class Suite(Protocol):
    """A rulebook with its cases."""

    @property
    def rulebook(self) -> str: ...

    @property
    def groups(self) -> list[tuple[ir.Plan, list[Case]]]: ...


def measure(suites: Iterable[Suite], asked: Collection[str]) -> Measured:
    """Measure what is asked for, rulebook by rulebook."""
    found: Measured = {name: {} for name in ("coverage", "mutants", "boundaries") if name in asked}
    for suite in suites:
        name = suite.rulebook
        if "coverage" in found:
            found["coverage"][name] = joined(coverage(plan, cases) for plan, cases in suite.groups)
        if "mutants" in found:
            found["mutants"][name] = list(_mutated(suite))
        if "boundaries" in found:
            found["boundaries"][name] = [one for plan, cases in suite.groups[:1] for one in boundaries(plan, cases)]
    return found


def _mutated(suite: Suite) -> Iterable[Verdict]:
    """The mutants of every plan, each once: one that any of them notices is noticed."""
    found: dict[tuple[Any, ...], Verdict] = {}
    for plan, cases in suite.groups:
        every = list(mutants(plan))
        for one in _shown(judge(plan, cases, every), every):
            key = (one.owner, one.file, one.line, one.text, one.change)
            known = found.get(key)
            if known is None or known.by is None:
                found[key] = one
    return found.values()


def _shown(found: Iterator[T], every: Sized) -> Iterator[T]:
    """Yield what is found, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from found
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(found, "mutants", len(every), console=Console(stderr=True), transient=True)


def reaches(measured: Measured, least: float | None) -> bool:
    """Whether every rulebook comes up to `least` percent, in coverage and in mutants noticed."""
    shares = [found.share for found in measured.get("coverage", {}).values()]
    shares += [_noticed(found) for found in measured.get("mutants", {}).values()]
    return least is None or all(share * 100 >= least for share in shares)


def _noticed(found: Sequence[Verdict]) -> float:
    return sum(one.by is not None for one in found) / len(found) if found else 1.0


# --- to read ------------------------------------------------------------------------------------------


def show(measured: Measured, say: Speech) -> None:
    """Print what was found."""
    for name, found in measured.get("coverage", {}).items():
        _coverage(name, found, say)
    for name, found in measured.get("mutants", {}).items():
        _mutants(name, found, say)
    for name, found in measured.get("boundaries", {}).items():
        _boundaries(name, found, say)


def _coverage(name: str, found: Coverage, say: Speech) -> None:
    click.echo("\n" + say("reached", name=name, reached=len(found.reached), all=len(found.items), share=found.share))
    for item in found.missed:
        phrase = item.kind if item.kind in ("clause", "end") else "never"
        owner = click.style(item.owner, bold=True)
        told = say(phrase, owner=owner, text=excerpt(item.text, 80), what=say.phrase(item.what))
        click.echo(f"  {item.file}:{item.line}: {told}")


def _mutants(name: str, found: Sequence[Verdict], say: Speech) -> None:
    missed = sorted((one for one in found if one.by is None), key=lambda one: (one.file, one.line))
    noticed = len(found) - len(missed)
    click.echo("\n" + say("noticed", name=name, noticed=noticed, all=len(found), share=_noticed(found)))
    for one in missed:
        place = f"{one.file}:{one.line}: " if one.file else ""
        owner = say("owner", owner=click.style(one.owner, bold=True))
        of = say("of", text=excerpt(one.text)) if one.text not in ("", one.owner) else ""
        click.echo(f"  {place}{owner}{say('unnoticed', of=of, change=say.phrase(one.change))}")


def _boundaries(name: str, found: Sequence[Proposal], say: Speech) -> None:
    if not found:
        click.echo("\n" + say("all_bounded", name=name))
        return
    cases = [one.case for one in found if one.case is not None]
    click.echo("\n# " + say("unbounded", name=name, count=len(found)))
    for one in found:
        if one.case is None:
            told = say("by_hand", owner=one.threshold.owner, text=excerpt(one.threshold.text, 80))
            click.echo(f"# {one.threshold.file}:{one.threshold.line}: {told}")
    if cases:
        click.echo(f"# {say('read_it')}")
        click.echo(write_cases(cases), nl=False)


# --- for programs -------------------------------------------------------------------------------------


def as_json(measured: Measured) -> dict[str, Any]:
    """Return what was found as plain data."""
    told: dict[str, Any] = {}
    if "coverage" in measured:
        told["coverage"] = [_coverage_json(name, found) for name, found in measured["coverage"].items()]
    if "mutants" in measured:
        told["mutants"] = [
            {"rulebook": name, "noticed": round(_noticed(found), 4), "mutants": [vars(one) for one in found]}
            for name, found in measured["mutants"].items()
        ]
    if "boundaries" in measured:
        told["boundaries"] = [
            {"rulebook": name, "thresholds": [_proposal_json(one) for one in found]}
            for name, found in measured["boundaries"].items()
        ]
    return told


def _coverage_json(name: str, found: Coverage) -> dict[str, Any]:
    items = [{**vars(item), "reached": item in found.reached} for item in found.items]
    return {"rulebook": name, "reached": round(found.share, 4), "items": items}


def _proposal_json(one: Proposal) -> dict[str, Any]:
    threshold = one.threshold
    place = {"owner": threshold.owner, "text": threshold.text, "file": threshold.file, "line": threshold.line}
    return {**place, "around": threshold.around, "tests": write_cases([one.case]) if one.case else None}
