"""Which steps of a ladder a change of balance crosses.

A plain step is crossed upwards whenever the balance comes from below `reaches` to it or above. Nothing is remembered
about it: falling and rising again crosses it again.

A step with `falls_below` is a **level**. It is crossed upwards if the balance reaches it and it is not held; then it is
held until the balance lies below `falls_below`, which crosses it on the way back. Fade can do that too: then the
crossing comes at that instant.

If several steps are crossed upwards at once, only the highest fires, unless the ladder says `fire: all`; levels that
were passed without firing are held all the same. `beyond: repeat` crosses the last step again for an increase that
begins at or above it. A step's change to its own balance crosses no step upwards. A step that fired less than its
`cool_down` ago does not fire. Levels given up come first, from the highest down. Things that come and go, such as
messages, lose their levels with their balance: when the plan's `retain` has passed since it was last moved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundrules.decisions import LedgerChange
from groundrules.plan import ir


@dataclass(frozen=True)
class Crossing:
    """A step (from 0) that a balance crossed; `cooling`: it does not fire because it fired just before."""

    ladder: str
    step: int
    who: str
    back: bool = False
    cooling: bool = False
    gained: int = 0


class Ladders:
    """The levels that everybody holds, and when steps last fired."""

    def __init__(self, plan: ir.Plan) -> None:
        self.plan = plan
        self.held: set[tuple[str, str, int]] = set()  # ladder, who, step
        self.fired: dict[tuple[str, str, int], int] = {}
        self.moved: dict[tuple[str, str], int] = {}  # ladder, who
        self.going = {ledger.id for ledger in plan.ledgers if ledger.per not in ir.LASTING}

    def cross_all(self, change: LedgerChange, now: int, behind: str | None) -> list[Crossing]:
        """What a change of balance crosses on all ladders over its ledger; `behind` is the ledger whose step asked."""
        up = change.ledger != behind
        ladders = [ladder for ladder in self.plan.ladders if ladder.ledger == change.ledger]
        return [
            step for ladder in ladders for step in self.cross(ladder, change.who, change.before, change.after, now, up)
        ]

    def cross(
        self, ladder: ir.Ladder, who: str, before: int, after: int, now: int, up_too: bool = True, moved: bool = True
    ) -> list[Crossing]:
        """What a change of balance crosses, in order; fade alone has not `moved` it."""
        self.forget(ladder, who, now)
        if moved:
            self.moved[ladder.id, who] = now
        back = [step for step in self.levels(ladder, who) if after < falls_below(ladder, step)]
        up = [step for step in range(len(ladder.steps)) if up_too and self.is_reached(ladder, who, step, before, after)]
        last = len(ladder.steps) - 1
        if ladder.beyond == "repeat" and after > before >= ladder.steps[last].reaches and up_too and last not in up:
            up.append(last)
        self.held -= {(ladder.id, who, step) for step in back}
        self.held |= {(ladder.id, who, step) for step in up if ladder.steps[step].falls_below is not None}
        fires = up if ladder.fire == "all" else up[-1:]
        given_up = [Crossing(ladder.id, step, who, back=True) for step in back]
        crossings = given_up + [self.fire(ladder, who, step, now) for step in fires]
        return [replace(crossing, gained=after - before) for crossing in crossings]

    def forget(self, ladder: ir.Ladder, who: str, now: int) -> None:
        """Forget the levels of something whose balance was forgotten."""
        if ladder.ledger in self.going and now - self.moved.get((ladder.id, who), now) > self.plan.retain:
            self.held = {level for level in self.held if level[:2] != (ladder.id, who)}
            self.fired = {level: at for level, at in self.fired.items() if level[:2] != (ladder.id, who)}

    def levels(self, ladder: ir.Ladder, who: str) -> list[int]:
        """The steps that somebody holds, the highest first."""
        return sorted((step for name, holder, step in self.held if (name, holder) == (ladder.id, who)), reverse=True)

    def is_reached(self, ladder: ir.Ladder, who: str, step: int, before: int, after: int) -> bool:
        """Whether a step is crossed upwards."""
        reaches = ladder.steps[step].reaches
        is_level = ladder.steps[step].falls_below is not None
        return after >= reaches and ((ladder.id, who, step) not in self.held if is_level else before < reaches)

    def fire(self, ladder: ir.Ladder, who: str, step: int, now: int) -> Crossing:
        """The crossing of a step, which fires unless it is cooling down."""
        last = self.fired.get((ladder.id, who, step))
        if last is not None and now - last < ladder.steps[step].cool_down:
            return Crossing(ladder.id, step, who, cooling=True)
        self.fired[ladder.id, who, step] = now
        return Crossing(ladder.id, step, who)


def falls_below(ladder: ir.Ladder, step: int) -> int:
    """The balance below which a level is given up."""
    mark = ladder.steps[step].falls_below
    assert mark is not None
    return mark
