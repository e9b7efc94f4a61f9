"""The executable specification: what a plan means, written to be read.

Every module opens by explaining its part in prose; the code below says the same, slowly and plainly. There are no
caches, indexes or compact encodings: windows filter every event ever counted, balances replay every change ever made,
timers are found by asking everything that could fall due. The compiled engine must give the same decisions, byte for
byte; where the two differ, one of them has a bug, and these pages say which.

Read them in this order: `scope` and `values`, `texts`, `conditions`, `tallies`, `clauses`, `missing_reads` and `kinds`
(what a guard means and why it came out so), `windows`, `lots`, `ledgers`, `ladders`, `labels`, `entries`, `roster`,
`firings` (what is remembered, all of it in `partition`), `guards` (which rules fire), `templates`, `effects` (what they
ask for), `actions`, `fallbacks`, `later`, `brakes`, `sanctions` (how that combines), `decide` (one trigger, one
settlement), `paths`, `states`, `timers`, `requests`, `appeals`, `undoing` (what time and answers do), `selfmade`,
`runner` (one event after another), `intake` and `interpreter` (how an event comes in).
"""

from groundrules.reference.interpreter import Interpreter

__all__ = ["Interpreter"]
