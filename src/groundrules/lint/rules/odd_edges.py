"""What it does: finds list entries that begin or end with a blank, or stand in quotes that YAML does not know.

Why: the entry is looked for as it stands. `“my fish”` is found only where the quotes are, too. A blank in front of a
word, meant to say "not inside of another word", misses the word at the beginning of a text and behind a bracket, and
still finds `illness`.

Example:

```yaml
lists:
  fish: {match: folded, items: [“my fish”, " ill"]}
```

Write plain quotes or none, and `match: word` for words that must stand by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import ODD_EDGES
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.linted import Linted

_QUOTES = "“”„‟‘’‚‛«»「」『』＂＇`´"


def odd_edges(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each entry with blanks or foreign quotes around it."""
    for declaration in linted.lists:
        for item in declaration.items if declaration.match != "domain" else ():
            entry = str(item.value)
            if len(entry.strip()) > 2 and entry.strip()[0] in _QUOTES and entry.strip()[-1] in _QUOTES:
                message = f"`{excerpt(entry)}` is searched for with its quotes"
                yield ODD_EDGES.at(item.span, message, 'write plain quotes, `"…"`, or none')
            elif entry != entry.strip() and declaration.match != "squeezed" and entry.strip():
                message = f"`{entry}` is searched for with the space at its edge, so not found at the edge of a text"
                yield ODD_EDGES.at(item.span, message, "write `match: word` for whole words")
