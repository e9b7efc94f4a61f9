"""GR1xx: the format of a rulebook."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

UNKNOWN_KEY = Code(
    "GR101",
    "unknown-key",
    Severity.ERROR,
    "a key that does not belong here",
    """The format of a rulebook is closed, so that a slip of the pen never switches a condition off. All keys stand in
`schemas/rulebook.schema.json`, from which editors complete them.

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
    """Some keys must be given: a rule has an `id`, says `on` which event it runs and what `then` happens.
""",
)

WRONG_SHAPE = Code(
    "GR103",
    "wrong-shape",
    Severity.ERROR,
    "a value of the wrong kind",
    """A list stands where a text belongs, a text where a mapping belongs, or a value is empty.

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
    """The value has the right kind but is not one of those allowed, is out of range, or is not spelled as names are:
ids in kebab-case (`no-adverts`), other names in snake_case (`our_sites`).
""",
)
