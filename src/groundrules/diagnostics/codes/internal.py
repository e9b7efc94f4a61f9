"""GR9xx: what is not supported yet, and faults of our own."""
