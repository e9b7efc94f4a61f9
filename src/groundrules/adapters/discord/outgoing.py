"""Actions as requests of Discord's REST API, and what its answers mean.

Texts go out with their markup escaped, and ping only those an action names (`allowed_mentions`). Messages carry the
action's key as a nonce that Discord enforces for some minutes. A mute is a timeout until an instant; a ban lasts until
it is lifted, so a suspension needs `unban` at its end (`ENDED_BY`). Permissions are set as a whole, so changes start
from what the context's `state` says about the server or channel.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from groundrules.adapters import texts
from groundrules.adapters.common import Json, instant, localised, mapping, number, sequence, text
from groundrules.adapters.context import NOTHING, Context, UnsupportedError
from groundrules.adapters.discord.written import created_ms
from groundrules.adapters.limits import DISCORD
from groundrules.adapters.performing import (
    OF_NO_CHAT,
    OF_THE_HOST,
    Lacks,
    Repeat,
    Request,
    lacking,
    messages,
    reason,
    repeats,
    seconds,
    spoken_to,
    target,
)
from groundrules.decisions import Action
from groundrules.outcomes import Done, Failed, Outcome, Retry, wrote
from groundrules.time_units import HOUR


def _rights(*names: str) -> frozenset[str]:
    return frozenset(names)


_SPEAK = _rights("VIEW_CHANNEL", "SEND_MESSAGES")
CAN: dict[str, frozenset[str]] = {
    "add_role": _rights("MANAGE_ROLES"),
    "announce": _SPEAK,
    "ban": _rights("BAN_MEMBERS"),
    "close_joining": _rights("MANAGE_GUILD"),
    "delete": _rights("MANAGE_MESSAGES"),
    "hide": _rights("MANAGE_MESSAGES"),
    "kick": _rights("KICK_MEMBERS"),
    "lock": _rights("MANAGE_ROLES"),
    "lock_channel": _rights("MANAGE_ROLES"),
    "lock_thread": _rights("MANAGE_THREADS"),
    "mute": _rights("MODERATE_MEMBERS"),
    "notify": _SPEAK,
    "open_joining": _rights("MANAGE_GUILD"),
    "pin": _rights("PIN_MESSAGES"),
    "poll": _SPEAK | {"SEND_POLLS"},
    "redact": _rights("MANAGE_MESSAGES"),
    "remove_role": _rights("MANAGE_ROLES"),
    "rename": _rights("MANAGE_NICKNAMES"),
    "reply": _SPEAK | {"READ_MESSAGE_HISTORY"},
    "send": _SPEAK,
    "slow_mode": _rights("MANAGE_CHANNELS"),
    "suspend": _rights("BAN_MEMBERS"),
    "unban": _rights("BAN_MEMBERS"),
    "unlock": _rights("MANAGE_ROLES"),
    "unlock_channel": _rights("MANAGE_ROLES"),
    "unlock_thread": _rights("MANAGE_THREADS"),
    "unmute": _rights("MODERATE_MEMBERS"),
    "unpin": _rights("PIN_MESSAGES"),
    "warn": _SPEAK,
}
"""Action → the permissions that the bot's role must have, by the names in Discord's table."""

_NO_REQUESTS = {"en": "Discord shows bots no requests to join", "zh": "Discord 不向机器人提供入群申请"}
LACKS: Lacks = {**OF_THE_HOST, **OF_NO_CHAT, "accept": _NO_REQUESTS, "refuse": _NO_REQUESTS}
REPEATS: dict[str, Repeat] = repeats(CAN, keyed=("announce", "notify", "poll", "reply", "send", "warn"))
ENDED_BY: dict[str, str] = {"suspend": "unban"}
"""Timed actions that the platform doesn't end by itself → the action that ends them."""

_WRITTEN = ("announce", "notify", "reply", "send", "warn")
_WRITING = 1 << 6 | 1 << 11 | 1 << 35 | 1 << 36 | 1 << 38
"""Reacting, writing, opening public and private threads, writing in threads."""
_SUPPRESS_PREVIEWS = 1 << 2
_MARKUP = re.compile(r"[\\*_~`|<>#@:\[\]()+-]")


