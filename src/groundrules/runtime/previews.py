"""Previews: what other settings would have done, estimated from recorded events in limited time; and budgets.

A `budget.yaml` next to a rulebook says how much of the past each rule may act on (docs/reviewing.md). Settings that
would break it on the recorded past are refused, always after counting everything recorded, never on an estimate.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

from msgspec import structs

from groundrules import confined
from groundrules.engine.engine import Engine
from groundrules.runtime.books import Edition, settled
from groundrules.runtime.errors import HubError
from groundrules.stores import Store
from groundrules.tools.replaying.budget import Budget, BudgetError, read_budget
from groundrules.tools.replaying.model import Verdict
from groundrules.tools.replaying.run import Settings, replayed
from groundrules.tools.replaying.sampling import Preview, Sides, preview

SECONDS = 0.8
"""Seconds for a preview, besides reading the rulebook under the other settings."""
BUDGET = "budget.yaml"


class Previews:
    """Replays what a store has recorded, one preview at a time, so that deciding gets its share of the machine."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: tuple[Edition, Engine] | None = None

    def look(self, community: str, known: Edition, path: str | None, settings: bytes, since: int) -> Preview:
        """Say what these settings would have done since then (ms), and what those of `known` did.

        Raises HubError for settings that don't fit.
        """
        budget = None if path is None else _budget(path)
        new = _extended(known, path, settings, budget)
        first, events = self._recorded(community, since)
        read = partial(self._lines, community, first)
        sides = Sides(known.version, new.version, self._engine(known), Engine(new.compiled))
        return preview(sides, read, events, SECONDS, budget, seed=events)

    def judged(
        self, community: str, known: Edition, path: str, settings: bytes, since: int, sampled: Preview
    ) -> Preview:
        """Return a preview whose budget is judged by everything recorded since then, however long that takes."""
        budget = _budget(path)
        if budget is None:
            return sampled
        new = _extended(known, path, settings, budget)
        with NamedTemporaryFile(suffix=".jsonl") as file:
            first, _ = self._recorded(community, since)
            file.writelines(line + b"\n" for line in self._behind(community, first))
            file.flush()
            whole = replayed(new.version, [file.name], None, budget, Settings(jobs=2, examples=0))
        return replace(sampled, report=structs.replace(sampled.report, budget=whole.budget))

    def _engine(self, known: Edition) -> Engine:
        """Return a separate engine for what runs: the deciding one must not be used from two threads."""
        if self._known is None or self._known[0] is not known:
            self._known = (known, Engine(known.compiled))
        return self._known[1]

    def _recorded(self, community: str, since: int) -> tuple[int, int]:
        """Return the number before the first event at or after that time, and how many follow."""
        head, segment = self._store.head(community), next(self._store.events(community, since), None)
        return (0, 0) if head is None or segment is None else (segment.first - 1, head.number - segment.first + 1)

    def _lines(self, community: str, before: int, first: int, many: int) -> Iterator[bytes]:
        """Yield recorded events' lines, starting with the first after number `before`."""
        return islice(self._behind(community, before + first), many)

    def _behind(self, community: str, number: int) -> Iterator[bytes]:
        for segment in self._store.events(community, after=number):
            lines = segment.body.split(b"\n") if segment.body else []
            yield from lines[max(0, number + 1 - segment.first) :]


def _extended(known: Edition, path: str | None, settings: bytes, budget: Budget | None) -> Edition:
    """Return the rulebook under other settings, with rules for the budget's cohorts."""
    if path is None or known.version.checked is None:
        raise HubError("a compiled plan has its settings in it; give the hub the rulebook's path", "settings")
    new = settled(known, path, settings, budget.extend if budget is not None else lambda book: book)
    if budget is not None:
        _fitting(budget, new)
    return new


def has_budget(path: str) -> bool:
    """Whether there is a budget next to the rulebook at a path."""
    return os.path.exists(confined.home_of(Path(path)) / BUDGET)


def _fitting(budget: Budget, new: Edition) -> None:
    try:
        budget.check(new.version)
    except BudgetError as error:
        raise HubError(f"{BUDGET} can't be used: {error.diagnostics[0].message}") from error


def _budget(path: str) -> Budget | None:
    home = confined.home_of(Path(path))
    if not has_budget(path):
        return None
    try:
        with confined.inside(home):
            return read_budget(home / BUDGET)
    except BudgetError as error:
        raise HubError(f"{BUDGET} can't be used: {error.diagnostics[0].message}") from error


def broken(preview: Preview) -> list[Verdict]:
    """Return the budget lines that settings break. A cohort without recorded events breaks none."""
    return [verdict for verdict in preview.report.budget if verdict.total and not verdict.ok]


class OverBudgetError(HubError):
    """Settings that break the budget: `broken` are the lines they break, `preview` what they would have done."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        self.broken = broken(preview)
        super().__init__("the budget does not allow it: " + "; ".join(map(_verdict, self.broken)), "budget", "values")


def _verdict(verdict: Verdict) -> str:
    bound = "at least" if verdict.at_least else "at most"
    of = f" of {verdict.cohort}" if verdict.cohort else ""
    share = f"{verdict.acted} of {verdict.total} {verdict.of}{of}"
    return f"{verdict.rule} would act on {share}, and {bound} {verdict.limit} is allowed"
