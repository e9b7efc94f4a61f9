"""The passes of the checker, in order.

Each is a module with one public function of its own name; all write to one `Session`. `instances` and `assumptions`
come first because every expression reads them; `ledgers` needs the ladders, and `names` every event type in use.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from groundrules.checker.assumptions import assumptions
from groundrules.checker.brakes import brakes
from groundrules.checker.instances import instances
from groundrules.checker.ladders import ladders
from groundrules.checker.ledgers import ledgers
from groundrules.checker.lists import lists
from groundrules.checker.model import Checked
from groundrules.checker.names import names
from groundrules.checker.paths import paths
from groundrules.checker.people import people
from groundrules.checker.rules import rules
from groundrules.checker.schedules import schedules
from groundrules.checker.scores import scores
from groundrules.checker.session import Session
from groundrules.checker.settings import settings
from groundrules.checker.states import states
from groundrules.diagnostics.model import Report
from groundrules.diagnostics.source import Span
from groundrules.rulebook.model import Rulebook
from groundrules.types.catalog import Catalog

PASSES: tuple[Callable[[Session], None], ...] = (
    instances,
    assumptions,
    settings,
    people,
    lists,
    scores,
    rules,
    brakes,
    ladders,
    paths,
    states,
    schedules,
    ledgers,
    names,
)


def check(book: Rulebook, report: Report, only: Span | None = None) -> Checked:
    """Check a rulebook; findings go to `report`. Lowering the result is total if there are no errors.

    A rulebook that is too large is told so, and not checked any further. With `only`, of all dated values the one whose
    date stands there counts, as if the others held for good.
    """
    session = Session(report, Checked(book, Catalog.load(_schema_folders(book), report)), only=only)
    _run(session)
    first = session.checked
    for date in sorted(first.dates) if not session.full else ():
        at_date = Session(Report(), Checked(book, first.catalog), date, only)
        _run(at_date)
        for finding in at_date.report.sorted:
            report.add(finding)
        first.later.append((date, at_date.checked))
        for instance, same in zip(first.instances, at_date.checked.instances, strict=True):
            instance.later.append((date, same))
            same.earliest, same.later = instance, instance.later
    return first


def _run(session: Session) -> None:
    for run in PASSES:
        if not session.full:
            run(session)


def _schema_folders(book: Rulebook) -> list[Path]:
    """Return the schema folders of a rulebook and its imports, each once, imports first."""
    folders: dict[str, None] = {}
    waiting, visited = [book], set[int]()
    order: list[Rulebook] = []
    while waiting:
        current = waiting.pop()
        if id(current) not in visited:
            visited.add(id(current))
            order.append(current)
            waiting.extend(use.book for use in current.uses)
    for current in reversed(order):
        folders.update(dict.fromkeys(current.schemas))
    return [Path(folder) for folder in folders]
