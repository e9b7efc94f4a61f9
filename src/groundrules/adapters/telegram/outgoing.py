"""Actions as methods of Telegram's Bot API, and what its answers mean.

Texts go out without a parse mode, so nothing in them is markup; mentions are entities, counted in UTF-16 units. Nothing
on Telegram pings everybody. Mutes and bans end by themselves at an instant; Telegram treats less than 30 seconds or
more than 366 days as permanent, so shorter ones are lengthened and longer ones shortened. It has no key against
duplicates.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from groundrules.adapters import texts
from groundrules.adapters.common import Json, localised, mapping, number, sequence, text
from groundrules.adapters.context import NOTHING, Context, UnsupportedError
from groundrules.adapters.limits import TELEGRAM
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

_ANYBODY = frozenset[str]()
_RESTRICT, _DELETE = frozenset({"can_restrict_members"}), frozenset({"can_delete_messages"})
_INVITE, _PIN, _TOPICS = (
    frozenset({"can_invite_users"}),
    frozenset({"can_pin_messages"}),
    frozenset({"can_manage_topics"}),
)

CAN: dict[str, frozenset[str]] = {
    "accept": _INVITE,
    "announce": _ANYBODY,
    "ban": _RESTRICT,
    "delete": _DELETE,
    "hide": _DELETE,
    "kick": _RESTRICT,
    "lock": _RESTRICT,
    "lock_channel": _TOPICS,
    "lock_thread": _TOPICS,
    "mute": _RESTRICT,
    "notify": _ANYBODY,
    "pin": _PIN,
    "poll": _ANYBODY,
    "redact": _DELETE,
    "refuse": _INVITE,
    "reply": _ANYBODY,
    "send": _ANYBODY,
    "suspend": _RESTRICT,
    "unban": _RESTRICT,
    "unlock": _RESTRICT,
    "unlock_channel": _TOPICS,
    "unlock_thread": _TOPICS,
    "unmute": _RESTRICT,
    "unpin": _PIN,
    "warn": _ANYBODY,
}
"""Action → the rights the bot must have as an admin of the group, by the names of `ChatMemberAdministrator`."""

_ONLY_ADMINS = {
    "en": "Telegram groups have no roles but admins, whom people appoint",
    "zh": "Telegram 群除管理员外没有角色，管理员由人任命",
}
_NO_METHOD = {
    "en": "the Bot API has no method for it, only Telegram's apps",
    "zh": "Bot API 没有这个方法，只能在 Telegram 里手动操作",
}
LACKS: Lacks = {
    **OF_THE_HOST,
    **OF_NO_CHAT,
    "add_role": _ONLY_ADMINS,
    "remove_role": _ONLY_ADMINS,
    "close_joining": _NO_METHOD,
    "open_joining": _NO_METHOD,
    "rename": {"en": "members name themselves", "zh": "成员的名字只有本人能改"},
    "slow_mode": _NO_METHOD,
}
REPEATS: dict[str, Repeat] = repeats(CAN, once=("announce", "notify", "poll", "reply", "send", "warn"))
ENDED_BY: dict[str, str] = {}
"""Timed actions that the platform doesn't end by itself → the action that ends them."""

_WRITTEN = ("announce", "notify", "reply", "send", "warn")
_KINDS_OF_SENDING = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
)
_OTHER_RIGHTS = ("can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics")


def calls(action: Action, chat: Any, lang: str = "en", context: Context = NOTHING) -> list[tuple[str, Json]]:
    """Return the methods (name, parameters) that carry out an action in a group.

    Reads from the context: `channel` (the topic where the event happened, `chat/topic`), `announcements`, `staff`,
    `channels`, `members`, `text`, `state` (`{chat: {"permissions": …}}`, what members may do when the group is
    unlocked), and `decided` for the end of a mute. Raises UnsupportedError for what Telegram can't do.
    """
    if action.do not in CAN:
        raise lacking(action, LACKS, lang)
    match action.do:
        case "announce" | "notify" | "reply" | "send" | "warn":
            methods = _messages(action, str(chat), lang, context)
        case "delete" | "redact" | "hide":
            methods = _deletions(messages(action), chat)
        case "pin":
            pinned = {"chat_id": chat, "message_id": _message(target(action)), "disable_notification": True}
            methods = [("pinChatMessage", pinned)]
        case "unpin":
            methods = [("unpinChatMessage", {"chat_id": chat, "message_id": _message(target(action))})]
        case "poll":
            methods = [_poll(action, str(chat), lang, context)]
        case "lock" | "unlock":
            methods = [_locked(chat, action.do == "lock", context)]
        case "lock_channel" | "unlock_channel" | "lock_thread" | "unlock_thread":
            methods = [_topic(action, chat, context)]
        case _ if _is_chat(target(action)):
            methods = [_on_chat(action, chat, target(action))]
        case _:
            methods = _on_member(action, {"chat_id": chat, "user_id": _message(target(action))}, lang, context)
    return methods


def _message(id: str) -> int | str:
    return int(id) if id.isdecimal() and id.isascii() and len(id) < 19 else id


