"""What it does: finds items of an `until_all` that make no difference: any event that satisfies one also satisfies
another, or ends the path through `until`.

Why: the path waits for fewer things than it lists. Usually a condition was copied, or is broader than intended.

Example:

```yaml
paths:
  - id: arrival
    on: member.joined
    one_per: actor
    until_all:
      - {id: intro, on: message, when: actor.id == start.actor.id and channel.name == "intro"}
      - {id: word, on: message, when: actor.id == start.actor.id}   # happens with every introduction
    steps: [{after: 1d, then: [{send: {to: actor, text: "{remaining}"}}]}]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from groundrules.checker.constructs import Path, PathItem, Until
from groundrules.diagnostics.codes.lints import NEEDLESS_ITEM
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.lint.linted import Linted

_HELP = "remove one of the two, or change what it looks at"


def needless_item(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each item of a path that adds nothing to it."""
    for path in linted.checked.paths:
        if path.context.instance is linted.root and path.source.mode != "off":
            yield from _lost(linted, path)
            yield from _repeated(linted, path)


def _lost(linted: Linted, path: Path) -> Iterator[Diagnostic]:
    for item in path.until_all:
        ending = next((until for until in path.until if _brings(linted, item.until, until)), None)
        if ending is not None:
            message = f"`{_name(item)}` never counts: the same event ends the path"
            label = Label(ending.source.span, "by this `until`")
            yield NEEDLESS_ITEM.at(item.source.id.span, message, "leave it out, or narrow the `until`", (label,))


def _repeated(linted: Linted, path: Path) -> Iterator[Diagnostic]:
    reported: set[int] = set()
    for item, other in permutations(reversed(path.until_all), 2):
        if not {id(item), id(other)} & reported and _brings(linted, other.until, item.until):
            reported.add(id(item))
            message = f"`{_name(item)}` happens whenever `{_name(other)}` does"
            label = Label(other.source.id.span, "satisfies it")
            yield NEEDLESS_ITEM.at(item.source.id.span, message, _HELP, (label,))


def _brings(linted: Linted, until: Until, other: Until) -> bool:
    """Whether an event that is the one is surely the other, too."""
    if not set(until.context.types) <= set(other.context.types):
        return False
    when, wider = linted.ending(until), linted.ending(other)
    if when is None or wider is None:
        return wider is None
    return linted.satisfiable((when, True)) and linted.implies(when, wider)


def _name(item: PathItem) -> str:
    return str(item.source.id.value)
