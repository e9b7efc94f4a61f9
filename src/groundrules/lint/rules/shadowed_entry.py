"""What it does: finds list entries that contain another entry of the list, so any text with them also has the other
one; for domains, subdomains of an entry.

Why: the longer entry changes nothing. Often the shorter one was added later and matches more than intended.

Example:

```yaml
lists:
  adverts: {match: folded, items: [free coins, free, prize]}        # `free coins` is found by `free` already
  our_sites: {match: domain, items: [docs.github.com, github.com]}  # everything under github.com is in it
```

Only lists used to search texts are checked: `text contains any of adverts`, `link.domain in our_sites`.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import SHADOWED_ENTRY
from groundrules.diagnostics.model import Diagnostic, Label
from groundrules.display.columns import excerpt
from groundrules.lint.linted import Linted
from groundrules.rulebook.model import ListDeclaration, Located
from groundrules.text.domains import normalise, parents
from groundrules.text.lists import scan_for
from groundrules.text.views import Needle, Text


def shadowed_entry(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each entry that another one makes needless."""
    everywhere = {search.list for search in linted.searches if search.quantifier == "all"}
    for declaration in linted.lists:
        name = str(declaration.name.value)
        if declaration.match == "domain":
            yield from _findings(declaration, _domains(declaration))
        elif name in linted.searched_lists and name not in everywhere:
            yield from _findings(declaration, _texts(declaration))


def _findings(declaration: ListDeclaration, pairs: Iterator[tuple[Located, Located]]) -> Iterator[Diagnostic]:
    for item, shorter in pairs:
        name = declaration.name.value
        message = f"`{excerpt(str(item.value))}` is already found by `{shorter.value}`, which is also in `{name}`"
        yield SHADOWED_ENTRY.at(item.span, message, None, (Label(shorter.span, "matches more"),))


def _domains(declaration: ListDeclaration) -> Iterator[tuple[Located, Located]]:
    known = {normalise(str(item.value)): item for item in reversed(declaration.items)}
    for item in declaration.items:
        above = [known[name] for name in list(parents(normalise(str(item.value)) or ""))[1:] if name in known]
        if above:
            yield item, above[0]


def _texts(declaration: ListDeclaration) -> Iterator[tuple[Located, Located]]:
    needles = [Needle(declaration.match, str(item.value)) for item in declaration.items]  # type: ignore[arg-type]
    by_key: dict[str, int] = {}
    for index, needle in enumerate(needles):
        if needle.key:
            by_key.setdefault(needle.key, index)
    keys = sorted(by_key)
    scan = scan_for(keys)
    for item, needle in zip(declaration.items, needles, strict=True):
        others = [by_key[keys[number]] for number in scan(needle.key) if keys[number] != needle.key]
        inside = [other for other in others if needles[other].within(Text(needle.raw))]
        if inside:
            yield item, declaration.items[min(inside, key=lambda other: len(needles[other].key))]
