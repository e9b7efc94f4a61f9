"""What maintainers run: tables, pages, scaffolding. Not in the wheel."""
