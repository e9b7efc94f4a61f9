"""Telegram groups: updates of the Bot API as events of std/chat, and actions as its methods.

The format: https://core.telegram.org/bots/api.
"""

from groundrules.adapters.telegram.incoming import events, roster
from groundrules.adapters.telegram.outgoing import CAN, CHOICE, ENDED_BY, LACKS, REPEATS, calls, outcome
from groundrules.adapters.telegram.supplies import SUPPLIES, UPDATES

__all__ = [
    "CAN",
    "CHOICE",
    "ENDED_BY",
    "LACKS",
    "REPEATS",
    "SUPPLIES",
    "UPDATES",
    "calls",
    "events",
    "outcome",
    "roster",
]
