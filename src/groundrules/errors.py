"""The root of every exception that groundrules raises on purpose. A leaf that all may know."""

from __future__ import annotations


class GroundrulesError(Exception):
    """Whatever groundrules refuses to do: catch this to catch them all."""
