"""The playground: a rulebook that anybody may paste, read and tried in a process of its own.

To be read in this order: `bundle` (a rulebook as one file), `evaluate` (what is found in it), `pages` (what is shown).
"""
