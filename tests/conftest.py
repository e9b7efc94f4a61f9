"""What all tests share: the profile of Hypothesis. The first example of a test may build tables, so no deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("groundrules", deadline=None)
settings.load_profile("groundrules")
