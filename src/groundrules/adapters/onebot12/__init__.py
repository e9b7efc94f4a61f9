"""OneBot 12: its events as events of std/chat, and actions as its standard actions.

The format: https://12.onebot.dev (MIT).
"""

from groundrules.adapters.onebot12.incoming import SUPPLIES, events, roster
from groundrules.adapters.onebot12.outgoing import CAN, ENDED_BY, LACKS, REPEATS, calls, outcome

__all__ = ["CAN", "ENDED_BY", "LACKS", "REPEATS", "SUPPLIES", "calls", "events", "outcome", "roster"]
