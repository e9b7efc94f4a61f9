"""Regular expressions: RE2's dialect, leftmost-first, with offsets in code points and limits on what they cost.

RE2 matches in time linear in the text, whatever the pattern, at the price of look-around and backreferences. What
remains is the size of the compiled program, which can make each step more expensive: `problem` refuses patterns beyond
`LARGEST_PROGRAM` instructions before they run. Flags: `i` ignores case, `m` lets `^` and `$` match at lines, `s` lets
`.` match line breaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import re2

LARGEST_PROGRAM = 30_000
LARGEST_MEMORY = 8 << 20

_UNANCHORED = getattr(getattr(re2, "_Anchor", None), "UNANCHORED", None)
_NOWHERE = (-1, -1)

_surrogates = re.compile("[\ud800-\udfff]")
_costly = ("bad repetition operator", "invalid repetition size", "pattern too large", "expression nests too deeply")
_PROBLEMS = (
    *_costly,
    "invalid character class",
    "invalid character class range",
    "invalid escape sequence",
    "invalid named capture group",
    "invalid perl operator",
    "missing )",
    "missing ]",
    "no argument for repetition operator",
    "trailing \\",
    "unexpected )",
)
_look_around = re.compile(r"\(\?<?[=!]")
_backreference = re.compile(r"\\(?:[1-9]|k\b|g\b)|\(\?P=")
_single_byte = re.compile(r"(?<!\\)(?:\\\\)*\\C")
_other_engine = re.compile(r"\(\?[>#(|&R+0-9-]")
_repetition = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_switches = re.compile(r"\(\?[a-zA-Z-]+\)|\\[bBAz]|\^")
_beyond_ascii = re.compile(r"\\p\{(?:M[nce]?|Han|Cyrillic|Arabic)\}(?:\+|\{[1-9]\d*(?:,\d*)?\})?")
_gap = re.compile(r"[^(|?:](?<!\\)(?:\.|\\[wWSDpP](?:\{\^?\w+\})?|\[(?:\\.|[^\]\\])+\]|\))\{(?:\d+,)?\d{2,}\}")
_FOREIGN = (
    (_look_around, "look-around", "write the condition as a second `matches`, joined by `and` or `and not`"),
    (_backreference, "a backreference", "write out what may repeat"),
    (_single_byte, "a single byte", "use `.` for one character"),
    (_other_engine, "a construct of other engines", "plain groups are `(?:…)`, named ones `(?P<name>…)`"),
)


@dataclass(frozen=True)
class PatternProblem:
    """Why a pattern is refused: the message, the place in the pattern (code points, if known), and a fix."""

    kind: Literal["syntax", "unsupported", "too costly"]
    message: str
    position: int | None = None
    help: str | None = None


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _surrogates.sub("\ufffd", text).encode()


def _compile(pattern: str, flags: str) -> re2._Regexp:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = LARGEST_MEMORY
    options.never_capture = True  # groups are never needed, and thousands of them take a second for each text
    prefix = f"(?{flags})" if flags else ""
    return re2.compile(_encode(prefix + pattern), options)


class Pattern:
    """A compiled pattern. Raises ValueError if `problem` finds any problem other than cost."""

    def __init__(self, pattern: str, flags: str = "") -> None:
        self.pattern = pattern
        self.flags = "".join(sorted(set(flags)))
        if _single_byte.search(pattern):
            raise ValueError("invalid escape sequence: \\C")
        self._spares_ascii = _beyond_ascii.fullmatch(pattern) is not None
        try:
            self._compiled = _compile(pattern, self.flags)
        except re2.error as error:
            raise ValueError(_reason(error)) from None
        # What `search` uses: two thirds of its own time go into a generator and a match object that nobody needs.
        self._match = getattr(getattr(self._compiled, "_regexp", None), "Match", None) if _UNANCHORED else None

    @property
    def size(self) -> int:
        """Instructions of the compiled program, forwards or backwards, whichever is larger."""
        return int(max(self._compiled.programsize, self._compiled.reverseprogramsize))

    def steps(self, length: int) -> int:
        """Return how many steps a text of so many characters takes at most, judging by the pattern.

        RE2 takes one step per character, with states built as needed. If a beginning can recur inside a counted gap,
        there are too many states to keep, and each character takes a step for every instruction that may be active.
        """
        return length * (self.size if _gap.search(_switches.sub("", self.pattern)) else 1)

    def search(self, text: str) -> tuple[int, int] | None:
        """Return the leftmost match as code points `[start, end)` of the text, possibly empty."""
        data = _encode(text)
        match = self._compiled.search(data)
        if match is None:
            return None
        start, end = match.span()
        if len(data) == len(text):
            return start, end
        first = len(data[:start].decode())
        return first, first + len(data[start:end].decode())

    def matches(self, text: str) -> bool:
        """Tell whether the pattern matches anywhere in the text."""
        if self._spares_ascii and text.isascii():
            return False
        data = _encode(text)
        if self._match is None:
            return self._compiled.search(data) is not None
        return bool(self._match(_UNANCHORED, data, 0, len(data))[0] != _NOWHERE)


class Groups:
    """What a pattern's groups match: by number from 1, or by name (`(?P<name>…)`).

    Raises ValueError as `Pattern` does.
    """

    def __init__(self, pattern: str) -> None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = LARGEST_MEMORY
        try:
            self._compiled = re2.compile(_encode(pattern), options)
        except re2.error as error:
            raise ValueError(_reason(error)) from None
        self.count = int(self._compiled.groups)
        self.names = {name.decode(): int(number) for name, number in self._compiled.groupindex.items()}

    def number(self, group: int | str) -> int | None:
        """Return the number of a group, None if there is none of that number or name."""
        if isinstance(group, str):
            return self.names.get(group)
        return group if 0 < group <= self.count else None

    def match(self, text: str, group: int | str | None = None) -> str | None:
        """Return what a group matches (by default the first), or the whole of a pattern without groups.

        None if the pattern doesn't match, the group takes no part in the match, or there is no such group.
        """
        number = min(self.count, 1) if group is None else self.number(group)
        match = None if number is None else self._compiled.search(_encode(text))
        matched = None if match is None else match.group(number)
        return None if matched is None else str(matched.decode())


groups = lru_cache(maxsize=256)(Groups)


def _reason(error: Exception) -> str:
    reason = error.args[0]
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def problem(pattern: str, flags: str = "") -> PatternProblem | None:
    """Return why a pattern can't be used, or None if it can. Messages follow the style of diagnostics."""
    unknown = sorted(set(flags) - set("ims"))
    if unknown:
        return PatternProblem("syntax", f"unknown flag `{unknown[0]}`", None, "flags are `i`, `m` and `s`")
    try:
        size = Pattern(pattern, flags).size
    except ValueError as error:
        return _explained(pattern, str(error))
    if size > LARGEST_PROGRAM:
        return _too_costly(
            pattern, f"this pattern compiles to {size:,} steps, more than the {LARGEST_PROGRAM:,} allowed"
        )
    return None


