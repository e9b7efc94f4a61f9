"""GR5xx: rules, ledgers, windows and the cells behind them."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

UNBOUNDED_WINDOW = Code(
    "GR501",
    "unbounded-window",
    Severity.ERROR,
    "a window that could grow without bound",
    """\
A window keeps only as many entries as its comparison needs: `count(…) >= 5` keeps five. Used as a number elsewhere, it
needs `max N` to say how far it counts, and stops there.

```yaml
when: count(message by actor within 1d) > strikes(actor)          # write `… within 1d max 100)`
```
""",
)

WINDOW_TIME = Code(
    "GR502",
    "window-time",
    Severity.ERROR,
    "a window with a wrong or missing time",
    """\
`within 10m` counts the events of the last ten minutes, `within last 10` looks at the ten latest events. A time is above
zero; the number after `last` is an integer from 1 to 10,000. A count over the ten latest is at most ten, so comparing
it with a larger number is an error. `sum` needs a time, because it keeps totals by time; `streak` and `quiet` take
none.
""",
)

BAD_SCORE = Code(
    "GR524",
    "bad-score",
    Severity.ERROR,
    "a score whose points can't be added up",
    """\
Points are whole numbers: a literal, a parameter, or a number that is never missing, such as `weight(text, adverts)`. A
score has at most 200 hints; put words and their weights into a list.

```yaml
scores:
  - id: spam
    on: message
    points:
      - {when: newcomer, add: 2}
      - {when: text contains any of lures, add: 3}
```
""",
)

NOTHING_REQUIRED = Code(
    "GR525",
    "nothing-required",
    Severity.ERROR,
    "`otherwise` without `requires`",
    """\
`when` says what a rule is about, `requires` what must also hold. If that is definitely false, `otherwise` happens.

```yaml
- id: buy-title
  on: message
  when: text == "/title"
  requires: points(actor) >= 30
  then: [take: {points: 30}, {add_role: vip}]
  otherwise: [{reply: "30 points are needed, you have {points(actor)}"}]
```
""",
)

BAD_BRAKE = Code(
    "GR526",
    "bad-brake",
    Severity.ERROR,
    "a brake that is not about one action",
    """\
Each item of `at_most` limits one action: beyond that many in a rolling span it waits for approval, or is dropped, and
one alarm is raised.

```yaml
at_most:
  - {ban: 5 per hour, then: [{notify: {role: admin}}], approval: {by: admin, approvals: 1, within: 1d}}
  - {delete: 50 per 10m}
```
""",
)

BAD_TABLE = Code(
    "GR527",
    "bad-table",
    Severity.ERROR,
    "a table whose rows don't fit it",
    """\
Each row has a cell for each column, in order, `-` where anything matches. What happens is written in the rows, and
under `otherwise` for when none of them holds.

```yaml
rules:
  - id: newcomers
    on: message
    table:
      hit: first
      columns: [age(actor.joined), length(links)]
      rows:
        - {when: [< 3d, ">= 1"], then: [delete]}
        - {when: [< 3d, "-"], then: [{reply: Welcome}]}
```
""",
)

NESTED_WINDOW = Code(
    "GR503",
    "nested-window",
    Severity.ERROR,
    "a window inside a window",
    """\
The `where`, keys and value of a window refer only to the counted event, so that an event is counted once, when it
arrives.
""",
)

WINDOW_KEY = Code(
    "GR504",
    "window-key",
    Severity.ERROR,
    "a window key that one side cannot read",
    """\
A key is read from the counted event and compared with the same key of the event at hand. If the names differ, write
`counted = reader`.

```yaml
on: reaction.added
when: count(message by actor = message.author within 1d) > 5
```

A key tells apart what is counted or remembered separately, so it is never a constant: `once_per: 1d` would act once for
everybody. Write who and how often: `once_per: actor within 1d`.
""",
)

WINDOW_VALUE = Code(
    "GR505",
    "window-value",
    Severity.ERROR,
    "a window over something that it cannot count",
    """\
`sum` adds numbers; `distinct` counts different texts, numbers, ids and members, not lists or structured objects.
""",
)

WINDOW_LESS = Code(
    "GR523",
    "window-less",
    Severity.ERROR,
    "a window from which nothing can be taken back",
    """\
`less` takes back what was counted: from `distinct` the value that an event names, from `count` the event counted last.
The other windows don't keep single events, and the last 20 events are twenty whatever happens to them.

```yaml
when: distinct(actor.id of vote.cast where option == "yes" less vote.cast, vote.withdrawn by poll within 1d) >= 3
```
""",
)

LADDER_STEPS = Code(
    "GR506",
    "ladder-steps",
    Severity.ERROR,
    "ladder steps out of order",
    """\
Each step reaches a higher value than the one before, and `falls_below` is at most the value it reaches.

