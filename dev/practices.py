"""The table of the guide's sixty practices: which library rules implement each, shown by which tests.

`python -m dev.practices` generates docs/library.md and docs/library.zh.md from docs/practices.yaml. A rule counts for a
practice only if a test of its pack makes it fire; the test is found by running them all.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from groundrules.diagnostics.model import Report
from groundrules.frontend import load
from groundrules.plan import ir
from groundrules.resources import shipped
from groundrules.rulebook.files import read_file, shown_path
from groundrules.rulebook.yaml import read_yaml
from groundrules.tools.testing.cases import Case
from groundrules.tools.testing.read import find_tests, read_tests
from groundrules.tools.testing.runner import run_case
from groundrules.tools.testing.settings import grouped

COMMAND = "python -m dev.practices"
SOURCE = Path("docs/practices.yaml")
PAGES = {"en": Path("docs/library.md"), "zh": Path("docs/library.zh.md")}
MOST_TESTS = 2  # named in a row; a pack's page lists them all

_SECTIONS = {
    "1": {"zh": "一、有效运营并管理团队社群", "en": "1. Running a team's groups well"},
    "2": {"zh": "二、以提升效率为目的", "en": "2. For the sake of getting things done"},
    "3": {"zh": "三、让氛围更活跃", "en": "3. A livelier group"},
    "4": {"zh": "四、建立高效的运营团队", "en": "4. A team that runs it"},
}
_WORDS = {
    "en": {
        "title": "The library: sixty practices as rules",
        "head": ("Point", "Practice", "Rules", "Shown by the tests", "Left to people"),
        "opening": (
            "The guide that groundrules began with gives sixty pieces of advice on running a team's groups. This table "
            "says which rules of the [library](library/README.md) carry each, and names tests in which they fire."
        ),
        "footer": f"Made by `{COMMAND}` from `{SOURCE}`; do not edit.",
    },
    "zh": {
        "title": "规则库：六十条做法",
        "head": ("编号", "做法", "规则", "由测试证明", "留给人的部分"),
        "opening": (
            "groundrules 始于一份团队社群运营指南，共六十条建议。下表列出[规则库](library/README.zh.md)"
            "中承担每条建议的规则，以及让这些规则触发的测试。"
        ),
        "footer": f"由 `{COMMAND}` 根据 `{SOURCE}` 生成，请勿手工修改。",
    },
}


@dataclass(frozen=True)
class Practice:
    """One piece of advice: `point` is section and number, `rules` are `pack/rule`, `left` is what no rule should do."""

    point: str
    title: dict[str, str]
    rules: tuple[str, ...]
    left: dict[str, str]


def practices(path: Path = SOURCE) -> list[Practice]:
    """Read the practices. Raises ValueError for a file that can't be read."""
    report = Report()
    source = read_file(path, shown_path(path), report)
    root = read_yaml(source, report) if source else None
    if root is None or report.has_errors:
        raise ValueError("\n".join(diagnostic.message for diagnostic in report.sorted))
    plain: Any = root.plain()
    return [
        Practice(entry["point"], entry["title"], tuple(entry.get("rules", ())), entry.get("left", {}))
        for entry in plain["practices"]
    ]


@cache
def firings(pack: str) -> dict[str, tuple[str, ...]]:
    """Return a pack's rules, each with the pack's tests in which it fires.

    Each block counts once: a path or ladder fires with any of its steps.
    """
    folder = shipped("policies") / pack
    plan = load(folder).plan
    fired_in: dict[str, dict[str, None]] = {rule.id.partition("#")[0]: {} for rule in plan.rules}
    files = sorted(file for files in find_tests(folder).values() for file in files)
    cases = [case for file in files for case in read_tests(file, plan)]
    for under, concerned in grouped(folder, plan, cases):
        for case in concerned:
            for rule in _fired(under, case):
                fired_in.setdefault(rule, {})[case.name] = None
    return {rule: tuple(tests) for rule, tests in fired_in.items()}


def _fired(plan: ir.Plan, case: Case) -> set[str]:
    decisions = run_case(plan, case).decisions
    return {fired.rule.partition("#")[0] for decision in decisions for fired in decision.fired}


def page(lang: str, listed: list[Practice]) -> str:
    """Return the table in one language. Raises ValueError for an unknown rule, or one that no test makes fire."""
    words = _WORDS[lang]
    lines = [f"# {words['title']}", "", str(words["opening"])]
    for section, title in _SECTIONS.items():
        lines += ["", f"## {title[lang]}", "", _row(words["head"]), _row(["---"] * 5)]
        lines += [_row(_cells(practice, lang)) for practice in listed if practice.point.startswith(f"{section}.")]
    return "\n".join([*lines, "", "---", "", str(words["footer"])]) + "\n"


def _row(cells: Any) -> str:
    return "| " + " | ".join(cells) + " |"


def _cells(practice: Practice, lang: str) -> tuple[str, ...]:
    rules = ", ".join(_link(rule, lang) for rule in practice.rules)
    tests = [(rule.partition("/")[0], _tests(rule)[0]) for rule in practice.rules]
    names = list(dict.fromkeys(f"{pack}: {test}" for pack, test in tests))[:MOST_TESTS]
    return practice.point, practice.title[lang], rules or "—", "; ".join(names) or "—", practice.left.get(lang, "—")


def _link(rule: str, lang: str) -> str:
    pack, _, name = rule.partition("/")
    return f"[{pack}](library/{pack}{'.zh' * (lang == 'zh')}.md)/{name}"


def _tests(rule: str) -> tuple[str, ...]:
    pack, _, name = rule.partition("/")
    tests_of = firings(pack)
    if name not in tests_of:
        raise ValueError(f"there is no rule `{name}` in std/{pack}; it has {', '.join(sorted(tests_of))}")
    if not tests_of[name]:
        raise ValueError(f"no test of std/{pack} makes `{name}` fire")
    return tests_of[name]


if __name__ == "__main__":
    every = practices()
    try:
        for lang, file in PAGES.items():
            file.write_text(page(lang, every), encoding="utf-8", newline="\n")
    except ValueError as error:
        sys.exit(str(error))
