"""GR7xx: events that are rejected."""
