"""Event types for sanctions imposed by hand, each with the equivalent action.

A leaf next to the plan, so that both evaluators listen to the same types.
"""

from __future__ import annotations

BY_HAND = {
    "member.banned": "ban",
    "member.muted": "mute",
    "member.unbanned": "unban",
    "member.unmuted": "unmute",
}
UNDONE = "measure.undone"
RESULT = "action.result"
JOINED = "member.joined"
"""A member who joins is not kept out."""

TYPES = (*BY_HAND, UNDONE, RESULT, JOINED)
MOST = 8
"""How many ends of one action against one member are kept, in case the latest turns out to have failed."""
