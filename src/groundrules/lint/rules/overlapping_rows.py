"""What it does: finds two rows of a table that can hold at once, where at most one should.

Why: without `hit`, each case of a table should have one row. If two hold, both act.

Example:

```yaml
table:
  columns: [length(links)]
  rows:
    - {when: [">= 1"], then: [warn]}
    - {when: [">= 3"], then: [delete]}     # three links are also at least one
```

Cells that only events can tell apart, such as two words in a text, are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from groundrules.diagnostics.codes.lints import OVERLAPPING_ROWS
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted
from groundrules.lint.tables import tables


def overlapping_rows(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each row that an earlier one meets."""
    for rows in tables(linted):
        reported: set[int] = set()
        for first, second in combinations(range(len(rows.rules)), 2) if rows.table.hit == "unique" else ():
            example = None if second in reported else rows.example(all, (first, second), closed=False)
            if example is not None:
                reported.add(second)
                message = f"rows {first + 1} and {second + 1} both hold" + (f" where `{example}`" if example else "")
                help = "tell them apart, or write `hit: first` or `hit: all`"
                label = Label(rows.rules[first].source.id.span, "this row also holds")
                yield OVERLAPPING_ROWS.at(rows.rules[second].source.id.span, message, help, (label,))
