"""Tests of a rulebook, as its authors write them: a timeline on a virtual clock, and what each step must cause.

`read` turns a tests file into cases, `timeline` turns their steps into events, `judge` compares what was expected with
what was decided, `runner` does all of it; `junit` writes the results for other tools.
"""
