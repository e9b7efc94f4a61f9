"""Who may do what: tokens, each with a name and a role. A file holds their hashes, never the tokens themselves.

A token is 256 random bits, so that one SHA-256 is all the hashing it needs. It is compared with every hash that there
is, each in constant time: how long an answer takes tells nothing about any of them.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import time
from pathlib import Path
from typing import Literal, get_args

import msgspec

from groundrules.errors import GroundrulesError

Role = Literal["observe", "moderate", "administer", "bot"]
ROLES: tuple[Role, ...] = get_args(Role)
_MAY: dict[Role, frozenset[Role]] = {
    "observe": frozenset({"observe"}),
    "moderate": frozenset({"observe", "moderate"}),
    "administer": frozenset(ROLES),
    "bot": frozenset({"bot"}),
}
LOOKED_AT_EVERY = 1.0
"""Seconds between two looks at the file."""
MARK = "gr_"

log = logging.getLogger("groundrules.service")


class TokenError(GroundrulesError):
    """A file of tokens can't be used, or a name in it can't be taken or found; the message says why."""


class Token(msgspec.Struct, frozen=True):
    """What is kept of a token. created: seconds since 1970."""

    name: str
    role: Role
    hash: str
    created: int = msgspec.field(default=0, name="made")

    def may(self, role: Role) -> bool:
        """Return whether its holder may do what is for `role`."""
        return role in _MAY[self.role]


class Tokens:
    """The tokens of a service, without a file; `given` maps what a bearer shows to what is kept."""

    def __init__(self, tokens: tuple[Token, ...] = ()) -> None:
        self._tokens = tokens

    def new(self, name: str, role: Role) -> str:
        """Make a token and return it; it is not to be had again. Raises TokenError if the name is taken."""
        if any(token.name == name for token in self._tokens):
            raise TokenError(f"there is a token `{name}` already; revoke it first, or take another name")
        secret = MARK + secrets.token_urlsafe(32)
        self._tokens = (*self._tokens, Token(name, role, _hashed(secret), int(time.time())))
        return secret

    def revoke(self, name: str) -> None:
        """Let a token open nothing any more. Raises TokenError if there is none of that name."""
        left = tuple(token for token in self._tokens if token.name != name)
        if len(left) == len(self._tokens):
            raise TokenError(f"there is no token `{name}`")
        self._tokens = left

    @property
    def known(self) -> tuple[Token, ...]:
        """What is kept of each token, in the order in which they were made."""
        return self._tokens

    def holder(self, shown: str) -> Token | None:
        """Return whose token this is, None if nobody's."""
        holder = None
        hashed = _hashed(shown)
        for token in self.known:
            if hmac.compare_digest(token.hash, hashed):
                holder = token
        return holder


class TokenFile(Tokens):
    """The tokens of a file, which is read again when it changes: who is revoked is out within a second.

    Raises TokenError if it is no such file.
    """

    def __init__(self, path: Path | str, missing_ok: bool = False) -> None:
        self._path = Path(path)
        self._looked = 0.0
        self._last_stamp: tuple[int, int, int] | None = None
        super().__init__()
        if not missing_ok or self._path.exists():
            self._read()

    def new(self, name: str, role: Role) -> str:
        secret = super().new(name, role)
        self._write()
        return secret

    def revoke(self, name: str) -> None:
        super().revoke(name)
        self._write()

    @property
    def known(self) -> tuple[Token, ...]:
        now = time.monotonic()
        if now - self._looked > LOOKED_AT_EVERY:
            self._looked = now
            if self._stamp() != self._last_stamp:
                try:
                    self._read()
                except TokenError as error:
                    log.error("%s; until then nobody is let in", error)
        return self._tokens

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _read(self) -> None:
        self._last_stamp = self._stamp()
        try:
            self._tokens = msgspec.json.decode(self._path.read_bytes(), type=tuple[Token, ...])
        except OSError as error:
            self._tokens = ()
            raise TokenError(f"the tokens in {self._path} can't be read: {error.strerror}") from error
        except (msgspec.MsgspecError, UnicodeError) as error:
            self._tokens = ()
            raise TokenError(f"{self._path} is not a token file: {error}") from error

    def _write(self) -> None:
        aside = self._path.with_name(self._path.name + ".new")
        aside.unlink(missing_ok=True)
        try:
            opened = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(self._tokens)) + b"\n")
            os.replace(aside, self._path)
        except OSError as error:
            raise TokenError(f"the tokens in {self._path} can't be written: {error.strerror}") from error
        self._last_stamp = self._stamp()


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
