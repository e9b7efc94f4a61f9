"""Where the files that ship with groundrules stand: in the wheel beside the code, in a checkout at its root."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

IN_A_CHECKOUT = {"bots": "examples/bots", "conformance": "tests/conformance"}


@cache
def shipped(name: Literal["schemas", "policies", "bots", "conformance"]) -> Path:
    """Return the folder of the shipped schemas, policies, examples of bots or cases of conformance."""
    package = Path(__file__).resolve().parent
    installed = package / "_shipped" / name
    if installed.is_dir():
        return installed
    return package.parents[1] / IN_A_CHECKOUT.get(name, name)
