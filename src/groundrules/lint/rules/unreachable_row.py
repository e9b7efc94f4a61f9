"""What it does: finds a row of a table with `hit: first` that never acts: an earlier one holds whenever it does.

Why: order matters there. The row is too far down, or an earlier one requires too little.

Example:

```yaml
table:
  hit: first
  columns: [length(links)]
  rows:
    - {when: [">= 1"], then: [warn]}
    - {when: [">= 3"], then: [delete]}     # the first row already holds
```

Parameter values are not considered: a bot may set them to something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import UNREACHABLE_ROW
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted
from groundrules.lint.tables import Rows, tables


def unreachable_row(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each row that never acts."""
    for rows in tables(linted):
        if rows.table.hit == "first" and rows.rules[0].source.once_per is None:
            for number in range(1, len(rows.rules)):
                yield from _row(linted, rows, number)


def _row(linted: Linted, rows: Rows, number: int) -> Iterator[Diagnostic]:
    condition = rows.conditions[number]
    if condition is not None and not linted.satisfiable((condition, True)):
        return
    for earlier in range(number):
        other = rows.conditions[earlier]
        if other is None or (condition is not None and linted.implies(condition, other)):
            message = f"row {number + 1} never acts: row {earlier + 1} holds whenever it does"
            label = Label(rows.rules[earlier].source.id.span, "this row comes first")
            place = rows.rules[number].source.id.span
            yield UNREACHABLE_ROW.at(place, message, f"put it above row {earlier + 1}, or remove it", (label,))
            return
    if condition is not None:
        reads = linted.reads(condition)
        known = [other for other in rows.conditions[:number] if other and linted.reads(other) <= reads]
        if known and not linted.satisfiable((condition, True), *((other, False) for other in known)):
            message = f"row {number + 1} never acts: wherever it holds, an earlier row does"
            yield UNREACHABLE_ROW.at(rows.rules[number].source.id.span, message, "put it further up, or remove it")
