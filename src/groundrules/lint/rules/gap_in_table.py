"""What it does: finds a case that no row of a table covers, if the table has no `otherwise`.

Why: a table looks complete. If nothing should happen in some case, say so in a line.

Example:

```yaml
table:
  columns: [age(actor.joined), length(links)]
  rows:
    - {when: ["< 3d", ">= 1"], then: [delete]}
    - {when: ["> 3d", ">= 5"], then: [hide]}     # nothing for exactly three days, or for few links
  otherwise: []
```

Only tables whose cells are about numbers, durations, clock times and values from small sets are checked.
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
