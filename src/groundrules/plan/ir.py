"""The plan: what a checked rulebook means, in one small serialisable form.

A plan is **rules** (trigger × guard × effects) over **cells** (what is remembered). It knows nothing about YAML, the
syntax tree or the checker, imports nothing from the project but units of time and kinds of windows, and is all that the
engine and the reference interpreter see. A new construct for authors is a new lowering into these nodes.

Values at run time: text, identifiers, URLs and dates are `str`; numbers `int` or `float`; durations and clock times
`int` milliseconds; instants `int` milliseconds since 1970-01-01T00:00Z; entities are their id; lists are lists.
**Missing is None**, and a condition is True, False or None (Kleene's unknown).

Roots of reads: "event" is the event at hand, "start" the event that opened a path (or was held for approval), "subject"
the member or channel of a `for_each`, "$0", "$1", … the variables of `any` and `all`, outermost first.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from groundrules import window_kinds
from groundrules.time_units import DAY

FORMAT_VERSION = 4
LONGEST_TEXT = 65_536  # characters of a text, by default: no platform's message is longer
LONGEST = {"day": 2 * DAY, "week": 8 * DAY, "month": 32 * DAY}
"""The longest that a calendar period can last, whatever clocks do in it."""
REMEMBERED = 90 * DAY  # how long firings are remembered by default, for `once_per` and for undoing

View = Literal["exact", "folded", "squeezed", "word", "domain"]
Relation = Literal["==", "!=", "<", "<=", ">", ">="]
Quantifier = Literal["any", "all"]
Kind = Literal["text", "number", "boolean", "instant", "duration", "clock", "date", "list", "entity"]
Period = Literal["day", "week", "month"]
Mode = Literal["enforce", "shadow", "off"]
Consequence = Literal["silences", "removes"]

LASTING = ("member", "channel", "community")
"""The kinds of things whose balances are kept for good; others come and go."""

NAMED_OTHERWISE = {"author": "actor"}
"""Fact → field of an event that is itself a thing, such as a message, and has that fact under another name."""

FIRST_SEEN = "first_seen"
"""The member fact that no event needs to supply: the roster records it itself."""


class Expr(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True, kw_only=True):
    """Base of expressions. `src` indexes `Plan.sources`: where the author wrote it; -1 if nowhere."""

    src: int = -1


# --- values -------------------------------------------------------------------------------------


class Const(Expr, frozen=True, tag=True):
    """A constant: str, int, float, bool or a list of those. Parameters are constants by now.

    `kind` says how to show a constant whose Python type doesn't say: "duration", "clock" or "instant".
    """

    value: Any
    kind: Kind | None = None


FIRST, LAST = "0", "-1"  # steps of a path from a list to one of its items


class Field(Expr, frozen=True, tag=True):
    """A field of `root`; absent objects and items along the path make it missing, unless the schema gives a default.

    `kind` "entity" stands for the id of the object at `path`. `optional` is False where the schema promises a value, or
    the guard, being true, has read one.
    """

    root: str
    path: tuple[str, ...]
    kind: Kind
    optional: bool = False


class Fact(Expr, frozen=True, tag=True):
    """A fact about the entity at `root.path`: from the event, else the roster, else `assume`, else `default`.

    For a subject whose kind is `owner`, `path` is a fact that names another entity: `message.author` for its `name`.
    """

    root: str
    path: tuple[str, ...]
    entity: str
    fact: str
    kind: Kind
    assume: AnyExpr | None = None
    default: Any = None
    owner: str = ""


class ByDate(Expr, frozen=True, tag=True):
    """A constant that changes at instants: first `values[0]`, from `dates[0]` the next, …"""

    dates: tuple[int, ...]
    values: tuple[Any, ...]
    kind: Kind | None = None


class Now(Expr, frozen=True, tag=True):
    """The clock of the partition: the latest event time seen, or the due time of the timer at hand."""


class CalendarPeriod(Expr, frozen=True, tag=True):
    """The clock's local day, week or month, as a text: the last key of windows over `this week`.

    What was counted in another period has another key, so such a window is like any other.
    """

    period: Period


class Sequence(Expr, frozen=True, tag=True):
    """A list whose items are not all constant; missing items make it missing."""

    items: tuple[AnyExpr, ...]


class Arithmetic(Expr, frozen=True, tag=True):
    """Numbers, durations and instants; division by zero, NaN and infinity are missing. `%` has the divisor's sign."""

    operator: Literal["+", "-", "*", "/", "%"]
    left: AnyExpr
    right: AnyExpr


