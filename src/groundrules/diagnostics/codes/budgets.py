"""GR16x: budgets of a replay."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

UNKNOWN_COHORT = Code(
    "GR161",
    "unknown-cohort",
    Severity.ERROR,
    "a limit for an undeclared cohort",
    """A limit names one of the `cohorts` in the same file; without one, it applies to everybody.

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
    "a limit for a rule that does not exist",
    """A limit names rules of the rulebook by id (`no-adverts`; those of an import with its alias, `flood.burst`), all
rules with a tag by that tag, or all rules by `any`. A limit for a renamed or removed rule could never be broken, so it
is an error.

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
    "a cohort that can't be determined",
    """A cohort selects events: with `when`, a condition in the rulebook's language; by the ids of their actors
(`members`, or a `file` of them); or by what a recorded `field` `is`. The event types under `on`, by default `message`,
must have what `when` reads. A compiled plan has no names left for `when` to use: replay the rulebook itself.

```yaml
cohorts:
  hams: {field: meta.label, is: ham}
  regulars: {when: age(actor.joined) > 90d and not newcomer}
  team: {file: team.txt}
```
""",
)
