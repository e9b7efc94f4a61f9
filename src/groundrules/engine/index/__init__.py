"""The index: which guards an event can possibly concern.

    guard ─ necessary ─▶ atoms ─ selectivity ─▶ an access path ─ tables ─▶ probes ─ lookup ─▶ candidates

A guard need not be looked at if it is surely false. So from every guard atoms are derived (`atoms`, `necessary`), one
of which holds whenever the guard is true *or unknown*: a word stands in a text, a field has a value, a number lies
below a bound, and, wherever a read may be missing, that it is missing. Of several such sets, as an `and` offers, the
one is chosen that holds least often (`selectivity`). `tables` turns the atoms of all guards of one event type into
plain data that a plan file can hold; `lookup` turns that into one generated function from an event to the numbers of
the guards that remain. Those are evaluated as if there were no index, so that nothing here can change a decision.
"""
