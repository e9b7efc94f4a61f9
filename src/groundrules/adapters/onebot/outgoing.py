"""Actions as API calls of OneBot 11, and what its answers mean.

Texts go out as segments, in which CQ codes mean nothing. Nothing pings all members at once. QQ itself ends a mute; a
ban is a removal after which QQ rejects the applicant, and only the group's owner can lift it, in QQ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.adapters import texts
from groundrules.adapters.common import Json, mapping, number, text
from groundrules.adapters.context import NOTHING, Context, UnsupportedError
from groundrules.adapters.limits import QQ
from groundrules.adapters.onebot.incoming import MASKED
from groundrules.adapters.performing import (
    OF_NO_CHAT,
    OF_THE_HOST,
    Lacks,
    Repeat,
    lacking,
    messages,
    repeats,
    seconds,
    spoken_to,
    target,
)
from groundrules.decisions import Action
from groundrules.narrate.localised import pick
from groundrules.outcomes import Done, Failed, Outcome, Retry, wrote

_ADMIN, _OWNER, _ANYBODY = frozenset({"admin"}), frozenset({"owner"}), frozenset[str]()

CAN: dict[str, frozenset[str]] = {
    "accept": _ADMIN,
    "add_role": _OWNER,
    "announce": _ANYBODY,
    "ban": _ADMIN,
    "delete": _ADMIN,
    "hide": _ADMIN,
    "kick": _ADMIN,
    "lock": _ADMIN,
    "lock_channel": _ADMIN,
    "mute": _ADMIN,
    "notify": _ANYBODY,
    "pin": _ADMIN,
    "redact": _ADMIN,
    "refuse": _ADMIN,
    "remove_role": _OWNER,
    "rename": _ADMIN,
    "reply": _ANYBODY,
    "send": _ANYBODY,
    "unlock": _ADMIN,
    "unlock_channel": _ADMIN,
    "unmute": _ADMIN,
    "unpin": _ADMIN,
    "warn": _ANYBODY,
}
"""Action → what the bot must be in the group."""

_NO_THREADS = {"en": "QQ groups have no threads", "zh": "QQ 群没有话题"}
_NO_API = {"en": "OneBot has no call for it, only QQ itself", "zh": "OneBot 没有这个接口，只能在 QQ 里手动操作"}
LACKS: Lacks = {
    **OF_THE_HOST,
    **OF_NO_CHAT,
    "close_joining": _NO_API,
    "open_joining": _NO_API,
    "unban": _NO_API,
    "lock_thread": _NO_THREADS,
    "unlock_thread": _NO_THREADS,
    "poll": {
        "en": "OneBot can't start polls; announce the question instead",
        "zh": "OneBot 不能发起投票；可改用公告提问",
    },
    "slow_mode": {"en": "QQ groups have no slow mode that a bot could set", "zh": "QQ 群没有机器人可设置的慢速模式"},
    "suspend": {
        "en": "nothing lets a removed member back in after a time; mute instead (below 30 days)",
        "zh": "移出后无法到期自动放回；可改用禁言（30 天以内）",
    },
}
REPEATS: dict[str, Repeat] = repeats(CAN, once=("announce", "notify", "reply", "send", "warn"))
ENDED_BY: dict[str, str] = {}
"""Timed actions that the platform doesn't end by itself → the action that ends them."""


def calls(action: Action, group: Any, lang: str = "zh", context: Context = NOTHING) -> list[tuple[str, Json]]:
    """Return the API calls (name, parameters) that carry out an action in a group.

    Reads from the context: `requests` (for who to let in, `{flag, sub_type}` or the flag), `members` and `text`, and
    `now` with `decided` for what is left of a mute. Raises UnsupportedError for what OneBot can't do.
    """
    if action.do not in CAN:
        raise lacking(action, LACKS, lang)
    if action.do in _SPEAKING:
        return _messages(action, group, texts.words_of(action, context, lang), context)
    if action.do in _ON_MESSAGES:
        return [(_ON_MESSAGES[action.do], {"message_id": id}) for id in messages(action)]
    if action.do in _LOCKING:
        return [("set_group_whole_ban", {"group_id": group, "enable": action.do.startswith("lock")})]
    return [_on_member(action, {"group_id": group, "user_id": _member(action)}, context)]


_SPEAKING = ("announce", "notify", "reply", "send", "warn")
_LOCKING = ("lock", "unlock", "lock_channel", "unlock_channel")
_ON_MESSAGES = {
    "delete": "delete_msg",
    "redact": "delete_msg",  # a message can't be changed here
    "hide": "delete_msg",
    "pin": "set_essence_msg",
    "unpin": "delete_essence_msg",
}


def _member(action: Action) -> str:
    who = target(action)
    if who.startswith(MASKED):
        raise UnsupportedError(f"{action.do}: QQ does not say who writes under a mask")
    return who


