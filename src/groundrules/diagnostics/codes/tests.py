"""GR15x: the tests of a rulebook."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

BAD_TESTS = Code(
    "GR151",
    "bad-tests",
    Severity.ERROR,
    "a tests file that can't be read as tests",
    """A tests file has one key, `tests`, a list. Each test has a `name` and a `timeline`; each step of a timeline says
`at` what time what happens: an event type with its main value (`message: hello`), or `tick: true`.

```yaml
tests:
  - name: adverts go
    members: {li: {joined: 2d ago}}
    timeline:
      - {at: "09:00", message: buy now, by: li, expect: [delete]}
```
""",
)

UNKNOWN_TEST_KEY = Code(
    "GR152",
    "unknown-test-key",
    Severity.ERROR,
    "an unknown key in a test",
    """A misspelt key would test nothing. A step has `at`, one event type (or `tick`), the event's fields, and what
is expected: `expect`, `ledgers`, `labels`, `pending`, `fired`, `unknown`, `rejected`.
""",
)
