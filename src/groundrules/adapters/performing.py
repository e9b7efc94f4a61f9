"""What all adapters share on the way out: what no platform does, and how an action's parameters are read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

from groundrules.adapters.common import Json
from groundrules.adapters.context import Context, UnsupportedError
from groundrules.decisions import Action
from groundrules.narrate.localised import pick

Repeat: TypeAlias = Literal["harmless", "keyed", "once"]
"""What happens if an action is carried out twice: the same as once, nothing while the platform remembers the key
(`keyed`), or it is done twice."""
Lacks: TypeAlias = dict[str, dict[str, str]]
"""Action → what is lacking, by language."""

OF_THE_HOST: Lacks = {
    name: {
        "en": "no platform has a call for it; the bot does it with a message",
        "zh": "平台不提供，由机器人发消息完成",
    }
    for name in ("challenge", "create_task", "report", "request_approval")
}
OF_NO_CHAT: Lacks = {
    "hold": {
        "en": "messages are seen before a bot can read them, so none can be held back",
        "zh": "机器人读到消息时大家已经看到，无法事先扣下",
    },
    "release": {"en": "nothing can be held back, so there is nothing to release", "zh": "消息无法扣下，也就无从放行"},
    "revert": {"en": "only its author can change a message", "zh": "消息只有作者本人能改"},
    "unhide": {
        "en": "a message is hidden by deleting it, and what is deleted does not come back",
        "zh": "隐藏就是删除，删掉的消息无法恢复",
    },
}


def repeats(can: Iterable[str], keyed: Iterable[str] = (), once: Iterable[str] = ()) -> dict[str, Repeat]:
    """What repeating each of a platform's actions does: harmless except for these."""
    table: dict[str, Repeat] = {}
    for names, what in ((can, _HARMLESS), (keyed, _KEYED), (once, _ONCE)):
        table |= dict.fromkeys(names, what)
    return table


_HARMLESS: Repeat = "harmless"
_KEYED: Repeat = "keyed"
_ONCE: Repeat = "once"


def spoken_to(action: Action) -> str:
    """Who a message addresses by name: the member it warns or is about; empty if nobody."""
    who = action.who if action.do == "warn" else action.parameters.get("member") if action.do == "notify" else None
    return str(who or "")


def lacking(action: Action, lacks: Mapping[str, Mapping[str, str]], lang: str) -> UnsupportedError:
    """The error that says what a platform lacks for an action."""
    unknown = {"en": "the platform knows no such action", "zh": "平台没有这种操作"}
    return UnsupportedError(f"{action.do}: {pick(lacks.get(action.do, unknown), lang)}")


def target(action: Action) -> str:
    """Who or what an action is done to. Raises UnsupportedError if it doesn't say."""
    if not action.who:
        raise UnsupportedError(f"{action.do}: it does not say to whom")
    return action.who


def seconds(action: Action, name: str, context: Context | None = None) -> int:
    """A duration parameter in seconds, rounded up; what is left of it if there is a context."""
    given = action.parameters.get(name, 0)
    ms = float(given) if isinstance(given, int | float) else 0
    return math.ceil((ms if context is None else context.left(ms)) / 1000)


def messages(action: Action) -> list[str]:
    """The messages that an action deletes, each once."""
    given: Any = action.parameters.get("events") if action.do == "delete" else None
    ids = given if isinstance(given, list | tuple) else [action.who]
    return list(dict.fromkeys(str(id) for id in ids if id))


def reason(action: Action) -> str:
    """The reason that platforms record: the rules behind an action."""
    return ", ".join(action.rules)


class Request(NamedTuple):
    """A call to an HTTP platform; `{id}` in `path` comes from the answer to the call before it."""

    method: str
    path: str
    body: Json | None = None
    headers: Mapping[str, str] = MappingProxyType({})
