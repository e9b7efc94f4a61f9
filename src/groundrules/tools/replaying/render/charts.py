"""Charts as inline SVG, drawn by hand: bars over weeks. Colours come from the page's style sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundrules.display.safe import html as escape
from groundrules.tools.replaying.model import Week
from groundrules.tools.replaying.render.words import ReportSpeech

WIDTH, HEIGHT = 920, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 12, 26


def weeks(shown: Sequence[Week], say: ReportSpeech, compared: bool) -> str:
    """Return a bar a week: what both versions have and what is gained upwards, what is lost downwards."""
    if not shown:
        return ""
    chart = _Weeks(shown, say, compared)
    name = escape(say("chart"))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">'
        f"<title>{name}</title>{''.join(chart.parts())}</svg>"
    )


class _Weeks:
    def __init__(self, weeks: Sequence[Week], say: ReportSpeech, compared: bool) -> None:
        self._weeks = weeks
        self._say = say
        self._compared = compared
        self._up = nice(max(max(week.after for week in weeks), 1))
        lost = max(week.lost for week in weeks) if compared else 0
        self._down = nice(lost) if lost else 0
        self._unit = (HEIGHT - TOP - BOTTOM) / (self._up + self._down)
        self._zero = TOP + self._up * self._unit
        self._step = (WIDTH - LEFT - RIGHT) / len(weeks)

    def parts(self) -> Iterator[str]:
        for value in sorted({self._up, self._up // 2, 0, -self._down}):
            y = self._zero - value * self._unit
            yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{abs(value):,}</text>'
        for number, week in enumerate(self._weeks):
            yield from self._bar(LEFT + number * self._step, week)
        yield from self._months()

    def _bar(self, x: float, week: Week) -> Iterator[str]:
        kept = week.after - week.gained
        yield f"<g><title>{escape(self._tooltip(week))}</title>"
        room = f'x="{x:.1f}" y="{TOP}" width="{self._step:.1f}" height="{HEIGHT - TOP - BOTTOM}"'
        yield f'<rect fill="none" pointer-events="all" {room}/>'
        yield self._rect("kept", x, self._zero - kept * self._unit, kept)
        yield self._rect("gained", x, self._zero - week.after * self._unit, week.gained)
        yield self._rect("lost", x, self._zero, week.lost)
        yield "</g>"

    def _rect(self, kind: str, x: float, y: float, value: int) -> str:
        if not value:
            return ""
        width = max(self._step - max(1.0, self._step * 0.15), 0.8)
        return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{value * self._unit:.1f}"/>'

    def _tooltip(self, week: Week) -> str:
        say = self._say
        if not self._compared:
            return f"{week.week}: {say('acts')} {week.after:,}"
        moved = f"{week.before:,} → {week.after:,}"
        return f"{week.week}: {moved} ({say('gained')} {week.gained:,}, {say('lost')} {week.lost:,})"

    def _months(self) -> Iterator[str]:
        """Label the first week of a month, as often as there is room."""
        firsts = [
            (number, week.week[:7])
            for number, week in enumerate(self._weeks)
            if number == 0 or week.week[:7] != self._weeks[number - 1].week[:7]
        ]
        room = 64.0
        last = -room
        for number, month in firsts:
            x = LEFT + number * self._step
            if x - last >= room and x <= WIDTH - room / 2:
                last = x
                yield f'<text x="{x:.1f}" y="{HEIGHT - 8}">{month}</text>'


def nice(value: int) -> int:
    """Return the next of 1, 2, 3, 4, 5, 6, 8, 10, 20, … that is not below a positive value."""
    scale = 1
    while True:
        for step in (1, 2, 3, 4, 5, 6, 8):
            if step * scale >= value:
                return step * scale
        scale *= 10
