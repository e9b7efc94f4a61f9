"""Running history through one or two versions of a rulebook, and comparing what they would have done.

The lines of events are divided among processes by partition (`sources`, `pool`); each share is run by an engine of its
own (`share`) and comes back as counts and `Hit`s. `compare` makes a `Report` of them, `render` what people read.
"""
