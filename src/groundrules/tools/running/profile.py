"""The table of `run --profile`: the rules, lists and windows that cost most."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.display.columns import aligned
from groundrules.display.lines import Line
from groundrules.engine.profiling import Profile
from groundrules.narrate.speech import speech

MOST = 25  # rows


def profile_lines(profile: Profile, lang: str) -> Iterator[Line]:
    """Yield the costliest parts of a rulebook, each with µs per event and how often it was asked and true."""
    say = speech("run", lang)
    costs = profile.costs()
    yield Line(say("profile", events=profile.events), "head")
    rows = [[say("cost_microseconds"), say("cost_asked"), say("cost_true"), ""]]
    for cost in costs[:MOST]:
        part = say(f"cost_{cost.part}", name=" ".join(cost.name.split()))
        rows.append([f"{cost.microseconds:.2f}", f"{cost.asked:.0%}", f"{cost.true:.1%}", part])
    for row in aligned(rows, right=(0, 1, 2)):
        yield Line(f"  {row}")
    if len(costs) > MOST:
        left = costs[MOST:]
        yield Line(
            "  " + say("cost_others", count=len(left), microseconds=f"{sum(part.microseconds for part in left):.1f}")
        )
