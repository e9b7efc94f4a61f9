"""GR0xx: files, YAML and imports."""
