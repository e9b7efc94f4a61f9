"""What a message says on Telegram, and which users it involves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from groundrules.adapters.common import Json, instant, links, mapping, member, number, sequence, text
from groundrules.adapters.context import Context

_MEDIA = {
    "photo": "image",
    "animation": "image",
    "video": "video",
    "video_note": "video",
    "audio": "audio",
    "voice": "voice",
    "document": "file",
    "sticker": "sticker",
    "dice": "sticker",
    "contact": "contact",
    "venue": "location",
    "location": "location",
    "poll": "poll",
    "story": "other",
    "game": "mini_app",
    "invoice": "card",
    "paid_media": "other",
    "checklist": "card",
    "giveaway": "card",
}


def user_of(user: Mapping[str, Any], context: Context, **facts: Any) -> Json:
    id = text(user.get("id")) or "0"
    name = " ".join(filter(None, (text(user.get("first_name")), text(user.get("last_name")))))
    return member(
        id,
        name or text(user.get("username")),
        bot=True if user.get("is_bot") is True else None,
        language=text(user.get("language_code")) or None,
        self=True if id == context.own else None,
        **facts,
    )


def written(data: Mapping[str, Any], context: Context) -> Json:
    """Text or caption, links in it, behind words, on buttons and in previews, mentions, and attachments."""
    words = (
        text(data.get("text")) or text(data.get("caption")) or poll_of(mapping(data.get("poll"))).get("question", "")
    )
    marks = [mapping(entity) for entity in sequence(data.get("entities")) or sequence(data.get("caption_entities"))]
    quoted = _quoted(data)
    cards = [*_attachments(data), *quoted]
    further = [*_linked(words, marks), *_buttons(data), *({"url": card["url"]} for card in cards if "url" in card)]
    further += [{"url": link["url"]} for card in quoted for link in links(card.get("text", ""))]
    if preview := text(mapping(data.get("link_preview_options")).get("url")):
        further.append({"url": preview})
    return {
        "text": words,
        "links": links(words, *further),
        "mentions": list(_mentions(words, marks, context)),
        "attachments": cards,
    }


def _covered(words: str, mark: Mapping[str, Any]) -> str:
    """The words that an entity covers; Telegram counts in UTF-16 units."""
    start, length = int(number(mark.get("offset"))), int(number(mark.get("length")))
    if start < 0 or length <= 0 or start > 2 * len(words):
        return ""
    units = words.encode("utf-16-le", "surrogatepass")[2 * start : 2 * (start + length)]
    return units.decode("utf-16-le", "replace")


def _linked(words: str, marks: Iterable[Mapping[str, Any]]) -> Iterator[Json]:
    for mark in marks:
        if mark.get("type") == "text_link" and (url := text(mark.get("url"))):
            covered = _covered(words, mark)
            yield {"url": url, "text": covered} if covered and covered != url else {"url": url}
        elif mark.get("type") == "url" and (url := _covered(words, mark)):
            yield {"url": url}


def _buttons(data: Mapping[str, Any]) -> Iterator[Json]:
    rows = sequence(mapping(data.get("reply_markup")).get("inline_keyboard"))
    for button in (mapping(button) for row in rows for button in sequence(row)):
        if url := text(button.get("url")) or text(mapping(button.get("web_app")).get("url")):
            label = text(button.get("text"))
            yield {"url": url, "text": label} if label else {"url": url}


def _mentions(words: str, marks: Iterable[Mapping[str, Any]], context: Context) -> Iterator[Json]:
    people: dict[str, Json] = {}
    for mark in marks:
        if mark.get("type") == "text_mention" and (user := mapping(mark.get("user"))):
            person = user_of(user, context)
            people.setdefault(person["id"], person)
        elif mark.get("type") == "mention" and len(name := _covered(words, mark)) > 1:
            id = context.usernames.get(name[1:]) or context.usernames.get(name[1:].lower()) or name
            people.setdefault(id, member(id))
    yield from people.values()


def _attachments(data: Mapping[str, Any]) -> Iterator[Json]:
    sent = [key for key in _MEDIA if data.get(key)]
    for key in sent:
        if (key, "animation" in sent) in (("document", True), ("location", "venue" in sent)):
            continue  # the same thing repeated for older bots
        yield {"kind": _MEDIA[key]} | _details(key, data[key])
    if mapping(data.get("web_app_data")):
        yield {"kind": "mini_app"}


def _details(key: str, sent: Any) -> Json:
    if key == "photo":
        sizes = [mapping(size) for size in sequence(sent)]
        sent = sizes[-1] if sizes else {}
    inner = mapping(sent)
    fields = {
        "id": text(inner.get("file_unique_id")),
        "name": text(inner.get("file_name")) or text(inner.get("title")) or text(inner.get("set_name")),
        "mime": text(inner.get("mime_type")),
        "text": text(inner.get("description")) or text(inner.get("address")),
    }
    if key == "poll":
        poll = poll_of(inner)
        fields |= {"name": poll.get("question", ""), "text": "\n".join(poll.get("options", []))}
    if key == "contact":
        fields["name"] = " ".join(filter(None, (text(inner.get("first_name")), text(inner.get("last_name")))))
    if key == "checklist":
        fields["text"] = "\n".join(text(mapping(task).get("text")) for task in sequence(inner.get("tasks")))
    size = number(inner.get("file_size"), -1)
    return {name: value for name, value in fields.items() if value} | ({"size": int(size)} if 0 <= size < 2**53 else {})


def _quoted(data: Mapping[str, Any]) -> list[Json]:
    """What is quoted from another chat: its members haven't seen it, so it counts as what the message says."""
    external = mapping(data.get("external_reply"))
    words = text(mapping(data.get("quote")).get("text")) if external else ""
    fields = {"name": origin_of(mapping(external.get("origin"))), "text": words}
    shown = {key: value for key, value in fields.items() if value}
    cards = [{"kind": "card"} | shown] if external else []
    return cards + [{"kind": _MEDIA[key]} | _details(key, external[key]) for key in _MEDIA if external.get(key)]


def origin_of(origin: Mapping[str, Any]) -> str:
    """The name of the author of forwarded or quoted content."""
    user, chat = mapping(origin.get("sender_user")), mapping(origin.get("chat")) or mapping(origin.get("sender_chat"))
    name = " ".join(filter(None, (text(user.get("first_name")), text(user.get("last_name")))))
    return name or text(origin.get("sender_user_name")) or text(chat.get("title"))


def poll_of(poll: Mapping[str, Any]) -> Json:
    id = text(poll.get("id"))
    options = [text(mapping(option).get("text")) for option in sequence(poll.get("options"))]
    closes = number(poll.get("close_date"))
    fields = {"id": id, "question": text(poll.get("question"))} | ({"closes": instant(closes * 1000)} if closes else {})
    return {key: value for key, value in fields.items() if value} | {"options": options} if id else {}
