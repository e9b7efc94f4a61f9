"""Who is in: a token of the service, or a link that opens once, begins a session that ends by itself."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from groundrules.service.tokens import Role, Token, Tokens

LASTS = 12 * 3600.0
LINK_LASTS = 600.0
"""Seconds."""
MOST = 1000
COOKIE = "groundrules_console"


@dataclass
class Session:
    """Somebody who is in. member: how the community knows them; `seal` is what each of their forms bears."""

    token: Token
    member: str
    until: float
    seal: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def may(self, role: Role) -> bool:
        """Whether they may do what is for `role`."""
        return self.token.may(role)

    def sealed(self, shown: str) -> bool:
        """Whether a form was one of theirs."""
        return hmac.compare_digest(self.seal.encode(), shown.encode())


class Sessions:
    """The sessions of a console, in memory: a restart ends them all. Who is revoked as a token is out at once."""

    def __init__(self, tokens: Tokens, now: Callable[[], float] = time.monotonic) -> None:
        self._tokens = tokens
        self._now = now
        self._open: dict[str, Session] = {}
        self._links: dict[str, float] = {}

    def link(self) -> str:
        """Return the secret of a link that opens once, for some minutes, to everything."""
        secret = secrets.token_urlsafe(24)
        self._links[secret] = self._now() + LINK_LASTS
        return secret

    def enter(self, link: str, member: str) -> str | None:
        """Begin a session by a link; return its cookie, None if the link opens nothing (any more)."""
        until = self._links.pop(link, 0.0)
        return self._begin(Token("console", "administer", ""), member) if until > self._now() else None

    def log_in(self, shown: str, member: str) -> str | None:
        """Begin a session by a token of the service; return its cookie, None if the token is nobody's or a bot's."""
        token = self._tokens.holder(shown)
        return None if token is None or not token.may("observe") else self._begin(token, member)

    def _begin(self, token: Token, member: str) -> str:
        self._open = {key: session for key, session in self._open.items() if session.until > self._now()}
        while len(self._open) >= MOST:
            self._open.pop(next(iter(self._open)))
        cookie = secrets.token_urlsafe(32)
        self._open[cookie] = Session(token, member, self._now() + LASTS)
        return cookie

    def get(self, cookie: str) -> Session | None:
        """Return whose session this is, None if nobody's (any more)."""
        session = self._open.get(cookie)
        if session is None or session.until <= self._now():
            return None
        known = session.token.hash == "" or session.token in self._tokens.known
        return session if known else None

    def end(self, cookie: str) -> None:
        """End a session."""
        self._open.pop(cookie, None)
