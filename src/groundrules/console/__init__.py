"""The console for moderators: what happened and why, what waits, what a change would do. Extra `groundrules[console]`.

Pages are made on the server and need no script. To be read in this order: `sessions` (who is in), `view` (what pages
share), `pages` (what is shown), `doing` (what is answered and changed), `app` (around each request).
"""

from groundrules.console.app import Console

__all__ = ["Console"]
