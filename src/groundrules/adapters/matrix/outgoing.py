"""Actions as calls of Matrix's client-server API, and what its answers mean.

A call that writes or redacts has the action's key as its transaction id, so that the server does it once. Changing
power levels, pins or join rules replaces a whole state event; the host gives the current one in the context's `state`:
`{room: {"m.room.power_levels": {…}, "m.room.pinned_events": {…}}}`. A mute is a power level below what writing needs,
and lasts until it is lifted (`ENDED_BY`). Nobody has power over the creators of a version 12 room.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from groundrules.adapters import texts
from groundrules.adapters.common import Json, localised, mapping, number, sequence, text
from groundrules.adapters.context import NOTHING, Context, UnsupportedError
from groundrules.adapters.limits import MATRIX
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
    spoken_to,
    target,
)
from groundrules.decisions import Action
from groundrules.narrate.localised import pick
from groundrules.outcomes import Done, Failed, Outcome, Retry, wrote

_LEVELS = frozenset({"m.room.power_levels"})
CAN: dict[str, frozenset[str]] = {
    "accept": frozenset({"invite"}),
    "add_role": _LEVELS,
    "announce": frozenset({"m.room.message"}),
    "ban": frozenset({"ban"}),
    "close_joining": frozenset({"m.room.join_rules"}),
    "delete": frozenset({"redact"}),
    "hide": frozenset({"redact"}),
    "kick": frozenset({"kick"}),
    "lock": _LEVELS,
    "lock_channel": _LEVELS,
    "mute": _LEVELS,
    "notify": frozenset({"m.room.message"}),
    "pin": frozenset({"m.room.pinned_events"}),
    "poll": frozenset({"org.matrix.msc3381.poll.start"}),
    "redact": frozenset({"redact"}),
    "refuse": frozenset({"kick"}),
    "remove_role": _LEVELS,
    "reply": frozenset({"m.room.message"}),
    "send": frozenset({"m.room.message"}),
    "suspend": frozenset({"ban"}),
    "unban": frozenset({"ban"}),
    "unlock": _LEVELS,
    "unlock_channel": _LEVELS,
    "unmute": _LEVELS,
    "unpin": frozenset({"m.room.pinned_events"}),
    "warn": frozenset({"m.room.message"}),
}
"""Action → what the bot's power level must reach: keys of `m.room.power_levels`, or event types it sends."""

LACKS: Lacks = {
    **OF_THE_HOST,
    **OF_NO_CHAT,
    "lock_thread": {"en": "Matrix can't close a thread", "zh": "Matrix 不能关闭话题"},
    "unlock_thread": {"en": "Matrix can't close a thread", "zh": "Matrix 不能关闭话题"},
    "open_joining": {
        "en": "what the join rule was before is nowhere kept; set it by hand",
        "zh": "之前的加入规则没有保存，请手动恢复",
    },
    "rename": {"en": "members name themselves", "zh": "成员的名字只有本人能改"},
    "slow_mode": {"en": "Matrix rooms have no slow mode", "zh": "Matrix 房间没有慢速模式"},
}
REPEATS: dict[str, Repeat] = repeats(
    CAN, keyed=("announce", "delete", "hide", "notify", "poll", "redact", "reply", "send", "warn")
)
ENDED_BY: dict[str, str] = {"mute": "unmute", "suspend": "unban"}
"""Timed actions that the platform doesn't end by itself → the action that ends them."""

_ADMIN = 50
_WRITTEN = ("announce", "notify", "reply", "send", "warn")


def calls(action: Action, room: str, lang: str = "en", context: Context = NOTHING) -> list[Request]:
    """Return the requests that carry out an action in a room.

    Reads from the context: `state`, `direct` (rooms for private messages), `channels`, `announcements`, `staff`,
    `members` and `text`. Raises UnsupportedError for what Matrix can't do or the context lacks.
    """
    if action.do not in CAN:
        raise lacking(action, LACKS, lang)
    match action.do:
        case "announce" | "notify" | "reply" | "send" | "warn":
            requests = _messages(action, room, lang, context)
        case "delete" | "redact" | "hide":
            why = {"reason": reason(action)}
            paths = (f"{_room(room)}/redact/{_in_path(id)}/{_in_path(action.key)}" for id in messages(action))
            requests = [Request("PUT", path, why) for path in paths]
        case "poll":
            requests = [_sent(room, "org.matrix.msc3381.poll.start", action.key, _poll(action, lang))]
        case "kick" | "ban" | "unban" | "suspend" | "accept" | "refuse":
            requests = [_membership(action, room, lang)]
        case "pin" | "unpin":
            requests = [_pins(action, room, context)]
        case "close_joining":
            requests = [_state(room, "m.room.join_rules", {"join_rule": "invite"})]
        case _:
            requests = [_state(room, "m.room.power_levels", _powers(action, room, context))]
    return requests