def calls(action: Action, guild: Any, lang: str = "en", context: Context = NOTHING) -> list[Request]:
    """Return the requests that carry out an action in a server.

    `{id}` in a path is taken from the answer to the request before it. Reads from the context: `channel`,
    `announcements`, `staff`, `channels`, `roles`, `direct`, `members`, `text` and `state`, and `decided` for the end of
    a mute. Raises UnsupportedError for what Discord can't do or the context lacks.
    """
    if action.do not in CAN:
        raise lacking(action, LACKS, lang)
    server = str(guild)
    match action.do:
        case "announce" | "notify" | "reply" | "send" | "warn":
            requests = _messages(action, server, lang, context)
        case "delete" | "redact" | "hide":
            requests = list(_deletions(messages(action), action, context))
        case "pin" | "unpin":
            requests = [_pin(action, context)]
        case "poll":
            requests = [_poll(action, lang, context)]
        case "lock" | "unlock" | "close_joining" | "open_joining":
            requests = [_on_server(action, server, context)]
        case "lock_channel" | "unlock_channel" | "lock_thread" | "unlock_thread" | "slow_mode":
            requests = [_on_channel(action, server, context)]
        case "kick" | "ban" | "suspend" | "unban":
            requests = [_sent_away(action, server)]
        case _:
            requests = [_on_member(action, server, context)]
    return requests


def _headers(action: Action) -> dict[str, str]:
    """The reason for the audit log: percent-encoded, and cut if it would be too long."""
    most, kept = DISCORD["reason"].value, ""
    for letter in texts.sound(reason(action)):
        coded = quote(letter, safe="")
        if len(kept) + len(coded) > most:
            break
        kept += coded
    return {"X-Audit-Log-Reason": kept} if kept else {}


def _pin(action: Action, context: Context) -> Request:
    channel, message = _message(target(action), context)
    method = "PUT" if action.do == "pin" else "DELETE"
    return Request(method, f"/channels/{channel}/messages/pins/{message}", None, _headers(action))


def _message(id: str, context: Context) -> tuple[str, str]:
    """The channel and message in a message's id."""
    channel, slash, message = id.rpartition("/")
    if not slash:
        if context.channel is None:
            raise UnsupportedError(f"the channel of message {id} is not known")
        channel = context.channel
    return _in_path(channel), _in_path(message)


def _in_path(part: str) -> str:
    return quote(part, safe="", errors="replace")


# --- messages that go ---------------------------------------------------------------------------------


def _deletions(ids: Sequence[str], action: Action, context: Context) -> Iterator[Request]:
    """Many at once where Discord allows it: in one channel, at least two, none older than two weeks."""
    by_channel: dict[str, list[str]] = {}
    for id in ids:
        channel, message = _message(id, context)
        by_channel.setdefault(channel, []).append(message)
    most = DISCORD["delete_at_once"].value
    for channel, known in by_channel.items():
        young = [id for id in known if _is_young(id, context.now)]
        rows = [young[start : start + most] for start in range(0, len(young), most)]
        single = [id for id in known if id not in young] + [id for row in rows if len(row) == 1 for id in row]
        for row in rows:
            if len(row) > 1:
                path = f"/channels/{channel}/messages/bulk-delete"
                yield Request("POST", path, {"messages": row}, _headers(action))
        yield from (Request("DELETE", f"/channels/{channel}/messages/{id}", None, _headers(action)) for id in single)


def _is_young(id: str, now: float) -> bool:
    """Whether a message can be deleted in bulk; an hour is kept for calls that wait."""
    if not now or not id.isdecimal() or len(id) > 20:
        return False
    return created_ms(id) > now - DISCORD["delete_at_once_within"].value * 1000 + HOUR


# --- members ------------------------------------------------------------------------------------------


def _sent_away(action: Action, server: str) -> Request:
    place = "members" if action.do == "kick" else "bans"
    path = f"/guilds/{_in_path(server)}/{place}/{_in_path(target(action))}"
    if action.do in ("ban", "suspend"):
        return Request("PUT", path, {"delete_message_seconds": 0}, _headers(action))
    return Request("DELETE", path, None, _headers(action))


def _on_member(action: Action, server: str, context: Context) -> Request:
    path = f"/guilds/{_in_path(server)}/members/{_in_path(target(action))}"
    if action.do in ("add_role", "remove_role"):
        role = _role(str(action.parameters.get("role", "")), server, context)
        method = "PUT" if action.do == "add_role" else "DELETE"
        return Request(method, f"{path}/roles/{_in_path(role)}", None, _headers(action))
    if action.do == "rename":
        name = texts.sound(str(action.parameters.get("name", "")))
        return Request("PATCH", path, {"nick": texts.cut(name, DISCORD["name"].value)}, _headers(action))
    until = None
    if action.do == "mute":
        until = instant(context.until(min(seconds(action, "duration"), DISCORD["mute"].value) * 1000))
    return Request("PATCH", path, {"communication_disabled_until": until}, _headers(action))


