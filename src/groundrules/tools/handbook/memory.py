"""The chapter about what is remembered, and for how long: a line for whatever the engine keeps about people and things.

Shadow rules remember, too, so their windows and firings count here, though members do not read of the rules themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.people import filled
from groundrules.engine.cells.roster import kept_facts
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.time_units import DAY
from groundrules.tools.handbook.document import Block, Heading, Item, Items
from groundrules.tools.handbook.guide import Guide
from groundrules.window_kinds import KINDS


def remembered(guide: Guide) -> Iterator[Block]:
    """Yield the chapter."""
    yield Heading(2, guide.phrases("remembered"))
    kept = (_balances, _counted, _paths, _states, _firings, _marks, _measures, _known)
    yield Items(tuple(Item("", text) for part in kept for text in part(guide)))


def _balances(guide: Guide) -> Iterator[str]:
    plan, phrases = guide.plan, guide.phrases
    for ledger in (ledger for ledger in plan.ledgers if ledger.id in guide.raised):
        fade = ledger.fade
        fades = phrases("ledger_fades", n=fade.amount, length=phrases.length(fade.every)) if fade else ""
        lasts = ledger.per in ir.LASTING
        kept = phrases("ledger_kept") if lasts else phrases("ledger_forgotten", length=phrases.length(plan.retain))
        name = phrases.ledger(ledger.id)
        if ledger.per not in ("member", "community"):
            name = phrases("ledger_of", ledger=name, each=phrases.every_one(ledger.per))
        yield phrases.join([name, fades or kept], "colon")


def _counted(guide: Guide) -> Iterator[str]:
    plan, phrases = guide.plan, guide.phrases
    for type, length in sorted(_windows(plan).items()):
        yield phrases("kept_window", type=phrases.event(type), length=phrases.length(length))
    for type, number in sorted(_last_events(plan).items()):
        yield phrases("kept_last", type=phrases.event(type), n=number, length=phrases.length(plan.retain))


def _paths(guide: Guide) -> Iterator[str]:
    """Yield a line for the paths that are kept alike and equally long, those without a bound last."""
    phrases, alike = guide.phrases, dict[tuple[int, bool], list[str]]()
    for process in (process for process in guide.plan.processes if process.id in guide.by_id):
        title = guide.name(guide.by_id[process.id].title, process.id)
        alike.setdefault((_longest_path(process), bool(process.until_all)), []).append(title)
    for (most, has_items), titles in sorted(alike.items(), key=lambda kept: (kept[0][0] == 0, kept[0])):
        ends = phrases("kept_path_most", length=phrases.length(most)) if most else phrases("kept_path_end")
        yield phrases("kept_items" if has_items else "kept_path", titles=phrases.join(titles, "comma"), ends=ends)


def _longest_path(process: ir.Process) -> int:
    """Return how long (ms) a path stays open at most; 0 where its events or hours decide that."""
    if process.hours or process.restart or any(due.after is None for due in process.steps):
        return 0
    return max(((due.after or 0) + (due.repeat - 1) * due.every for due in process.steps), default=0)


def _states(guide: Guide) -> Iterator[str]:
    phrases = guide.phrases
    for state in guide.plan.states:
        if state.per and state.id in guide.states:
            authored = guide.states[state.id]
            title = guide.name(filled(authored.source.title, authored.context.instance), state.id)
            yield phrases("kept_state", each=phrases.every_one(state.per), title=title)


def _firings(guide: Guide) -> Iterator[str]:
    longest = max((_longest(rule) for rule in guide.plan.rules if rule.mode != "off"), default=0)
    if longest:
        yield guide.phrases("kept_rules", length=guide.phrases.length(longest))


def _longest(rule: ir.Rule) -> int:
    """Return how long it is kept that a rule fired."""
    period = {"day": 1, "week": 7, "month": 31}
    once = rule.once.within or period.get(rule.once.per or "", 0) * DAY if rule.once else 0
    return max(once, rule.times.within if rule.times else 0, rule.remember)


def _marks(guide: Guide) -> Iterator[str]:
    phrases = guide.phrases
    labels = {label.label: label.lasts for label in within(guide.plan.rules, ir.Label) if not label.remove}
    if labels:
        lifetimes = [
            f"{name} ({phrases.length(lasts) if lasts else phrases('for_good')})" for name, lasts in labels.items()
        ]
        yield phrases("kept_labels", labels=phrases.join(sorted(lifetimes), "comma"))
    changing = [words.id for words in guide.plan.lists if words.changes]
    if changing:
        yield phrases("kept_lists", lists=phrases.join(changing, "comma"))


def _measures(guide: Guide) -> Iterator[str]:
    """What is in force, what waits for an answer, what can be appealed."""
    plan, phrases = guide.plan, guide.phrases
    if any(action.sanctions for action in plan.actions):
        yield phrases("kept_sanctions")
    if any(rule.approval for rule in plan.rules):
        yield phrases("kept_requests")
    appeals = [2 * ladder.appeal.within for ladder in plan.ladders if ladder.appeal and ladder.id in guide.ladders]
    if appeals:
        yield phrases("kept_appeals", length=phrases.length(max(appeals)))


def _known(guide: Guide) -> Iterator[str]:
    """What the roster keeps about members, and that an event was decided."""
    plan, phrases = guide.plan, guide.phrases
    kept, retain = kept_facts(plan), phrases.length(plan.retain)
    if "member" in kept:
        facts = [name for name in kept["member"] if name != "self"]
        names = [*facts, *(name for name in ("joined", "wrote", "heard") if name not in facts)]
        yield phrases("kept_facts", facts=phrases.join(map(phrases.kept_fact, names), "comma"), length=retain)
        if ir.FIRST_SEEN in kept["member"]:
            yield phrases("kept_of_gone", length=retain)
    yield phrases("kept_ids")


def _windows(plan: ir.Plan) -> dict[str, int]:
    """Return how long events are counted at most, by type."""
    longest: dict[str, int] = {}
    for window in (window for window in plan.windows if not window.by_events):
        length = 2 * DAY if KINDS[window.kind].daily else window.within or plan.retain
        longest[window.type] = max(length, longest.get(window.type, 0))
    return longest


def _last_events(plan: ir.Plan) -> dict[str, int]:
    """Return how many of the last events are kept at most, by type."""
    most: dict[str, int] = {}
    for window in (window for window in plan.windows if window.by_events):
        most[window.type] = max(window.within, most.get(window.type, 0))
    return most
