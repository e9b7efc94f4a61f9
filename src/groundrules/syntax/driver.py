"""The loop that runs Lark's tables over a valid text.

Lark makes the LALR(1) tables and its contextual lexer decides per state which terminals can come; both are taken from
it as they are, so that `grammar.lark` stays the only grammar. Its own loop builds tokens that know their line and
column, asks a wrapper per reduction, and climbs from a name to an expression in nine reductions that change nothing.
Here a lexeme is four slots, one pattern per state finds it behind white space, and a climb that only passes a node on
is looked up by the state below it, the state it starts from and the terminal that follows. That takes a fifth of the
time. A text that does not parse is left to Lark, whose errors say what could have stood there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from lark import Lark

_END = "$END"

Scan = Callable[[str, int, int], "re.Match[str] | None"]


class Lexeme:
    """What the builder reads of a token; offsets count in the text."""

    __slots__ = ("end_pos", "start_pos", "type", "value")

    def __init__(self, type: str, value: str, start_pos: int, end_pos: int) -> None:
        self.type = type
        self.value = value
        self.start_pos = start_pos
        self.end_pos = end_pos


class _Reduction(NamedTuple):
    """A rule of the grammar, `build` None where it passes its only child on."""

    origin: str
    size: int
    build: Callable[[list[Any]], Any] | None


class Driver:
    """Parses by the tables of `lark`, an LALR parser with a contextual lexer."""

    def __init__(self, lark: Lark) -> None:
        parser: Any = lark.parser
        table, callbacks = parser.parser.parser.parse_table, parser.parser.parser.callbacks
        reductions = {rule: _reduction(rule, callbacks[rule]) for rule in callbacks if not isinstance(rule, str)}
        self._starts: dict[str, int] = table.start_states
        self._ends: dict[str, int] = table.end_states
        self._actions: dict[int, dict[str, int | _Reduction]] = {
            state: {str(symbol): reductions.get(arg, arg) for symbol, (_, arg) in actions.items()}
            for state, actions in table.states.items()
        }
        ignored = "|".join(
            _pattern(terminal) for terminal in parser.lexer.root_lexer.terminals if terminal.name in lark.ignore_tokens
        )
        self._blank = re.compile(f"(?:{ignored})*+")
        self._scans: dict[int, Scan] = {}
        scans: dict[int, Scan] = {}
        for state, lexer in parser.lexer.lexers.items():
            if id(lexer) not in scans:
                scans[id(lexer)] = _scan(lexer, ignored, lark.ignore_tokens)
            self._scans[state] = scans[id(lexer)]
        self._climbs: dict[tuple[int, int, str], int] = {}

    def parse(self, text: str, start: int, end: int, form: str) -> Any:
        """Return what the callbacks make of `text[start:end]`, or None if it is not in the language."""
        state = self._starts[form]
        states, values = [state], list[Any]()
        while (match := self._scans[state](text, start, end)) is not None:
            type = match.lastgroup
            assert type is not None
            if not self._reduce(states, values, type):
                return None
            begin, start = match.span(type)
            state = self._actions[states[-1]][type]  # type: ignore[assignment]
            states.append(state)
            values.append(Lexeme(type, match[type], begin, start))
        behind = self._blank.match(text, start, end)
        if behind is None or behind.end() != end or not self._reduce(states, values, _END, self._ends[form]):
            return None
        return values[-1]

    def _reduce(self, states: list[int], values: list[Any], type: str, last: int = -1) -> bool:
        """Reduce until `type` can be shifted or the state `last` is reached; False if neither can be."""
        actions, climbs = self._actions, self._climbs
        state = states[-1]
        while state != last:
            action = actions[state].get(type)
            if action.__class__ is int:
                return True
            if action is None:
                return False
            origin, size, build = action  # type: ignore[misc]
            if build is None:
                key = (states[-2], state, type)
                climbed = climbs.get(key)
                state = states[-1] = self._climb(key, last) if climbed is None else climbed
                continue
            if size:
                value = build(values[-size:])
                del states[-size:]
                del values[-size:]
            else:
                value = build([])
            values.append(value)
            state = actions[states[-1]][origin]  # type: ignore[assignment]
            states.append(state)
        return True

    def _climb(self, key: tuple[int, int, str], last: int) -> int:
        """Return the state to which reductions that only pass a node on lead; kept, for they depend on `key` alone."""
        below, state, type = key
        while state != last:
            action = self._actions[state].get(type)
            if not isinstance(action, _Reduction) or action.build is not None:
                break
            state = self._actions[below][action.origin]  # type: ignore[assignment]
        self._climbs[key] = state
        return state


def _reduction(rule: Any, build: Callable[[list[Any]], Any]) -> _Reduction:
    passes = rule.options.expand1 and rule.alias is None and len(rule.expansion) == 1
    passes = passes and not getattr(rule.expansion[0], "filter_out", False)
    return _Reduction(str(rule.origin.name), len(rule.expansion), None if passes else build)


def _pattern(terminal: Any) -> str:
    return str(terminal.pattern.to_regexp())


def _scan(lexer: Any, ignored: str, names: list[str]) -> Scan:
    """Return the match of the first of a state's terminals, in Lark's order, behind what is ignored."""
    wanted = [terminal for terminal in lexer.terminals if terminal.name not in names]
    pattern = "|".join(f"(?P<{terminal.name}>{_pattern(terminal)})" for terminal in wanted) or "(?!)"
    return re.compile(f"(?:{ignored})*+(?:{pattern})").match
