"""Plots of growth as SVG: lines over two logarithmic axes, nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from bench.figures import Figure, Results

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 64, 150, 36, 44
COLOURS = ("#1b6ca8", "#d1495b", "#2e8b57", "#b8860b", "#6a4c93", "#5c5c5c", "#00838f", "#8d6e63")

Point = tuple[float, float]


def write_all(results: Results, folder: Path) -> list[Path]:
    """Write the plots of a run; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    charts = {
        "rules-en": _over(results, "rules", "rules", case="hard", language="en"),
        "rules-zh": _over(results, "rules", "rules", case="hard", language="zh"),
        "text-length": _over(results, "growth", "characters", name_by="language"),
        "list-size": _over(results, "words", "words", only="evaluation"),
        "members": _over(results, "members", "members"),
    }
    titles = {
        "rules-en": ("evaluation, English, every rule reaches its text test", "rules"),
        "rules-zh": ("evaluation, Chinese, every rule reaches its text test", "rules"),
        "text-length": ("evaluation of 1,000 rules", "characters of the text"),
        "list-size": ("evaluation of one rule with a list", "words in the list"),
        "members": ("the whole step with windows, by members active", "members"),
    }
    paths = []
    for name, lines in charts.items():
        if lines:
            path = folder / f"{name}.svg"
            path.write_text(svg(*titles[name], lines), encoding="utf-8")
            paths.append(path)
    return paths


def _over(
    results: Results, section: str, axis: str, *, name_by: str = "", only: str = "", **labels: object
) -> dict[str, list[Point]]:
    lines: dict[str, list[Point]] = {}
    for figure in results.of(section):
        if figure.unit == "µs" and _fits(figure, axis, only, labels):
            name = str(figure.labels[name_by]) if name_by else figure.name
            lines.setdefault(name, []).append((figure.labels[axis], figure.value))
    return {name: sorted(points) for name, points in lines.items()}


def _fits(figure: Figure, axis: str, only: str, labels: Mapping[str, object]) -> bool:
    same = all(figure.labels.get(name) == value for name, value in labels.items())
    return same and axis in figure.labels and only in ("", figure.name)


def svg(title: str, axis: str, lines: Mapping[str, Sequence[Point]]) -> str:
    """Return a plot of µs per event over `axis`."""
    points = [point for line in lines.values() for point in line]
    across = _Scale([x for x, _ in points], LEFT, WIDTH - RIGHT)
    up = _Scale([y for _, y in points], HEIGHT - BOTTOM, TOP)
    body = [
        *_axes(title, axis, across, up),
        *(part for number, (name, line) in enumerate(lines.items()) for part in _line(number, name, line, across, up)),
    ]
    font = 'font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {font}>'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>', *body, "</svg>", ""])


class _Scale:
    """A logarithmic axis between whole powers of ten."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        self.low = math.floor(math.log10(min(values)))
        self.high = max(math.ceil(math.log10(max(values))), self.low + 1)
        self._begin, self._end = begin, end

    def __call__(self, value: float) -> float:
        return round(
            self._begin + (self._end - self._begin) * (math.log10(value) - self.low) / (self.high - self.low), 1
        )

    def marks(self) -> Iterator[float]:
        return (10.0**power for power in range(self.low, self.high + 1))


def _axes(title: str, axis: str, across: _Scale, up: _Scale) -> Iterator[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    yield f'<text x="{LEFT}" y="20" font-weight="bold">{escape(title)}</text>'
    for x in across.marks():
        yield f'<line x1="{across(x)}" y1="{TOP}" x2="{across(x)}" y2="{bottom}" stroke="#ddd"/>'
        yield f'<text x="{across(x)}" y="{bottom + 16}" text-anchor="middle">{x:,g}</text>'
    for y in up.marks():
        yield f'<line x1="{LEFT}" y1="{up(y)}" x2="{right}" y2="{up(y)}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{up(y) + 4}" text-anchor="end">{y:,g}</text>'
    yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(axis)}</text>'
    turned = f"rotate(-90 14 {(TOP + bottom) / 2})"
    yield f'<text x="14" y="{(TOP + bottom) / 2}" text-anchor="middle" transform="{turned}">µs an event</text>'


def _line(number: int, name: str, points: Sequence[Point], across: _Scale, up: _Scale) -> Iterator[str]:
    colour = COLOURS[number % len(COLOURS)]
    path = " ".join(f"{across(x)},{up(y)}" for x, y in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield from (f'<circle cx="{across(x)}" cy="{up(y)}" r="3" fill="{colour}"/>' for x, y in points)
    y = TOP + 12 + 18 * number
    yield f'<rect x="{WIDTH - RIGHT + 12}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
    yield f'<text x="{WIDTH - RIGHT + 28}" y="{y}">{escape(name)}</text>'
