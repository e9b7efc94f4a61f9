"""Where in a rulebook the expression language is used, and in which order keys are written.

A shape describes one place in the YAML. Places without a shape (texts, lists, the arguments of actions, tests) are laid
out like any YAML, their keys in the order in which they came. The order of items never changes, nor that of sections:
authors put headings above them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from groundrules.diagnostics.source import Fragment
from groundrules.syntax import nodes, parse

Parser = Callable[[Fragment], nodes.Parsed[Any]]


@dataclass(frozen=True, eq=False)
class Shape:
    """`keys` and `each` are the shapes of a mapping's values, `items` that of a list's, `parse` reads a scalar."""

    order: tuple[str, ...] = ()
    keys: dict[str, Shape] = field(default_factory=dict)
    each: Shape | None = None
    items: Shape | None = None
    parse: Parser | None = None

    def at(self, key: str) -> Shape:
        return self.keys.get(key) or self.each or PLAIN

    @property
    def item(self) -> Shape:
        return self.items or PLAIN

    def rank(self, key: str) -> int:
        """Return where a key is written; unknown ones come last."""
        return self.order.index(key) if key in self.order else len(self.order)


PLAIN = Shape()
_EXPRESSION = Shape(parse=parse.parse_expression)
_CELL = Shape(parse=parse.parse_cell)
_DURATION = Shape(parse=parse.parse_duration)
_HOURS = Shape(parse=parse.parse_hours)
_KEYS = Shape(parse=parse.parse_keys)
_PAIRS = Shape(parse=parse.parse_pairs)
_ONCE = Shape(parse=parse.parse_once)
_RATE = Shape(parse=parse.parse_rate)
_FADE = Shape(parse=parse.parse_fade)
_AT = Shape(parse=parse.parse_at)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_APPROVAL = Shape(
    order=_words("by approvals within if_not_approved batch recheck"),
    keys={"within": _DURATION},
)
_TIMES = Shape(order=_words("per within"), keys={"per": _KEYS, "within": _DURATION})
_COMMON: dict[str, Shape] = {
    "when": _EXPRESSION,
    "requires": _EXPRESSION,
    "unless": _EXPRESSION,
    "hours": _HOURS,
    "approval": _APPROVAL,
}
_TABLE = Shape(
    order=_words("hit columns rows otherwise"),
    keys={
        "columns": Shape(items=_EXPRESSION),
        "rows": Shape(items=Shape(order=_words("id was title when then"), keys={"when": Shape(items=_CELL)})),
    },
)
_RULE = Shape(
    order=_words(
        "id was title text tags on unless when requires table then otherwise grant cap times once_per undo_on"
        " first_of priority approval mode rollout starts ends because source"
    ),
    keys={
        **_COMMON,
        "times": _TIMES,
        "once_per": _ONCE,
        "cap": _RATE,
        "grant": Shape(each=_EXPRESSION),
        "undo_on": Shape(each=_PAIRS),
        "table": _TABLE,
    },
)
_GUARDS: dict[str, Shape] = {"when": _EXPRESSION, "unless": _EXPRESSION}
_LADDER_STEP = Shape(
    order=_words("title reaches falls_below when unless then on_the_way_back cool_down approval"),
    keys={**_GUARDS, "reaches": _EXPRESSION, "falls_below": _EXPRESSION, "cool_down": _DURATION, "approval": _APPROVAL},
)
_LADDER = Shape(
    order=_words("id was title text tags ledger steps fire beyond appeal mode rollout starts ends because source"),
    keys={
        "steps": Shape(items=_LADDER_STEP),
        "appeal": Shape(order=_words("within to"), keys={"within": _DURATION}),
    },
)
_UNTIL = Shape(order=_words("on when"), keys={"when": _EXPRESSION})
_ITEM = Shape(order=_words("id title on when"), keys={"when": _EXPRESSION})
_PATH_STEP = Shape(
    order=_words("after due repeat every when unless then approval"),
    keys={**_GUARDS, "after": _DURATION, "due": _EXPRESSION, "every": _DURATION, "approval": _APPROVAL},
)
_PATH = Shape(
    order=_words(
        "id was title text tags on unless when one_per until until_all restart_on hours steps afterwards"
        " mode rollout starts ends because source"
    ),
    keys={
        **_COMMON,
        "one_per": _KEYS,
        "until": Shape(items=_UNTIL),
        "until_all": Shape(items=_ITEM),
        "restart_on": Shape(items=_UNTIL),
        "steps": Shape(items=_PATH_STEP),
    },
)
_TURN = Shape(
    order=_words("on when"),
    keys={"when": _EXPRESSION},
    parse=parse.parse_expression,
    items=Shape(order=_words("on when"), keys={"when": _EXPRESSION}, parse=parse.parse_expression),
)
_STATE = Shape(
    order=_words("id was title text tags per enter leave then afterwards mode rollout starts ends because source"),
    keys={"enter": _TURN, "leave": _TURN},
)
_SCHEDULE = Shape(
    order=_words(
        "id was title text tags at for_each hours when most least limit then together approval "
        "mode rollout starts ends because source"
    ),
    keys={**_COMMON, "at": _AT, "most": _EXPRESSION, "least": _EXPRESSION},
)
ROOT = Shape(
    keys={
        "use": Shape(items=Shape(order=_words("rulebook as with"))),
        "parameters": Shape(each=Shape(order=_words("type default values min max title description"))),
        "lists": Shape(each=Shape(order=_words("match options changes items file"))),
        "define": Shape(each=_EXPRESSION),
        "at_most": Shape(items=Shape(keys={"approval": _APPROVAL})),
        "scores": Shape(
            items=Shape(
                order=_words("id title on points"),
                keys={"points": Shape(items=Shape(order=_words("when add"), each=_EXPRESSION))},
            )
        ),
        "assume": Shape(each=Shape(each=_EXPRESSION)),
        "ledgers": Shape(each=Shape(order=_words("per floor ceiling fade title"), keys={"fade": _FADE})),
        "caps": Shape(each=_RATE),
        "tags": Shape(),
        "limits": Shape(order=_words("open_paths text retain ahead"), keys={"retain": _DURATION, "ahead": _DURATION}),
        "rules": Shape(items=_RULE),
        "rewards": Shape(items=_RULE),
        "ladders": Shape(items=_LADDER),
        "paths": Shape(items=_PATH),
        "states": Shape(items=_STATE),
        "schedules": Shape(items=_SCHEDULE),
    }
)
"""The shape of a whole file."""
