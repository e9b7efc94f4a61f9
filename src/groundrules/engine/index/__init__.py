"""The index: which guards an event could concern.

    guard ─ necessary ─▶ atoms ─ selectivity ─▶ an access path ─ tables ─▶ probes ─ lookup ─▶ candidates

A guard need not be evaluated if it is certainly false. So from every guard atoms are derived (`atoms`, `necessary`),
one of which holds whenever the guard is true *or unknown*: a word occurs in a text, a field has a value, a number lies
below a bound, and, wherever a read may be missing, that it is missing. Where there are several such sets, as for an
`and`, the one that holds least often is chosen (`selectivity`). `tables` turns the atoms of all guards of one event
type into plain data that a plan file can hold; `lookup` turns that into one generated function from an event to the
numbers of the guards that remain. Those are evaluated as if there were no index, so that nothing here can change a
decision.
"""
