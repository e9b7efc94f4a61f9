"""What becomes of a comparison when it is negated, or when its sides are swapped."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from groundrules.plan.ir import Relation

HOLDS: Mapping[Relation, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

NEGATED: Mapping[Relation, Relation] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
"""`not a < b` is `a >= b`."""

MIRRORED: Mapping[Relation, Relation] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""`a < b` is `b > a`."""
