"""OneBot 11 (QQ groups): its events as events of std/chat, and actions as its API calls.

A group is a community of one channel. OneBot gives a group message's sender with card, nickname and role; the other
notices carry ids only, and rosters fill the rest in (`roster`). Texts come as segments or as CQ codes; both are read.
Cards that lead somewhere count as links. All members of a group that write under a mask have one number; here each is
known by the id of the mask, and can't be muted or sent away. That everybody is muted (member 0) is no member's affair.

The format: https://github.com/botuniverse/onebot-11 (MIT).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from groundrules.adapters.common import Json, event, instant, links, mapping, member, number, sequence, text
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

ACTIONS = frozenset(
    {
        *("delete", "redact", "hide", "mute", "unmute", "kick", "ban", "lock", "unlock", "rename"),
        *("reply", "announce", "warn", "notify", "send"),
    }
)

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
_EVERYBODY = ("all", "0")
_MASKED = "anonymous-"
_HIGHEST = 2**31 - 1
_LONGEST_CARD = 50_000
_LONGEST_MUTE = 30 * 86_400 - 1
"""Seconds; QQ refuses thirty days."""

_CQ = re.compile(r"\[CQ:([^,\[\]]+)((?:,[^\[\]]*)?)\]")
_ENTITIES = (("&#91;", "["), ("&#93;", "]"), ("&#44;", ","), ("&amp;", "&"))


def events(raw: Mapping[str, Any]) -> list[Json]:
    """Return the events that one OneBot event stands for; none for what concerns no group."""
    if not text(raw.get("group_id")):
        return []
    match raw.get("post_type"):
        case "message" | "message_sent" if raw.get("sub_type") != "notice":  # where QQ itself speaks
            return [_message(raw)]
        case "notice":
            return list(_notice(raw))
        case "request" if raw.get("request_type") == "group" and raw.get("sub_type") == "add":
            return [_base(raw, "join.requested", _who(raw), answer=text(raw.get("comment")), source="search")]
    return []


def roster(group: Any, members: Iterable[Mapping[str, Any]], time: float) -> Json:
    """The event that seeds a group's roster from `get_group_member_list`; `time` in seconds since 1970."""
    known = [_sender(mapping(row)) for row in members]
    return event(f"roster-{group}-{int(time)}", "roster", time * 1000, str(group), members=known)


# --- coming in ----------------------------------------------------------------------------------------


def _base(raw: Mapping[str, Any], type: str, actor: Json, id: str | None = None, **fields: Any) -> Json:
    group = text(raw["group_id"])
    name = id or f"{type}-{text(raw.get('time'))}-{text(raw.get('user_id'))}-{text(raw.get('operator_id'))}"
    fields = {"channel": {"id": group}, "actor": actor, **fields}
    return event(name, type, number(raw.get("time")) * 1000, group, **fields)


def _who(raw: Mapping[str, Any], key: str = "user_id") -> Json:
    id = text(raw.get(key)) or "0"
    return member(id, self=True if id == text(raw.get("self_id")) else None)


def _sender(sender: Mapping[str, Any], **facts: Any) -> Json:
    role, level = sender.get("role"), number(sender.get("level"), -1)
    joined = number(sender.get("join_time"))  # 0 where QQ does not say
    return member(
        text(sender.get("user_id")) or "0",
        text(sender.get("card")) or text(sender.get("nickname")),
        roles=[role] if role in ("owner", "admin") else [],
        level=int(level) if 0 <= level <= _HIGHEST else None,
        joined=instant(joined * 1000) if joined > 0 else None,
        **facts,
    )


def _message(raw: Mapping[str, Any]) -> Json:
    segments = list(_segments(raw.get("message")))
    written = "".join(text(data.get("text")) for kind, data in segments if kind == "text")
    at = [text(data.get("qq")) for kind, data in segments if kind == "at"]
    mask = text(mapping(raw.get("anonymous")).get("id"))
    id = f"{_MASKED}{mask}" if mask else text(raw.get("user_id"))
    own = id == text(raw.get("self_id"))
    replies = [text(data.get("id")) for kind, data in segments if kind == "reply"]
    return _base(
        raw,
        "message",
        _sender({**mapping(raw.get("sender")), "user_id": id}, self=own or None),
        id=text(raw.get("message_id")),
        text=written.strip(),
        links=links(written, *(link for kind, data in segments for link in _links_of_card(kind, data))),
        mentions=[{"id": who} for who in at if who not in ("", *_EVERYBODY)],
        mentions_everyone=any(who in _EVERYBODY for who in at),
        attachments=[_attachment(kind, data) for kind, data in segments if kind in _KINDS],
        reply_to=next(filter(None, replies), None),
        anonymous=True if raw.get("anonymous") else None,
        forwarded=True if any(kind == "forward" for kind, _ in segments) else None,
    )


def _attachment(kind: str, data: Mapping[str, Any]) -> Json:
    """A card's title and text are words that members read."""
    attachment = {"kind": _KINDS[kind]}
    if kind == "share":
        fields = {"name": data.get("title"), "text": data.get("content"), "url": data.get("url")}
        attachment |= {name: text(value) for name, value in fields.items() if text(value)}
    elif kind in ("json", "xml") and (words := _words_of_card(data)):
        attachment["text"] = words
    return attachment


def _links_of_card(kind: str, data: Mapping[str, Any]) -> Iterator[Json]:
    if kind == "share" and (url := text(data.get("url"))):
        title = text(data.get("title"))
        yield {"url": url, "text": title} if title else {"url": url}
    elif kind in ("json", "xml"):
        yield from ({"url": link["url"]} for link in links(_words_of_card(data)))


