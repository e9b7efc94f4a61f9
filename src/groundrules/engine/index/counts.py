"""Counting code: one function for the windows of an event type that no look-up finds.

It asks each window's filter, works out each key once, and itself enters the event in plain counts, counts that keep
marks and distinct values; for any other window it calls a function of the partition. A partition's spaces and functions
are looked up by the window's number, so that each is made when it is first needed. The rings written stay in the scope
beside the keys, because most guards ask a window under the key that has just been counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.keying import text_of
from groundrules.engine.codegen.program import Program
from groundrules.engine.index.residual import Residual
from groundrules.engine.state import stamps
from groundrules.plan import codec, ir
from groundrules.window_kinds import KINDS

Counting = Callable[[Any, Any, Mapping[int, Any], Mapping[int, Callable[..., None]], tuple[int, int, str]], None]
"""`count(e, x, spaces, takers, mark)`, both by the window's number; `takers[n](key, value, e, x)`.

mark: the event's time, number and id, which windows keep.
"""

_OWN = ir.Field(root="event", path=("actor", "self"), kind="boolean")


WATCHED = "watched"
"""The slot that says that a window watched by a state has counted."""


def counting(
    program: Program, frame: Frame, windows: Mapping[int, ir.Window], of_self: frozenset[int], watched: frozenset[int]
) -> Counting:
    """Return the function that counts an event of one type; `of_self`: windows that mention the bot's own acts.

    watched: windows whose counting states must notice.
    """
    emitter = Residual(program, frame)
    lines: list[str] = []
    for number, window in windows.items():
        lines += _count(emitter, number, window, number in of_self)
        if number in watched:
            lines.append(f"    kept[{WATCHED!r}] = True")
    begin = [f"own = {emitter.operand(_OWN).optional} is True", "now, kept = x.now, x.kept"]
    begin += [f"stamp = {emitter.constant(stamps.write)}(now)"]
    begin += emitter.begin()
    body = "".join(f"    {line}\n" for line in (*begin, *lines))
    return program.shapes.function((*frame.parameters, "spaces", "takers", "mark"), body, emitter.constants)


def _count(emitter: Residual, number: int, window: ir.Window, of_self: bool) -> Iterator[str]:
    """Yield the statements that let one window count."""
    emitter.statement()
    meant = codec.definition_hash(window.key)
    key = emitter.kept(("key", meant), text_of(emitter, window.key).optional)
    conditions = [] if of_self else ["not own"]
    counted = [] if window.where is None else [emitter.true(window.where)]
    if window.value is not None:
        counted.append(f"(value := {emitter.operand(window.value).optional}) is not None")
        counted += ["value != 0"] if KINDS[window.kind].takes == "number" else []
    conditions += [] if window.by_events else counted
    yield f"if {' and '.join((*conditions, f'(key := {key}) is not None'))}:"
    kept = emitter.program.keys.of(window.key, emitter.frame).number
    if kept is not None:
        yield f"    kept[{kept}] = key"
    if emitter.program.is_ring(window.id):
        yield from _push(number, window)
        if kept is not None:
            yield f"    kept[{window.id!r}] = ring"
    elif window.by_events or not KINDS[window.kind].keeps_entries:
        taken = "True" if window.value is None else "value"
        if window.by_events:
            taken = f"{taken} if {' and '.join(counted) or 'True'} else None"
        yield f"    takers[{number}](key, {taken}, e, x)"
    elif window.value is None:
        yield from _mark(number, window)
    else:
        yield f"    value = {emitter.kept(codec.definition_hash(window.value), 'component(value)')}"
        yield from _tell_apart(number, window)


def _push(number: int, window: ir.Window) -> Iterator[str]:
    """Yield the statements that add a stamp to the ring of a key (`cells.windows.CountWindow`)."""
    yield f"    space = spaces[{number}]"
    yield "    if now >= space.turn: space.age(now)"
    yield "    young = space.young"
    held, size = "(young.get(key) or space.old.get(key, b''))", stamps.SIZE * window.keep
    yield f"    ring = young[key] = ({held} + stamp)[-{size}:]"
    yield "    if space.changed is not None: space.changed[space.name, key] = None"


def _mark(number: int, window: ir.Window) -> Iterator[str]:
    """Yield the statements that add a mark to those of a key (`cells.windows.MarkedWindow`)."""
    yield f"    marks = spaces[{number}].opened(key, now, list)"
    yield "    marks.append(mark)"
    yield f"    if len(marks) > {window.keep}: del marks[:-{window.keep}]"


def _tell_apart(number: int, window: ir.Window) -> Iterator[str]:
    """Yield the statements that make a value the latest of those of a key (`cells.windows.DistinctWindow`)."""
    yield f"    values = spaces[{number}].opened(key, now, dict)"
    yield "    values.pop(value, None)"
    yield f"    values[value] = {'mark' if window.ids else 'now'}"
    yield f"    if len(values) > {window.keep}: del values[next(iter(values))]"
