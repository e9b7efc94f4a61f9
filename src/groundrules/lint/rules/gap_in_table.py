"""What it does: finds a case for which a table has no row, where it does not say what happens otherwise.

Why: a table reads as if it had all cases. That nothing happens in one of them is worth a line.

Example:

```yaml
table:
  columns: [age(actor.joined), length(links)]
  rows:
    - {when: ["< 3d", ">= 1"], then: [delete]}
    - {when: ["> 3d", ">= 5"], then: [hide]}     # after exactly three days, and of few links, nothing is said
  otherwise: []
```

Only tables are looked at whose cells are about numbers, lengths of time, clock times, and values of which there are
few.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import GAP_IN_TABLE
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted
from groundrules.lint.tables import tables


def gap_in_table(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each table with a case that it has no row for."""
    for rows in tables(linted):
        if not rows.table.total and None not in rows.conditions:
            example = rows.example(lambda held: not any(held), range(len(rows.rules)), closed=True)
            if example:
                message = f"no row holds where `{example}`"
                help = "write `otherwise: […]`, or `otherwise: []` if nothing is to happen then"
                yield GAP_IN_TABLE.at(rows.table.id.span, message, help)
