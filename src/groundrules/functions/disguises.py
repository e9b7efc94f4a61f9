"""Functions that see through disguises: words of mixed scripts, and names that read like other names.

**Mixed scripts.** Nobody who types normally switches keyboards inside a word, so a word that mixes Cyrillic letters
with Latin, Greek or Cherokee ones (`зapaбoткa`, `crурto`) was made to get past a list. A foreign stem with a native
ending (`SEOшник`) is not one of these: it switches once, and its letters don't pass for Cyrillic ones. Latin with Greek
is no sign: `μm`, `Δt`.

**Looking alike.** Two names look alike if their skeletons are the same: folded (which brings look-alike letters of
other scripts together), without separators and repeats, and with `0 1 5 i | rn vv` read as `o l s l l m w`. Longer ones
also if one character was added, left out or changed. For a domain, its own name and each parent counts, in the script
that people see: `login.paypa1.com` looks like `paypal.com`. A domain doesn't look like itself, nor like its real
parents.
"""

from __future__ import annotations

import re
from functools import lru_cache

from groundrules.text.domains import covers, normalise, parents
from groundrules.text.fold import fold
from groundrules.text.scripts import SEPARATORS

_CYRILLIC = "\u0400-\u052f\u1c80-\u1c8f\u1d2b\u1d78\u2de0-\u2dff\ua640-\ua69f"
_OTHERS = (
    "A-Za-z\u00c0-\u024f\u0250-\u03ff\u13a0-\u13ff\u1d00-\u1d2a\u1d2c-\u1d77\u1d79-\u1fff\u2c60-\u2c7f\uab70-\uabbf"
)
_LONG = 10
"""Length from which one character may differ."""

_NAME = 100
"""Characters of names that are considered."""

_cyrillic = re.compile(f"[{_CYRILLIC}]+")
_others = re.compile(f"[{_OTHERS}]+")
_letters = re.compile(r"[^\W\d_]+")
_TWINS = frozenset("abcehikmoprtxy")  # ASCII letters that pass for Cyrillic ones
_separators = re.compile(f"[{SEPARATORS}]+")
_runs = re.compile(r"(.)\1+", re.DOTALL)
_READ_AS = str.maketrans("015i|", "olsll")


def mixed_scripts(text: str) -> int:
    """How many words mix Cyrillic letters with Latin, Greek or Cherokee ones."""
    if text.isascii():
        return 0
    return sum(map(_is_mixed, _letters.findall(text)))


def _is_mixed(word: str) -> bool:
    foreign = _others.findall(word)
    if not foreign or not _cyrillic.search(word):
        return False
    changes = len(foreign) + len(_cyrillic.findall(word)) - 1
    return changes > 1 or all(char.lower() in _TWINS or not char.isascii() for char in "".join(foreign))


def looks_like(text: str, other: str) -> bool:
    """Whether two names read the same at a glance; the same name does, the same domain does not."""
    kept = len(text) <= _NAME and len(other) <= _NAME
    return _looks_like_kept(text, other) if kept else _looks_like(text, other)


@lru_cache(maxsize=16_384)
def _looks_like_kept(text: str, other: str) -> bool:
    """Names change rarely, and are compared with every message."""
    return _looks_like(text, other)


def _looks_like(text: str, other: str) -> bool:
    if "." in other and covers(other, text):
        return False
    wanted = _known_skeleton(other) if len(other) <= _NAME else _skeleton(other)
    read = _skeletons(text) if len(text) <= _NAME else map(_skeleton, _names(text))
    return bool(wanted) and any(_alike(name, wanted) for name in read)


@lru_cache(maxsize=4096)
def _skeletons(text: str) -> tuple[str, ...]:
    """How a name reads; for a domain, also each of its parents."""
    return tuple(_skeleton(name) for name in _names(text))


def _names(text: str) -> list[str]:
    name = normalise(text) if "." in text else None
    return [text] if name is None else [_shown(above) for above in parents(name) if "." in above]


def _shown(domain: str) -> str:
    """Return a domain as people see it, its labels decoded."""
    return ".".join(_decoded(label) for label in domain.split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode().decode("punycode")
    except UnicodeError:
        return label


@lru_cache(maxsize=4096)
def _known_skeleton(name: str) -> str:
    return _skeleton(name)


def _skeleton(name: str) -> str:
    plain = ".".join(_separators.sub("", part) for part in fold(name).strip().split("."))
    plain = plain.translate(_READ_AS).replace("rn", "m").replace("vv", "w")
    return _runs.sub(r"\1", plain)


def _alike(word: str, other: str) -> bool:
    return word == other or (min(len(word), len(other)) >= _LONG and _one_apart(word, other))


def _one_apart(word: str, other: str) -> bool:
    """Tell whether one character was added, left out or changed."""
    short, long = sorted((word, other), key=len)
    if len(long) - len(short) > 1:
        return False
    same = next((at for at, char in enumerate(short) if char != long[at]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]
