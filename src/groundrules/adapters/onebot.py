"""OneBot 11 (QQ groups): its events as events of std/chat, and actions as its API calls.

A group is a community of one channel. OneBot gives a group message's sender with card, nickname and role; the other
notices carry ids only, and rosters fill the rest in (`roster`). Texts come as segments or as CQ codes; both are read.

The format: https://github.com/botuniverse/onebot-11 (MIT).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from groundrules.adapters.common import Json, event, links, member
from groundrules.calendar.instants import format_ms
from groundrules.decisions import Action
from groundrules.narrate.localised import pick

_HEADER = ("actor", "channel")
_SENDER = frozenset({*_HEADER, "actor.name", "actor.roles", "actor.level", "actor.self"})
_NOTICE = frozenset({*_HEADER, "actor.self"})
_ON_SOMEBODY = _NOTICE | {"target"}

SUPPLIES: dict[str, frozenset[str]] = {
    "message": _SENDER
    | {"text", "links", "mentions", "mentions_everyone", "attachments", "reply_to", "anonymous", "forwarded"},
    "message.deleted": _NOTICE | {"message", "message.author"},
    "member.joined": _NOTICE | {"inviter", "source"},
    "member.left": _NOTICE,
    "member.kicked": _ON_SOMEBODY,
    "member.muted": _ON_SOMEBODY | {"duration"},
    "member.unmuted": _ON_SOMEBODY,
    "role.added": _ON_SOMEBODY | {"role"},
    "role.removed": _ON_SOMEBODY | {"role"},
    "join.requested": _NOTICE | {"answer", "source"},
    "document.shared": _NOTICE | {"document", "document.title"},
    "roster": frozenset({"members", "members.name", "members.roles", "members.level", "members.joined"}),
}

_KINDS = {
    "image": "image",
    "record": "voice",
    "video": "video",
    "face": "sticker",
    "mface": "sticker",
    "file": "file",
    "contact": "card",
    "location": "location",
    "share": "link",
    "json": "mini_app",
    "xml": "mini_app",
}
_CQ = re.compile(r"\[CQ:([^,\]]+)((?:,[^\]]*)?)\]")
_ENTITIES = (("&#91;", "["), ("&#93;", "]"), ("&#44;", ","), ("&amp;", "&"))


def events(raw: Mapping[str, Any]) -> list[Json]:
    """Return the events that one OneBot event stands for; none for what concerns no group."""
    if "group_id" not in raw:
        return []
    match raw.get("post_type"):
        case "message" | "message_sent":
            return [_message(raw)]
        case "notice":
            return list(_notice(raw))
        case "request" if raw.get("request_type") == "group" and raw.get("sub_type") == "add":
            return [_base(raw, "join.requested", _who(raw), answer=raw.get("comment"), source="search")]
    return []


def roster(group: Any, members: Iterable[Mapping[str, Any]], time: float) -> Json:
    """The event that seeds a group's roster from `get_group_member_list`; `time` in seconds since 1970."""
    known = [_sender(one, joined=one.get("join_time")) for one in members]
    return event(f"roster-{group}-{int(time)}", "roster", time * 1000, str(group), members=known)


# --- coming in ----------------------------------------------------------------------------------------


def _base(raw: Mapping[str, Any], type: str, actor: Json, id: str | None = None, **fields: Any) -> Json:
    group = str(raw["group_id"])
    name = id or f"{type}-{raw['time']}-{raw.get('user_id', '')}-{raw.get('operator_id', '')}"
    said = {"channel": {"id": group}, "actor": actor, **fields}
    return event(name, type, float(raw["time"]) * 1000, group, **said)


def _who(raw: Mapping[str, Any], key: str = "user_id") -> Json:
    id = raw.get(key)
    return member(id, self=True if id == raw.get("self_id") else None)


def _sender(sender: Mapping[str, Any], **facts: Any) -> Json:
    role = sender.get("role")
    if facts.get("joined"):
        facts["joined"] = format_ms(int(facts["joined"]) * 1000)
    level = str(sender.get("level", ""))
    return member(
        sender["user_id"],
        sender.get("card") or sender.get("nickname"),
        roles=[role] if role in ("owner", "admin") else [],
        level=int(level) if level.isdecimal() else None,
        **facts,
    )


def _message(raw: Mapping[str, Any]) -> Json:
    segments = list(_segments(raw["message"]))
    text = "".join(str(data.get("text", "")) for kind, data in segments if kind == "text")
    at = [str(data.get("qq")) for kind, data in segments if kind == "at"]
    own = raw.get("user_id") == raw.get("self_id")
    actor = _sender({"user_id": raw.get("user_id"), **(raw.get("sender") or {})}, self=own or None)
    reply = next((str(data.get("id")) for kind, data in segments if kind == "reply"), None)
    return _base(
        raw,
        "message",
        actor,
        id=str(raw["message_id"]),
        text=text.strip(),
        links=links(text),
        mentions=[{"id": who} for who in at if who != "all"],
        mentions_everyone="all" in at,
        attachments=[{"kind": _KINDS[kind]} for kind, _ in segments if kind in _KINDS],
        reply_to=reply,
        anonymous=True if raw.get("anonymous") else None,
        forwarded=True if any(kind == "forward" for kind, _ in segments) else None,
    )


