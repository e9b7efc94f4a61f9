"""From deciding to acting: keeps state, log and actions consistent, whenever the process is killed.

    hub = Hub("sqlite:groundrules.db", book="rulebooks/team", performer=…)
    async with hub:
        await hub.handle(event)  # durable when it returns

Read in this order: `arrivals` (an event comes in), `books` (which rulebook a community has), `communities` (what is in
memory for each), `drafts` (decisions not yet committed), `core` (all of it together, without I/O), `turns` (`jobs` that
wait together are committed together), `outbox` (actions, after the commit), `passing_time` (ticks), `changing`
(settings and rulebooks), `previews` (what they would have done), `desk` (what moderators do by hand), `keeping` (for
how long), `forgetting` (people), `wording` (how much of people's words), `courtesy` (how long work yields), `looking`
(reading), `hub` (all of that for asyncio), `sync_hub` (the same for threads).
"""

from groundrules.runtime.errors import HubError
from groundrules.runtime.hub import Hub
from groundrules.runtime.keeping import Keep
from groundrules.runtime.performing import Done, Failed, Outcome, Performer, Retry
from groundrules.runtime.previews import OverBudgetError
from groundrules.runtime.sync_hub import SyncHub

__all__ = ["Done", "Failed", "Hub", "HubError", "Keep", "Outcome", "OverBudgetError", "Performer", "Retry", "SyncHub"]