def _room(room: str) -> str:
    return f"/_matrix/client/v3/rooms/{_in_path(room)}"


def _in_path(part: str) -> str:
    return quote(str(part), safe="", errors="replace")


def _sent(room: str, type: str, transaction: str, content: Json) -> Request:
    return Request("PUT", f"{_room(room)}/send/{type}/{_in_path(transaction)}", content)


def _state(room: str, type: str, content: Json) -> Request:
    return Request("PUT", f"{_room(room)}/state/{type}", content)


def _membership(action: Action, room: str, lang: str) -> Request:
    name = {"suspend": "ban", "accept": "invite", "refuse": "kick"}.get(action.do, action.do)
    written_reason = pick(action.parameters.get("text") or {}, lang)
    return Request(
        "POST", f"{_room(room)}/{name}", {"user_id": target(action), "reason": written_reason or reason(action)}
    )


# --- state --------------------------------------------------------------------------------------------


def _standing(room: str, type: str, context: Context) -> Json:
    """A copy of the current state: replacing it must not drop what others set."""
    content = mapping(context.state.get(room)).get(type)
    if not isinstance(content, Mapping):
        raise UnsupportedError(f"the `{type}` of the room that stand now are not known")
    return dict(content)


def _pins(action: Action, room: str, context: Context) -> Request:
    known = mapping(context.state.get(room)).get("m.room.pinned_events")
    pinned = [id for id in map(text, sequence(mapping(known).get("pinned"))) if id != action.who]
    return _state(
        room, "m.room.pinned_events", {"pinned": [*pinned, *([target(action)] if action.do == "pin" else [])]}
    )


def _powers(action: Action, room: str, context: Context) -> Json:
    content = _standing(room, "m.room.power_levels", context)
    if action.do in ("lock", "lock_channel", "unlock", "unlock_channel"):
        return _write_from(content, _ADMIN if action.do.startswith("lock") else 0)
    if action.do in ("add_role", "remove_role") and action.parameters.get("role") != "admin":
        raise UnsupportedError(f"{action.do}: the only role that power levels give is `admin`")
    users = dict(mapping(content.get("users")))
    level = {"mute": _silent(content), "add_role": _ADMIN}.get(action.do)
    if level is None:
        users.pop(target(action), None)
    else:
        users[target(action)] = level
    return content | {"users": users}


def _write_from(content: Json, level: int) -> Json:
    events = dict(mapping(content.get("events")))
    if "m.room.message" in events:
        events["m.room.message"] = level
    return content | {"events_default": level} | ({"events": events} if events else {})


def _silent(content: Json) -> int:
    """A level at which nothing can be sent: one below what the least demanding event needs."""
    needed = [number(content.get("events_default")), *map(number, mapping(content.get("events")).values())]
    return max(int(min([0, *needed])) - 1, -MATRIX["power"].value)


# --- messages -----------------------------------------------------------------------------------------


def _messages(action: Action, room: str, lang: str, context: Context) -> list[Request]:
    words = texts.words_of(action, context, lang)
    if not words:
        raise UnsupportedError(f"{action.do}: there is nothing to say")
    where = _where(action, room, context)
    members = {id: name for id, name in texts.mentionable(action, context).items() if id.startswith("@")}
    parts = [*_front(action, context), *texts.parts(words, members)]
    pieces = texts.split(parts, MATRIX["text"].value, _as_html, _bytes)
    return [
        _sent(
            where,
            "m.room.message",
            action.key if index == 0 else f"{action.key}-{index}",
            _content(action, piece, index),
        )
        for index, piece in enumerate(pieces)
    ]


