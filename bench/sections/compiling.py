"""Compiling, loading and importing."""

from __future__ import annotations

import gc
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import re2
import yaml
from lark.utils import TextSlice

from bench.books import book
from bench.figures import Results
from bench.timing import once
from groundrules import Engine, load
from groundrules.engine.plan_file import compile_plan, load_plan, write
from groundrules.frontend import check_path
from groundrules.lint.rules.costly_pattern import MOST, MOST_STEPS
from groundrules.plan.ir import LONGEST_TEXT
from groundrules.resources import shipped
from groundrules.syntax import parse
from groundrules.text.factors import factors
from groundrules.text.patterns import Pattern, problem
from groundrules.tools.linting import lint_path

_BARE, _COLD = "PyYAML + Lark alone", "linted and compiled"

KEY = b"of this benchmark"
UNITS = ("加微信", "s p a m ", "http://ads.example/x ", "加\u200b微é𝕬信", "a", "🎉", "fr33 m0ney ")
PATTERNS = (
    r"(?:加|十|+).{0,3}(?:微|薇|V|v).{0,3}(?:信|x|X)",
    r"\b(?:[a-z]{1,20}\.){1,8}[a-z]{2,}\b",
    r"(?:[\p{Han}]{1,4}[0-9]{3,12}){1,3}",
    r"(?i)(?:free|cheap|best)\s+(?:money|followers|nitro){1,5}.{0,80}(?:click|join|here)",
    r"(加|微|信).{0,100}(信|群)",
    r"[一-龥]{1,900}",
    r"(?:\p{L}\p{N}){10}",
    "|".join(f"word{number}x" for number in range(3_000)),
    r"\p{L}{1,30}\p{L}{1,30}",
)


def run(results: Results, count: int, rounds: int = 3) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _rulebook(results, count, Path(folder), rounds)
    _imports(results)
    refused = {pattern: problem(pattern) is not None or _is_named(Pattern(pattern)) for pattern in PATTERNS}
    slowest = max(_pattern(pattern) for pattern in PATTERNS if not refused[pattern])
    results.add(
        "compiling", "the slowest of some patterns that the linter accepts", slowest, "ms", patterns=len(refused)
    )
    results.reach("a single pattern that the linter does not name", slowest, 50, least=False, unit="ms")
    longest = max(_longest(pattern) for pattern in PATTERNS if not refused[pattern])
    results.add("compiling", "the slowest of them on the longest text", longest, "ms", patterns=len(refused))
    results.reach("the longest text, for a pattern that the linter does not name", longest, 500, least=False, unit="ms")

    event = max(_event(unit) for unit in UNITS)
    results.add("compiling", "an event of the longest text, by the pack adverts", event * 1e3, "ms", texts=len(UNITS))
    results.reach("an event of the longest text, by the pack adverts", event, 1, least=False, unit="s")


def _event(unit: str) -> float:
    """Return the seconds that the pack with most words takes for the longest text, made by repeating a unit."""
    engine = Engine(load(shipped("policies") / "adverts"))
    engine.warm()
    text = (unit * LONGEST_TEXT)[:LONGEST_TEXT]
    events = [
        {"id": text[:1] + str(at), "type": "message", "time": f"2026-03-02T01:00:0{at}Z", "text": text[at:]}
        | {"community": {"id": "c"}, "actor": {"id": "li"}}
        for at in range(3)
    ]
    return min(once(lambda event=event: engine.feed(event)) for event in events)  # type: ignore[misc]


def _is_named(pattern: Pattern) -> bool:
    return pattern.size > MOST or pattern.steps(LONGEST_TEXT) > MOST_STEPS


def _longest(pattern: str) -> float:
    """Return the milliseconds for a text in which the pattern begins again and again."""
    chance, made = random.Random(1), Pattern(pattern)
    texts = [
        "".join(chance.choices(letters, k=LONGEST_TEXT)) for letters in ("加微x", "ab.", "free money ", "a1", "信1")
    ]
    return max(once(lambda text=text: made.matches(text)) for text in texts) * 1e3  # type: ignore[misc]


def _rulebook(results: Results, count: int, folder: Path, rounds: int) -> None:
    path, plan_path = folder / "rulebook.yaml", folder / "plan.grp"
    path.write_text(book(count), encoding="utf-8")
    base, stages = _Base(path), dict[str, list[float]]()
    for turn in range(rounds):
        for measure in (base.measure, partial(_cold, path, plan_path))[:: -1 if turn % 2 else 1]:
            for name, took in measure().items():
                stages.setdefault(name, []).append(took)
    median = {name: statistics.median(took) for name, took in stages.items()}
    reading = min(once(lambda: Engine(load_plan(plan_path, KEY))) for _ in range(5))
    for name, took in {**median, "an engine from the plan file": reading}.items():
        results.add("compiling", name, took, "s", rules=count)
    results.add("compiling", "plan file", plan_path.stat().st_size / 1e6, "MB", rules=count)
    times = statistics.median(ours / theirs for ours, theirs in zip(stages[_COLD], stages[_BARE], strict=True))
    results.reach(f"{count:,} rules linted and compiled, relative to PyYAML + Lark", times, 2.5, least=False)
    results.reach("an engine from the plan file, faster than that", median[_COLD] / reading, 50)


class _Base:
    """A rulebook's PyYAML nodes, and the Lark trees of all its texts in the language, kept like ours."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_text(encoding="utf-8")
        self.parts: list[tuple[str, int, int, str]] = []
        whole = parse._tree

        def noting(text: str, start: int, end: int, form: str) -> Any:
            self.parts.append((text, start, end, form))
            return whole(text, start, end, form)

        with mock.patch.object(parse, "_tree", noting):
            check_path(path)
        self.lark = parse._lark()

    def measure(self) -> dict[str, float]:
        return {_BARE: _spent(self._run)}

    def _run(self) -> Any:
        tree = yaml.compose(self.text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return tree, [self.lark.parse(TextSlice(text, start, end), start=form) for text, start, end, form in self.parts]


def _cold(path: Path, plan_path: Path) -> dict[str, float]:
    linted: list[Any] = []
    linting = _spent(lambda: linted.append(lint_path(path)))
    compiling = _spent(lambda: plan_path.write_bytes(write(compile_plan(linted[0].plan), KEY)))
    return {"load, check, lower and lint": linting, "compile and write": compiling, _COLD: linting + compiling}


def _spent(call: Callable[[], object]) -> float:
    """Return a call's seconds of process time."""
    gc.collect()
    begin = time.process_time()
    result = call()
    took = time.process_time() - begin
    del result
    return took


def _imports(results: Results) -> None:
    """Time a fresh interpreter that imports, minus one that doesn't."""
    empty = _interpreter("pass")
    for name, statement in (
        ("import groundrules", "import groundrules"),
        ("import the engine", "import groundrules; groundrules.Engine"),
        ("import everything", "import groundrules; groundrules.load, groundrules.Engine"),
    ):
        results.add("compiling", name, max(0.0, _interpreter(statement) - empty) * 1e3, "ms")


def _interpreter(statement: str) -> float:
    return min(once(lambda: subprocess.run([sys.executable, "-c", statement], check=True)) for _ in range(5))


def _pattern(pattern: str) -> float:
    """Return the milliseconds to compile a pattern, to compute its cost and to find its factors."""

    def compiled() -> object:
        re2.purge()
        return Pattern(pattern).size, factors(pattern)

    return min(once(compiled) for _ in range(3)) * 1e3
