"""Which things an event is about, for a state that is per thing.

These are the things for which its windows count the event, or take back, and the one at hand: the event itself, its
field of that kind, or for members the target, else the actor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from groundrules.lower.ground import Ground
from groundrules.plan import codec, ir
from groundrules.plan.walk import walk

_WINDOWS = (ir.WindowTest, ir.WindowValue)
_OF_THE_THING = (ir.Field, ir.Const, ir.Now, ir.CalendarPeriod, ir.Arithmetic, ir.InClock, ir.Compare, ir.Call)
_LOGIC = (ir.And, ir.Or, ir.Not)


def subjects(ground: Ground, types: Iterable[str], state: ir.State) -> tuple[ir.About, ...]:
    """Return what events are about, by type; a state that reads more than windows is evaluated after each of
    `types`."""
    nodes = [*walk(state.enter), *walk(state.leave)]
    counted = [about for node in nodes if isinstance(node, _WINDOWS) for about in _counted(ground, node)]
    narrow = all(isinstance(node, (*_WINDOWS, *_OF_THE_THING, *_LOGIC)) for node in nodes)
    named = {type for turn in (*state.enter_on, *state.leave_on) for type in turn.types}
    wanted = named | {about.type for about in counted} if narrow else named | set(types)
    at_hand = [
        ir.About(type=type, who=who, at_hand=True) for type in wanted if (who := _at_hand(ground, type, state.per))
    ]
    own = {(about.type, codec.meaning(about.who)) for about in at_hand}
    others = {
        (about.type, codec.meaning(about.who)): about
        for about in counted
        if (about.type, codec.meaning(about.who)) not in own
    }
    return tuple(sorted([*at_hand, *others.values()], key=lambda about: (about.type, codec.meaning(about.who))))


def _counted(ground: Ground, test: ir.WindowTest | ir.WindowValue) -> Iterator[ir.About]:
    """Yield the things that a window counts for, or takes back from."""
    window = ground.windows[test.window]
    for number, part in enumerate(test.key):
        if isinstance(part, ir.Field) and part.root == "subject" and part.path in ((), ("id",)):
            yield ir.About(type=window.type, who=window.key[number])
            yield from (ir.About(type=taker.type, who=taker.key[number]) for taker in window.less)


def _at_hand(ground: Ground, type: str, kind: str) -> ir.AnyExpr | None:
    """Return the thing of a kind that events of a type have at hand."""
    event = ground.checked.catalog.event(type)
    if event is None:
        return None
    path = event.at_hand("actor" if kind == "member" else kind)
    path = ("target", "id") if kind == "member" and event.has_target else path
    if path is None:
        return None
    ground.read((type,), path)
    *owner, _ = path
    return ir.Field(root="event", path=tuple(owner) or path, kind="entity" if owner else "text", optional=True)
