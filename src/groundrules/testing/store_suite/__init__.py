"""What every store passes, ours and those of others. `place` is the fixture to override.

A place that only one instance can have open at a time refuses the second with StoreError; the tests with two instances
then see that. `traces` may return the bytes in which whatever was erased must not be found any more.
"""

from __future__ import annotations

from groundrules.testing.store_suite.erasing import Erasing
from groundrules.testing.store_suite.keeping import Keeping
from groundrules.testing.store_suite.likeness import Likeness
from groundrules.testing.store_suite.owning import Owning
from groundrules.testing.store_suite.reading import Reading
from groundrules.testing.store_suite.threads import Threads

__all__ = ["StoreSuite"]


class StoreSuite(Keeping, Reading, Owning, Erasing, Threads, Likeness):
    """The suite. Make a subclass whose name begins with `Test`, and override the fixture `place`."""
