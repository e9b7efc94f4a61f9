"""GR4xx: types."""