def _words_of_card(data: Mapping[str, Any]) -> str:
    """What a card of JSON or XML holds, its escapes undone."""
    written = text(data.get("data"))[:_LONGEST_CARD]
    try:
        return json.dumps(json.loads(written), ensure_ascii=False)
    except (ValueError, RecursionError):
        return _plain(written)


def _segments(message: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Kind and data of each part of a message, written as segments or as CQ codes."""
    if not isinstance(message, str):
        parts = sequence([message] if isinstance(message, Mapping) else message)
        yield from ((text(part.get("type")), mapping(part.get("data"))) for part in map(mapping, parts))
        return
    end = 0
    for code in _CQ.finditer(message):
        yield "text", {"text": _plain(message[end : code.start()])}
        pairs = (pair.partition("=") for pair in code[2].split(",") if "=" in pair)
        yield code[1], {key: _plain(value) for key, _, value in pairs}
        end = code.end()
    yield "text", {"text": _plain(message[end:])}


def _plain(written: str) -> str:
    for entity, letter in _ENTITIES:
        written = written.replace(entity, letter)
    return written


def _notice(raw: Mapping[str, Any]) -> Iterator[Json]:
    kind, detail = raw.get("notice_type"), raw.get("sub_type")
    by: dict[str, Any] = {"actor": _who(raw, "operator_id"), "target": _who(raw)}
    match kind, detail:
        case "group_increase", _:
            invited = detail == "invite" and text(raw.get("operator_id")) not in ("", "0")
            inviter = _who(raw, "operator_id") if invited else None
            yield _base(raw, "member.joined", _who(raw), inviter=inviter, source=text(detail) or None)
        case "group_decrease", "leave":
            yield _base(raw, "member.left", _who(raw))
        case "group_decrease", _:
            yield _base(raw, "member.kicked", **by)
        case "group_ban", _ if text(raw.get("user_id")) in ("", "0"):
            return  # everybody is muted, or may speak again
        case "group_ban", "ban":
            seconds = min(max(number(raw.get("duration")), 0), _LONGEST_MUTE + 1)
            yield _base(raw, "member.muted", **by, duration=int(seconds * 1000))
        case "group_ban", _:
            yield _base(raw, "member.unmuted", **by)
        case "group_admin", _:
            type = "role.added" if detail == "set" else "role.removed"
            owner = {
                "id": f"owner-of-{text(raw['group_id'])}"
            }  # only an owner can, and the notice does not say who that is
            yield _base(raw, type, owner, target=by["target"], role="admin")
        case "group_recall", _ if id := text(raw.get("message_id")):
            message = {"id": id, "author": _who(raw)}
            yield _base(raw, "message.deleted", by["actor"], id=f"recall-{id}", message=message)
        case "group_upload", _:
            file = mapping(raw.get("file"))
            document = {"id": text(file.get("id")) or "unknown", "title": text(file.get("name"))}
            yield _base(raw, "document.shared", _who(raw), id=f"file-{document['id']}", document=document)


# --- going out ----------------------------------------------------------------------------------------


def calls(action: Action, group: Any, lang: str = "zh") -> list[tuple[str, Json]]:
    """Return the API calls (name, parameters) that carry out an action in a group; none for what OneBot can't do."""
    base, parameters = {"group_id": group}, action.parameters
    words = pick(parameters.get("text") or {}, lang)
    requests: list[tuple[str, Json]] = []
    match action.do:
        case "delete":
            requests = [("delete_msg", {"message_id": id}) for id in parameters.get("events", [])]
        case "redact" | "hide":  # a message can't be changed here
            requests = [("delete_msg", {"message_id": action.who})]
        case "mute" | "unmute" | "kick" | "ban" | "rename" if str(action.who).startswith(_MASKED):
            pass
        case "mute":  # 0 would lift a mute
            seconds = min(max(math.ceil(parameters["duration"] / 1000), 1), _LONGEST_MUTE)
            requests = [("set_group_ban", {**base, "user_id": action.who, "duration": seconds})]
        case "unmute":
            requests = [("set_group_ban", {**base, "user_id": action.who, "duration": 0})]
        case "kick" | "ban":
            requests = [("set_group_kick", {**base, "user_id": action.who, "reject_add_request": action.do == "ban"})]
        case "lock" | "unlock":
            requests = [("set_group_whole_ban", {**base, "enable": action.do == "lock"})]
        case "rename":
            requests = [("set_group_card", {**base, "user_id": action.who, "card": str(parameters.get("name", ""))})]
        case "reply" | "announce" | "warn" | "notify" if words:
            requests = [("send_group_msg", {**base, "message": _outgoing(action, words)})]
        case "send" if words:
            to = str(parameters.get("to", ""))
            own = to in ("", str(group)) or not to.isdecimal()
            requests = [
                ("send_group_msg", {**base, "message": _outgoing(action, words)})
                if own
                else ("send_private_msg", {"user_id": to, "message": _outgoing(action, words)})
            ]
    return requests


def _outgoing(action: Action, words: str) -> list[Json]:
    segments: list[Json] = [{"type": "text", "data": {"text": words}}]
    if action.do == "reply":
        return [{"type": "reply", "data": {"id": action.who}}, *segments]
    return [{"type": "at", "data": {"qq": action.who}}, *segments] if action.do == "warn" else segments
