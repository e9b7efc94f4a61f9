"""One file per library: connects an existing bot to the hub. The platform's own language is handled in `adapters/`.

`Host` is what they all share: it receives raw events, passes them to the hub, performs what was decided, understands
what members and moderators type, and reports once what it may not do. A library's file listens in that library's idiom
and makes its calls (`Client`). Nothing that a member sends raises, stops or blinds it.

Read in this order: `options` (what a bot's author configures), `commands` (what people type), `room` (what is
remembered about a community), `hands` (actions), `rights` (what can't be done), `acts` and `looks` (what commands do),
`host` (all of it together).
"""

from groundrules.bots.hands import Answer, Client
from groundrules.bots.host import Host
from groundrules.bots.options import Options

__all__ = ["Answer", "Client", "Host", "Options"]
