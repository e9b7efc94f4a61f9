"""Open Policy Agent: one partial rule per rule of ours, the Go engine as a shared library.

The package requires a newer Python than its library needs. `GROUNDRULES_BENCH_OPA` may name a folder it was unpacked
into (`pip download --python-version 3.14 --no-deps --only-binary=:all: opa-golib-python-bindings`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from bench.workloads import Rule, Workload

NAME = "OPA"
REGEXES = True


def ready(work: Workload) -> Callable[[str, str], list[str]]:
    engine = _engine()
    rules = "\n".join(_rule(rule) for rule in work.rules)
    engine.add_policy("bench.rego", f"package bench\n\nimport rego.v1\n\n{rules}\n")
    return lambda text, channel: engine.eval_document("bench.hits", {"text": text, "channel": channel})


def _engine() -> Any:
    unpacked = os.environ.get("GROUNDRULES_BENCH_OPA")
    if unpacked and unpacked not in sys.path:
        sys.path.append(unpacked)
    from opa_bindings import OpaEngine

    return OpaEngine()


def _rule(rule: Rule) -> str:
    test = f"regex.match(`{rule.pattern}`, input.text)" if rule.pattern else f'contains(input.text, "{rule.word}")'
    channel = f'input.channel == "{rule.channel}"; ' if rule.channel else ""
    return f'hits contains "{rule.id}" if {{ {channel}{test} }}'
