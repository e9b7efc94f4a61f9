"""The end of a run: what was decided, what fired, and which guards stayed undecided for lack of facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundrules.display.lines import Line
from groundrules.narrate.localised import rule_named
from groundrules.narrate.speech import Speech, speech
from groundrules.plan import ir
from groundrules.tools.running.tally import Tally

MOST = 20  # names that are counted out


def summary(tally: Tally, plan: ir.Plan, lang: str, waiting: int = 0) -> Iterator[Line]:
    """Yield the summary of a run; `waiting` events lie so far ahead that they are still to be decided."""
    say = speech("run", lang)
    counts = say("lines", **{name: getattr(tally, name) for name in ("lines", "decided", "rejected", "duplicates")})
    late = say("late", late=tally.late) if tally.late else ""
    waits = say("waiting", count=waiting) if waiting else ""
    yield Line(say.join([counts, late, waits], "comma"), "head")
    for name in ("fired", "shadowed", "actions", "clamped"):
        counter: Counter[str] = getattr(tally, name)
        if counter:
            yield Line("  " + say("told", what=say(name), detail=_ranked(counter, say, name in ("fired", "shadowed"))))
    if not tally.fired and not tally.shadowed:
        yield Line(f"  {say('none')}")
    table = tally.undecided(plan)
    if table:
        yield Line("  " + say("undecided") + say("colon").rstrip(), "unknown")
        for row in table:
            missing = say.names(row.missing)
            yield Line(
                "    "
                + say("row", rule=rule_named(row.rule, lang), count=row.count, events=row.events, missing=missing)
            )
        yield Line(f"    {say('help')}")


def _ranked(counts: Counter[str], say: Speech, is_rule: bool) -> str:
    """Names with their counts, the most frequent first; those of rules in words."""
    named = _by_name(counts, say.lang) if is_rule else counts
    ranked = sorted(named.items(), key=lambda item: (-item[1], item[0]))
    more = f" … (+{len(ranked) - MOST})" if len(ranked) > MOST else ""
    return say.join(f"{name} {count:,}" for name, count in ranked[:MOST]) + more


def _by_name(counts: Counter[str], lang: str) -> dict[str, int]:
    """The counts of rules by what people call them; what a schedule does once for all it concerns has no name of its
    own, and is not counted beside the members."""
    named: dict[str, int] = {}
    for id, count in counts.items():
        name = rule_named(id, lang)
        named[name] = max(count, named.get(name, 0))
    return named
