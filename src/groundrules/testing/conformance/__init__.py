"""The cases that say what the language means (`tests/conformance`): how they are read, what short forms mean."""
