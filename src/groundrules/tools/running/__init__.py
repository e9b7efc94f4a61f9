"""A stream run through an engine, with a tally of what it came to."""