class Negate(Expr, frozen=True, tag=True):
    operand: AnyExpr


class Coalesce(Expr, frozen=True, tag=True):
    value: AnyExpr
    default: AnyExpr


class Call(Expr, frozen=True, tag=True):
    """A builtin of `groundrules.functions`; any missing argument makes it missing."""

    function: str
    arguments: tuple[AnyExpr, ...]


class WindowValue(Expr, frozen=True, tag=True):
    """The number that a window holds for `key`, at most `maximum` (streak and quiet are not limited).

    A missing key component is missing; an empty window is 0. `kind` is "duration" if the number is one.
    """

    window: str
    key: tuple[AnyExpr, ...]
    within: int
    maximum: int | None = None
    kind: Kind | None = None


class LedgerValue(Expr, frozen=True, tag=True):
    """The balance before this event (in a template: after settlement), including fade."""

    ledger: str
    key: AnyExpr


class LedgerRank(Expr, frozen=True, tag=True):
    """1 for the highest balance; equal balances share a rank; members without a balance are missing."""

    ledger: str
    key: AnyExpr


class LedgerTop(Expr, frozen=True, tag=True):
    """The ids of the `count` highest balances, ties by id."""

    ledger: str
    count: int


class LedgerBoard(Expr, frozen=True, tag=True):
    """A line for each of the `count` highest balances, ties by id: the holder's name and the balance.

    The name is the roster's fact `called`, or the id if there is none or it is unknown.
    """

    ledger: str
    count: int
    entity: str
    called: str = "name"


class Silence(Expr, frozen=True, tag=True):
    """How long a member has not written: since the last message, else joining, else the first observation."""

    member: AnyExpr


class FoundIn(Expr, frozen=True, tag=True):
    """The list entries that occur in `subject`, in order of occurrence."""

    subject: AnyExpr
    list: str


class WeightIn(Expr, frozen=True, tag=True):
    """The sum of the weights of the list entries that occur in `subject`, each once; 1 where none is given."""

    subject: AnyExpr
    list: str


class Match(Expr, frozen=True, tag=True):
    """In effects: the event's first text that matched the guard; "" if nothing was searched for."""


class Nth(Expr, frozen=True, tag=True):
    """In effects: which firing within `times` this is, at most the number of its last step."""


class Those(Expr, frozen=True, tag=True):
    """In the effects of a `together` schedule rule: the ids of those that the rule applies to.

    Sorted, or in ranking order.
    """


class Standings(Expr, frozen=True, tag=True):
    """A line for each of `Those`: their name (see `LedgerBoard`), and the number they are ranked by."""

    entity: str
    called: str = "name"


class Remaining(Expr, frozen=True, tag=True):
    """In the steps of a path: the items of its `until_all` that have not happened, in order; never missing.

    Given by title in `language` ("": one text for all), or by id if that is None or an item has no title.
    """

    process: str
    language: str | None = None


class WindowValues(Expr, frozen=True, tag=True):
    """The values that a distinct window holds for `key`, as text, latest first, at most `maximum`."""

    window: str
    key: tuple[AnyExpr, ...]
    within: int
    maximum: int


class Chance(Expr, frozen=True, tag=True):
    """True on a share of all occasions: when the number drawn for the occasion and `site` is below it.

    An occasion is an event, or what falls due at an instant, in one partition and about one subject; `site` is the
    rule. The number is the first eight bytes of the BLAKE2b of all of these, as a fraction of 2**64.
    """

    share: AnyExpr
    site: str


class Pick(Expr, frozen=True, tag=True):
    """`count` of the items, drawn for the occasion and `site`, in the order drawn; all, if there are no more."""

    items: AnyExpr
    count: AnyExpr
    site: str


