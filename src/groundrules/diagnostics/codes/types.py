"""GR4xx: types."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

TYPES_DIFFER = Code(
    "GR401",
    "types-differ",
    Severity.ERROR,
    "a comparison of two things that are never equal",
    """\
Both sides of a comparison must have the same type: text with text, numbers with numbers, durations with durations,
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
`when`, `unless`, `where`, and the operands of `and`, `or` and `not` are either true or false. A text or number is not:
compare it with something. Several values go into a list; `or` does not repeat what is left of it.

```yaml
when: actor.roles                 # did you mean `actor.roles has "admin"`?
when: text contains "a" or "b"    # write `text contains any of ["a", "b"]`
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
when: age(actor.joined) < 10      # write `10s`, `10m`, `10h` or `10d`
```
""",
)

MAY_BE_MISSING = Code(
    "GR404",
    "may-be-missing",
    Severity.ERROR,
    "a value that may be missing where one is needed",
    """\
A fact that an event does not carry and the roster does not know is missing. In a condition that is fine: the rule does
not fire. An action's parameter, a ledger's amount and a message need a value, so provide one with `??`. Only the name
of a member or channel needs none in a message: if it is missing, the id is shown.

```yaml
then: [{reply: "your level is {actor.level}"}]            # `actor.level` may be missing
then: [{reply: "your level is {actor.level ?? 0}"}]
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
    "a text operator on something that is not text",
    """\
`contains`, `starts with`, `ends with` and `matches` search text. For a list, write `has`, or `any(x in list
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
    "a list operator on something that is not a list",
    """\
`in`, `has`, `any` and `all` take lists: a field with several values, a declared list, or a list literal.
""",
)