def _explained(pattern: str, reason: str) -> PatternProblem:
    what, _, fragment = reason.partition(": ")
    if not what.startswith(_PROBLEMS):
        return PatternProblem("syntax", "RE2 can't read this pattern")
    foreign = _foreign(pattern) if what in ("invalid perl operator", "invalid escape sequence") else None
    if foreign:
        return foreign
    position = pattern.find(fragment) if fragment else -1
    if what.startswith(_costly) and _too_often(fragment):
        return _too_costly(
            pattern, f"the repetition `{fragment}` is too large" if fragment else "this pattern is too large"
        )
    quoted = f"{what}: `{fragment}`" if fragment else what
    return PatternProblem("syntax", quoted, position if position >= 0 else None)


def _too_often(fragment: str) -> bool:
    """Tell excessive repetitions from nonsensical ones: `{3,2}`, `**`."""
    counts = [(int(match[1]), int(match[2] or match[1])) for match in _repetition.finditer(fragment)]
    return not fragment or any(least <= most for least, most in counts)


def _foreign(pattern: str) -> PatternProblem | None:
    for spotted, name, mend in _FOREIGN:
        if match := spotted.search(pattern):
            message = f"`{match[0]}` is {name}, which this dialect (RE2) does not have"
            return PatternProblem("unsupported", message, match.start(), mend)
    return None


def _too_costly(pattern: str, message: str) -> PatternProblem:
    largest = max(_repetition.finditer(pattern), key=_count, default=None)
    position = largest.start() if largest else None
    return PatternProblem("too costly", message, position, "repeat less often, or use `+` or `*` instead of a count")


def _count(match: re.Match[str]) -> int:
    return int(match[2] or match[1])