def _where(action: Action, room: str, context: Context) -> str:
    match action.do:
        case "announce":
            return context.announcements or room
        case "notify" if "role" in action.parameters:
            return context.staff or room
        case "send":
            return _recipient(str(action.parameters.get("to", "")), room, context)
    return context.channel or room


def _recipient(to: str, room: str, context: Context) -> str:
    if to.startswith("@"):
        if to not in context.direct:
            raise UnsupportedError(f"send: no room for private messages to {to} is known")
        return context.direct[to]
    known = context.channels.get(to, to)
    if not known.startswith("!"):
        raise UnsupportedError(f"send: no room called {to} is known")
    return known


def _front(action: Action, context: Context) -> texts.Piece:
    addressee = spoken_to(action)
    return [texts.Mention(addressee, context.members.get(addressee, addressee)), ": "] if addressee else []


def _content(action: Action, piece: texts.Piece, index: int) -> Json:
    """A notice. It always says who it pings, so that no name or `@room` in its text pings anybody."""
    mentioned = list(dict.fromkeys(part.id for part in piece if isinstance(part, texts.Mention)))
    plain = "".join(part.name if isinstance(part, texts.Mention) else part for part in piece)
    content: Json = {"msgtype": "m.notice", "body": plain, "m.mentions": {"user_ids": mentioned} if mentioned else {}}
    if mentioned:
        content |= {"format": "org.matrix.custom.html", "formatted_body": "".join(map(_as_html, piece))}
    if action.do == "reply" and index == 0:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": target(action)}}
    return content


def _as_html(part: texts.Part) -> str:
    if isinstance(part, texts.Mention):
        return f'<a href="https://matrix.to/#/{_in_path(part.id)}">{html.escape(part.name)}</a>'
    return html.escape(part).replace("\n", "<br>")


def _bytes(rendered: str) -> int:
    """The bytes a text takes as body and as formatted body; the body is never longer."""
    return 2 * (len(json.dumps(rendered, ensure_ascii=False).encode("utf-8", "replace")) - 2)


def _poll(action: Action, lang: str) -> Json:
    given = action.parameters.get("question")
    question = texts.sound(pick(given, lang) if isinstance(given, Mapping) else text(given))
    options = [texts.sound(localised(option, lang)) for option in sequence(action.parameters.get("options"))]
    if not question or not options:
        raise UnsupportedError("poll: a question and its answers are needed")
    shown = "\n".join([question, *(f"{index}. {option}" for index, option in enumerate(options, 1))])
    answers = [{"id": str(index), "org.matrix.msc1767.text": option} for index, option in enumerate(options)]
    start = {
        "kind": "org.matrix.msc3381.poll.disclosed",
        "max_selections": 1,
        "question": {"org.matrix.msc1767.text": question},
        "answers": answers,
    }
    return {"org.matrix.msc3381.poll.start": start, "org.matrix.msc1767.text": shown, "m.mentions": {}}


# --- answers ------------------------------------------------------------------------------------------

_WAIT = 5.0
_SO_ALREADY = {
    "accept": ("already in the room", "already joined", "is already"),
    "kick": ("not in the room", "not in room"),
    "refuse": ("not in the room", "not in room"),
    "unban": ("not banned", "was not banned"),
}


def outcome(do: str, answer: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Outcome:
    """Say what an answer to one request means, by its status, `errcode` and `error`."""
    code, message = text(answer.get("errcode")), text(answer.get("error"))
    why = message or code or f"HTTP {status}"
    if 200 <= status < 300 and not code:
        return wrote(text(answer.get("event_id")) if do in _WRITTEN or do == "poll" else "")
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        asked = number(mapping(headers).get("Retry-After"), number(answer.get("retry_after_ms"), _WAIT * 1000) / 1000)
        return Retry(max(asked, 0.0), why)
    if status >= 500:
        return Retry(_WAIT, why)
    if any(phrase in message.lower() for phrase in _SO_ALREADY.get(do, ())) or (
        do == "unban" and code == "M_BAD_STATE"
    ):
        return Done()
    return Failed(why, rights=code == "M_FORBIDDEN")
