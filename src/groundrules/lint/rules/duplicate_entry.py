"""What it does: finds list entries that are equal to an earlier one in the way that the list compares.

Why: the list is longer than it looks, and whoever removes a word leaves its twin behind.

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
from groundrules.lint.linted import Linted, entry_span, short
from groundrules.rulebook.model import ListDeclaration, Located
from groundrules.text.squeeze import squeeze_runs
from groundrules.text.views import apply


def duplicate_entry(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each entry that repeats an earlier one."""
    for declaration in linted.lists:
        seen: dict[object, Located] = {}
        for item in declaration.items:
            key = _compared(declaration, str(item.value))
            first = seen.setdefault(key, item) if key else item
            if first is not item:
                message = f"`{short(str(item.value))}` is in `{declaration.name.value}` already"
                label = Label(first.span, "the same entry")
                fix = Fix(entry_span(item.span), "", "remove it", safe=True)
                yield DUPLICATE_ENTRY.at(item.span, message, None, (label,), (fix,))


def _compared(declaration: ListDeclaration, entry: str) -> object:
    """Return what an entry is compared by; squeezed entries also by how often each letter stands."""
    if declaration.match == "squeezed":
        return tuple((piece.char, piece.repeats) for piece in squeeze_runs(entry))
    return apply(declaration.match, entry)  # type: ignore[arg-type]
