"""GR16x: budgets of a replay."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

UNKNOWN_COHORT = Code(
    "GR161",
    "unknown-cohort",
    Severity.ERROR,
    "a limit for a cohort that there is not",
    """A limit names one of the `cohorts` of the same file, or none, and then speaks of everybody.

```yaml
cohorts:
  regulars: {when: age(actor.joined) > 90d}
limits:
  - {cohort: regular, max: {no-adverts: 0.5%}}   # regulars
```
""",
)

UNKNOWN_BUDGET_RULE = Code(
    "GR162",
    "unknown-budget-rule",
    Severity.ERROR,
    "a limit for a rule that there is not",
    """A limit names rules of the rulebook by id (`no-adverts`; those of an import with its alias, `flood.burst`), all
rules that carry a tag by that tag, or all rules by `any`. A limit for a rule that was renamed or removed would be kept
for ever, so it is an error.

```yaml
limits:
  - {max: {no-advert: 1%}}   # no-adverts
```
""",
)

BAD_COHORT = Code(
    "GR163",
    "bad-cohort",
    Severity.ERROR,
    "a cohort that can't be told",
    """A cohort says which events are in it: by `when`, a condition in the language of the rulebook; by the ids of those
who did it (`members`, or a `file` of them); by what a recorded `field` `is`. What `when` reads must be in the event
types that it speaks of, `message` unless `on` says otherwise. A compiled plan has no names left that `when` could use:
replay the rulebook itself.

```yaml
cohorts:
  hams: {field: meta.label, is: ham}
  regulars: {when: age(actor.joined) > 90d and not newcomer}
  team: {file: team.txt}
```
""",
)
