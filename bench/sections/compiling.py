"""Compiling, loading and importing."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from bench.figures import Results
from bench.timing import once
from bench.workloads import workload
from groundrules import Engine, load
from groundrules.diagnostics.source import detached
from groundrules.engine.compiled import compile_plan, load_plan, write
from groundrules.lower import lower
from groundrules.syntax.parse import parse_expression
from groundrules.text.patterns import Pattern, problem
from groundrules.tools.linting import lint_path

PATTERNS = (
    r"(?:加|十|+).{0,3}(?:微|薇|V|v).{0,3}(?:信|x|X)",
    r"\b(?:[a-z]{1,20}\.){1,8}[a-z]{2,}\b",
    r"(?:[\p{Han}]{1,4}[0-9]{3,12}){1,3}",
    r"(?i)(?:free|cheap|best)\s+(?:money|followers|nitro){1,5}.{0,80}(?:click|join|here)",
    r"[一-龥]{1,200}",
)


def run(results: Results, count: int) -> None:
    work = workload(count, mix="regexes")
    with tempfile.TemporaryDirectory() as folder:
        _rulebook(results, count, work.rulebook(), Path(folder))
    _imports(results)
    slowest = max(_pattern(pattern) for pattern in PATTERNS if problem(pattern) is None)
    results.add("compiling", "the slowest of some patterns", slowest, "ms", patterns=len(PATTERNS))
    results.reach("a single pattern, or the linter names it", slowest, 50, least=False, unit="ms")


def _rulebook(results: Results, count: int, text: str, folder: Path) -> None:
    path, plan_path = folder / "rulebook.yaml", folder / "plan.grp"
    path.write_text(text, encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    guards = [rule["when"] for rule in yaml.load(text, loader)["rules"]]
    parse_expression(detached(guards[0]))
    bare = once(lambda: [yaml.compose(text, loader), *(parse_expression(detached(guard)) for guard in guards)])
    found: list[Any] = []
    linting = once(lambda: found.append(lint_path(path)))
    loading = once(lambda: found.append(load(path).plan))
    compiling = once(lambda: plan_path.write_bytes(write(compile_plan(found[1]))))
    lowering = once(lambda: lower(found[0].checked))
    reading = min(once(lambda: Engine(load_plan(plan_path))) for _ in range(5))
    for name, took in (
        ("PyYAML + Lark alone", bare),
        ("load, check and lint", linting),
        ("load, check and lower", loading),
        ("lower", lowering),
        ("compile and write the plan file", compiling),
        ("an engine from the plan file", reading),
    ):
        results.add("compiling", name, took, "s", rules=count)
    results.add("compiling", "plan file", plan_path.stat().st_size / 1e6, "MB", rules=count)
    cold = linting + lowering + compiling
    results.reach(f"{count:,} rules linted and compiled, in times of PyYAML + Lark", cold / bare, 2.5, least=False)
    results.reach("an engine from the plan file, faster than that", cold / reading, 50)


def _imports(results: Results) -> None:
    """Time a fresh interpreter that imports, less one that does not."""
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
    return min(once(lambda: Pattern(pattern)) for _ in range(3)) * 1e3
