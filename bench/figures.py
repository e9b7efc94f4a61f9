"""What sections return: named figures, and targets for some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A number. `unit`: µs, s, ms, bytes, MB, ratio. `labels`: what it was measured on."""

    section: str
    name: str
    value: float
    unit: str
    labels: dict[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return ", ".join(
            f"{key} {value:,}" if isinstance(value, int) else str(value) for key, value in self.labels.items()
        )


@dataclass(frozen=True)
class Target:
    """A section's target: at least or at most `bound`."""

    section: str
    what: str
    value: float | None
    bound: float
    least: bool = True
    unit: str = "ratio"

    @property
    def met(self) -> bool | None:
        """None if it was not measured."""
        if self.value is None:
            return None
        return self.value >= self.bound if self.least else self.value <= self.bound


@dataclass
class Results:
    """All results of a run; `section`: the one now running."""

    section: str = ""
    figures: list[Figure] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def add(self, section: str, name: str, value: float, unit: str, **labels: Any) -> None:
        self.figures.append(Figure(section, name, value, unit, labels))

    def reach(self, what: str, value: float | None, bound: float, *, least: bool = True, unit: str = "ratio") -> None:
        self.targets.append(Target(self.section, what, value, bound, least, unit))

    def part(self, sections: Collection[str]) -> Results:
        """Return the results of some sections."""
        figures = [figure for figure in self.figures if figure.section in sections]
        return Results("", figures, [target for target in self.targets if target.section in sections], self.skipped)

    def of(self, section: str) -> Iterator[Figure]:
        return (figure for figure in self.figures if figure.section == section)
