"""The hub over HTTP, for bots in other languages and for the console: `groundrules serve`, extra `groundrules[serve]`.

    async with Hub("sqlite:groundrules.db", "rulebooks/team") as hub, Service(hub, tokens) as service:
        await Server(service).serve(sockets=[bound("127.0.0.1", 8080)])

To be read in this order: `problems` (what is refused), `tokens` (who may do what), `messages` (what is said),
`bodies` (read with bounds), `endpoint` (one of them), `endpoints/` (all of them), `feed` (the outbox as a feed),
`metrics`, `logs` and `tracing` (what is told about it), `service` (what they share), `app` (around each request),
`openapi` (the description), `server` (on a socket).
"""

from groundrules.service.app import application
from groundrules.service.service import Service
from groundrules.service.tokens import Role, TokenError, TokenFile, Tokens

__all__ = ["Role", "Service", "TokenError", "TokenFile", "Tokens", "application"]