BAD_LIST = Code(
    "GR409",
    "bad-list",
    Severity.ERROR,
    "a list literal that is empty or mixes kinds",
    """\
Nothing is in an empty list, and all items of a list have the same type.

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
    "a call with the wrong arguments, or of something that is not a function",
    """\
Builtin functions are listed in the language's specification with their arguments; a ledger is read by calling it with
its owner: `strikes(actor)`.
""",
)

NEVER_MISSING = Code(
    "GR412",
    "never-missing",
    Severity.WARNING,
    "a default for a value that is never missing",
    """\
The schema guarantees this value, so the part after `??` is never used. Often another value was meant.
""",
)

WRONG_VALUE = Code(
    "GR413",
    "wrong-value",
    Severity.ERROR,
    "a value that does not fit its parameter",
    """\
A parameter of a rulebook or an action has a type and may have a minimum and maximum. The value given has another type
or is out of range.

```yaml
then: [mute: 10]                  # a duration: `10m`
```
""",
)

SAME_FOR_ALL_TIME = Code(
    "GR420",
    "same-for-all-time",
    Severity.ERROR,
    "a value by date where one value holds for all time",
    """\
A parameter may have different values from certain dates on. Conditions, amounts, messages and parameters of actions
read the value at the event's time. Anything that determines what is remembered needs one value for all time: the time
of `once_per`, the steps of a ladder or path, the amount of a cap. If it has to change, write two rules, one that `ends`
and one that `starts` on that day.

```yaml
parameters:
  pause: {type: duration, values: {2026-01-01: 1d, 2026-07-01: 2d}}
rules:
  - {id: once, on: message, then: [warn], once_per: actor within pause}       # how long is it remembered?
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
    "a domain list compared with something that is not a domain",
    """\
A list with `match: domain` compares host names by label, so that `docs.github.com` is in `github.com`. Compared with
other text, it would not mean what its author intended.

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
Retention times, bounds, ladder steps and caps decide how much state is kept; they are numbers, durations or parameters,
never read from events.
""",
)

NOT_A_VALUE = Code(
    "GR418",
    "not-a-value",
    Severity.ERROR,
    "a declaration where a value is needed",
    """\
A ledger, a declared list or an import is not itself a value: a ledger is read with `name(actor)`, a list goes after
`in`, `has any of` or `contains any of`, and of an import you name something it declares.
""",
)

UNMARKED_PATH = Code(
    "GR419",
    "unmarked-path",
    Severity.ERROR,
    "a field's name where a literal text is expected",
    """Ids, roles, labels and the like are literal, so that `add_role: core` needs no quotes. Something that looks like
a field of the event is almost always meant as one; put it in braces.

```yaml
then: [{add_role: target.id}]        # add_role: "{target.id}"
```
""",
)

SCHEMA_NOT_READABLE = Code(
    "GR450",
    "schema-not-readable",
    Severity.ERROR,
    "a schema file that is not JSON",
    """\
Files under `schemas/` are JSON in UTF-8, one schema each, without comments or duplicate keys.
""",
)

SCHEMA_UNKNOWN_KEYWORD = Code(
    "GR451",
    "schema-unknown-keyword",
    Severity.ERROR,
    "an unsupported schema keyword",
    """\
Schemas of events, entities and actions use a fixed subset of JSON Schema, because a keyword that is accepted and
ignored is a promise nobody keeps. `schemas/event.schema.json`, `entity.schema.json` and `action.schema.json` define
what is allowed; point `$schema` at them for completion in an editor.

```json
{"type": "string", "maxLenght": 10}
```
""",
)

SCHEMA_BAD_VALUE = Code(
    "GR452",
    "schema-bad-value",
    Severity.ERROR,
    "a keyword of a schema with a value that it cannot have",
    """\
The keyword exists but not with this value: an unknown type or format, a length that is not a number, a required field
that is not a property.

```json
{"type": "text"}                  write "string", with "format": "prose" for what people write
```
""",
)

SCHEMA_UNKNOWN_REFERENCE = Code(
    "GR453",
    "schema-unknown-reference",
    Severity.ERROR,
    "a reference to an undefined entity",
    """\
`$ref` names an entity: `"../entities/NAME.json"`. It is looked for in the rulebook's own `schemas/entities/`, then
among the shipped ones. Other references are not supported.
""",
)

SCHEMA_CONFLICT = Code(
    "GR454",
    "schema-conflict",
    Severity.ERROR,
    "a schema that contradicts the one it extends",
    """\
A schema file named like a known one extends it: it may add fields and require more. It may not give an existing field
another meaning, because rules checked against the first schema would then mean something else.
""",
)

SCHEMA_CYCLE = Code(
    "GR455",
    "schema-cycle",
    Severity.ERROR,
    "entities that contain each other",
    """\
An entity's schema is inlined wherever it is referenced, so no entity can contain itself, directly or through others.
Refer to it by its id instead: `{"type": "string"}`.
""",
)

SCHEMA_BAD_NAME = Code(
    "GR456",
    "schema-bad-name",
    Severity.ERROR,
    "a file name that is not a valid event type, entity or action",
    """\
The file's name is the name of what it defines. Event types are lower-case words joined by dots, `page.edited`;
entities and actions are one word, `page`, `add_role`. An action cannot have the name of an effect of the engine itself
(`strike`, `grant`, `take`, `reset`, `label`, `unlabel`, `exempt`).
""",
)

ACTION_BAD_COMBINATION = Code(
    "GR457",
    "action-bad-combination",
    Severity.ERROR,
    "actions without a well-defined combination",
    """\
How actions combine must not depend on their order. `supersedes` is a strict partial order: no action makes itself
unnecessary, directly or through others. `opposes` names the winner, which is one of the two. `merge` is `max` or `min`
for numbers that are always given, and `union` for lists.
""",
)

SCHEMA_BAD_DEFAULT = Code(
    "GR458",
    "schema-bad-default",
    Severity.ERROR,
    "a default that its own schema does not allow",
    """\
A default replaces an absent field, so it must be a valid value of that field. Times and dates have no default.

```json
{"type": "integer", "minimum": 1, "default": 0}
```
""",
)
