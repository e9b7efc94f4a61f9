"""The first of those for whom a schedule's rule is true, ordered by a number."""

from __future__ import annotations

from collections.abc import Sequence

from groundrules.engine.index.lookup import TRUE
from groundrules.engine.program import Asked
from groundrules.engine.settlement.guards import Group


def ranked(rules: Sequence[Asked], groups: Sequence[Group]) -> dict[str, float] | None:
    """Return who is meant, in order, each with their number; None if the schedule's rule ranks nobody.

    Ties are broken by id. Those whose number is missing are left out.
    """
    ranking = next((code.rule.ranking for code, _ in rules if code.rule.ranking is not None), None)
    if ranking is None:
        return None
    figures: dict[str, float] = {}
    for asked, x in groups:
        for code, known in asked:
            figure = code.ranked_by(None, x) if known == TRUE and code.ranked_by is not None else None
            if figure is not None and x.subject is not None:
                figures[x.subject] = figure
    sign = 1 if ranking.least else -1
    order = sorted(figures, key=lambda who: (sign * figures[who], who))
    return {who: figures[who] for who in order[: ranking.limit or None]}
