"""Is it meant? What is allowed but probably a mistake: one lint, one file, its docstring its page."""

from groundrules.lint.engine import lint

__all__ = ["lint"]
