"""GR1xx: the format of a rulebook."""
