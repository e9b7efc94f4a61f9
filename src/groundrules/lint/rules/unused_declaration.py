"""What it does: finds parameters, lists, defines, ledgers and caps that nothing in the rulebook uses.

Why: the rule that should use them is missing or names something else, and a settings page shows a switch without
effect.

Example:

```yaml
lists:
  adverts: [buy followers]        # and no rule says `text contains any of adverts`
```

A rulebook without rules of its own is a library for others; what it declares is for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.checker.bindings import Declared
from groundrules.diagnostics.codes.lints import UNUSED_DECLARATION
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.source import Span
from groundrules.lint.linted import Linted

_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*")


def unused_declaration(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each declaration that nothing names."""
    book = linted.book
    if not (book.rules or book.ladders or book.paths or book.states or book.schedules):
        return
    used = {id(binding) for binding in linted.checked.tables.bindings.values() if isinstance(binding, Declared)}
    used |= {id(effect.ledger) for effect in linted.all_effects() if hasattr(effect, "ledger")}
    texts = [
        (file.path, _COMMENT.sub(_blank, file.text)) for file in book.files if file.path.endswith((".yaml", ".yml"))
    ]
    for declared in linted.root.declared.values():
        if declared.what == "state" or id(declared) in used or declared.span.file not in book.files:
            continue
        if not _written(declared.name, declared.span, texts):
            message = f"nothing uses the {declared.what} `{declared.name}`"
            yield UNUSED_DECLARATION.at(declared.span, message, "remove it, or name it in the rule it is for")


def _blank(comment: re.Match[str]) -> str:
    return " " * len(comment[0])


def _written(name: str, span: Span, texts: list[tuple[str, str]]) -> bool:
    """Tell whether a name stands anywhere else: as an argument, a role, the ledger of a ladder."""
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    return any(
        not (path == span.file.path and span.start <= match.start() < span.end)
        for path, text in texts
        for match in word.finditer(text)
    )
