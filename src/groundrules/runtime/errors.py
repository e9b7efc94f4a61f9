"""The errors that a hub raises."""

from __future__ import annotations

from groundrules.errors import GroundrulesError


class HubError(GroundrulesError):
    """What was asked of a hub can't be done; the message says why. Nothing was changed.

    code: for programs; of an event or a setting that is not valid, that of the table of diagnostics. place: where in
    what was handed in, such as `values.limit`; empty if it is none of that.
    """

    def __init__(self, reason: str, code: str = "refused", place: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.place = place
