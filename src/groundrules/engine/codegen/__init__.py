"""Generated Python for the expressions of a plan.

Kleene's logic costs nothing if positive and negative truth are compiled apart: `true` holds where a condition is
True, `false` where it is False, and where neither holds it is unknown. Negations go down to the leaves on the way
(`true` of `not c` is `false` of `c`), so each of the two is plain two-valued Python. A leaf is a `Test`: what it
**needs** (Python conditions that hold where every operand has a value) and, once they hold, its outcome, `yes` or `no`.
A comparison of two fields becomes

    (v0 := e.actor.joined) is not None and x.now - ms(v0) < k0

Where a condition is used as a value (`known(c)`, `c ?? true`) there is a third mode, `value`, which gives True, False
or None in one pass.

Reading order: `shapes` (source text to functions), `emitter` (the three modes, splitting), `units` and `loops` (what is
compiled as one function), `layout` and `reads` (fields of events), `values`, `comparisons`, `containment` (one emitting
function per node), `total` (what generated code calls, so that nothing can raise), `program` (what they share).
"""
