"""What tells of sanctions: the event types for what people did by hand, each with the action that comes to the same.

A leaf beside the plan, so that both evaluators listen to the same.
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
"""Who joins is not kept out."""

TYPES = (*BY_HAND, UNDONE, RESULT, JOINED)
MOST = 8
"""Of one action against one member so many ends are kept, in case that the latest turns out to have failed."""
