"""One library a file: what joins a bot that exists to the hub. The platform's own language is spoken in `adapters/`.

`Host` is what all of them share: it hears raw events, brings them to the hub, performs what was decided, understands
what members and moderators type, and tells once what it may not do. A library's file listens in that library's own
idiom and makes its calls (`Client`). Nothing that a member sends raises, stops or blinds it.

To be read in this order: `options` (what a bot's author says), `commands` (what people type), `room` (what is
remembered of a community), `hands` (actions), `rights` (what can't be done), `acts` and `looks` (what commands do),
`host` (all of it together).
"""

from groundrules.bots.hands import Answer, Client
from groundrules.bots.host import Host
from groundrules.bots.options import Options

__all__ = ["Answer", "Client", "Host", "Options"]
