"""GR2xx: the syntax of expressions, clauses and templates."""
