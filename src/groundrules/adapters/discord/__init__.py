"""Discord servers: dispatches of the gateway as events of std/chat, and actions as requests of the REST API.

The format: https://discord.com/developers/docs (CC BY-SA 4.0), version 10.
"""

from groundrules.adapters.discord.incoming import events
from groundrules.adapters.discord.outgoing import CAN, ENDED_BY, LACKS, REPEATS, calls, outcome
from groundrules.adapters.discord.supplies import INTENTS, SUPPLIES

__all__ = ["CAN", "ENDED_BY", "INTENTS", "LACKS", "REPEATS", "SUPPLIES", "calls", "events", "outcome"]
