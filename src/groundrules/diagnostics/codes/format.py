"""GR1xx: the format of a rulebook."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

UNKNOWN_KEY = Code(
    "GR101",
    "unknown-key",
    Severity.ERROR,
    "a key that does not belong here",
    """The format of a rulebook is closed, so that a typo never disables a condition. All keys are in
`schemas/rulebook.schema.json`, which editors use for completion.

```yaml
- id: no-adverts
  on: message
  unles: staff           # unless
```
""",
)

MISSING_KEY = Code(
    "GR102",
    "missing-key",
    Severity.ERROR,
    "a required key is missing",
    """Some keys are required: a rule has an `id`, `on` which event it runs, and what it does `then`.
""",
)

WRONG_SHAPE = Code(
    "GR103",
    "wrong-shape",
    Severity.ERROR,
    "a value of the wrong kind",
    """A list where a text belongs, a text where a mapping belongs, or an empty value.

```yaml
then: delete             # then: [delete]
```
""",
)

BAD_VALUE = Code(
    "GR104",
    "bad-value",
    Severity.ERROR,
    "a value that is not allowed here",
    """The value has the right kind but is not one of those allowed, is out of range, or is not a valid name:
ids in kebab-case (`no-adverts`), other names in snake_case (`our_sites`).
""",
)