class Members(Expr, frozen=True, tag=True):
    """The ids of the members known to be here, sorted; only those with a role in `roles`, if it is given."""

    roles: tuple[str, ...] = ()


class Names(Expr, frozen=True, tag=True):
    """The roster's names of some members, in the order of their given ids; the id of one without a name."""

    ids: AnyExpr


class Tally(Expr, frozen=True, tag=True):
    """For how many items `condition` holds; missing while it is undecided for one."""

    variable: str
    collection: AnyExpr
    condition: AnyExpr


class Hint(Expr, frozen=True, tag=True):
    """Points of a score, where `when` holds. Never missing, a number."""

    when: AnyExpr
    points: AnyExpr


class Score(Expr, frozen=True, tag=True):
    """The sum of the points of all hints that hold; missing while one is undecided. `id`: "" if it has no name."""

    hints: tuple[Hint, ...]
    id: str = ""


class Matched(Expr, frozen=True, tag=True):
    """Ids of the events held by the windows that came out true in the guard, newest first, with the current one."""


# --- conditions ---------------------------------------------------------------------------------


class And(Expr, frozen=True, tag=True):
    operands: tuple[AnyExpr, ...]


class Or(Expr, frozen=True, tag=True):
    operands: tuple[AnyExpr, ...]


class Not(Expr, frozen=True, tag=True):
    operand: AnyExpr


class Compare(Expr, frozen=True, tag=True):
    """`view` applies where both sides are text: exact, folded or domain; `<` on text is not expressible."""

    operator: Relation
    left: AnyExpr
    right: AnyExpr
    view: View = "exact"


class InClock(Expr, frozen=True, tag=True):
    """An instant's local time of day is in [start, end), which may span midnight; milliseconds."""

    instant: AnyExpr
    start: int
    end: int


class In(Expr, frozen=True, tag=True):
    """`item` equals one of `collection` under `view`."""

    item: AnyExpr
    collection: AnyExpr
    view: View = "exact"


class InList(Expr, frozen=True, tag=True):
    """`item` as a whole equals an entry (domain: is the entry or a subdomain) under the list's own match."""

    item: AnyExpr
    list: str


class Has(Expr, frozen=True, tag=True):
    """`collection` holds any / all of `values`."""

    collection: AnyExpr
    quantifier: Quantifier
    values: AnyExpr
    view: View = "exact"


class HasList(Expr, frozen=True, tag=True):
    collection: AnyExpr
    quantifier: Quantifier
    list: str


class Contains(Expr, frozen=True, tag=True):
    """`subject` contains any / all of `needles` under `view`; an empty needle is contained in nothing."""

    subject: AnyExpr
    quantifier: Quantifier
    needles: AnyExpr
    view: View


class ContainsList(Expr, frozen=True, tag=True):
    subject: AnyExpr
    quantifier: Quantifier
    list: str


class Affix(Expr, frozen=True, tag=True):
    """`subject` begins or ends with `needle`, or with one of them if it is a list."""

    subject: AnyExpr
    end: Literal["start", "end"]
    needle: AnyExpr
    view: View


class Matches(Expr, frozen=True, tag=True):
    """RE2, leftmost-first, anywhere in the text of `view` (exact, folded or squeezed)."""

    subject: AnyExpr
    pattern: str
    flags: str
    view: View = "exact"


class Quantified(Expr, frozen=True, tag=True):
    """any: Kleene's or over the items; all: Kleene's and. Over no items any is False and all is True."""

    quantifier: Quantifier
    variable: str
    collection: AnyExpr
    condition: AnyExpr


class Known(Expr, frozen=True, tag=True):
    """True or False, never unknown: whether `operand` has a value (a condition: whether it is decided)."""

    operand: AnyExpr


class WindowTest(Expr, frozen=True, tag=True):
    """A window compared with a constant, so that only `bound` (+1) entries need keeping."""

    window: str
    key: tuple[AnyExpr, ...]
    within: int
    operator: Relation
    bound: int


class TallyTest(Expr, frozen=True, tag=True):
    """A tally or score compared with a number, decided as soon as nothing undecided can change the outcome."""

    tally: Tally | Score
    operator: Relation
    bound: int | float


