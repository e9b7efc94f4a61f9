"""What it does: finds patterns that probably don't mean what was intended: an empty alternative, a dot in a host name
or number that matches any character, `|` or `A-z` inside a class, a group that should be a class, a control character
that YAML made from `\\b`.

Why: such a pattern works on the example it was tried with, but matches too much or nothing elsewhere.

Example:

```yaml
when: text matches /your (friend|wife|) single/      # "your  single": the last alternative is empty
when: text matches /youtube.com/                     # also `youtube-com`; write `youtube\\.com`
when: text matches /[a|b]/                           # also `|`; write `[ab]`
when: text matches /w(?:i1!l)n/                      # only `wi1!ln`; write `w[i1!l]n`
when: "text matches /\\bfree/"                        # in YAML's double quotes `\\b` is a backspace: write `when: >`
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import SLIP_IN_PATTERN
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir

_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]")
_EMPTY = re.compile(r"\((?:\?(?:i|:|i:))?\||\|\||\|\)|^\||\|$")
_HOST = re.compile(r"[a-z0-9]\.(?:com|org|net|info|cn|ru|me|io|gg|tv|top|xyz|be|ly)(?![a-z0-9*+?{])", re.I)
_NUMBER = re.compile(r"\d\.\d")
_LEET = re.compile(r"\((?:\?:)?(?=[^()|]*[a-z])(?=[^()|]*[!@$])[a-z0-9!@$]{2,5}\)[?*+]?", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def slip_in_pattern(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each pattern with a slip; the first slip of each."""
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            if isinstance(leaf.expression, ir.Matches):
                slip = _slip(leaf.expression.pattern)
                if slip:
                    yield SLIP_IN_PATTERN.at(leaf.span, f"{slip[0]} in `{excerpt(leaf.text)}`", slip[1])


def _slip(pattern: str) -> tuple[str, str] | None:
    """Return what is odd about a pattern, and the mend."""
    plain = re.sub(r"\\.", "__", pattern)
    outside = _CLASS.sub(lambda run: "_" * len(run[0]), plain)
    if _CONTROL.search(pattern):
        return (
            "there is a control character",
            "YAML's double quotes read `\\b` as one: write the condition below `when: >`",
        )
    if _EMPTY.search(outside):
        return "there is an empty alternative", "remove the bar, or write `(…)?` if it may be empty"
    for loose in (_HOST, _NUMBER):
        match = loose.search(outside)
        if match:
            part = match[0]
            return f"the dot of `{part}` matches any character", f"write `{part.replace('.', chr(92) + '.')}`"
    return _in_class(plain) or _leet(outside)


def _in_class(plain: str) -> tuple[str, str] | None:
    for char_class in _CLASS.findall(plain):
        if re.search(r"\w\|\w", char_class):
            return (
                f"`|` is one of the characters of `{char_class}`",
                f"write `{char_class.replace('|', '')}`, or `(…|…)`",
            )
        if "A-z" in char_class:
            return "`A-z` includes the symbols between `Z` and `a`", "write `A-Za-z`"
    return None


def _leet(outside: str) -> tuple[str, str] | None:
    match = _LEET.search(outside)
    if not match:
        return None
    letters = match[0].strip("()?*+:")
    return f"`{match[0]}` is found as a whole only", f"for one of these characters write `[{letters}]`"
