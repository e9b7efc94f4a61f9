"""What a hub refuses."""

from __future__ import annotations

from groundrules.errors import GroundrulesError


class HubError(GroundrulesError):
    """What was asked of a hub can't be done; the message says why. Nothing was changed."""
