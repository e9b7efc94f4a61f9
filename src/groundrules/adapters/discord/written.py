"""What comes with a message on Discord, and its instants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from groundrules.adapters.common import Json, instant, mapping, number, sequence, text

_EPOCH = 1_420_070_400_000
_VOICE_MESSAGE = 1 << 13
_LONGEST_EMBED = 6_000


def created(id: str) -> str | None:
    """When an account or anything else with a snowflake was created."""
    return instant(created_ms(id)) if id.isdecimal() and len(id) < 21 and int(id) >> 22 else None


def created_ms(id: str) -> float:
    """When a snowflake was created, in milliseconds since 1970."""
    return (int(id) >> 22) + _EPOCH


def ms_of(written: Any) -> float | None:
    """An instant as Discord writes it, in milliseconds since 1970."""
    try:
        return datetime.fromisoformat(text(written)).timestamp() * 1000
    except (ValueError, OverflowError, OSError):
        return None


def rfc(written: Any) -> str | None:
    ms = ms_of(written)
    return None if ms is None else instant(ms)


def attachments(body: Mapping[str, Any]) -> Iterator[Json]:
    voice = int(number(body.get("flags"))) & _VOICE_MESSAGE
    for file in map(mapping, sequence(body.get("attachments"))):
        mime = text(file.get("content_type"))
        kind = mime.partition("/")[0] if mime.partition("/")[0] in ("image", "video", "audio") else "file"
        size = number(file.get("size"), -1)
        fields = {"id": text(file.get("id")), "name": text(file.get("filename")), "mime": mime.partition(";")[0]}
        fields |= {"url": text(file.get("url")), "text": text(file.get("description"))}
        yield (
            {"kind": "voice" if voice and kind == "audio" else kind}
            | {key: value for key, value in fields.items() if value}
            | ({"size": int(size)} if 0 <= size < 2**53 else {})
        )
    for sticker in map(mapping, sequence(body.get("sticker_items"))):
        fields = {"id": text(sticker.get("id")), "name": text(sticker.get("name"))}
        yield {"kind": "sticker"} | {key: value for key, value in fields.items() if value}
    if poll := poll_of(body.get("poll")):
        yield {"kind": "poll", "name": poll.get("question", ""), "text": "\n".join(poll["options"])}


def cards(body: Mapping[str, Any]) -> Iterator[Json]:
    """Embeds written by a program, and its buttons; Discord's link previews add nothing new."""
    for embed in map(mapping, sequence(body.get("embeds"))):
        if embed.get("type", "rich") == "rich":
            fields = [mapping(field) for field in sequence(embed.get("fields"))]
            lines = [
                text(embed.get("description")),
                *(text(field.get(key)) for field in fields for key in ("name", "value")),
            ]
            yield _card(text(embed.get("title")), "\n".join(filter(None, lines)), text(embed.get("url")))
    for part in _components(body.get("components"), 6):
        words, url = text(part.get("content")), text(part.get("url"))
        if words or url:
            yield _card(text(part.get("label")), words, url)


def _card(name: str, words: str, url: str) -> Json:
    fields = {"name": name, "text": words[:_LONGEST_EMBED], "url": url}
    return {"kind": "card"} | {key: value for key, value in fields.items() if value}


def _components(rows: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    for part in map(mapping, sequence(rows)) if depth else ():
        yield part
        yield from _components(part.get("components"), depth - 1)
        yield from _components([part[key] for key in ("accessory", "component") if key in part], depth - 1)


def poll_of(raw: Any) -> Json:
    """A poll's question and answers; empty if there is none."""
    poll = mapping(raw)
    if not poll:
        return {}
    question = text(mapping(poll.get("question")).get("text"))
    media = [mapping(mapping(answer).get("poll_media")) for answer in sequence(poll.get("answers"))]
    closes = rfc(poll.get("expiry"))
    return (
        ({"question": question} if question else {})
        | {"options": [text(option.get("text")) for option in media if text(option.get("text"))]}
        | ({"closes": closes} if closes else {})
    )
