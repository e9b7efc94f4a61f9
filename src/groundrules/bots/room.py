"""What a host remembers about one community: names, roles, who wrote what and where. Bounded, and reread from the
recorded events after a restart; no decision depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from groundrules.adapters.common import Json, mapping, sequence, text

MEMBERS, MESSAGES, POLLS = 20_000, 5_000, 50

Value = TypeVar("Value")


class Recent(dict[str, Value]):
    """A mapping that forgets what was set longest ago."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: str, value: Value) -> None:
        self.pop(key, None)
        super().__setitem__(key, value)
        if len(self) > self._most:
            del self[next(iter(self))]


class Room:
    """One community, as known from its events."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.names: Recent[str] = Recent(MEMBERS)
        self.roles: Recent[frozenset[str]] = Recent(MEMBERS)
        self.languages: Recent[str] = Recent(MEMBERS)
        self.authors: Recent[str] = Recent(MESSAGES)
        self.channels: Recent[str] = Recent(MESSAGES)
        """Where an event happened, by its id."""
        self.spoken: Recent[str] = Recent(MESSAGES)
        """The action behind a bot's message: its key by the message's id."""
        self.polls: Recent[Mapping[str, Any]] = Recent(POLLS)
        self.requests: Recent[Any] = Recent(MEMBERS)
        """The platform's handle for a request to join, by applicant."""
        self.since = 0.0
        """Since when (ms) the bot is responsible: the time of the last recorded event, else when it joined."""
        self.channel: str | None = None
        """The channel of the latest message."""

    def note(self, event: Mapping[str, Any]) -> None:
        """Note an event, whatever is in it."""
        type, id = text(event.get("type")), text(event.get("id"))
        channel = text(mapping(event.get("channel")).get("id"))
        for key in ("actor", "target"):
            self._member(mapping(event.get(key)))
        if channel and id:
            self.channels[id] = channel
        match type:
            case "message":
                self.authors[id] = text(mapping(event.get("actor")).get("id"))
                self.channel = channel or self.channel
            case "roster":
                for member in sequence(event.get("members")):
                    self._member(mapping(member))
            case "role.added" | "role.removed":
                self._role(mapping(event.get("target")), text(event.get("role")), type == "role.added")
            case "poll.created" | "poll.closed":
                self._poll(mapping(event.get("poll")), type == "poll.created")
            case "action.result":
                written = text(mapping(event.get("message")).get("id"))
                if written and (key := text(event.get("key"))):
                    self.spoken[written] = key

    def _member(self, member: Mapping[str, Any]) -> None:
        id = text(member.get("id"))
        if not id:
            return
        if name := text(member.get("name")):
            self.names[id] = name
        if language := text(member.get("language")):
            self.languages[id] = language
        if "roles" in member:
            self.roles[id] = frozenset(map(text, sequence(member["roles"])))

    def _role(self, member: Mapping[str, Any], role: str, added: bool) -> None:
        if id := text(member.get("id")):
            before = self.roles.get(id, frozenset())
            self.roles[id] = before | {role} if added else before - {role}

    def _poll(self, poll: Mapping[str, Any], is_open: bool) -> None:
        id = text(poll.get("id"))
        if id and is_open:
            options = [text(option) for option in sequence(poll.get("options"))]
            self.polls[id] = {"question": text(poll.get("question")), "options": options, "community": self.id}
        else:
            self.polls.pop(id, None)

    def name(self, id: str) -> str:
        """What a member is called."""
        return self.names.get(id, id)

    def member(self, word: str) -> str | None:
        """Return the member that a word names by id or, if only one has it, by name; None if nobody."""
        word = word.removeprefix("@") if word.removeprefix("@") in self.names else word
        if word in self.names or word in self.roles:
            return word
        ids = [id for id, name in self.names.items() if name == word.removeprefix("@")]
        return ids[0] if len(ids) == 1 else None


def about(event: Json) -> str | None:
    """Return the member that a message mentions first, else the author of the message it answers."""
    mentioned = [text(mapping(mention).get("id")) for mention in sequence(event.get("mentions"))]
    answered = text(mapping(event.get("reply_to_author")).get("id"))
    return next(filter(None, (*mentioned, answered)), None)
