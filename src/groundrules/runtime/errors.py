"""The errors a hub raises."""

from __future__ import annotations

from groundrules.errors import GroundrulesError


class HubError(GroundrulesError):
    """A hub can't do what was asked; the message says why. Nothing was changed.

    code: for programs; for an invalid event or setting, a diagnostic code. place: where in the input, such as
    `values.limit`; empty if not in it.
    """

    def __init__(self, reason: str, code: str = "refused", place: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.place = place
