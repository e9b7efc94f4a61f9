"""A stream run through an engine, with a tally of the results."""
