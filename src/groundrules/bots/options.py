"""What a bot's author configures on a host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from groundrules.runtime.books import Sources
from groundrules.stores import Store


@dataclass(frozen=True)
class Options:
    """How a host runs; everything but the rulebook is optional. Communities and channels are given by the platform's
    ids.

    | field | what it is |
    |---|---|
    | `book` | a rulebook's path, a loaded one, or a function from a community's id to its own |
    | `store` | where state, log and outbox are kept |
    | `language` | the default language; else the platform's |
    | `languages` | the language by community, channel or member |
    | `staff`, `announcements` | by community, the moderators' channel, and the one for announcements |
    | `moderators` | the roles that may pause the bot and change settings; the rulebook decides all else |
    | `commands` | command → its words, replacing ours and those of the rulebook's `commands.toml`; none: it is off |
    """

    book: Sources
    store: str | Store = "sqlite:groundrules.db"
    language: str = ""
    languages: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    announcements: Mapping[str, str] = field(default_factory=dict)
    moderators: frozenset[str] = frozenset({"owner", "admin"})
    commands: Mapping[str, Sequence[str]] = field(default_factory=dict)
