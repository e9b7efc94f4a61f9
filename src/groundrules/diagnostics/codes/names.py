"""GR3xx: names."""