def _deletions(ids: list[str], chat: Any) -> list[tuple[str, Json]]:
    most = TELEGRAM["delete_at_once"].value
    rows = [ids[start : start + most] for start in range(0, len(ids), most)]
    return [("deleteMessages", {"chat_id": chat, "message_ids": [_message(id) for id in row]}) for row in rows]


# --- members ------------------------------------------------------------------------------------------


def _on_member(action: Action, whom: Json, lang: str, context: Context) -> list[tuple[str, Json]]:
    match action.do:
        case "mute":
            how = {"permissions": _permissions(False), "use_independent_chat_permissions": True}
            calls = [("restrictChatMember", {**whom, **how, "until_date": _until(action, context)})]
        case "unmute":
            calls = [("restrictChatMember", {**whom, "permissions": _permissions(True, others=True)})]
        case "suspend":
            calls = [("banChatMember", {**whom, "until_date": _until(action, context)})]
        case "ban":
            calls = [("banChatMember", whom)]
        case "kick":  # an unbanned member is no longer in the group either, and may come back
            calls = [("unbanChatMember", whom)]
        case "unban":
            calls = [("unbanChatMember", {**whom, "only_if_banned": True})]
        case _:
            calls = _answer(action, whom, lang)
    return calls


def _is_chat(who: str) -> bool:
    """Whether somebody wrote as a channel; chats have negative ids."""
    return who.startswith("-")


def _on_chat(action: Action, chat: Any, who: str) -> tuple[str, Json]:
    method = {"ban": "banChatSenderChat", "unban": "unbanChatSenderChat"}.get(action.do)
    if method is None or who == str(chat):
        raise UnsupportedError(f"{action.do}: {who} is a chat and no member; a channel can only be banned")
    return method, {"chat_id": chat, "sender_chat_id": int(who) if who[1:].isdecimal() and len(who) < 19 else who}


def _until(action: Action, context: Context) -> int:
    least, most = TELEGRAM["shortest_restriction"].value, TELEGRAM["longest_restriction"].value
    begun = max(context.now, context.decided or 0)
    end = math.ceil(context.until(seconds(action, "duration") * 1000) / 1000)
    now = math.ceil(begun / 1000)
    return min(max(end, now + least + _MARGIN), now + most - _MARGIN)


_MARGIN = 5
"""Seconds that a call may take to arrive."""


def _permissions(sending: bool, others: bool = False) -> dict[str, bool]:
    return dict.fromkeys(_KINDS_OF_SENDING, sending) | dict.fromkeys(_OTHER_RIGHTS, others)


def _answer(action: Action, whom: Json, lang: str) -> list[tuple[str, Json]]:
    if action.do == "accept":
        return [("approveChatJoinRequest", whom)]
    farewell = pick(action.parameters.get("text") or {}, lang)
    notices = [
        ("sendMessage", {"chat_id": whom["user_id"], **_sent(piece)}) for piece in _pieces([texts.sound(farewell)])
    ]
    return [*(notices if farewell else []), ("declineChatJoinRequest", whom)]


# --- the group and its topics -------------------------------------------------------------------------


def _locked(chat: Any, lock: bool, context: Context) -> tuple[str, Json]:
    before = mapping(mapping(context.state.get(str(chat))).get("permissions"))
    kept = {name: bool(before.get(name, False)) for name in _OTHER_RIGHTS}
    sending = dict.fromkeys(_KINDS_OF_SENDING, False)
    if not lock:
        sending = {name: bool(before.get(name, True)) for name in _KINDS_OF_SENDING}
    return "setChatPermissions", {
        "chat_id": chat,
        "permissions": sending | kept,
        "use_independent_chat_permissions": True,
    }


def _topic(action: Action, chat: Any, context: Context) -> tuple[str, Json]:
    locking = action.do.startswith("lock")
    _, slash, topic = target(action).rpartition("/")
    if not slash and action.do.endswith("_channel"):
        return _locked(chat, locking, context)
    method = "closeForumTopic" if locking else "reopenForumTopic"
    return method, {"chat_id": chat, "message_thread_id": _message(topic)}


# --- messages that come -------------------------------------------------------------------------------


def _messages(action: Action, chat: str, lang: str, context: Context) -> list[tuple[str, Json]]:
    words = texts.words_of(action, context, lang)
    if not words:
        raise UnsupportedError(f"{action.do}: there is nothing to say")
    parts = [*_front(action, context), *texts.parts(words, texts.mentionable(action, context))]
    where, pieces = _where(action, chat, context), _pieces(parts)
    sends: list[tuple[str, Json]] = [("sendMessage", {**where, **_sent(piece)}) for piece in pieces]
    sends[0][1].update(_reply(action))
    sends[-1][1].update(_buttons(action, lang))
    return sends


def _where(action: Action, chat: str, context: Context) -> Json:
    own = {"announce": context.announcements, "poll": context.announcements}.get(action.do)
    if action.do == "notify" and "role" in action.parameters:
        own = context.staff
    if action.do == "send":
        to = str(action.parameters.get("to", ""))
        own = context.channels.get(to, to)
        if not own.lstrip("-").partition("/")[0].isdecimal():
            raise UnsupportedError(f"send: no topic or member called {to} is known")
    group, _, topic = (own or context.channel or chat).partition("/")
    return {"chat_id": _number(group), **({"message_thread_id": _message(topic)} if topic else {})}