def _role(name: str, server: str, context: Context) -> str:
    known = {text(role.get("name")): text(role.get("id")) for role in _roles(server, context)}
    id = context.roles.get(name) or known.get(name) or (name if name in known.values() else "")
    if not id or id == server:
        raise UnsupportedError(f"the server has no role `{name}`")
    return id


def _roles(server: str, context: Context) -> list[Mapping[str, Any]]:
    return [mapping(role) for role in sequence(mapping(context.state.get(server)).get("roles"))]


# --- channels and the server --------------------------------------------------------------------------


def _on_server(action: Action, server: str, context: Context) -> Request:
    if action.do in ("close_joining", "open_joining"):
        until = context.until(DISCORD["closed"].value * 1000) if action.do == "close_joining" else None
        body = {"invites_disabled_until": None if until is None else instant(until)}
        return Request("PUT", f"/guilds/{_in_path(server)}/incident-actions", body, _headers(action))
    everybody = next((role for role in _roles(server, context) if text(role.get("id")) == server), None)
    if everybody is None:
        raise UnsupportedError(f"{action.do}: the rights of everybody in the server are not known")
    rights = _bits(everybody.get("permissions"))
    rights = rights & ~_WRITING if action.do == "lock" else rights | _WRITING
    path = f"/guilds/{_in_path(server)}/roles/{_in_path(server)}"
    return Request("PATCH", path, {"permissions": str(rights)}, _headers(action))


def _bits(written: Any) -> int:
    """Permissions as Discord writes them: a number with more digits than a float keeps."""
    digits = text(written)
    return int(digits) if digits.isdecimal() and len(digits) < 30 else 0


def _on_channel(action: Action, server: str, context: Context) -> Request:
    where = target(action)
    path = f"/channels/{_in_path(where.rpartition('/')[2])}"  # a thread has the id of the message it began with
    if action.do == "slow_mode":
        body: Json = {"rate_limit_per_user": min(seconds(action, "interval"), DISCORD["slow_mode"].value)}
        return Request("PATCH", path, body, _headers(action))
    if action.do in ("lock_thread", "unlock_thread"):
        return Request("PATCH", path, {"locked": action.do == "lock_thread", "archived": False}, _headers(action))
    known = context.state.get(where)
    if known is None:
        raise UnsupportedError(f"{action.do}: the rights in the channel are not known")
    rows = [mapping(row) for row in sequence(known.get("permission_overwrites"))]
    own = next((row for row in rows if text(row.get("id")) == server), {})
    allow, deny = _bits(own.get("allow")), _bits(own.get("deny"))
    locking = action.do == "lock_channel"
    allow, deny = (allow & ~_WRITING, deny | _WRITING) if locking else (allow, deny & ~_WRITING)
    body = {"type": 0, "allow": str(allow), "deny": str(deny)}
    return Request("PUT", f"{path}/permissions/{_in_path(server)}", body, _headers(action))


# --- messages that come -------------------------------------------------------------------------------


def _messages(action: Action, server: str, lang: str, context: Context) -> list[Request]:
    words = texts.words_of(action, context, lang)
    if not words:
        raise UnsupportedError(f"{action.do}: there is nothing to say")
    opening, channel = _where(action, context)
    front, roles = _front(action, server, context)
    pieces = texts.split(
        [*front, *texts.parts(words, texts.mentionable(action, context))], DISCORD["text"].value, _as_written
    )
    return [
        *opening,
        *(
            Request("POST", f"/channels/{channel}/messages", _body(action, piece, index, roles, context))
            for index, piece in enumerate(pieces)
        ),
    ]


def _where(action: Action, context: Context) -> tuple[list[Request], str]:
    """The channel for a message, and the request that opens it if it is a private one."""
    if action.do == "send":
        return _recipient(str(action.parameters.get("to", "")), context)
    if action.do == "reply":
        return [], _message(target(action), context)[0]
    own = context.announcements if action.do == "announce" else None
    if action.do == "notify" and "role" in action.parameters:
        own = context.staff
    channel = own or context.channel
    if channel is None:
        raise UnsupportedError(f"{action.do}: no channel to write to is known")
    return [], _in_path(channel)


def _recipient(to: str, context: Context) -> tuple[list[Request], str]:
    if to in context.channels or to in context.channels.values() or to in context.state:
        return [], _in_path(context.channels.get(to, to))
    if to in context.direct:
        return [], _in_path(context.direct[to])
    if not to.isdecimal():
        raise UnsupportedError(f"send: no channel called {to} is known")
    return [Request("POST", "/users/@me/channels", {"recipient_id": to})], "{id}"


