"""`python -m bench`: run the sections, print the table, write JSON, Markdown and plots.

`--quick` measures less of everything and shows in a few minutes whether anything has gone badly wrong. `--docs` also
puts the tables and plots where `docs/performance.md` shows them. Results are written after each section, so that a run
that was broken off is not lost.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from bench import machine, plots, report
from bench.figures import Results
from bench.sections import (
    communities,
    compiling,
    console,
    endtoend,
    growth,
    hub,
    members,
    missing,
    packs,
    rules,
    stateful,
    stores,
    words,
)

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer turns")
    parser.add_argument("--only", action="append", metavar="SECTION", help="run only these sections")
    parser.add_argument("--output", type=Path, default=HERE / "results", help="the folder for JSON and plots")
    parser.add_argument("--docs", action="store_true", help="write the tables and plots of docs/performance.md, too")
    arguments = parser.parse_args()
    results, here = Results(), machine.describe()
    for name, run in _sections(arguments.quick).items():
        if arguments.only is None or name in arguments.only:
            print(f"{name} …", flush=True)
            results.section = name
            run(results)
            _write(results, here, arguments.output)
    if arguments.docs:
        report.refresh(DOCS / "performance.md", results, here)
        plots.write_all(results, DOCS / "performance")
    print("\n" + report.tables(results, here))


def _write(results: Results, here: dict[str, object], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(report.as_json(results, here), ensure_ascii=False, indent=1)
    (folder / "latest.json").write_text(data + "\n", encoding="utf-8")
    (folder / "latest.md").write_text(report.tables(results, here), encoding="utf-8")
    plots.write_all(results, folder)


def _sections(quick: bool) -> dict[str, Callable[[Results], None]]:
    sizes = (10, 1_000) if quick else (10, 100, 1_000, 10_000)
    rounds = 3 if quick else 7
    return {
        "packs": lambda results: packs.run(results, 2_000 if quick else 20_000),
        "missing": lambda results: missing.run(results, (10, 1_000) if quick else (10, 100, 1_000, 4_000)),
        "rules": lambda results: rules.run(results, sizes, rounds),
        "endtoend": lambda results: endtoend.run(results, sizes, rounds),
        "growth": lambda results: growth.run(results, rounds),
        "words": lambda results: words.run(
            results, (100, 1_000, 10_000) if quick else (100, 1_000, 10_000, 60_000), rounds
        ),
        "stateful": lambda results: stateful.run(
            results, 100_000 if quick else 1_000_000, 100_000 if quick else 1_000_000, rounds
        ),
        "members": lambda results: members.run(
            results, (100, 10_000) if quick else (100, 1_000, 10_000, 100_000, 1_000_000)
        ),
        "hub": lambda results: hub.run(results, rounds),
        "communities": lambda results: communities.run(results, 200 if quick else 1_000),
        "stores": lambda results: stores.run(results, 5 if quick else 20),
        "console": lambda results: console.run(results, 100_000 if quick else 1_000_000, rounds),
        "compiling": lambda results: compiling.run(results, sizes[-1]),
    }


if __name__ == "__main__":
    main()