def _segments(message: str | Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Kind and data of each part of a message, written as segments or as CQ codes."""
    if not isinstance(message, str):
        yield from ((str(part.get("type")), part.get("data") or {}) for part in message)
        return
    end = 0
    for found in _CQ.finditer(message):
        yield "text", {"text": _plain(message[end : found.start()])}
        pairs = (pair.partition("=") for pair in found[2].split(",") if "=" in pair)
        yield found[1], {key: _plain(value) for key, _, value in pairs}
        end = found.end()
    yield "text", {"text": _plain(message[end:])}


def _plain(text: str) -> str:
    for entity, letter in _ENTITIES:
        text = text.replace(entity, letter)
    return text


def _notice(raw: Mapping[str, Any]) -> Iterator[Json]:
    kind, detail = raw.get("notice_type"), raw.get("sub_type")
    by: dict[str, Any] = {"actor": _who(raw, "operator_id"), "target": _who(raw)}
    match kind, detail:
        case "group_increase", _:
            inviter = _who(raw, "operator_id") if detail == "invite" else None
            yield _base(raw, "member.joined", _who(raw), inviter=inviter, source=detail)
        case "group_decrease", "leave":
            yield _base(raw, "member.left", _who(raw))
        case "group_decrease", _:
            yield _base(raw, "member.kicked", **by)
        case "group_ban", "ban":
            yield _base(raw, "member.muted", **by, duration=int(raw.get("duration", 0)) * 1000)
        case "group_ban", _:
            yield _base(raw, "member.unmuted", **by)
        case "group_admin", _:
            type = "role.added" if detail == "set" else "role.removed"
            owner = {"id": f"owner-of-{raw['group_id']}"}  # only an owner can, and the notice does not say who that is
            yield _base(raw, type, owner, target=by["target"], role="admin")
        case "group_recall", _:
            message = {"id": str(raw["message_id"]), "author": _who(raw)}
            yield _base(raw, "message.deleted", by["actor"], id=f"recall-{raw['message_id']}", message=message)
        case "group_upload", _:
            file = raw.get("file") or {}
            document = {"id": str(file.get("id", "")), "title": str(file.get("name", ""))}
            yield _base(raw, "document.shared", _who(raw), id=f"file-{file.get('id')}", document=document)


# --- going out ----------------------------------------------------------------------------------------


def calls(action: Action, group: Any, lang: str = "zh") -> list[tuple[str, Json]]:
    """Return the API calls (name, parameters) that carry out an action in a group; none for what OneBot can't do."""
    base, told = {"group_id": group}, action.parameters
    text = pick(told.get("text") or {}, lang)
    found: list[tuple[str, Json]] = []
    match action.do:
        case "delete":
            found = [("delete_msg", {"message_id": id}) for id in told.get("events", [])]
        case "redact" | "hide":  # a message can't be changed here
            found = [("delete_msg", {"message_id": action.who})]
        case "mute":
            found = [("set_group_ban", {**base, "user_id": action.who, "duration": told["duration"] // 1000})]
        case "unmute":
            found = [("set_group_ban", {**base, "user_id": action.who, "duration": 0})]
        case "kick" | "ban":
            found = [("set_group_kick", {**base, "user_id": action.who, "reject_add_request": action.do == "ban"})]
        case "lock" | "unlock":
            found = [("set_group_whole_ban", {**base, "enable": action.do == "lock"})]
        case "rename":
            found = [("set_group_card", {**base, "user_id": action.who, "card": str(told.get("name", ""))})]
        case "reply" | "announce" | "warn" | "notify" if text:
            found = [("send_group_msg", {**base, "message": _outgoing(action, text)})]
        case "send" if text:
            to = str(told.get("to", ""))
            own = to in ("", str(group)) or not to.isdecimal()
            found = [
                ("send_group_msg", {**base, "message": _outgoing(action, text)})
                if own
                else ("send_private_msg", {"user_id": to, "message": _outgoing(action, text)})
            ]
    return found


def _outgoing(action: Action, text: str) -> list[Json]:
    said: list[Json] = [{"type": "text", "data": {"text": text}}]
    if action.do == "reply":
        return [{"type": "reply", "data": {"id": action.who}}, *said]
    return [{"type": "at", "data": {"qq": action.who}}, *said] if action.do == "warn" else said
