"""The cells: what is remembered, one module a kind. Each turns rows into answers and new rows."""
