"""Actions for which no platform has a call: the host carries them out with messages.

A challenge is a question to the member, a task a message to the assignee, a report one to the channel it names, an
approval request one to the moderators. `adapters.performing.OF_THE_HOST` names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.adapters.common import localised, text
from groundrules.bots.challenges import LANGUAGES, question
from groundrules.bots.commands import Commands
from groundrules.decisions import Action
from groundrules.narrate.deeds import deed
from groundrules.narrate.speech import length_in_words, speech

MODERATOR = "admin"


def asks(action: Action, commands: Commands) -> Action:
    """The message that asks for approval."""
    id = str(action.parameters.get("request", ""))
    words = {}
    for lang in LANGUAGES:
        typed = {name: commands.shown(name, lang) for name in ("approve", "refuse")}
        words[lang] = speech("bots", lang)("asks", what=deed(action, lang), id=id[:8], **typed)
    return notice(action, words, (action.parameters.get("role") or [MODERATOR])[0])


def challenges(action: Action, commands: Commands) -> Action:
    """The message that asks a member a question, with choices if the platform has buttons."""
    asked = question(action, commands)
    return _spoken(action, "warn", asked.words, who=action.who, choices=asked.choices)


def gives_task(action: Action) -> Action:
    """The message to whoever should do a task."""
    due, assignee = action.parameters.get("due"), text(action.parameters.get("assignee"))
    words = {}
    for lang in LANGUAGES:
        say = speech("bots", lang)
        words[lang] = say("task", title=localised(action.parameters.get("title"), lang))
        if isinstance(due, int):
            words[lang] += say.aside(say("due", within=length_in_words(due, lang)))
    if assignee:
        return _spoken(action, "notify", words, member=assignee)
    return notice(action, words, text(action.parameters.get("role")) or MODERATOR)


def publishes(action: Action, words: Mapping[str, str]) -> Action:
    """The message with a report."""
    to = text(action.parameters.get("to"))
    return _spoken(action, "send", words, to=to) if to else notice(action, words, MODERATOR)


def notice(action: Action, words: Mapping[str, str], role: Any) -> Action:
    """A message to everybody with a role, under the key of the action that caused it."""
    return _spoken(action, "notify", words, role=str(role))


def _spoken(action: Action, do: str, words: Mapping[str, str], who: str | None = None, **parameters: Any) -> Action:
    return Action(do=do, who=who, key=action.key, rules=action.rules, parameters={**parameters, "text": dict(words)})
