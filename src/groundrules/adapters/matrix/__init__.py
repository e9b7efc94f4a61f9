"""Matrix rooms: room events as events of std/chat, and actions as client-server API calls.

The format: https://spec.matrix.org/v1.16/client-server-api/ (Apache-2.0).
"""

from groundrules.adapters.matrix.incoming import SUPPLIES, events
from groundrules.adapters.matrix.outgoing import CAN, ENDED_BY, LACKS, REPEATS, calls, outcome

__all__ = ["CAN", "ENDED_BY", "LACKS", "REPEATS", "SUPPLIES", "calls", "events", "outcome"]
