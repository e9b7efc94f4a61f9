"""What in a plan can be partitioned by member, and what keeps a whole community in one stage.

Partitioned by member, deciding on an event has only the memory of its actor. So every key that a rule counts, remembers
or reads by must contain the actor, and what it reads must come from the actor's own events. What is given to another
member moves on to that one's share; if rules read the same ledger earlier, that would be circular. Whatever concerns
all members (states, ranks, changeable lists, schedules for all) has one stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from groundrules.plan import ir
from groundrules.plan.walk import list_of, walk, within

Key = Sequence[ir.Expr]
WindowRead = ir.WindowTest | ir.WindowValue | ir.WindowValues


class Hindrance(NamedTuple):
    """Why a rule can't be partitioned: a form with a hole, and its filling."""

    form: str
    what: str

    def __str__(self) -> str:
        return self.form.format(self.what)


def hindrances(plan: ir.Plan) -> dict[str, list[Hindrance]]:
    """Return what hinders each rule, by the id of its block; unhindered rules are absent."""
    judge = _Judge(plan)
    reasons_of: dict[str, dict[Hindrance, None]] = {}
    for rule in plan.rules:
        if rule.mode != "off":
            for hindrance in judge.of(rule):
                reasons_of.setdefault(rule.id.partition("#")[0], {})[hindrance] = None
    return {block: list(reasons) for block, reasons in reasons_of.items()}


def is_own(expr: ir.Expr) -> bool:
    """Whether an expression is the member whose share this is: an event's actor, or the member at hand."""
    if not isinstance(expr, ir.Field):
        return False
    return expr.root == "subject" if not expr.path else expr.path in (("actor",), ("actor", "id"))


def _has_own(key: Key) -> bool:
    return any(map(is_own, key))