class InState(Expr, frozen=True, tag=True):
    """Whether the partition is in a state or, if the state is per thing, whether the thing `of` is."""

    state: str
    of: AnyExpr | None = None


class HasLabel(Expr, frozen=True, tag=True):
    entity: str
    id: AnyExpr
    label: str


class InForce(Expr, frozen=True, tag=True):
    """Whether a sanction that does this (`silences`, `removes`) is in force against a member."""

    member: AnyExpr
    does: Consequence


class InForceUntil(Expr, frozen=True, tag=True):
    """When the last such sanction against a member ends; missing if none is in force, or one is permanent."""

    member: AnyExpr
    does: Consequence


AnyExpr = (
    Const | ByDate | Field | Fact | Now | CalendarPeriod | Sequence | Arithmetic | Negate | Coalesce | Call
    | WindowValue
    | LedgerValue | LedgerRank | LedgerTop | LedgerBoard | Silence | Tally | Hint | Score | Matched
    | FoundIn | WeightIn | Match | Nth | Those | Standings | Remaining | WindowValues | Chance | Pick | Members | Names
    | And | Or | Not | Compare | InClock | In | InList | Has
    | HasList | Contains | ContainsList | Affix | Matches | Quantified | Known | WindowTest | TallyTest
    | InState | HasLabel | InForce | InForceUntil
)  # fmt: skip


