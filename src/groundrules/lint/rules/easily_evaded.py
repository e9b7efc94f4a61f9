"""What it does: finds words that are matched letter by letter in what people write: lists with `match: exact`, and
patterns that are just a word.

Why: `exact` and `matches` are sensitive to every difference. `VIAGRA`, `ｖiagra` and `v i a g r a` pass.

Example:

```yaml
lists:
  adverts: {match: exact, items: [加微信, viagra]}    # write `folded`, or `squeezed` against separators
rules:
  - {id: pills, on: message, when: text matches /viagra/, then: [delete]}   # write `text contains "viagra"`
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_letters

from groundrules.diagnostics.codes.lints import EASILY_EVADED
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition, leaves
from groundrules.lint.linted import Linted
from groundrules.lint.rules.ascii_class import unaware
from groundrules.plan import ir
from groundrules.rulebook.model import ListDeclaration
from groundrules.syntax.print import string

_WORDS = re.compile(r"(?:\\b)?\(?((?:[^\W\d_]|[ '|-])+)\)?(?:\\b)?")
_FULL_WIDTH = {ord(letter): ord(letter) + 0xFEE0 for letter in ascii_letters}
_SWITCH = re.compile(r"^\(\?([a-z]+)\)")
_LETTERS = 3  # a word that people disguise has at least so many


def easily_evaded(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each list and pattern that the simplest disguise defeats."""
    for declaration in linted.lists:
        if declaration.match == "exact" and str(declaration.name.value) in linted.searched_lists:
            yield from _list(declaration)
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            yield from _pattern(leaf)


def _list(declaration: ListDeclaration) -> Iterator[Diagnostic]:
    words = [str(item.value) for item in declaration.items]
    word = next((word for word in words if any(char.isalpha() for char in word) and len(word) > 1), None)
    if word is not None:
        name = declaration.name.value
        message = f"`{name}` is compared exactly, so `{excerpt(word)}` is not found in `{excerpt(disguised(word))}`"
        help = "write `match: folded`, or `match: squeezed` to ignore separators and repeats"
        yield EASILY_EVADED.at(declaration.name.span, message, help)


def disguised(word: str, ignoring_case: bool = False) -> str:
    """Return a word as people write it to get past an exact comparison, or one that ignores case."""
    if ignoring_case:
        full_width = word.translate(_FULL_WIDTH)
        return full_width if full_width != word else ".".join(word)
    upper = word.upper()
    return upper if upper != word else word.lower() if word.lower() != word else ".".join(word)


def _pattern(leaf: Condition) -> Iterator[Diagnostic]:
    expression = leaf.expression
    if not isinstance(expression, ir.Matches) or expression.view != "exact":
        return
    switch = _SWITCH.match(expression.pattern)
    words = _WORDS.fullmatch(expression.pattern, switch.end() if switch else 0)
    if (
        words is None
        or unaware(expression.pattern)
        or not any(len(word.strip()) >= _LETTERS for word in words[1].split("|"))
    ):
        return
    listed = [word for word in words[1].split("|") if word]
    wanted = (
        f"contains {string(listed[0])}" if len(listed) == 1 else f"contains any of [{', '.join(map(string, listed))}]"
    )
    past = disguised(listed[0], "i" in expression.flags or (switch is not None and "i" in switch[1]))
    message = f"`{excerpt(leaf.text)}` sees the raw text, so `{past}` gets past it"
    yield EASILY_EVADED.at(leaf.span, message, f"write `{excerpt(wanted)}`, which folds what people disguise")