def _on_member(action: Action, whom: Json, context: Context) -> tuple[str, Json]:
    match action.do:
        case "mute":  # 0 would lift a mute
            duration = min(max(seconds(action, "duration", context), 1), QQ["mute"].value)
            return "set_group_ban", {**whom, "duration": duration}
        case "unmute":
            return "set_group_ban", {**whom, "duration": 0}
        case "kick" | "ban":
            return "set_group_kick", {**whom, "reject_add_request": action.do == "ban"}
        case "rename":
            name = texts.sound(str(action.parameters.get("name", "")))
            return "set_group_card", {**whom, "card": texts.cut(name, QQ["card"].value, texts.utf8)}
        case "accept" | "refuse":
            return _answer(action, context)
        case _:
            return _role(action, whom)


def _role(action: Action, whom: Json) -> tuple[str, Json]:
    if action.parameters.get("role") != "admin":
        raise UnsupportedError(f"{action.do}: the only role that QQ lets a bot give is `admin`")
    return "set_group_admin", {**whom, "enable": action.do == "add_role"}


def _answer(action: Action, context: Context) -> tuple[str, Json]:
    request = context.requests.get(target(action))
    if request is None:
        raise UnsupportedError(f"{action.do}: the flag of the request to join is not known")
    flag = request if isinstance(request, str) else mapping(request).get("flag")
    kind = text(mapping(request).get("sub_type")) or "add"
    answer = {"flag": text(flag), "sub_type": kind, "approve": action.do == "accept"}
    reason = action.parameters.get("text")
    return "set_group_add_request", answer | ({"reason": pick(reason, "zh")} if isinstance(reason, Mapping) else {})


def _messages(action: Action, group: Any, words: str, context: Context) -> list[tuple[str, Json]]:
    if not words:
        raise UnsupportedError(f"{action.do}: there is nothing to say")
    pieces = texts.split(
        texts.parts(words, texts.mentionable(action, context)), QQ["text"].value - _ROOM, _as_shown, len
    )
    where, private = _where(action, group, context)
    front = _front(action) if not private else []
    name = "send_private_msg" if private else "send_group_msg"
    return [
        (name, {**where, "message": [*(front if index == 0 else []), *map(_segment, piece)]})
        for index, piece in enumerate(pieces)
    ]


_ROOM = 64  # for those a message names in front


def _where(action: Action, group: Any, context: Context) -> tuple[Json, bool]:
    """Where a message goes, and whether that is one member: only members are addressed by number.

    Announcements and messages to moderators go to their own groups if the context names them.
    """
    match action.do:
        case "send":
            to = str(action.parameters.get("to", ""))
            if to not in context.channels and to != str(group) and to.isdecimal():
                return {"group_id": group, "user_id": to}, True
            own = context.channels.get(to)
        case "announce":
            own = context.announcements
        case "notify" if "role" in action.parameters:
            own = context.staff
        case _:
            own = None
    return {"group_id": _number(own) if own else group}, False


def _number(id: str) -> int | str:
    return int(id) if id.isdecimal() and id.isascii() and len(id) < 20 else id


def _front(action: Action) -> list[Json]:
    if action.do == "reply":
        return [{"type": "reply", "data": {"id": action.who}}]
    addressee = spoken_to(action)
    if not addressee or addressee.startswith(MASKED) or not addressee.isdecimal() or int(addressee) == 0:
        return []
    return [{"type": "at", "data": {"qq": addressee}}, {"type": "text", "data": {"text": " "}}]


def _as_shown(part: texts.Part) -> str:
    return f"@{part.name}" if isinstance(part, texts.Mention) else part


def _segment(part: texts.Part) -> Json:
    if not isinstance(part, texts.Mention):
        return {"type": "text", "data": {"text": str(part)}}
    if not part.id.isdecimal() or int(part.id) == 0:  # 0 and `all` ping everybody
        return {"type": "text", "data": {"text": f"@{part.name}"}}
    return {"type": "at", "data": {"qq": part.id}}


# --- answers ------------------------------------------------------------------------------------------

_GONE = (
    "消息不存在",
    "message not found",
    "msg not found",
    "已撤回",
    "已被撤回",
    "不在群",
    "not in group",
    "member not found",
)
_BUSY = ("频繁", "风控", "too fast", "rate limit", "timeout", "超时")
_NO_RIGHT = ("权限", "permission", "not admin", "no right", "不是管理员")
_TAKING_AWAY = ("delete", "hide", "redact", "kick", "unmute", "unpin")
_WAIT = 30.0
"""Seconds; QQ doesn't say how long it holds a message back."""


def outcome(do: str, answer: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Outcome:
    """Say what an answer to one call means: `status`, `retcode`, and the implementation's own message."""
    if status >= 500 or status == 429:
        return Retry(number(mapping(headers).get("Retry-After"), _WAIT), f"HTTP {status}")
    if answer.get("status") == "ok" or answer.get("retcode") in (0, 1):  # 1: it continues asynchronously
        return wrote(text(mapping(answer.get("data")).get("message_id")))
    message = " ".join(filter(None, (text(answer.get(key)) for key in ("wording", "message", "msg"))))
    why = message or f"OneBot says {text(answer.get('retcode')) or status}"
    if any(word in message.lower() for word in _GONE) and do in _TAKING_AWAY:
        return Done()
    if any(word in message.lower() for word in _BUSY):
        return Retry(_WAIT, why)
    return Failed(why, rights=status in (401, 403) or any(word in message.lower() for word in _NO_RIGHT))
