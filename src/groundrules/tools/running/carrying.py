"""What happened to state that was kept by another version of the rulebook, or by another rulebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundrules.display.lines import Line
from groundrules.engine.upkeep.swap import SwapReport
from groundrules.narrate.speech import speech


def carrying(keeper: str, report: SwapReport, lang: str) -> Iterator[Line]:
    """Yield lines about state that `keeper` kept: how much of it goes on, and by name what does not."""
    say = speech("run", lang)
    yield Line(say("carried", keeper=keeper, kept=len(report.kept)), "head")
    lost: Counter[str] = Counter()
    for space, count in report.dropped.items():
        lost[_name(space)] += count
    cancelled = Counter(name for name, _ in report.cancelled)
    settled = Counter(ladder for ladder, *_ in report.resettled)
    for word, counts in (("dropped", lost), ("cancelled", cancelled), ("resettled", settled)):
        if counts:
            yield Line(
                "  " + say("told", what=say(word), detail=say.join(f"{n} {c:,}" for n, c in sorted(counts.items())))
            )
    for word, names in (("renamed", [f"{old} → {new}" for old, new in report.renamed.items()]), ("left", report.left)):
        if names:
            yield Line("  " + say("told", what=say(word), detail=say.join(names)))


def _name(space: str) -> str:
    """Return what rows are of, for people; a window has no name but its hash."""
    kind, _, id = space.partition("/")
    return kind if kind == "window" else f"{kind} {id}".rstrip()
