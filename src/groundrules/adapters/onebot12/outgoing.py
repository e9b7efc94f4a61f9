"""Actions as standard actions of OneBot 12, and what its answers mean.

The standard has messages and their deletion; removing, muting and the like are implementations' own extensions, not
standard.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.adapters import texts
from groundrules.adapters.common import Json, mapping, number, text
from groundrules.adapters.context import NOTHING, Context, UnsupportedError
from groundrules.adapters.limits import QQ
from groundrules.adapters.performing import (
    OF_NO_CHAT,
    OF_THE_HOST,
    Lacks,
    Repeat,
    lacking,
    messages,
    repeats,
    spoken_to,
    target,
)
from groundrules.decisions import Action
from groundrules.outcomes import Done, Failed, Outcome, Retry, wrote

_WRITTEN = ("announce", "notify", "reply", "send", "warn")
_TAKING_AWAY = ("delete", "hide", "redact")
_ADMIN, _ANYBODY = frozenset({"admin"}), frozenset[str]()

CAN: dict[str, frozenset[str]] = dict.fromkeys(_WRITTEN, _ANYBODY) | dict.fromkeys(_TAKING_AWAY, _ADMIN)
"""Action → what the bot must be in the group or guild."""

_NO_STANDARD = {
    "en": "the standard of OneBot 12 has no action for it; what implementations add has names of their own",
    "zh": "OneBot 12 标准没有这个动作，各实现的扩展动作名称不一",
}
_MISSING = (
    *("accept", "add_role", "ban", "close_joining", "kick", "lock", "lock_channel", "lock_thread", "mute"),
    *("open_joining", "pin", "poll", "refuse", "remove_role", "rename", "slow_mode", "suspend", "unban"),
    *("unlock", "unlock_channel", "unlock_thread", "unmute", "unpin"),
)
LACKS: Lacks = {**OF_THE_HOST, **OF_NO_CHAT, **dict.fromkeys(_MISSING, _NO_STANDARD)}
REPEATS: dict[str, Repeat] = repeats(CAN, once=_WRITTEN)
ENDED_BY: dict[str, str] = {}
"""Timed actions that the platform doesn't end by itself → the action that ends them."""


def calls(action: Action, community: Any, lang: str = "zh", context: Context = NOTHING) -> list[tuple[str, Json]]:
    """Return the actions of OneBot (name, parameters) that carry out an action in a group, or in a guild.

    Reads from the context: `state` (`{community: {"kind": "guild"}}` or `"group"`; if neither, a `channel` other than
    the community itself means a guild), `channels`, `announcements`, `staff`, `members` and `text`. In a guild they
    name channels, for a group other groups. Raises UnsupportedError for anything not in the standard.
    """
    if action.do not in CAN:
        raise lacking(action, LACKS, lang)
    if action.do in _TAKING_AWAY:
        return [("delete_message", {"message_id": id}) for id in messages(action)]
    words = texts.words_of(action, context, lang)
    if not words:
        raise UnsupportedError(f"{action.do}: there is nothing to say")
    where = _where(action, str(community), context)
    parts = [*_front(action, context), *texts.parts(words, texts.mentionable(action, context))]
    return [
        ("send_message", {**where, "message": [*(_reply(action) if index == 0 else []), *map(_segment, piece)]})
        for index, piece in enumerate(texts.split(parts, QQ["text"].value, _as_shown, len))
    ]


def _where(action: Action, community: str, context: Context) -> Json:
    own = context.announcements if action.do == "announce" else None
    if action.do == "notify" and "role" in action.parameters:
        own = context.staff
    if action.do == "send":
        to = str(action.parameters.get("to", ""))
        own = context.channels.get(to, to if to in context.channels.values() or to == community else None)
        if own is None:
            return {"detail_type": "private", "user_id": to}
    channel = own or context.channel or community
    if not _is_guild(community, context):
        return {"detail_type": "group", "group_id": channel}
    return {"detail_type": "channel", "guild_id": community, "channel_id": channel}


def _is_guild(community: str, context: Context) -> bool:
    """Whether a community has channels: the context says so, or something happened in one of them."""
    kind = mapping(context.state.get(community)).get("kind")
    return kind == "guild" or (kind is None and context.channel not in (None, community))


def _reply(action: Action) -> list[Json]:
    return [{"type": "reply", "data": {"message_id": target(action)}}] if action.do == "reply" else []


def _front(action: Action, context: Context) -> texts.Piece:
    addressee = spoken_to(action)
    return [texts.Mention(addressee, context.members.get(addressee, addressee)), " "] if addressee else []


def _as_shown(part: texts.Part) -> str:
    return f"@{part.name}" if isinstance(part, texts.Mention) else part


def _segment(part: texts.Part) -> Json:
    if isinstance(part, texts.Mention):
        return {"type": "mention", "data": {"user_id": part.id}}
    return {"type": "text", "data": {"text": str(part)}}


# --- answers ------------------------------------------------------------------------------------------

_WAIT = 30.0
_PASSING = (33, 36)
"""Thousands of transient return codes: network errors, and an implementation that is overloaded."""
_NO_RIGHT = ("权限", "permission", "not admin")


def outcome(do: str, answer: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Outcome:
    """Say what an answer to one action means, by `status`, `retcode` and `message`."""
    if answer.get("status") == "ok":
        return wrote(text(mapping(answer.get("data")).get("message_id")) if do in _WRITTEN else "")
    code = int(number(answer.get("retcode")))
    why = text(answer.get("message")) or f"OneBot says {code or status}"
    if status >= 500 or status == 429 or code // 1000 in _PASSING:
        return Retry(number(mapping(headers).get("Retry-After"), _WAIT), why)
    if do in _TAKING_AWAY and any(word in why.lower() for word in ("not found", "不存在", "已撤回")):
        return Done()
    return Failed(why, rights=status in (401, 403) or any(word in why.lower() for word in _NO_RIGHT))
