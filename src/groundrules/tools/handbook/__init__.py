"""The members' handbook of a rulebook: what is allowed, what breaking a rule leads to, what is earned, who to turn to.

`handbook` reads the plan, so every number in it is the one that the engine uses; `markdown` and `html` write it.
"""

from groundrules.tools.handbook.contents import handbook
from groundrules.tools.handbook.html import html
from groundrules.tools.handbook.markdown import markdown

__all__ = ["handbook", "html", "markdown"]