def _front(action: Action, server: str, context: Context) -> tuple[texts.Piece, list[str]]:
    """Who a message names in front, and the roles it pings."""
    if action.do == "notify" and "role" in action.parameters:
        try:
            role = _role(str(action.parameters["role"]), server, context)
        except UnsupportedError:  # without such a role here they read it in the staff channel
            return [], []
        return [texts.Mention(f"&{role}", str(action.parameters["role"])), " "], [role]
    addressee = spoken_to(action)
    return ([texts.Mention(addressee, addressee), " "] if addressee and addressee.isdecimal() else []), []


def _body(action: Action, piece: texts.Piece, index: int, roles: Sequence[str], context: Context) -> Json:
    named = [part.id for part in piece if isinstance(part, texts.Mention) and part.id.isdecimal()]
    allowed: Json = {"parse": [], "users": list(dict.fromkeys(named))[:100], "roles": list(roles) if index == 0 else []}
    body: Json = {
        "content": "".join(map(_as_written, piece)),
        "allowed_mentions": allowed,
        "flags": _SUPPRESS_PREVIEWS,
        "nonce": _nonce(action.key, index),
        "enforce_nonce": True,
    }
    if action.do == "reply" and index == 0:
        body["message_reference"] = {"message_id": _message(target(action), context)[1], "fail_if_not_exists": False}
        allowed["replied_user"] = True
    return body


def _nonce(key: str, index: int) -> str:
    suffix = f"-{index}" if index else ""
    return key[: DISCORD["nonce"].value - len(suffix)] + suffix


def _as_written(part: texts.Part) -> str:
    if isinstance(part, texts.Mention):
        return f"<@{part.id}>" if part.id.removeprefix("&").isdecimal() else _escaped(f"@{part.name}")
    return str(part) if isinstance(part, texts.Link) else _escaped(part)


def _escaped(plain: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", plain)


def _poll(action: Action, lang: str, context: Context) -> Request:
    channel = context.announcements or context.channel
    question = texts.sound(localised(action.parameters.get("question"), lang))
    options = [texts.sound(localised(option, lang)) for option in sequence(action.parameters.get("options"))]
    if channel is None:
        raise UnsupportedError("poll: no channel to write to is known")
    if not question or not 1 <= len(options) <= DISCORD["poll_options"].value:
        raise UnsupportedError(f"poll: a question and 1 to {DISCORD['poll_options'].value} answers are needed")
    answers = [{"poll_media": {"text": texts.cut(option, DISCORD["poll_option"].value)}} for option in options]
    poll: Json = {"question": {"text": texts.cut(question, DISCORD["poll_question"].value)}, "answers": answers}
    if "closes" in action.parameters:
        hours = math.ceil(seconds(action, "closes") / 3600)
        poll["duration"] = min(max(hours, 1), DISCORD["poll_open"].value)
    body = {"poll": poll, "allowed_mentions": {"parse": []}, "nonce": _nonce(action.key, 0), "enforce_nonce": True}
    return Request("POST", f"/channels/{_in_path(channel)}/messages", body)


# --- answers ------------------------------------------------------------------------------------------

_WAIT = 5.0
_UNKNOWN_MEMBER, _UNKNOWN_MESSAGE, _UNKNOWN_BAN = 10_007, 10_008, 10_026
_NO_RIGHT = (50_001, 50_013)  # missing access, missing permissions
_SO_ALREADY = {
    "delete": _UNKNOWN_MESSAGE,
    "hide": _UNKNOWN_MESSAGE,
    "redact": _UNKNOWN_MESSAGE,
    "unpin": _UNKNOWN_MESSAGE,
    "kick": _UNKNOWN_MEMBER,
    "unmute": _UNKNOWN_MEMBER,
    "remove_role": _UNKNOWN_MEMBER,
    "unban": _UNKNOWN_BAN,
}


def outcome(do: str, answer: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Outcome:
    """Say what an answer to one request means, by its status and the code in its body."""
    code = int(number(answer.get("code")))
    why = text(answer.get("message")) or f"HTTP {status}"
    if 200 <= status < 300:
        id, channel = text(answer.get("id")), text(answer.get("channel_id"))
        return wrote(f"{channel}/{id}" if id and channel and (do in _WRITTEN or do == "poll") else "")
    if status == 429:
        asked = number(answer.get("retry_after"), number(mapping(headers).get("Retry-After"), _WAIT))
        return Retry(max(asked, 0.0), why)
    if status >= 500:
        return Retry(_WAIT, why)
    if code and code == _SO_ALREADY.get(do):
        return Done()
    return Failed(why, rights=code in _NO_RIGHT)
