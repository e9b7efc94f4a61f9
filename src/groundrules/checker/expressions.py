"""Typing of expressions: one walk per expression and context, its results in the side tables.

`Reader` holds what the rules of typing need: the context, the place (what may stand there) and the variables of
enclosing `any` and `all`. The rules themselves are functions by class of node, one module per family: `reads`,
`values`, `conditions`, `comparisons`, `text_ops`, `windows`. A rule returns the node's `Typed`; after an error it
returns Unknown, which everything accepts, so that one mistake is told once.

A define is typed where it is used, in the context of its use seen from its own instance, and without the variables
around the use: it is hygienic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundrules.checker import comparisons, conditions, reads, text_ops, values, windows, wording
from groundrules.checker.bindings import Context, DefineBinding, VariableBinding
from groundrules.checker.literals import UNKNOWN
from groundrules.checker.places import Place
from groundrules.checker.scope import Scope, Variables
from groundrules.checker.session import Session
from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.model import Fix, Label
from groundrules.diagnostics.source import Span
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.kinds import Typed

DEEPEST = 150  # levels of an expression, those of its defines included, so that whoever walks one may recurse

MOST_COPIED = 200_000  # nodes of defines that are written out again where they are used again

Rule = Callable[["Reader", Any], Typed]
RULES: dict[type[nodes.Node], Rule] = {
    **reads.RULES,
    **values.RULES,
    **conditions.RULES,
    **comparisons.RULES,
    **text_ops.RULES,
    **windows.RULES,
}


@dataclass(eq=False)
class Reader:
    """Types one expression. `used` are the places of the defines' uses that led here, outermost first.

    `sure` gives the paths that are there although the schema does not promise them, because the guard, being true, has
    read them.
    """

    session: Session
    context: Context
    parsed: nodes.Parsed[Any]
    place: Place
    variables: Variables = ()
    used: tuple[Span, ...] = ()
    sure: Callable[[], frozenset[tuple[str, ...]]] = frozenset

    def __post_init__(self) -> None:
        self.scope = Scope(self.session, self.context)

    def type_of(self, node: nodes.Node) -> Typed:
        """Return the type of a node and keep it in the side table."""
        session = self.session
        session.depth += 1
        session.nodes += 1
        session.peak = max(session.peak, session.depth)
        typed = RULES[type(node)](self, node)
        session.depth -= 1
        session.tables.types[self.context.id, id(node)] = typed
        return typed

    def condition(self, node: nodes.Node) -> Typed:
        """Type a node that has to be true or false."""
        typed = self.type_of(node)
        if isinstance(typed.type, kinds.Boolean | kinds.Unknown):
            return typed
        return self.error(codes.NOT_A_CONDITION, node, wording.not_a_condition(self.text(node), typed.type))

    def text(self, node: nodes.Node) -> str:
        """Return what the author wrote for a node, in one line."""
        start, end = node.at
        return " ".join(self.parsed.fragment.text[start:end].split())

    def span(self, node: nodes.Node) -> Span:
        return self.parsed.span(node)

    def error(
        self,
        code: Code,
        at: nodes.Node | Span,
        words: wording.Words,
        labels: tuple[Label, ...] = (),
        fixes: tuple[Fix, ...] = (),
    ) -> Typed:
        """Report a finding at a node and return the type that everything accepts."""
        span = at if isinstance(at, Span) else self.parsed.span(at)
        uses = tuple(Label(used, "used here") for used in self.used)
        self.session.add(code.at(span, *words, (*labels, *uses), fixes))
        return UNKNOWN

    def offsets(self, offsets: nodes.Offsets) -> Span:
        return self.parsed.fragment.span(*offsets)

    def binding(self, variable: VariableBinding) -> Reader:
        """Return this reader with one variable more."""
        variables = (*self.variables, variable)
        return Reader(self.session, self.context, self.parsed, self.place, variables, self.used, self.sure)

    def elsewhere(self, context: Context, place: Place) -> Reader:
        """Return a reader of the same text in another context: the `where` and keys of a window."""
        return Reader(self.session, context, self.parsed, place, (), self.used)

    def of_hint(self, context: Context, parsed: nodes.Parsed[Any], use: nodes.Node) -> Reader:
        """Return a reader of the points of a hint, as the score is used at `use`."""
        return Reader(self.session, context, parsed, self.place, (), (*self.used, self.span(use)))

    def over(self, parsed: nodes.Parsed[Any]) -> Reader:
        """Return a reader of another text in the same context and place."""
        return Reader(self.session, self.context, parsed, self.place, (), self.used, self.sure)

    def within(self, place: Place) -> Reader:
        """Return a reader of the same text and context in another place."""
        return Reader(self.session, self.context, self.parsed, place, self.variables, self.used, self.sure)

    def define(self, binding: DefineBinding, use: nodes.Node) -> Typed:
        """Type a define in the context of its use."""
        session = self.session
        if binding in session.open_defines:
            session.circular = True
            circle = [*session.open_defines[session.open_defines.index(binding) :], binding]
            shown = " → ".join(f"`{define.name}`" for define in circle)
            return self.error(name_codes.DEFINE_CYCLE, use, (f"the define uses itself: {shown}", None))
        context = session.within(self.context, binding.instance)
        key = (context.id, id(binding.define), self.place)
        if key not in session.defines:
            session.defines[key] = self._open(binding, use)
        elif not self._again(session.defines[key][2], use):
            return UNKNOWN
        typed, height, _ = session.defines[key]
        session.peak = max(session.peak, session.depth + height)
        if session.depth + height > DEEPEST:
            session.circular = True
            words = (f"`{self.text(use)}` is an expression nested too deeply", "split the rule in two")
            return self.error(name_codes.DEFINE_CYCLE, use, words)
        return typed

    def _again(self, size: int, use: nodes.Node) -> bool:
        """Count a further use of a define; False where that is too much, which is told once."""
        session = self.session
        before = session.copied
        session.nodes += size
        session.copied += size
        if session.copied <= MOST_COPIED:
            return True
        session.circular = True
        if before <= MOST_COPIED:
            what = (
                f"with `{self.text(use)}`, defines written out where they are used make more than {MOST_COPIED:,} parts"
            )
            self.error(name_codes.TOO_MUCH, use, (what, "use large defines less often, or words in a list"))
        return False

    def _open(self, binding: DefineBinding, use: nodes.Node) -> tuple[Typed, int, int]:
        """Type the text of a define; return its type, how many levels it has and how many nodes, written out."""
        session = self.session
        if session.depth > DEEPEST:
            return UNKNOWN, DEEPEST, 0
        peak, session.peak, before = session.peak, session.depth, session.nodes
        session.open_defines.append(binding)
        typed = self.inside(binding, use).type_of(binding.define.body.root)
        session.open_defines.pop()
        height = session.peak - session.depth
        session.peak = max(peak, session.peak)
        return typed, height, session.nodes - before

    def inside(self, binding: DefineBinding, use: nodes.Node) -> Reader:
        """Return a reader of a define's text, as used at `use`."""
        context = self.session.within(self.context, binding.instance)
        return Reader(self.session, context, binding.define.body, self.place, (), (*self.used, self.span(use)))


def read(session: Session, context: Context, parsed: nodes.Parsed[Any], place: Place) -> Typed:
    """Type a whole expression."""
    return Reader(session, context, parsed, place).type_of(parsed.root)


def guard(session: Session, context: Context, parsed: nodes.Parsed[Any] | None, place: Place) -> None:
    """Type a whole condition, if there is one."""
    if parsed is not None:
        Reader(session, context, parsed, place).condition(parsed.root)
