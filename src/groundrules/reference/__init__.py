"""The executable specification: what a plan means, written to be read.

Every module opens with the meaning of its part in prose; the code below says the same, slowly and plainly. There are
no caches, indexes or compact encodings: windows filter every event ever counted, balances replay every change ever
made, timers are looked for by asking everything that could fall due. The compiled engine must give the same decisions,
byte for byte; where the two differ, one of them has a bug, and these pages say which.

Read them in this order: `scope` and `values`, `conditions`, `clauses` (what a guard means and why it came out so),
`windows`, `ledgers`, `labels`, `roster` (what is remembered), `guards` and `rules` (which rules fire), `actions` (how
their effects combine), `partition` (one event, one settlement), `processes`, `states`, `schedules`, `approvals` (what
time does), `events` and `interpreter` (how an event comes in).
"""

from groundrules.reference.interpreter import Interpreter

__all__ = ["Interpreter"]
