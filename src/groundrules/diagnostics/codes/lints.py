"""GR6xx: lints."""
