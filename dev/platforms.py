"""The tables on the pages about platforms: `python -m dev.platforms` regenerates them from the adapters' own.

A table is between `<!-- actions: ADAPTER -->`, `<!-- events: ADAPTER -->` or `<!-- limits: PLATFORM -->` and `<!-- end
-->`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from groundrules.adapters.limits import LIMITS

PAGES = Path(__file__).parents[1] / "docs" / "platforms"
_TABLE = re.compile(r"(<!-- (actions|events|limits): (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_REPEATED = {
    "harmless": "done again",
    "keyed": "sent again under its key",
    "once": "left, and shown as in doubt",
}


def _adapter(name: str) -> Any:
    return import_module(f"groundrules.adapters.{name}")


def _actions(name: str) -> Iterator[str]:
    adapter = _adapter(name)
    yield "| action | the bot needs | if nobody knows whether it was done |"
    for action, rights in sorted(adapter.CAN.items()):
        needed = ", ".join(f"`{right}`" for right in sorted(rights)) or "—"
        ending = f"; `{adapter.ENDED_BY[action]}` ends it" if action in adapter.ENDED_BY else ""
        yield f"| `{action}` | {needed} | {_REPEATED[adapter.REPEATS[action]]}{ending} |"
    for action, why in sorted(adapter.LACKS.items()):
        yield f"| `{action}` | can't: {why['en']} | |"


def _events(name: str) -> Iterator[str]:
    yield "| event | what it says |"
    for kind, paths in _adapter(name).SUPPLIES.items():
        yield f"| `{kind}` | {', '.join(f'`{path}`' for path in sorted(paths))} |"


def _limits(name: str) -> Iterator[str]:
    yield "| limit | how much | said by |"
    for limit, (value, unit, source) in LIMITS[name].items():
        yield f"| {limit.replace('_', ' ')} | {value:,} {unit} | <{source}> |"


_ROWS: dict[str, Callable[[str], Iterator[str]]] = {"actions": _actions, "events": _events, "limits": _limits}


def filled(page: str) -> str:
    """Return a page with its tables updated."""
    return _TABLE.sub(lambda found: f"{found[1]}{_written(found[2], found[3])}{found[4]}", page)


def _written(kind: str, name: str) -> str:
    head, *rows = _ROWS[kind](name)
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *rows, ""])


def main() -> None:
    for path in sorted(PAGES.glob("*.md")):
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
