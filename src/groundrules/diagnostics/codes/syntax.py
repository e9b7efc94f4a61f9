"""GR2xx: the syntax of expressions, clauses and templates."""

from __future__ import annotations

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

UNEXPECTED = Code(
    "GR201",
    "unexpected-text",
    Severity.ERROR,
    "something that does not belong here",
    """\
What it does: reports a word or symbol that can't be where it is, and says what could.

Why: the text cannot be read as a condition or a value.

Example:
```yaml
when: text contains "spam" ]
```
Fix it by removing or replacing what is underlined:
```yaml
when: text contains "spam"
```
""",
)
UNCLOSED = Code(
    "GR202",
    "unclosed",
    Severity.ERROR,
    "a string, bracket, pattern or hole is opened and not closed",
    """\
What it does: reports `"`, `'`, `(`, `[`, `/` or `{` without its partner, and shows where it was opened.

Why: everything after it would belong to it. A string ends on the line where it begins.

Example:
```yaml
when: (text contains "a" or text contains "b" and newcomer
```
Fix it by closing it:
```yaml
when: (text contains "a" or text contains "b") and newcomer
```
""",
)
UNOPENED = Code(
    "GR203",
    "unopened",
    Severity.ERROR,
    "a closing bracket without an opening one",
    """\
What it does: reports a `)` or `]` without a partner, or with one of another kind.

Why: it is unclear which part was meant to be grouped.

Example:
```yaml
when: newcomer and text contains "a")
```
Fix it by removing it, or by adding the opening bracket where the group begins.
""",
)
FOREIGN_OPERATOR = Code(
    "GR204",
    "foreign-operator",
    Severity.ERROR,
    "an operator from another language",
    """\
What it does: reports `=`, `&&`, `||`, `!`, `=>`, `is`, `AND` and the like, and names the right one.

Why: `and`, `or` and `not` read the way they are spoken; `==` compares. There is one way to write each.

Example:
```yaml
when: channel.name = "help" && !staff
```
Fix it:
```yaml
when: channel.name == "help" and not staff
```
""",
)
FULL_WIDTH = Code(
    "GR205",
    "full-width-punctuation",
    Severity.ERROR,
    "a full-width or typographic character used as syntax",
    """\
What it does: reports full-width punctuation, full-width spaces, curly quotes and invisible characters outside strings.

Why: input methods insert them and they look right, but they are different characters. Inside strings they are text and
are kept.

Example:
```yaml
when: any（link in links where link.domain == “a.com”）
```
Fix it (`--fix` replaces most of them):
```yaml
when: any(link in links where link.domain == "a.com")
```
""",
)
MALFORMED_NUMBER = Code(
    "GR206",
    "malformed-number",
    Severity.ERROR,
    "a malformed number",
    """\
What it does: reports `3x`, `007`, `1_000`, `.5` and numbers beyond 9,007,199,254,740,992.

Why: a number is digits, with a decimal point if needed. An id with leading zeros is text and needs quotes.

Example:
```yaml
when: actor.id == 007
```
Fix it:
```yaml
when: actor.id == "007"
```
""",
)
MALFORMED_DURATION = Code(
    "GR207",
    "malformed-duration",
    Severity.ERROR,
    "a duration that cannot be read",
    """\
What it does: reports `10 m`, `10min`, `5 minutes`, `1.5h`, `30m1h` and durations above 100 years.

Why: a duration is written without spaces, in the units `ms s m h d w`, largest first: `90s`, `1h30m`, `4w`.

Example:
```yaml
when: age(actor.joined) < 3 days
```
Fix it:
```yaml
when: age(actor.joined) < 3d
```
""",
)
MALFORMED_CLOCK = Code(
    "GR208",
    "malformed-clock-time",
    Severity.ERROR,
    "a clock time or range that does not exist",
    """\
What it does: reports `25:00`, `9:5`, `24:00` that does not end a range, and ranges that begin where they end.

Why: clock times go from `00:00` to `23:59`; a range includes its start, excludes its end and may cross midnight.

Example:
```yaml
hours: 08:00-25:00
```
Fix it:
```yaml
hours: 08:00-24:00
```
""",
)
MALFORMED_STRING = Code(
    "GR209",
    "malformed-string",
    Severity.ERROR,
    "a string with an escape that does not exist",
    r"""What it does: reports a backslash in a string that does not begin an escape.

Why: the escapes are \n \t \r \" \' \\ and \uXXXX, as in JSON; anything else is most likely a pattern, or a backslash
that should be doubled.

Example:
```yaml
when: text contains "\d"
```
Fix it:
```yaml
when: text matches /\d/
```
""",
)
MALFORMED_PATTERN = Code(
    "GR210",
    "malformed-pattern",
    Severity.ERROR,
    "a pattern out of place, or with an unknown flag",
    r"""What it does: reports a pattern anywhere but after `matches`, a `matches` without one, and unknown flags.

Why: elsewhere `/` means division. The flags are `i`, `m` and `s`; a slash inside the pattern is written `\/`.

Example:
```yaml
when: text matches "go+d"
```
Fix it:
```yaml
when: text matches /go+d/
```
""",
)
CHAINED = Code(
    "GR211",
    "chained-comparison",
    Severity.ERROR,
    "a chained comparison",
    """\
What it does: reports `a < b < c`.

Why: languages disagree on what it means, so it must be written out.

Example:
```yaml
when: 3 <= level < 7
```
Fix it:
```yaml
when: 3 <= level and level < 7
```
""",
)
EMPTY = Code(
    "GR212",
    "empty-expression",
    Severity.ERROR,
    "a missing expression",
    """\
What it does: reports an empty condition, clause, bracket or hole.

Why: an empty condition would hold always or never, and it is unclear which was meant.

Example:
```yaml
when: newcomer and ()
```
Fix it by writing the condition, or by removing the empty part.
""",
)
MISSING_OPERAND = Code(
    "GR213",
    "missing-operand",
    Severity.ERROR,
    "an operator without an operand",
    """\
What it does: reports an operator with nothing on one of its sides.

Why: usually the end of a line got lost.

Example:
```yaml
when: newcomer and
```
Fix it by completing the condition:
```yaml
when: newcomer and text contains "spam"
```
""",
)
MISSING_OPERATOR = Code(
    "GR214",
    "missing-operator",
    Severity.ERROR,
    "two values without an operator between them",
    """\
What it does: reports two values, names or conditions without an operator between them.

Why: whether `and`, `or` or something else was meant makes all the difference.

Example:
```yaml
when: newcomer text contains "spam"
```
Fix it:
```yaml
when: newcomer and text contains "spam"
```
""",
)
TOO_DEEP = Code(
    "GR215",
    "nested-too-deeply",
    Severity.ERROR,
    "an expression is nested too deeply",
    """\
What it does: reports expressions and brackets nested more than 64 levels deep. Long chains of `and` and `or` are one
level.

Why: it keeps every stage bounded, and nobody can review such a condition.

Fix it by giving parts of it names under `define`.
""",
)
MALFORMED_CALL = Code(
    "GR216",
    "malformed-call",
    Severity.ERROR,
    "a malformed window or quantifier",
    """\
What it does: reports `any(…)`, `all(…)`, `known(…)`, `count(…)`, `sum(…)`, `distinct(…)`, `streak(…)` and `quiet(…)`
whose parts are missing or out of order, and calls of something that has no name.

Why: the parts have a fixed order: `count(TYPE where CONDITION by KEYS within DURATION max N)`, all but the type
optional.

Example:
```yaml
when: count(message within 2m by actor) >= 3
```
Fix it:
```yaml
when: count(message by actor within 2m) >= 3
```
""",
)
MALFORMED_CLAUSE = Code(
    "GR217",
    "malformed-clause",
    Severity.ERROR,
    "a malformed short clause",
    """\
What it does: reports a malformed rate, fade, key, time or duration clause, and shows the right form.

Why: each short clause says one thing: `50 per day`, `1 every 30d`, `actor, message within 90d`, `monday 09:00`.

Example:
```yaml
cap: 50 a day
```
Fix it:
```yaml
cap: 50 per day
```
""",
)
MALFORMED_TEMPLATE = Code(
    "GR218",
    "malformed-template",
    Severity.ERROR,
    "a brace in a message that neither opens nor closes a hole",
    """\
What it does: reports a lone `}` and full-width braces in a message.

Why: `{expression}` is replaced by its value; a brace that is meant as text is doubled: `{{` and `}}`.

Example:
```yaml
reply: "well done :-}"
```
Fix it:
```yaml
reply: "well done :-}}"
```
""",
)
UNKNOWN_CHARACTER = Code(
    "GR219",
    "unknown-character",
    Severity.ERROR,
    "a character that the language does not use",
    """\
What it does: reports characters such as `@`, `$`, `;` or an emoji outside strings.

Why: names are letters, digits and `_`; everything else is text and needs quotes.

Example:
```yaml
when: emoji == 👍
```
Fix it:
```yaml
when: emoji == "👍"
```
""",
)
TOO_LONG = Code(
    "GR220",
    "expression-too-long",
    Severity.ERROR,
    "an expression or a message is too long",
    """\
What it does: reports expressions and messages of more than 250,000 characters.

Why: it keeps every answer within seconds, and nobody can review such a condition.

Fix it by putting the words into a list:
```yaml
lists:
  adverts: {file: adverts.txt, match: folded}
rules:
  - {id: no-adverts, on: message, when: text contains any of adverts, then: [delete]}
```
""",
)
