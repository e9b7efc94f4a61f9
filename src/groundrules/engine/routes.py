"""What the events of one type concern in one partition: determined once, so that a quiet event skips the rest."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.engine.cases import answers, appeals, undoing
from groundrules.engine.cells import entries, labels
from groundrules.engine.index.lookup import Lookup
from groundrules.engine.program import PathsOnType, Program, RulesOnType
from groundrules.engine.settlement import fallbacks
from groundrules.engine.settlement.counting import Counter
from groundrules.engine.state.partition import Partition
from groundrules.plan import sanctions

BUILT_IN = frozenset((*labels.TYPES, *entries.TYPES, *fallbacks.TYPES, *appeals.TYPES, *undoing.TYPES, *answers.TYPES))


@dataclass(frozen=True, slots=True)
class Route:
    """What listens to a type, None where nothing does; `asking` finds the rules with something to say.

    `undoes`, `built_in`, `learns`: whether the type reverses grants, is addressed to the engine itself, and gives facts
    that the roster keeps. `speaks`: whether more may come of it than its rules and open paths say. `quiet`: whether
    nothing is to be done where its rules say nothing.
    """

    windows: Counter | None
    rules: RulesOnType | None
    asking: Lookup | None
    paths: PathsOnType | None
    undoes: bool
    built_in: bool
    learns: bool
    speaks: bool
    quiet: bool


class Routes(dict[str, Route]):
    """The route of each type met."""

    def __init__(self, program: Program, partition: Partition) -> None:
        super().__init__()
        self._program = program
        self._partition = partition

    def __missing__(self, type: str) -> Route:
        program = self._program
        windows, rules = program.windows_on.get(type), program.rules_on.get(type)
        paths, undoes = program.paths_on.get(type), type in program.undo_of
        built_in = type in BUILT_IN or (bool(program.sanctions) and type in sanctions.TYPES)
        learns, speaks = type in program.places, undoes or built_in
        route = self[type] = Route(
            None if windows is None else Counter(windows, self._partition),
            rules,
            None if rules is None else rules.asking,
            paths,
            undoes,
            built_in,
            learns,
            speaks,
            quiet=not (learns or speaks or program.states),
        )
        return route
