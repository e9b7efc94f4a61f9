"""OneBot 11 (QQ groups): its events as events of std/chat, and actions as its API calls.

The format: https://github.com/botuniverse/onebot-11 (MIT).
"""

from groundrules.adapters.onebot.incoming import SUPPLIES, events, roster, written
from groundrules.adapters.onebot.outgoing import CAN, ENDED_BY, LACKS, REPEATS, calls, outcome

__all__ = ["CAN", "ENDED_BY", "LACKS", "REPEATS", "SUPPLIES", "calls", "events", "outcome", "roster", "written"]