class _Judge:
    def __init__(self, plan: ir.Plan) -> None:
        self._windows = {window.id: window for window in plan.windows}
        self._ledgers = {ledger.id: ledger for ledger in plan.ledgers}
        self._ladders = {ladder.id: ladder.ledger for ladder in plan.ladders}
        self._schedules = {schedule.id: schedule for schedule in plan.schedules}
        self._processes = {process.id: process for process in plan.processes}
        self._states = {state.id: state for state in plan.states}
        self._types = plan.events
        self._braked = {brake.do for brake in plan.brakes}
        self._changing = {words.id for words in plan.lists if words.changes}
        self._sanctions = {spec.name for spec in plan.actions if spec.sanctions}
        readers = (plan.rules, plan.windows, plan.processes)
        self._ledgers_read = {value.ledger for value in within(readers, ir.LedgerValue)}
        self._labels_read = {test.label for test in within(readers, ir.HasLabel)}

    def of(self, rule: ir.Rule) -> Iterator[Hindrance]:
        """Yield what hinders a rule."""
        yield from self._trigger(rule.trigger)
        keys: list[Key] = [counted.key for counted in (rule.once, rule.times) if counted is not None]
        for key in (*keys, *([rule.undo_key] if rule.undo_key else ())):
            if not _has_own(key):
                yield Hindrance("it remembers what fired by `{}`, which members share", _shown(key))
        if rule.ranking is not None:
            yield Hindrance("it ranks the members by `{}`", "least" if rule.ranking.least else "most")
        parts = (rule.when, rule.unless, rule.ranking, rule.effects, rule.times)
        tests = _window_reads(parts)
        windows = [self._windows[test.window] for test in tests]
        yield from self._counts(tests)
        yield from self._reads((parts, [(window.where, window.value, window.less) for window in windows]))
        yield from self._writes(parts)
        if rule.approval is not None:
            yield Hindrance("its request is answered by `{}`, not by the member", ", ".join(rule.approval.by))

    def _trigger(self, trigger: ir.Trigger) -> Iterator[Hindrance]:
        match trigger:
            case ir.OnEvent(types=types):
                for type in types:
                    if "actor" not in self._types.get(type, {}).get("properties", {}):
                        yield Hindrance("`{}` is nobody's event", type)
            case ir.OnStep(process=process):
                yield from self._process(self._processes[process])
            case ir.OnState(state=id):
                yield from self._state(self._states[id])
            case ir.OnSchedule(schedule=schedule):
                for_each = None if trigger.together else self._schedules[schedule].for_each
                if for_each != "member":
                    yield Hindrance("it goes by the clock for {}", "each channel" if for_each else "all")
            case ir.OnCrossing(ladder=ladder):
                yield from self._ledger(self._ladders[ladder])
            case _:
                return

    def _state(self, state: ir.State) -> Iterator[Hindrance]:
        """Yield what hinders the rules on a state: for a per-member state that depends on what it reads."""
        if state.per != "member":
            yield _shared(state)
            return
        asked = (state.enter, state.leave, state.enter_on, state.leave_on)
        yield from self._counts(_window_reads(asked))
        yield from self._reads(asked)

    def _process(self, process: ir.Process) -> Iterator[Hindrance]:
        if not _has_own(process.key):
            yield Hindrance("its paths are kept by `{}`, which members share", _shown(process.key) or "nothing")
        for turn in (*process.until, *process.restart, *(item.event for item in process.until_all)):
            if not _of_same_member(turn.when):
                yield Hindrance("a `{}` of anybody may end it", ", ".join(turn.types))

    def _counts(self, tests: Iterable[WindowRead]) -> Iterator[Hindrance]:
        for test in tests:
            window = self._windows[test.window]
            if not any(is_own(kept) and is_own(asked) for kept, asked in zip(window.key, test.key, strict=True)):
                yield Hindrance("it counts every member's `{}`", window.type)

    def _reads(self, parts: object) -> Iterator[Hindrance]:
        for value in within(parts, ir.LedgerValue):
            yield from self._ledger(value.ledger)
            if not is_own(value.key):
                yield Hindrance("it reads the balance of `{}`, another member", _shown([value.key]))
        yield from self._others(parts)
        for state in within(parts, ir.InState):
            if state.of is not None and is_own(state.of):
                continue
            yield _shared(self._states[state.state])
        for label in within(parts, ir.HasLabel):
            if not is_own(label.id):
                yield Hindrance("it reads labels of `{}`, which members share", _shown([label.id]))
        in_force: list[ir.InForce | ir.InForceUntil] = [*within(parts, ir.InForce), *within(parts, ir.InForceUntil)]
        for read in in_force:
            if not is_own(read.member):
                yield Hindrance("it reads whether `{}` is muted or banned, another member", _shown([read.member]))

    def _others(self, parts: object) -> Iterator[Hindrance]:
        ranks: list[ir.LedgerRank | ir.LedgerTop | ir.LedgerBoard] = [
            *within(parts, ir.LedgerRank),
            *within(parts, ir.LedgerTop),
            *within(parts, ir.LedgerBoard),
        ]
        for ranked in ranks:
            yield Hindrance("it ranks the members by `{}`", ranked.ledger)
        for members in within(parts, ir.Members):
            yield Hindrance("it asks who is here, `members({})`", ", ".join(members.roles))
        for fact in within(parts, ir.Fact):
            if not is_own(ir.Field(root=fact.root, path=fact.path, kind="entity")):
                yield Hindrance("it reads `{}`, which events of others tell", ".".join((*fact.path, fact.fact)))
        for names in within(parts, ir.Names):
            if not (isinstance(names.ids, ir.Sequence) and all(map(is_own, names.ids.items))):
                yield Hindrance("it reads the names of `{}`, which events of others tell", _shown([names.ids]))
        for silence in within(parts, ir.Silence):
            if not is_own(silence.member):
                yield Hindrance("it reads when `{}` wrote last, another member", _shown([silence.member]))
        for node in within(parts, ir.Expr):
            name = list_of(node)
            if name is not None and name in self._changing:
                yield Hindrance("it reads the list `{}`, which changes for all members", name)

    def _writes(self, parts: object) -> Iterator[Hindrance]:
        changes: list[ir.Delta | ir.Reset] = [*within(parts, ir.Delta), *within(parts, ir.Reset)]
        for delta in changes:
            yield from self._ledger(delta.ledger)
            if not is_own(delta.who) and delta.ledger in self._ledgers_read:
                yield Hindrance("it changes `{}` of another member, and rules read that ledger", delta.ledger)
        for act in within(parts, ir.Act):
            if act.do in self._sanctions and act.who is not None and not is_own(act.who):
                what = "it mutes or bans `{}`, another member, against whom more may be in force"
                yield Hindrance(what, _shown([act.who]))
        for label in within(parts, ir.Label):
            if label.entity == "member" and not is_own(label.on) and label.label in self._labels_read:
                yield Hindrance("it sets or takes the label `{}` of another member, and rules read it", label.label)
        for enlisting in within(parts, ir.Enlist):
            yield Hindrance("it changes the list `{}`, which members share", enlisting.list)
        for act in within(parts, ir.Act):
            if act.do in self._braked:
                yield Hindrance("`at_most` counts `{}` over all members", act.do)

    def _ledger(self, id: str) -> Iterator[Hindrance]:
        if self._ledgers[id].per != "member":
            yield Hindrance("the ledger `{}` is not kept per member", id)


def _window_reads(parts: object) -> list[WindowRead]:
    return [
        *within(parts, ir.WindowTest),
        *within(parts, ir.WindowValue),
        *within(parts, ir.WindowValues),
    ]


def _of_same_member(when: ir.Expr) -> bool:
    """Whether a condition can only be true for events by the member whose event opened the path."""
    claims = when.operands if isinstance(when, ir.And) else (when,)
    return any(
        isinstance(claim, ir.Compare)
        and claim.operator == "=="
        and is_own(claim.left)
        and is_own(claim.right)
        and {_root(claim.left), _root(claim.right)} == {"event", "start"}
        for claim in claims
    )


def _root(expr: ir.Expr) -> str:
    return expr.root if isinstance(expr, ir.Field) else ""


def _shared(state: ir.State) -> Hindrance:
    if not state.per:
        return Hindrance("the whole community is in `{}`, or not", state.id)
    if state.per == "member":
        return Hindrance("it asks whether another member is in `{}`", state.id)
    return Hindrance("members share the things that are in `{}` by themselves", state.id)


def _shown(key: Iterable[ir.Expr]) -> str:
    fields = (node for part in key for node in walk(part) if isinstance(node, ir.Field))
    return ", ".join(".".join(field.path) or field.root for field in fields)
