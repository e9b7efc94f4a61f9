"""A whole replay, from versions and files to a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from groundrules.engine.plan_file import Compiled
from groundrules.tools.replaying.budget import Budget, judge
from groundrules.tools.replaying.compare import renames, report
from groundrules.tools.replaying.examples import Read, examples, from_files
from groundrules.tools.replaying.model import Report, Share
from groundrules.tools.replaying.pool import Progress, replay
from groundrules.tools.versions import Version


@dataclass(frozen=True)
class Settings:
    """`jobs` None: all cores. `examples`: how many of each rule and each way in which it differs."""

    jobs: int | None = None
    examples: int = 3


def replayed(
    new: Version,
    files: Sequence[str],
    old: Version | None = None,
    budget: Budget | None = None,
    settings: Settings = Settings(),
    progress: Progress = lambda read, total: None,
) -> Report:
    """Run `files` through a version, or two, and report what the new one does and where they differ.

    With a budget, `new` must have been loaded with its `extend`.
    """
    shares = replay(run_by(new, old), files, settings.jobs, budget.cohorts if budget else (), progress)
    return reported(shares, from_files(files), new, old, budget, settings)


def run_by(new: Version, old: Version | None) -> list[Compiled]:
    """Return the plans to run, the new one last."""
    return [old.compiled, new.compiled] if old else [new.compiled]


def reported(
    shares: Sequence[Share],
    read: Read,
    new: Version,
    old: Version | None = None,
    budget: Budget | None = None,
    settings: Settings = Settings(),
) -> Report:
    """Report what the plans to run came to, wherever that was done; `read` finds the lines of examples."""
    *past, after = shares
    before = past[0] if past else None
    renamed = renames(old.plan, new.plan) if old else {}
    shown = examples(read, after.hits, before.hits if before else None, renamed, settings.examples)
    verdicts = judge(budget, new.plan, after) if budget else ()
    return replace(report(new, after, old, before), examples=shown, budget=verdicts)
