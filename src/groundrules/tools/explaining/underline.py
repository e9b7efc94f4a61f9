"""A text with the places in it underlined, as a terminal shows it: a Chinese character is two columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from groundrules.decisions import Evidence
from groundrules.diagnostics.render.snippet import view

Range = tuple[int, int]


def underlined(text: str, places: Iterable[Range]) -> Iterator[str]:
    """Yield each line of the text that has a place in it, and below it a line of carets; all places in code points.

    A text without places is given as its first line. Long lines are cut around the first place.
    """
    ordered = sorted(places)
    begin = 0
    lines = text.split("\n")
    for line in lines:
        here = [(max(start - begin, 0), min(end - begin, len(line))) for start, end in ordered]
        here = [(start, end) for start, end in here if start < end or start == end == 0 == len(line)]
        if here:
            yield from _marked(line, here)
        begin += len(line) + 1
    if not ordered:
        shown = view(lines[0], 0).text
        yield shown + ("…" if len(lines) > 1 and not shown.endswith("…") else "")


def _marked(line: str, places: list[Range]) -> Iterator[str]:
    shown = view(line, places[0][0])
    carets = ""
    for start, end in places:
        left, width = shown.columns(start, end)
        if end > shown.start and start < shown.end:
            carets = carets.ljust(left) + "^" * max(0, left + width - max(left, len(carets)))
    yield shown.text.rstrip()
    yield carets


def disguised(evidence: Evidence) -> bool:
    """Whether what was found is spelled otherwise than what was looked for."""
    return evidence.pattern.casefold() != evidence.text.casefold()
