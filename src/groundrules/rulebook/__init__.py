"""Rulebooks: YAML with positions, its validation, and the model that the checker reads."""