```yaml
steps:
  - {reaches: 3, then: [warn]}
  - {reaches: 3, then: [mute: 10m]}      # the previous step already reaches 3
```
""",
)

LEDGER_CYCLE = Code(
    "GR507",
    "ledger-cycle",
    Severity.ERROR,
    "ledgers that change each other in a cycle",
    """\
A ladder's actions may change other ledgers, whose ladders may act in turn. If that leads back to a ledger already
changed, one event could trigger actions forever, so cycles are refused.
""",
)

PATH_STEPS = Code(
    "GR508",
    "path-steps",
    Severity.ERROR,
    "path steps out of order",
    """\
The steps of a path are in chronological order: their `after` times ascend, without repeats.
""",
)

STATE_READS = Code(
    "GR509",
    "state-reads",
    Severity.ERROR,
    "a state that reads an event",
    """\
The whole group is in a state, or with `per` each thing of a kind, so its `enter` and `leave` read
windows, ledgers, other states and `now`, never the event at hand.

```yaml
enter: count(member.joined within 1m) >= 20
```
""",
)

BAD_SCHEDULE = Code(
    "GR510",
    "bad-schedule",
    Severity.ERROR,
    "a schedule that cannot be kept",
    """\
`at` is a time of day, with a weekday, a day of the month or a date, or an interval such as `every 30m`.
What a schedule does `together` does not wait for approval, so `approval` needs a `then`.
""",
)

WHO_IS_MEANT = Code(
    "GR511",
    "who-is-meant",
    Severity.ERROR,
    "an action that does not say who it applies to",
    """\
If an event has an actor and a target, an action must say which of the two it means: `who: actor` or `who: target`.
Otherwise a rule against the reported could hit the reporter. Without an event, as in a schedule, there is no default
either.

```yaml
on: member.reported
then: [{mute: {for: 10m, who: target}}]
```
""",
)

EFFECT_NOT_HERE = Code(
    "GR512",
    "effect-not-here",
    Severity.ERROR,
    "an effect in a place where it has no meaning",
    """\
`exempt` removes what other rules do on the same event, so it only works in rules. A ladder fires after the event is
settled; a schedule has no event.
""",
)

BAD_AMOUNT = Code(
    "GR513",
    "bad-amount",
    Severity.ERROR,
    "an amount that is not a whole number",
    """\
Ledgers hold whole numbers, and amounts are whole numbers: literals, parameters or values of integer type.
""",
)

MISSING_TRANSLATION = Code(
    "GR515",
    "missing-translation",
    Severity.ERROR,
    "a message that lacks one of the rulebook's languages",
    """\
A message given by language must have a text for each of the rulebook's `languages`, or members read nothing.

```yaml
languages: [zh, en]
then: [{reply: {zh: 请勿刷屏}}]           # there is no `en`
```
""",
)

BAD_SETTING = Code(
    "GR516",
    "bad-setting",
    Severity.ERROR,
    "an invalid setting of the rulebook",
    """\
Languages are BCP 47 tags, the time zone is a name from the IANA database, and the partition is a field that every event
of the rulebook has.
""",
)

BAD_CAP = Code(
    "GR517",
    "bad-cap",
    Severity.ERROR,
    "a cap that caps nothing",
    """\
A cap is an amount above zero per day, week or month, given in the reward, or declared under `caps` and named there.
""",
)

BAD_UNDO = Code(
    "GR518",
    "bad-undo",
    Severity.ERROR,
    "an undo whose keys cannot be read",
    """\
`undo_on` names fields that the undoing event and the rewarded event both have; when they are equal, the grant is taken
back. If the names differ, write both: the rewarded event's, `=`, the undoing event's.

```yaml
rewards:
  - id: daily-word
    on: message
    grant: {points: 1}
    once_per: actor per day
    undo_on: {message.deleted: [id = message.id]}     # no two events share an `id`
```
""",
)

BAD_LIST_ITEM = Code(
    "GR520",
    "bad-list-item",
    Severity.ERROR,
    "a list entry that can never match",
    """\
An entry is compared under the list's `match`. One that is empty after folding, or is not a host name in a domain list,
matches nothing.
""",
)

BAD_MATCHED = Code(
    "GR521",
    "bad-matched",
    Severity.ERROR,
    "`matched` without a counting guard",
    """\
`matched` is the set of events that the guard's windows hold. A guard without `count`, `distinct` or `sum` holds none.
""",
)

FOREIGN_LEDGER = Code(
    "GR522",
    "foreign-ledger",
    Severity.ERROR,
    "a ledger kept for another kind of thing",
    """\
A ledger is kept per member, per channel, for the community or per any other kind of thing that events carry, such as
messages; it is read and changed with that kind.

```yaml
ledgers: {heat: {per: channel}}
rules:
  - {id: hot, on: message, when: heat(actor) > 5, then: [delete]}      # heat is per channel
```
""",
)
