"""GR3xx: names."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

UNKNOWN_NAME = Code(
    "GR301",
    "unknown-name",
    Severity.ERROR,
    "a name that nothing declares",
    """\
A name in an expression must be a field of the event, a parameter, a define, a list, a ledger, a state, a variable
of an enclosing `any` or `all`, or one of the words `event`, `now`, `start`, `member` and `channel` where they have a
meaning.

A misspelt name would otherwise be a rule that never fires.

```yaml
on: message
when: txt contains "buy now"      # unknown name `txt`; did you mean `text`?
```
""",
)

UNKNOWN_EVENT_TYPE = Code(
    "GR302",
    "unknown-event-type",
    Severity.ERROR,
    "an event type that the rulebook does not know",
    """\
Event types are schemas: enable those that ship with groundrules with `use: [std/chat]` or by naming them under
`events:`; a rulebook's own are in `schemas/events/`.

A rule on a type that never comes would never fire.

```yaml
rules:
  - id: greet
    on: member.join               # unknown event type; did you mean `member.joined`?
```
""",
)

UNKNOWN_FIELD = Code(
    "GR303",
    "unknown-field",
    Severity.ERROR,
    "a field that the object does not have",
    """\
The fields of an event come from its schema, those of a member or channel also from `schemas/entities/`.

```yaml
when: actor.nick == "admin"       # a member has no field `nick`; did you mean `actor.name`?
```
""",
)

UNKNOWN_ACTION = Code(
    "GR304",
    "unknown-action",
    Severity.ERROR,
    "an action that no schema describes",
    """\
Each item under `then:` is an action, described by a schema in `schemas/actions/`, or an effect of the language itself
(`strike`, `grant`, `take`, `reset`, `label`, `exempt`).

```yaml
then: [delet]                     # unknown action; did you mean `delete`?
```
""",
)

NAME_OF_A_FIELD = Code(
    "GR305",
    "name-of-a-field",
    Severity.ERROR,
    "a declaration named like a field of a used event type",
    """\
A define, list, ledger, parameter or state with the name of a field of an event type in use would give one word two
meanings. Rename the declaration; the field can always be written `event.name` as well.

```yaml
define:
  text: folded(event.text)        # `text` is a field of message
```
""",
)

DUPLICATE_NAME = Code(
    "GR306",
    "duplicate-name",
    Severity.ERROR,
    "two declarations with one name",
    """\
Names of parameters, lists, defines, ledgers, caps and states share one space, because expressions read them all by
name; ids of rules, rewards, ladders, paths, states and schedules share another, because logs, tests and exemptions
refer to them by id.

```yaml
lists: {spam: {items: [x]}}
define: {spam: text contains "x"} # `spam` is already a list
```
""",
)

UNKNOWN_RULE = Code(
    "GR307",
    "unknown-rule",
    Severity.ERROR,
    "an exemption from a rule or tag that does not exist",
    """\
`exempt` names rules by id (of an import: `alias.id`) or by one of their tags. An exemption that misses its rule would
punish those it should spare.

```yaml
then: [exempt: [no-advert]]       # no rule or tag is called that; did you mean `no-adverts`?
```
""",
)

UNKNOWN_DECLARATION = Code(
    "GR308",
    "unknown-declaration",
    Severity.ERROR,
    "a ledger, list, cap or entity that is not declared",
    """\
Ladders, grants, caps and arguments refer to declarations by name, and none has this name.

```yaml
then: [{grant: {reputaton: 1}}]   # did you mean `reputation`?
```
""",
)

NOT_HERE = Code(
    "GR309",
    "not-here",
    Severity.ERROR,
    "a name or construct in a place where it has no value",
    """\
Some things can only be read where they mean something: `start` in a path, `member` in a schedule `for_each: member`
or in the ladder of a per-member ledger, `matched` in the actions of a rule whose guard counts events. The `where` of a
window and the `until` of a path read only the event, so that what they keep never depends on the order in which rules
are evaluated.

```yaml
when: count(message where strikes(actor) > 2 by actor) > 3   # a `where` reads only the counted event
```
""",
)

DEFINE_CYCLE = Code(
    "GR310",
    "define-cycle",
    Severity.ERROR,
    "defines that use each other in a cycle",
    """\
A define is replaced by its expression; one that uses itself, directly or through others, would never end.

```yaml
define:
  a: not b
  b: not a
```
""",
)

UNKNOWN_ARGUMENT = Code(
    "GR311",
    "unknown-argument",
    Severity.ERROR,
    "a parameter that the action or rulebook does not have",
    """\
`with:` gives values to the parameters that the imported rulebook declares, and the keys under an action are the
parameters of its schema.

```yaml
use:
  - {rulebook: std/flood, as: flood, with: {limits: 8}}   # did you mean `limit`?
```
""",
)

MISSING_ARGUMENT = Code(
    "GR312",
    "missing-argument",
    Severity.ERROR,
    "a parameter that needs a value and has none",
    """\
A parameter without a default must be given; an action cannot be carried out without its required parameters.

```yaml
then: [mute]                      # `mute` needs `for`: `mute: 10m`
```
""",
)

TOO_MUCH = Code(
    "GR313",
    "too-much",
    Severity.ERROR,
    "a rulebook that is too large to check within seconds",
    """\
A define is written out wherever it is used, and an imported rulebook is checked once for every use. So a few lines that
each use another twice grow exponentially. Repeated defines may have 200,000 parts in all; a rulebook may have 1,000
imports and 50,000 rules, counting imports at each use.

```yaml
define:
  a: text contains "x" or text contains "y"
  b: a or a
  c: b or b       # and so on, forty times
```
""",
)
