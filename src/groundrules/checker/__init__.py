"""Is it right? Names, types, bounds and cycles of a rulebook, every mistake with its place and its mend."""

from groundrules.checker.model import Checked
from groundrules.checker.passes import PASSES, check

__all__ = ["PASSES", "Checked", "check"]
