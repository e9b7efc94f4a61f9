"""What a live swap would keep and lose, worded for people.

`Engine.swap` decides it, by the spaces that rows live in; here it is asked with a state, or with none, and its names of
spaces are turned back into what an author knows: windows as they were written, ledgers and rules by name.
"""

from __future__ import annotations

from groundrules.engine.cells import sanctions
from groundrules.engine.engine import Engine
from groundrules.engine.plan_file import Compiled
from groundrules.engine.upkeep import swap
from groundrules.plan import ir
from groundrules.tools.diffing.model import Carried
from groundrules.tools.diffing.texts import Texts

_APART = "~apart"  # what rules in shadow remember is kept and lost as what others remember
_HANDLED = ("process/", "ladder/")  # reported apart


def carried(old: Compiled, new: Compiled, state: bytes | None = None) -> Carried:
    """Return what a swap does; with the bytes of a snapshot of the old version, to that state."""
    report = None
    if state is not None:
        engine = Engine.restore(old, state)
        report = engine.swap(new, preview=True)
    before, after = swap.shapes(old.plan), swap.shapes(new.plan)
    renamed = _renamed(new.plan, before, after)
    was, now = Texts(old.plan), Texts(new.plan)
    kept = {space for space, shape in before.items() if after.get(renamed.get(space, space)) == shape}
    gone = before.keys() - kept
    lost = {space for space in gone if _is_reported(space) or (space.startswith("ladder/") and space not in after)}
    begun = {space for space in after.keys() - {renamed.get(space, space) for space in kept} if _is_reported(space)}
    return Carried(
        kept=_names(was, kept),
        begun=_names(now, begun),
        lost=_names(was, lost),
        renamed={_name(was, a): _name(now, b) for a, b in sorted(renamed.items()) if not a.endswith(_APART)},
        cancelled=_ids("process/", before, after, kept, gone=True),
        resettled=_ids("ladder/", before, after, kept, gone=False),
        left=tuple(sorted({cell.id for cell in old.plan.states} - {cell.id for cell in new.plan.states})),
        rows=None if report is None else _rows(was, report),
    )


def _is_reported(space: str) -> bool:
    return not space.startswith(_HANDLED) and space != sanctions.KEYS


def _renamed(plan: ir.Plan, before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    renamed = {}
    for rule in plan.rules:
        for kind in swap.OF_RULES if rule.was else ():
            for lane in ("", _APART):
                old, new = f"{kind}{rule.was}{lane}", f"{kind}{rule.id}{lane}"
                if old in before and old not in after and new in after:
                    renamed[old] = new
    return renamed


def _ids(kind: str, before: dict[str, str], after: dict[str, str], kept: set[str], gone: bool) -> tuple[str, ...]:
    """Return the cells of a kind that are not kept unchanged; removed ones only if `gone`."""
    changed = (space for space in before.keys() - kept if space.startswith(kind) and (gone or space in after))
    return tuple(sorted(space.removeprefix(kind) for space in changed))


def _names(texts: Texts, spaces: set[str]) -> tuple[str, ...]:
    return tuple(sorted({_name(texts, space) for space in spaces if not space.endswith(_APART)}))


def _name(texts: Texts, space: str) -> str:
    """Return `window count(message by actor)`, `ledger strikes`, `once no-adverts`."""
    kind, _, id = space.partition("/")
    return f"{kind} {texts.window(id) if kind == 'window' else id}" if id else kind


def _rows(texts: Texts, report: swap.SwapReport) -> dict[str, int]:
    """Return how many rows are lost, paths given up and levels settled, by what they are of."""
    counts = {_name(texts, space): count for space, count in report.dropped.items()}
    for name, _ in report.cancelled:
        counts[f"path {name}"] = counts.get(f"path {name}", 0) + 1
    for ladder, *_ in report.resettled:
        counts[f"ladder {ladder}"] = counts.get(f"ladder {ladder}", 0) + 1
    return dict(sorted(counts.items()))
