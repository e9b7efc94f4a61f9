"""GR4xx: types."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

TYPES_DIFFER = Code(
    "GR401",
    "types-differ",
    Severity.ERROR,
    "a comparison of two things that are never alike",
    """\
Both sides of a comparison must be of one kind: text with text, numbers with numbers, durations with durations,
instants with instants.

```yaml
when: text == 5                   # `text` is text and `5` is a number
```
""",
)

NOT_A_CONDITION = Code(
    "GR402",
    "not-a-condition",
    Severity.ERROR,
    "a value where a condition is needed",
    """\
`when`, `unless`, `where`, and the operands of `and`, `or` and `not` are either true or false. A text or number is
not: say what it is to be compared with.

```yaml
when: actor.roles                 # did you mean `actor.roles has "admin"`?
```
""",
)

MISSING_UNIT = Code(
    "GR403",
    "missing-unit",
    Severity.ERROR,
    "a number where a duration is needed",
    """\
Durations are written with their unit: `90s`, `10m`, `2h`, `7d`, `4w`.

```yaml
when: age(actor.joined) < 10      # write `10m`, `10h` or `10d`
```
""",
)

MAY_BE_MISSING = Code(
    "GR404",
    "may-be-missing",
    Severity.ERROR,
    "a value that may be missing where one is needed",
    """\
A fact that an event does not carry and the roster does not know is missing. In a condition that is fine: the rule
does not fire. An action's parameter, a ledger's amount and a message need a value, so give one for the case with
`??`.

```yaml
then: [{reply: "hello {actor.name}"}]            # `actor.name` may be missing
then: [{reply: "hello {actor.name ?? 'there'}"}]
```
""",
)

NOT_ONE_OF = Code(
    "GR405",
    "not-one-of",
    Severity.ERROR,
    "a value that the field never has",
    """\
The schema says which values the field can have, and this is none of them, so the comparison would never be true.
""",
)

WRONG_OPERAND = Code(
    "GR406",
    "wrong-operand",
    Severity.ERROR,
    "an operator that does not take these values",
    """\
Arithmetic takes numbers, durations and instants: `instant - instant`, `instant + duration`, `duration + duration`,
`duration * number`, `duration / duration`.

```yaml
when: now - 3 > actor.joined      # write `now - 3d`
```
""",
)

NOT_A_TEXT = Code(
    "GR407",
    "not-a-text",
    Severity.ERROR,
    "a text operator on something that is no text",
    """\
`contains`, `starts with`, `ends with` and `matches` look into text. For a list, write `has`, or `any(x in list
where …)`.

```yaml
when: actor.roles contains "admin"   # write `has`
```
""",
)

NOT_A_LIST = Code(
    "GR408",
    "not-a-list",
    Severity.ERROR,
    "a list operator on something that is no list",
    """\
`in`, `has`, `any` and `all` take lists: a field that holds several values, a declared list, or a list literal.
""",
)

BAD_LIST = Code(
    "GR409",
    "bad-list",
    Severity.ERROR,
    "a list literal that is empty or mixes kinds",
    """\
Nothing is in an empty list, and the items of a list are all of one kind.

```yaml
when: emoji in []
when: emoji in ["👍", 5]
```
""",
)

BAD_PATTERN = Code(
    "GR410",
    "bad-pattern",
    Severity.ERROR,
    "a regular expression that cannot be used",
    """\
Patterns are RE2's: matching takes time linear in the text, so there are no back-references and no look-around. The
message says what is wrong with this one.
""",
)

BAD_CALL = Code(
    "GR411",
    "bad-call",
    Severity.ERROR,
    "a call with the wrong arguments, or of something that is no function",
    """\
Builtin functions are listed in the language's specification with their arguments; a ledger is read by calling it
with whom it is of: `strikes(actor)`.
""",
)

NEVER_MISSING = Code(
    "GR412",
    "never-missing",
    Severity.WARNING,
    "a default for a value that is never missing",
    """\
The schema promises this value, so the part behind `??` is never used. Often another value was meant.
""",
)

WRONG_VALUE = Code(
    "GR413",
    "wrong-value",
    Severity.ERROR,
    "a value that does not fit its parameter",
    """\
A parameter of a rulebook has a type and may have a minimum and maximum; so has a parameter of an action. The value
given is of another type or out of range.

```yaml
then: [mute: 10]                  # a duration: `10m`
```
""",
)

NOT_PRINTABLE = Code(
    "GR414",
    "not-printable",
    Severity.ERROR,
    "something in a message that has no text",
    """\
Messages can show texts, numbers, durations, instants, dates, and members and channels. Lists of those are shown
with commas. Declared lists, ledgers and structured objects have no text.
""",
)

NO_ORDER = Code(
    "GR415",
    "no-order",
    Severity.ERROR,
    "an order where there is none",
    """\
`<`, `<=`, `>` and `>=` compare numbers, durations, instants and times of day. Texts, roles and people have no order
that everybody would agree on.
""",
)

DOMAINS_WANTED = Code(
    "GR416",
    "domains-wanted",
    Severity.ERROR,
    "a domain list against something that is no domain",
    """\
A list with `match: domain` compares host names by label, so that `docs.github.com` is in `github.com`. Against
other text it would compare something else than its author means.

```yaml
when: text contains any of our_sites      # write any(link in links where link.domain in our_sites)
```
""",
)

NOT_CONSTANT = Code(
    "GR417",
    "not-constant",
    Severity.ERROR,
    "a value that must be known before any event",
    """\
Times to remember, bounds, steps of ladders and caps decide how much state is kept; they are numbers, durations or
parameters, never read from events.
""",
)

NOT_A_VALUE = Code(
    "GR418",
    "not-a-value",
    Severity.ERROR,
    "a declaration where a value is needed",
    """\
A ledger, a declared list or an import is not a value by itself: a ledger is read with `name(actor)`, a list stands
behind `in`, `has any of` or `contains any of`, and of an import you name something.
""",
)
