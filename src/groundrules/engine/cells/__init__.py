"""The cells: what is remembered, one module per kind. Each turns rows into answers and new rows."""
