"""How good the tests of a rulebook are: what they reach, which mistakes they notice, which thresholds they miss."""
