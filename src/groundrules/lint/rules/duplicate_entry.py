"""What it does: finds list entries that equal an earlier one under the list's `match`.

Why: the list is shorter than it looks, and removing a word leaves its twin behind.

Example:

```yaml
lists:
  adverts: {match: squeezed, items: [加微信, 加 微 信, 加V信]}     # the first two are the same
```

`groundrules lint --fix` removes the later one.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import DUPLICATE_ENTRY
from groundrules.diagnostics.model import Diagnostic, Fix, Label
from groundrules.display.columns import excerpt
from groundrules.lint.linted import Linted, entry_span
from groundrules.rulebook.model import ListDeclaration, Located
from groundrules.text.squeeze import squeeze_runs
from groundrules.text.views import apply


def duplicate_entry(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each entry that repeats an earlier one."""
    for declaration in linted.lists:
        for item, first in _repeated(declaration):
            message = f"`{excerpt(str(item.value))}` is already in `{declaration.name.value}`"
            label = Label(first.span, "the same entry")
            fix = Fix(entry_span(item.span), "", "remove it", safe=True)
            yield DUPLICATE_ENTRY.at(item.span, message, None, (label,), (fix,))


def _repeated(declaration: ListDeclaration) -> Iterator[tuple[Located, Located]]:
    """Yield entries with the earlier entry that they repeat."""
    by_key: dict[str, list[Located]] = {}
    for item in declaration.items:
        entry = str(item.value)
        key = apply(declaration.match, entry)  # type: ignore[arg-type]
        before = by_key.setdefault(key, []) if key else []
        first = next(
            (entry_before for entry_before in before if _same(declaration.match, entry, str(entry_before.value))), None
        )
        if first is None:
            before.append(item)
        else:
            yield item, first


def _same(match: str, entry: str, other: str) -> bool:
    """Tell whether entries with the same view are the same; squeezed ones differ by how often each letter stands."""
    if match != "squeezed" or entry == other:
        return True
    return [piece.repeats for piece in squeeze_runs(entry)] == [piece.repeats for piece in squeeze_runs(other)]
