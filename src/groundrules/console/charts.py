"""Charts as SVG, made here: a title and a description for who can't see them, and colours from the stylesheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from groundrules.display.safe import plain

WIDTH, HEIGHT, BASE, TOP = 600, 150, 124, 22
LABELS = 14
_HEAD = Markup(
    '<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-t {id}-d">'
    '<title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc>'
)
_BAR = Markup('<rect class="{side}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>')
_LABEL = Markup('<text x="{x:.1f}" y="{y}" text-anchor="middle">{text}</text>')
_LINE = Markup('<line class="stands" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{base}"/>')
_STANDS = Markup('<text class="stands" x="{x:.1f}" y="14" text-anchor="{anchor}">{text}</text>')


class Bar(NamedTuple):
    """What stands below it, and how often."""

    label: str
    times: int


def histogram(id: str, title: str, description: str, bars: Sequence[Bar], line: int, stands: str) -> Markup:
    """Return bars with a line where a number stands: before the bar with the number `line`, named `stands`."""
    head = _HEAD.format(width=WIDTH, height=HEIGHT, id=id, title=plain(title), description=plain(description))
    return head + Markup("").join(_bars(bars, line)) + _stands(bars, line, stands) + Markup("</svg>")


def _bars(bars: Sequence[Bar], line: int) -> Iterator[Markup]:
    step, most = WIDTH / max(1, len(bars)), max((bar.times for bar in bars), default=0) or 1
    every = -(-len(bars) // LABELS) or 1
    for number, bar in enumerate(bars):
        height = (BASE - TOP) * bar.times / most
        side = "over" if number >= line else "under"
        yield _BAR.format(side=side, x=number * step + 1, y=BASE - height, width=step - 2, height=height)
        if number % every == 0:
            yield _LABEL.format(x=(number + 0.5) * step, y=HEIGHT - 8, text=plain(bar.label))


def _stands(bars: Sequence[Bar], line: int, stands: str) -> Markup:
    x = min(line, len(bars)) * WIDTH / max(1, len(bars))
    left = x > WIDTH / 2
    text = _STANDS.format(x=x - 6 if left else x + 6, anchor="end" if left else "start", text=plain(stands))
    return _LINE.format(x=x, base=BASE) + text
