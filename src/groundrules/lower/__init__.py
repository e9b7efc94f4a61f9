"""From what an author wrote to the plan: each construct lowers to triggers, guards, effects and cells."""

from groundrules.lower.plan import conflicts, lower

__all__ = ["conflicts", "lower"]