class Template(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    """A message per language ("" = one for all): literal text and expressions, rendered on settled state."""

    texts: dict[str, tuple[str | AnyExpr, ...]]


# --- effects ------------------------------------------------------------------------------------


class Effect(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True, kw_only=True):
    src: int = -1


class Act(Effect, frozen=True, tag=True):
    """An action that an adapter carries out. `who` is the target's id (the action's spec has its kind)."""

    do: str
    who: AnyExpr | None
    parameters: dict[str, AnyExpr | Template] = {}
    or_else: tuple[AnyEffect, ...] = ()


class Delta(Effect, frozen=True, tag=True):
    """A change of the ledger balance of `who`; `cap` clamps what is added in a calendar period.

    `amount` is negative where it `takes`. If the intended change is less than 1, nothing happens, and that is noted.
    """

    ledger: str
    who: AnyExpr
    amount: AnyExpr
    cap: str | None = None
    takes: bool = False


class Reset(Effect, frozen=True, tag=True):
    """Back to zero (or the floor, if higher), before any delta of the same settlement."""

    ledger: str
    who: AnyExpr


class Label(Effect, frozen=True, tag=True):
    label: str
    entity: str
    on: AnyExpr
    lasts: int | None = None
    remove: bool = False


class Later(Effect, frozen=True, tag=True):
    """Requests an action after a time (ms). `extends`: if it is requested again meanwhile, the later end applies."""

    act: Act
    after: AnyExpr
    extends: bool = False


class Enlist(Effect, frozen=True, tag=True):
    """Adds an entry to a changeable list, or removes one; from then on it is the partition's own."""

    list: str
    entry: AnyExpr
    remove: bool = False


class Exempt(Effect, frozen=True, tag=True):
    """Cancels these rules' whole contribution (ids, tags already resolved) to this event."""

    rules: tuple[str, ...]


class Open(Effect, frozen=True, tag=True):
    """Opens a process (a path) under its key unless one is open there."""

    process: str


AnyEffect = Act | Delta | Reset | Label | Enlist | Later | Exempt | Open


# --- triggers -----------------------------------------------------------------------------------


class OnEvent(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    types: tuple[str, ...]


class OnStep(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    """Step `step` (from 0) of a process is due; -1: the process has ended, by its `until` or, if it has an `until_all`,
    by completing that."""

    process: str
    step: int


class OnCrossing(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    """A balance crossed step `step` (from 0) of a ladder, upwards or on the way `back`."""

    ladder: str
    step: int
    back: bool = False


class OnState(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    state: str
    entering: bool


class OnSchedule(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    """A schedule runs: for each of its subjects, or `together`, once for all those its rule is true of."""

    schedule: str
    together: bool = False


class OnRefusal(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    """An approval that rule `rule` requested was refused or has expired."""

    rule: str


class OnBrake(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    """A brake held actions back; its rule only says who may release them."""

    brake: str


Trigger = OnBrake | OnEvent | OnStep | OnCrossing | OnState | OnSchedule | OnRefusal


# --- rules --------------------------------------------------------------------------------------


class Once(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """At most one firing per key: within a rolling time (ms), or per calendar period."""

    key: tuple[AnyExpr, ...]
    within: int | None = None
    per: Period | None = None


class Times(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Effects by the number of firings per key within a rolling time; the last step repeats."""

    key: tuple[AnyExpr, ...]
    within: int
    steps: tuple[tuple[int, tuple[AnyEffect, ...]], ...]


class Approval(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Effects wait for `approvals` different members with a role of `by`; refusal or expiry fires OnRefusal."""

    by: tuple[str, ...]
    approvals: int
    within: int
    batch: bool = False
    recheck: bool = False


class Undo(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An event of `type` whose key equals the grant's key takes back what the grant actually gave."""

    type: str
    key: tuple[AnyExpr, ...]


class Decided(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Why a parameter has its value from an instant (ms) on, and where that was decided; also for the first value."""

    parameter: str
    since: int
    because: dict[str, str] = {}
    source: str = ""


class Ranking(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Limits a schedule rule to the first `limit` (0: all), by a number, of those it is true of.

    Highest first, or lowest if `least`; ties by id.
    """

    by: AnyExpr
    least: bool = False
    limit: int = 0


class Rule(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """Trigger × guard × effects.

    It fires if `when` is True and `unless` is not True. `id` is qualified by the import's alias (`flood.burst`);
    further rules that an author's block lowers to are named after it (`discipline#3`, `lockdown#enter`).
    """

    id: str
    trigger: Trigger
    when: AnyExpr
    kind: Literal["rule", "reward", "ladder", "path", "state", "schedule"] = "rule"
    unless: AnyExpr | None = None
    effects: tuple[AnyEffect, ...] = ()
    ranking: Ranking | None = None
    once: Once | None = None
    times: Times | None = None
    approval: Approval | None = None
    undo: tuple[Undo, ...] = ()
    undo_key: tuple[AnyExpr, ...] = ()
    remember: int = 0  # ms that grants are remembered for undoing
    mode: Mode = "enforce"
    rollout: float = 1.0
    ends: int | None = None  # instant (ms) after which it no longer applies
    starts: int | None = None  # instant (ms) before which it does not yet apply
    first_of: str = ""  # of a group's rules that would fire, only the first by priority, then id, acts
    priority: int = 0
    tags: tuple[str, ...] = ()
    title: dict[str, str] = {}
    text: dict[str, str] = {}
    because: dict[str, str] = {}
    source: str = ""
    decided: tuple[Decided, ...] = ()  # of the dated values that it reads
    src: int = -1
    was: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether what it does counts for everybody."""
        return self.mode != "shadow" and self.rollout >= 1


# --- cells --------------------------------------------------------------------------------------


class Taker(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """Events that undo what a window has counted, under the key and with the value that they name."""

    type: str
    key: tuple[AnyExpr, ...] = ()
    where: AnyExpr | None = None
    value: AnyExpr | None = None


class Window(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """What is remembered about counted events, per key. `id` is the hash of the definition without `keep` and `within`.

    kind count: the times of the last `keep` events. distinct: the last times of the `keep` latest values. sum: totals
    in panes of `pane` ms, aligned to the epoch; a pane is dropped as a whole once its end is `within` ago. streak: the
    last local day and the length of its run. quiet: the last time, for `within` and at least the plan's `retain`.
    `ids`: events' ids are kept, because some guard uses `matched`: those in a count's ring, the last of each distinct
    value, or the last `keep` events that added to a sum. `less`: what takes back: from a count the event counted last,
    from distinct values the one it names. An event takes back before it counts. What was pushed out doesn't come back,
    so such a window keeps as much as it may. `by_events`: its clock is not time: it advances by one with each event of
    the type under the key, counted or not, so `within` is a number of events. A key is forgotten once the plan's
    `retain` has passed since its last event.
    """

    id: str
    kind: window_kinds.Name
    type: str
    key: tuple[AnyExpr, ...] = ()
    where: AnyExpr | None = None
    value: AnyExpr | None = None
    less: tuple[Taker, ...] = ()
    within: int = 0  # the longest time requested by any reader; 0: the plan's `retain`
    keep: int = 1
    pane: int = 0
    ids: bool = False
    by_events: bool = False
    src: int = -1


class Fade(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    amount: int
    every: int


class Ledger(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """Integer balances per entity. None as floor or ceiling: no bound.

    Members, channels and the community keep theirs; other things (kinds not in `LASTING`) lose their balance and levels
    once `Plan.retain` has passed since it last changed.
    """

    id: str
    per: str = "member"
    floor: int | None = 0
    ceiling: int | None = None
    fade: Fade | None = None
    title: dict[str, str] = {}


class Cap(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """How much may be added per key in a calendar period of the rulebook's zone."""

    id: str
    amount: int
    per: Period


class Step(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    reaches: int
    falls_below: int | None = None
    cool_down: int = 0
    title: dict[str, str] = {}


class Appeal(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    within: int
    to: str


class Ladder(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """Steps over a ledger, ascending. The effects are in rules with trigger OnCrossing."""

    id: str
    ledger: str
    steps: tuple[Step, ...]
    fire: Literal["highest", "all"] = "highest"
    beyond: Literal["nothing", "repeat"] = "nothing"
    appeal: Appeal | None = None


class Until(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Events for which `when` is True: they end (or, if a restart, replan) processes, or begin or end a state.

    `when` reads "event" and, for a process, "start".
    """

    types: tuple[str, ...]
    when: AnyExpr
    src: int = -1


class Item(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """One of several things that must all happen before a process ends, each any number of times."""

    id: str
    event: Until
    title: dict[str, str] = {}

    def called(self, language: str | None) -> str:
        """Return its title in a language, or the one for all, or the only one; its id if there is none."""
        if language is None or not self.title:
            return self.id
        only = next(iter(self.title.values())) if len(self.title) == 1 else self.id
        return self.title.get(language, self.title.get("", only))


class Due(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """When a step is due: `after` ms from the start, or at instant `at` (reads "event", the start event)."""

    after: int | None = None
    at: AnyExpr | None = None
    repeat: int = 1  # how often the step is taken, `every` ms apart
    every: int = 0


class Process(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A path: opened by an event, stepped by time, ended by an event. Its effects are in OnStep rules.

    Any event of `until` ends it, and so does the one that completes `until_all`, whose items are in the author's order,
    as `Remaining` lists them. `capture`: the field paths of the start event that are read later; they are stored.
    `hours`: (start, end) of local time outside of which due steps wait for the next start.
    """

    id: str
    key: tuple[AnyExpr, ...]
    steps: tuple[Due, ...]
    until: tuple[Until, ...] = ()
    until_all: tuple[Item, ...] = ()
    restart: tuple[Until, ...] = ()
    capture: tuple[tuple[str, ...], ...] = ()
    hours: tuple[int, int] | None = None
    limit: int = 1000


class About(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """An event of `type` is about the thing `who`, unless that is missing; `at_hand`: it is the event's own thing."""

    type: str
    who: AnyExpr
    at_hand: bool = False


class State(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """Something a partition is in: from `enter`, or an event of `enter_on`, until `leave`, or an event of `leave_on`.

    With `per`, each thing of that kind is in it separately, as the subject of its guards and rules. It is then
    evaluated for the things that an event is `about`, and by time only for those in it. `enter_on` and `leave_on` refer
    to the thing at hand. Things not in `LASTING` leave it at the latest once the plan's `retain` has passed.

    `enter` and `leave` read windows, ledgers and states only, never the event. If `enter` still holds when the state is
    left, it must first become false before it counts again.
    """

    id: str
    enter: AnyExpr
    leave: AnyExpr
    enter_on: tuple[Until, ...] = ()
    leave_on: tuple[Until, ...] = ()
    per: str = ""
    about: tuple[About, ...] = ()


class When(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A recurring local time (`time` in ms since midnight) or an interval `every` (ms, aligned to local midnight)."""

    time: int = 0
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    every: int | None = None
    weekdays: tuple[int, ...] = ()


class Schedule(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """When something happens, and for whom. The bot itself is not among the members, unless `with_self`."""

    id: str
    at: When
    for_each: Literal["member", "channel"] | None = None
    with_self: bool = False


class Brake(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """At most `most` actions of a name in a rolling time (ms); `effects` raise one alarm in that time.

    What is held back waits for approval by this brake's rule, if there is one; otherwise it is not done. Before it
    `starts` and after it `ends` (instants in ms) it neither counts nor holds back.
    """

    id: str
    do: str
    most: int
    within: int
    effects: tuple[Act, ...] = ()
    starts: int | None = None
    ends: int | None = None


class WordList(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A list; `items` as written, sorted, without duplicates. `match` fixes the view of both sides."""

    id: str
    match: View
    items: tuple[str, ...]
    options: tuple[str, ...] = ()
    weights: dict[str, int] = {}
    changes: bool = False  # entries are added and removed at run time


class ActionSpec(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """How actions of one name combine, from its schema.

    target: the entity kind of `who`. key: parameters that, with `who`, tell actions apart. merge: parameter → max | min
    | union (absent: part of the key). supersedes: actions on the same target that this one makes needless. opposes:
    action → which of the two wins. shorthand: the parameter that `name: value` stands for. durations: parameters that
    are lengths of time, for showing them to people. sentence: its wordings, by language. names: what parameters are
    called, by language. unsaid: parameters that only machines use. repeat: whether a host that doesn't know if it was
    done does it again. These four are not part of a plan's meaning. bounds: whole-number parameter → its least and
    greatest value; an action outside these is not done. sanctions: what it keeps its target, a member, from while in
    force; empty if nothing lasts. length: the parameter that says for how long; without it, permanently. ended_by: the
    actions that end it.
    """

    name: str
    target: str | None = None
    key: tuple[str, ...] = ()
    merge: dict[str, Literal["max", "min", "union"]] = {}
    supersedes: tuple[str, ...] = ()
    opposes: dict[str, str] = {}
    title: dict[str, str] = {}
    shorthand: str | None = None
    durations: tuple[str, ...] = ()
    bounds: dict[str, tuple[int, int]] = {}
    sentence: dict[str, tuple[str, ...]] = {}
    names: dict[str, dict[str, str]] = {}
    unsaid: tuple[str, ...] = ()
    repeat: Literal["again", "leave"] = "leave"
    sanctions: tuple[Consequence, ...] = ()
    length: str | None = None
    ended_by: tuple[str, ...] = ()


class Source(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Where something was written; offsets count code points of the file, line and column begin at 1."""

    file: str
    line: int
    column: int
    text: str


class Plan(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A whole rulebook. Every tuple of named things is sorted by id, so order never matters."""

    version: int = FORMAT_VERSION
    rulebook: str
    title: dict[str, str] = {}
    languages: tuple[str, ...] = ()
    timezone: str = "UTC"
    partition: tuple[str, ...] = ("community", "id")
    events: dict[str, Any] = {}  # event type → its JSON Schema, references resolved
    facts: dict[str, tuple[str, ...]] = {}  # entity → facts that rules read and the roster keeps
    reads: dict[str, tuple[str, ...]] = {}  # event type → dotted paths that rules read
    actions: tuple[ActionSpec, ...] = ()
    lists: tuple[WordList, ...] = ()
    rules: tuple[Rule, ...] = ()
    windows: tuple[Window, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    caps: tuple[Cap, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    processes: tuple[Process, ...] = ()
    states: tuple[State, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    brakes: tuple[Brake, ...] = ()
    retain: int = 400 * DAY
    longest_text: int = LONGEST_TEXT  # characters of a text that are read; the rest is ignored
    ahead: int = DAY  # ms ahead of the clock beyond which an event waits until time is confirmed
    sources: tuple[Source, ...] = ()
    tables: str = ""  # version of the fold and time-zone tables the plan was made with