def _number(id: str) -> int | str:
    return int(id) if id.lstrip("-").isdecimal() and id.isascii() and len(id) < 19 else id


def _front(action: Action, context: Context) -> texts.Piece:
    addressee = spoken_to(action)
    if not addressee or not addressee.isdecimal():
        return []
    return [texts.Mention(addressee, context.members.get(addressee, addressee)), " "]


def _reply(action: Action) -> Json:
    if action.do != "reply":
        return {}
    return {"reply_parameters": {"message_id": _message(target(action)), "allow_sending_without_reply": True}}


def _pieces(parts: Iterable[texts.Part]) -> list[texts.Piece]:
    return texts.split(list(parts), TELEGRAM["text"].value, _as_shown)


def _as_shown(part: texts.Part) -> str:
    return part.name if isinstance(part, texts.Mention) else part


def _sent(piece: texts.Piece) -> Json:
    entities, offset = [], 0
    for part in piece:
        length = texts.utf16(_as_shown(part))
        if isinstance(part, texts.Mention) and part.id.isdecimal():
            user = {"id": _message(part.id), "is_bot": False, "first_name": part.name}
            entities.append({"type": "text_mention", "offset": offset, "length": length, "user": user})
        offset += length
    body: Json = {"text": "".join(map(_as_shown, piece)), "link_preview_options": {"is_disabled": True}}
    return body | ({"entities": entities} if entities else {})


def _poll(action: Action, chat: str, lang: str, context: Context) -> tuple[str, Json]:
    question = texts.sound(localised(action.parameters.get("question"), lang))
    options = [texts.sound(localised(option, lang)) for option in sequence(action.parameters.get("options"))]
    most = TELEGRAM["poll_options"].value
    if not question or not 2 <= len(options) <= most:
        raise UnsupportedError(f"poll: a question and 2 to {most} answers are needed")
    body: Json = {
        **_where(action, chat, context),
        "question": texts.cut(question, TELEGRAM["poll_question"].value),
        "options": [{"text": texts.cut(option, TELEGRAM["poll_option"].value)} for option in options],
        "is_anonymous": False,
    }
    open_for = seconds(action, "closes")
    if 5 <= open_for <= TELEGRAM["poll_open"].value:  # if longer it stays open until somebody stops it
        body["open_period"] = open_for
    return "sendPoll", body


CHOICE = "groundrules:"
"""Prefix of the data of our buttons; the answer follows."""


def _buttons(action: Action, lang: str) -> Json:
    """Answers to choose from, as buttons that a muted member can press too."""
    offered = mapping(action.parameters.get("choices"))
    choices = [texts.sound(text(choice)) for choice in sequence(offered.get(lang, offered.get("en")))]
    most = TELEGRAM["button"].value
    row = [
        {"text": choice, "callback_data": f"{CHOICE}{choice}"}
        for choice in choices
        if texts.utf8(f"{CHOICE}{choice}") <= most
    ]
    return {"reply_markup": {"inline_keyboard": [row]}} if row else {}


# --- answers ------------------------------------------------------------------------------------------

_WAIT = 5.0
_SO_ALREADY = {
    "delete": ("message to delete not found", "message identifier is not specified"),
    "hide": ("message to delete not found",),
    "redact": ("message to delete not found",),
    "kick": ("user not found", "participant_id_invalid", "user_not_participant"),
    "accept": ("user_already_participant", "hide_requester_missing"),
    "refuse": ("hide_requester_missing",),
    "unpin": ("message to unpin not found",),
    "lock": ("chat_not_modified",),
    "unlock": ("chat_not_modified",),
    "lock_channel": ("topic_not_modified", "chat_not_modified"),
    "unlock_channel": ("topic_not_modified", "chat_not_modified"),
    "lock_thread": ("topic_not_modified",),
    "unlock_thread": ("topic_not_modified",),
}
_NO_RIGHT = (
    "not enough rights",
    "chat_admin_required",
    "need administrator rights",
    "have no rights",
    "user is an administrator",
)


def outcome(do: str, answer: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Outcome:
    """Say what an answer to one method means, by `ok`, `error_code`, `description` and `parameters`."""
    if answer.get("ok") is True:
        sent = mapping(answer.get("result")) if do in _WRITTEN or do == "poll" else {}
        return wrote(text(sent.get("message_id")))
    code = int(number(answer.get("error_code"), status))
    message = text(answer.get("description"))
    why = message or f"HTTP {code}"
    if code == 429:
        parameters = mapping(answer.get("parameters"))
        asked = number(parameters.get("retry_after"), number(mapping(headers).get("Retry-After"), _WAIT))
        return Retry(max(asked, 0.0), why)
    if code >= 500:
        return Retry(_WAIT, why)
    if any(phrase in message.lower() for phrase in _SO_ALREADY.get(do, ())):
        return Done()
    return Failed(why, rights=any(phrase in message.lower() for phrase in _NO_RIGHT))
