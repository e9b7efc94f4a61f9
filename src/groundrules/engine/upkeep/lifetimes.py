"""How long an unwritten row stays useful, space by space.

Code that uses a space states its lifetime; this table is for loaded rows, which must age even if their cell is never
used again. A space not listed keeps its rows until they are dropped or swept.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.engine.cases import appeals
from groundrules.engine.cells import brakes, roster, sanctions
from groundrules.engine.compiled_rules import RuleCode
from groundrules.engine.program import Program
from groundrules.engine.settlement import fallbacks, guards
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.recent_ids import KEPT, RECENT


def lifetimes(program: Program) -> dict[str, int]:
    """Return space → lifetime (ms) of the spaces whose rows grow old."""
    kept = {RECENT: KEPT, fallbacks.FALLBACK: fallbacks.LIFETIME, sanctions.KEYS: sanctions.LIFETIME}
    kept |= {code.space: code.lifetime for code in program.windows.values()}
    kept |= {cap.name: cap.lifetime for cap in program.caps.values()}
    kept |= {ledger.name: ledger.lifetime for ledger in program.ledgers.values()}
    kept |= {ladder.name: ladder.lifetime for ladder in program.ladders.values()}
    kept |= {brakes.space(brake): brake.within for brake in program.plan.brakes}
    kept |= {roster.name(entity): program.plan.retain for entity in program.kept}
    kept |= {appeals.space_of(ladder.id): 2 * ladder.appeal.within for ladder in program.plan.ladders if ladder.appeal}
    for code in program.rules.values():
        kept |= dict(_of_rule(code))
    return kept


def _of_rule(code: RuleCode) -> Iterator[tuple[str, int]]:
    rule = code.rule
    for lane in ("", guards.APART):
        if rule.once is not None:
            yield code.once_space + lane, code.once_lifetime
        if rule.times is not None:
            yield code.times_space + lane, rule.times.within
    if rule.undo:
        yield code.grants_space, rule.remember


def set_all(program: Program, partition: Partition) -> None:
    """Give the spaces of a partition that was loaded their lifetimes."""
    known = lifetimes(program)
    for name, space in partition.spaces.items():
        if name in known:
            space.live(known[name])
