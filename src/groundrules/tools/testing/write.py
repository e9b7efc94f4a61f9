"""Cases as the YAML that authors write, in canonical layout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from groundrules.tools.fmt import format_text
from groundrules.tools.testing.cases import Case, Expectation, Step
from groundrules.tools.testing.read import EXPECTATIONS

NAMES = {name: key for key, name in EXPECTATIONS.items()}


def write_cases(cases: Iterable[Case]) -> str:
    """Return a tests file with these cases; reading it gives them back."""
    return format_text("tests:\n" + "".join(_case(case) for case in cases), "tests.yaml").text


def _case(case: Case) -> str:
    lines = [f"  - name: {_flow(case.name)}\n"]
    plain = {"start": Case.start, "channel": Case.channel, "roster": Case.roster}
    for key in ("members", "channels", "start", "channel", "roster"):
        value = getattr(case, key)
        if value and value != plain.get(key):
            lines.append(f"    {key}: {_flow(value)}\n")
    lines.append("    timeline:\n")
    lines += [f"      - {_flow(_step(step))}\n" for step in case.steps]
    return "".join(lines)


def _step(step: Step) -> dict[str, Any]:
    fields: dict[str, Any] = {"at": step.at, step.type or "tick": step.short, **step.fields}
    if step.repeat > 1:
        fields |= {"repeat": step.repeat, "every": step.every}
    return fields | _expected(step.expect)


def _expected(expect: Expectation) -> dict[str, Any]:
    return {NAMES[name]: value for name, value in vars(expect).items() if value is not None}


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return _flow([value])[1:-1]
    shown = yaml.safe_dump(_bare(value), allow_unicode=True, default_flow_style=True, sort_keys=False, width=1 << 30)
    return str(shown).strip().removesuffix("...").strip()


def _bare(value: Any) -> Any:
    """An action without value and parameters by its name alone, a text for all languages as a text."""
    if isinstance(value, dict) and list(value) == [""]:
        return value[""]
    if isinstance(value, dict):
        return next(iter(value)) if list(value.values()) == [None] else {k: _bare(item) for k, item in value.items()}
    return [_bare(item) for item in value] if isinstance(value, list | tuple) else value
