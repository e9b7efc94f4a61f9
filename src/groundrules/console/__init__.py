"""The console for moderators: what happened and why, what waits, what a change would do. Extra `groundrules[console]`.

Pages are made on the server and need no script. To be read in this order: `sessions` (who is in), `workshop` (work in a
process of its own), `waiting` (what waits), `live` (news), `view` (what pages share), then what is shown and done:
`pages`, `queue`, `why` with `looking` and `proposals`, `thresholds` and `charts`, `settings`, `trying`, `replays`,
`playground/`; and `app` (around each request).
"""

from groundrules.console.app import Console

__all__ = ["Console"]
