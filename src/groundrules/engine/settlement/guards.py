"""Which rules fire.

A rule fires if its `when` is true and its `unless` is not. One whose `when` is unknown while its `unless` is not true
is undecided, and so is one with a missing component of the keys of `once_per` or `times`. A rule in shadow, or for a
member outside its rollout share, takes another *lane*: it remembers its firings separately and does nothing. An
exempting rule takes a rule's whole contribution away as soon as its own `when` is true or unknown; nothing takes an
exemption itself away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

from groundrules.decisions import MOST_UNKNOWN
from groundrules.engine.cells import firings
from groundrules.engine.codegen.total import own_act, reach
from groundrules.engine.compiled_rules import RuleCode
from groundrules.engine.evaluation.effects import EffectCode
from groundrules.engine.index.lookup import COUNTED, TRUE, UNASKED, UNKNOWN
from groundrules.engine.program import Asked
from groundrules.engine.state import stamps
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir

Lane = Literal["live", "shadow", "rollout"]

ACTOR = ("actor", "id")
APART = "~apart"


class Answer(NamedTuple):
    """What one rule says to one trigger: it fires, or is undecided for lack of `missing`, or only exempts.

    `counted`: this one is counted elsewhere. `key`: of `once_per`, where it fires.
    """

    code: RuleCode
    x: Scope
    lane: Lane
    fires: bool
    exempts: bool
    missing: tuple[str, ...] = ()
    undecided: bool = False
    counted: bool = False
    key: str | None = None


Group = tuple[Sequence[Asked], Scope]


def ask(groups: Iterable[Group], e: Any, partition: Partition, zone: str) -> list[Answer]:
    """Ask rules in order, each group in its scope; those that have nothing to say are left out."""
    own = own_act(e)
    answers: list[Answer] = []
    for asked, x in groups:
        for code, known in asked:
            if is_out(code, own, x):
                continue
            came_to = outcome(code, e, x) if known == UNASKED else known
            if came_to == TRUE:
                fires = _fires(code, e, x, partition, zone)
                if fires is not None:
                    answers.append(fires)
            elif came_to is not None:
                answers.append(_undecided(code, e, x, came_to == COUNTED))
    return answers


def in_force(codes: Iterable[RuleCode], e: Any, x: Scope) -> Iterator[RuleCode]:
    """Return the rules that are asked about an event at this time, whatever the outcome of their guards."""
    own = own_act(e)
    return (code for code in codes if not is_out(code, own, x))


def with_missing(answers: Sequence[Answer], e: Any) -> list[Answer]:
    """Work out what the first MOST_UNKNOWN undecided answers lack."""
    lacking = [number for number, answer in enumerate(answers) if answer.undecided][:MOST_UNKNOWN]
    worked_out = list(answers)
    for number in lacking:
        answer = answers[number]
        if not answer.missing:
            worked_out[number] = answer._replace(missing=answer.code.when.missing_reads(e, answer.x))
    return worked_out


def is_out(code: RuleCode, own: bool, x: Scope) -> bool:
    """Whether a rule has ended or not begun, or ignores the bot's own acts and this is one (`own`)."""
    ends, starts = code.rule.ends, code.rule.starts
    if starts is not None and x.now < starts:
        return True
    return (own and not code.answers_own_acts) or (ends is not None and x.now > ends)


def outcome(code: RuleCode, e: Any, x: Scope) -> int | None:
    """Return whether the guard of a rule is true or unknown; None if it keeps the rule from saying anything."""
    if code.always or code.when.true(e, x):
        came_to = TRUE
    elif not code.when.false(e, x):
        came_to = UNKNOWN
    else:
        return None
    return None if code.unless is not None and code.unless.true(e, x) else came_to


def _undecided(code: RuleCode, e: Any, x: Scope, counted: bool) -> Answer:
    lane = lane_of(code, e, x)
    return Answer(code, x, lane, False, lane == "live" and bool(code.exempted), (), True, counted)


def _fires(code: RuleCode, e: Any, x: Scope, partition: Partition, zone: str) -> Answer | None:
    once, times, lane = code.rule.once, code.rule.times, lane_of(code, e, x)
    exempts = lane == "live" and bool(code.exempted)
    key = None if once is None else code.once_text(e, x)
    if (once is not None and key is None) or (times is not None and code.times_text(e, x) is None):
        return Answer(code, x, lane, False, exempts, _missing_keys(code, e, x), True)
    fires = key is None or not _fired_already(code, lane, key, x.now, partition, zone)
    return Answer(code, x, lane, fires, exempts, key=key) if fires or exempts else None


