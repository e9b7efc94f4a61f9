"""Keys of windows as text, each worked out once per event.

Many windows are counted and asked under the same key: by actor, by actor and channel. A key that reads nothing but the
event at hand and the clock has a number, under which its text stays in the scope (`x.kept`) once it has been asked
for. Any other key is worked out wherever it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from groundrules.engine.codegen.emitter import Emitter, Frame, Operand
from groundrules.plan import codec, ir
from groundrules.plan.walk import walk

if TYPE_CHECKING:
    from groundrules.engine.codegen.program import Program

LASTING = (ir.Const, ir.Field, ir.Now, ir.CalendarPeriod, ir.Arithmetic, ir.Negate, ir.Coalesce, ir.Call, ir.Sequence)


class Key(NamedTuple):
    """`text(e, x, *items)` gives the key as text, None if a component is missing; `number` None: it is not kept."""

    number: int | None
    text: Callable[..., str | None]


class Keys:
    """The keys of one plan, by what they read and where."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[tuple[str, int], Key] = {}

    def of(self, components: Sequence[ir.Expr], frame: Frame) -> Key:
        """Return the key made of these components in a frame."""
        place = codec.definition_hash(tuple(components)), id(frame)
        key = self._known.get(place)
        if key is None:
            lasts = not frame.items and all(_lasts(component) for component in components)
            number = next(self._program.sharing.slots) if lasts else None
            key = self._known[place] = Key(number, self._compiled(components, frame, number))
        return key

    def _compiled(self, components: Sequence[ir.Expr], frame: Frame, number: int | None) -> Callable[..., str | None]:
        emitter = Emitter(self._program, frame)
        value = text_of(emitter, components).optional
        keep = "" if number is None else f"x.kept[{emitter.constant(number)}] = "
        body = f"    r = {keep}{value}\n    return r\n"
        return self._program.shapes.function(frame.parameters, body, emitter.constants)


def text_of(emitter: Emitter, components: Sequence[ir.Expr]) -> Operand:
    """Return an expression for a key's text; components that several keys share are computed once."""
    operands = [_component(emitter, component) for component in components]
    text = ", ".join(operand.source for operand in operands)
    return Operand(
        tuple(need for operand in operands for need in operand.needs),
        text if len(operands) == 1 else f"joined(({text}))",
    )


def _component(emitter: Emitter, expr: ir.Expr) -> Operand:
    operand = emitter.operand(expr)
    return Operand(operand.needs, emitter.kept(codec.definition_hash(expr), f"component({operand.source})"))


def _lasts(component: ir.Expr) -> bool:
    """Whether a component keeps its value while the same event is handled."""
    return all(
        isinstance(part, LASTING) and (not isinstance(part, ir.Field) or part.root == "event")
        for part in walk(component)
    )


def key_text(emitter: Emitter, components: Sequence[ir.Expr]) -> Operand:
    """Return a key as text; missing if one of its components is."""
    key = emitter.program.keys.of(components, emitter.frame)
    ask = f"{emitter.constant(key.text)}({', '.join(emitter.frame.parameters)})"
    if key.number is None:
        return emitter.present((), ask)
    name = emitter.local()
    kept = f"({name} := x.kept.get({emitter.constant(key.number)}, False))"
    return emitter.present((), emitter.kept(key, f"({name} if {kept} is not False else {ask})"))
