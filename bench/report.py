"""The results of a run: a table for the terminal and `docs/performance.md`, and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.figures import Figure, Results, Target

BEGIN, END = "<!-- written by `make bench`: {} -->", "<!-- end -->"
PARTS = {
    "packs": ("packs",),
    "rules": ("missing", "rules", "endtoend", "growth", "words", "stateful", "members", "compiling"),
}
"""The parts of the page, and the sections whose tables they contain."""


def as_json(results: Results, machine: dict[str, object]) -> dict[str, Any]:
    """Return everything as plain data."""
    return {
        "machine": machine,
        "targets": [{**asdict(target), "met": target.met} for target in results.targets],
        "figures": [asdict(figure) for figure in results.figures],
        "skipped": results.skipped,
    }


def refresh(page: Path, results: Results, machine: dict[str, object]) -> None:
    """Replace the tables between the marks of each part by those of the sections that ran."""
    for part, sections in PARTS.items():
        of_part = results.part(sections)
        if of_part.figures:
            before, mark, rest = page.read_text(encoding="utf-8").partition(BEGIN.format(part))
            _, end, after = rest.partition(END)
            page.write_text(f"{before}{mark}\n\n{tables(of_part, machine)}\n{end}{after}", encoding="utf-8")


def tables(results: Results, machine: dict[str, object]) -> str:
    """Return the targets and the figures as Markdown."""
    lines = [f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, {machine['system']}", ""]
    lines += ["| target | | measured | met |", "|---|---|---|---|", *map(_target, results.targets), ""]
    sections = dict.fromkeys(figure.section for figure in results.figures)
    for section in sections:
        lines += [f"**{section}**", "", *_figures(list(results.of(section))), ""]
    return "\n".join([*lines, *(f"skipped: {note}" for note in results.skipped)]).rstrip() + "\n"


def _target(target: Target) -> str:
    sign = "≥" if target.least else "≤"
    unit = " ×" if target.unit == "ratio" else f" {target.unit}"
    measured = "not measured" if target.value is None else f"{_number(target.value)}{unit}"
    met = {True: "yes", False: "**no**", None: "–"}[target.met]
    return f"| {target.what} | {sign} {target.bound:,g}{unit} | {measured} | {met} |"


def _figures(figures: list[Figure]) -> Iterator[str]:
    """Yield a table with a column per name if figures share their labels, else a row per figure."""
    names = list(dict.fromkeys(figure.name for figure in figures))
    rows: dict[str, dict[str, Figure]] = {}
    for figure in figures:
        rows.setdefault(figure.where, {})[figure.name] = figure
    if len(rows) < 2 or len(names) > 10 or len({figure.unit for figure in figures}) > 3:
        yield "| | | |"
        yield "|---|---|---|"
        yield from (f"| {figure.name} | {figure.where} | {_number(figure.value)} {figure.unit} |" for figure in figures)
        return
    yield f"| | {' | '.join(f'{name}, {_unit(figures, name)}' for name in names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for where, by_name in rows.items():
        yield f"| {where} | {' | '.join(_number(by_name[name].value) if name in by_name else '' for name in names)} |"


def _unit(figures: list[Figure], name: str) -> str:
    return next(figure.unit for figure in figures if figure.name == name)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