def _missing_keys(code: RuleCode, e: Any, x: Scope) -> tuple[str, ...]:
    return tuple(sorted({text for part in code.keys for text in part.missing_reads(e, x)}))


def lane_of(code: RuleCode, e: Any, x: Scope) -> Lane:
    """Return whether what a rule does counts."""
    if code.is_live:
        return "live"
    if code.rule.mode == "shadow":
        return "shadow"
    return "live" if code.rule.rollout >= 1 or share(code.id, e, x) < code.rule.rollout else "rollout"


def share(rule: str, e: Any, x: Scope) -> float:
    """Return where the member at hand stands among all members for a rule's block, from 0 to 1; 1 if there is none.

    The member is the subject or, if there is none, the actor of the event (for a timer: of the event that opened the
    path).
    """
    member = reach(e if e is not None else x.start, ACTOR) if x.subject is None else x.subject
    if member is None:
        return 1.0
    digest = blake2b(f"{rule.partition('#')[0]}\x00{member}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def exemptions(answers: Iterable[Answer]) -> dict[str, tuple[str, ...]]:
    """Return exempted rule → the rules that exempt it, sorted."""
    names: dict[str, set[str]] = {}
    for answer in answers:
        if answer.exempts:
            for name in answer.code.exempted:
                names.setdefault(name, set()).add(answer.code.id)
    return {name: tuple(sorted(by)) for name, by in names.items()} if names else {}


def overtaken(true: Iterable[Answer], exempted: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return rule → the one of its group that acts in its place: the first by priority, then by id."""
    grouped = [
        answer
        for answer in true
        if answer.code.rule.first_of and answer.lane == "live" and answer.code.id not in exempted
    ]
    if not grouped:
        return {}
    first: dict[str, str] = {}
    for answer in sorted(grouped, key=lambda answer: (answer.code.rule.priority, answer.code.id)):
        first.setdefault(answer.code.rule.first_of, answer.code.id)
    leading = {answer.code.id: first[answer.code.rule.first_of] for answer in grouped}
    return {id: (leader,) for id, leader in leading.items() if id != leader}


# --- memory of firings --------------------------------------------------------------------------


def record(answer: Answer, e: Any, partition: Partition, zone: str) -> tuple[EffectCode, ...]:
    """Remember a firing and return the effects it has."""
    code, rule, x = answer.code, answer.code.rule, answer.x
    if rule.once is not None:
        space = partition.space(_lane(code.once_space, answer.lane), code.once_lifetime)
        space.put(_present(answer.key), _once_row(rule.once, x.now, zone), x.now)
    if rule.times is None:
        return code.effects
    space = partition.space(_lane(code.times_space, answer.lane), rule.times.within)
    key, last = _present(code.times_text(e, x)), max(code.steps, default=1)
    row = firings.fired(space.get(key), x.now, last)
    space.put(key, row, x.now)
    return code.effects + code.steps.get(firings.firings(row, x.now, rule.times.within), ())


def nth(answer: Answer, e: Any, partition: Partition) -> int:
    """Return the number of the step of `times` that the firing just remembered takes; 0 without `times`."""
    code, rule, x = answer.code, answer.code.rule, answer.x
    if rule.times is None:
        return 0
    row = partition.space(_lane(code.times_space, answer.lane), rule.times.within).get(_present(code.times_text(e, x)))
    return firings.firings(row, x.now, rule.times.within)


def _once_row(once: ir.Once, at: int, zone: str) -> bytes:
    return stamps.write(at) if once.per is None else firings.period_row(zone, at, once.per)


def release(partition: Partition, code: RuleCode, key: str, at: int, zone: str) -> None:
    """Let a rule fire again after its firing under this key of `once_per` was taken back."""
    assert code.rule.once is not None
    space = partition.space(code.once_space, code.once_lifetime)
    if space.get(key) == _once_row(code.rule.once, at, zone):
        space.drop(key)


def _fired_already(code: RuleCode, lane: Lane, key: str, now: int, partition: Partition, zone: str) -> bool:
    once = code.rule.once
    row = partition.space(_lane(code.once_space, lane), code.once_lifetime).get(key)
    if row is None or once is None:
        return False
    if once.per is not None:
        return row == firings.period_row(zone, now, once.per)
    return firings.recent(row, now, once.within or ir.REMEMBERED)


def _present(key: str | None) -> str:
    """Return the key of a firing; no part of it is missing."""
    assert key is not None
    return key


def _lane(space: str, lane: Lane) -> str:
    return space if lane == "live" else space + APART
