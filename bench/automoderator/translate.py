"""AutoModerator documents as rules: what they check, and what they do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bench.automoderator.conditions import FLAGS, SIZES, TEXTS, AbsentError, UnsaidError, conditions

KINDS: Mapping[str, tuple[Sequence[str], str]] = {
    "any": (("submission", "comment"), ""),
    "submission": (("submission",), ""),
    "comment": (("comment",), ""),
    "text submission": (("submission",), 'kind == "text"'),
    "link submission": (("submission",), 'kind == "link"'),
    "crosspost submission": (("submission",), 'kind == "crosspost"'),
    "poll submission": (("submission",), 'kind == "poll"'),
    "gallery submission": (("submission",), 'kind == "gallery"'),
}
REMOVES = ("remove", "spam", "filter", "report")
ACTIONS = {"remove": "delete", "spam": "delete", "filter": "hold", "approve": "approve"}
SAYS_HOW = ("comment_stickied", "comment_locked", "message_subject", "modmail_subject", "overwrite_flair")
UNREAD = (
    "type",
    "priority",
    "moderators_exempt",
    "action_reason",
    "report_reason",
    "action",
    "comment",
    "message",
    "modmail",
)
STATES = {
    "set_locked": "locked",
    "set_sticky": "sticky",
    "set_nsfw": "nsfw",
    "set_spoiler": "spoiler",
    "set_contest_mode": "contest_mode",
    "set_original_content": "original_content",
}
HOLES = {
    "author": "author.name",
    "kind": "event.type",
    "subreddit": "community.name",
    "title": "title",
    "body": "body",
    "url": "url",
    "domain": "domain",
    "permalink": "id",
    "match": "match",
    "author_flair_text": "author.flair_text",
}
"""What a message may name, in groundrules' terms."""


def rules(number: int, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a document's rules, one per event type. Raises UnsaidError if not all of it can be expressed."""
    types, kind = KINDS.get(str(document.get("type", "any")).strip(), ((), ""))
    if not types:
        raise UnsaidError(f"the type {document['type']}")
    if "standard" in document:
        raise UnsaidError("a condition that Reddit keeps (standard)")
    checks = {key: value for key, value in document.items() if key not in (*UNREAD, *SAYS_HOW)}
    for key in checks:
        _know(str(key))
    written = []
    for on in types:
        with suppress(AbsentError):
            when = [*([kind] if kind else []), *conditions(checks, on)]
            written.append(_rule(f"rule-{number}-{on}", on, when, document))
    if not written:
        raise UnsaidError("a check of something that no such event has")
    return written


def _rule(id: str, on: str, when: Sequence[str], document: dict[str, Any]) -> dict[str, Any]:
    parts: dict[str, Any] = {"id": id, "on": on}
    reason = str(document.get("action_reason") or document.get("report_reason") or "").strip()
    if reason:
        parts["title"] = re.sub(r"[{}]", "", reason)
    if when:
        parts["when"] = " and ".join(when)
    if document.get("moderators_exempt", document.get("action") in REMOVES):
        parts["unless"] = "author.is_moderator"
    return parts | {"then": list(_effects(document, on))}


def _know(key: str) -> None:
    """Raise UnsaidError for a key that is neither a check nor an action."""
    bare = re.sub(r"[~\s]|#.*|\(.*", "", key)
    fields = set(bare.split("+"))
    looked_at = fields <= LOOKED_AT
    if not looked_at and bare not in STATES and bare not in DONE:
        raise UnsaidError(f"the key {bare}")


LOOKED_AT = {*TEXTS, *FLAGS, *SIZES, "domain", "id", "author", "parent_submission"}
ON_PARENT = {"who": "parent"}
DONE = ("set_flair", "set_suggested_sort")


# --- what is done -------------------------------------------------------------------------------


def _effects(document: dict[str, Any], on: str) -> Iterator[Any]:
    yield from _moderating(document, on, {})
    if "comment" in document:
        how = {"sticky": document.get("comment_stickied"), "locked": document.get("comment_locked")}
        given = {name: bool(value) for name, value in how.items() if value is not None}
        yield {"comment": {"text": _message(document["comment"], on), **given}}
    for name in ("message", "modmail"):
        if name in document:
            subject = document.get(f"{name}_subject")
            more = {} if subject is None else {"subject": _message(subject, on)}
            yield {name: {"text": _message(document[name], on), **more}}
    yield from _settings(document, {})
    author = document.get("author")
    if isinstance(author, dict) and "set_flair" in author:
        yield {"set_user_flair": _flair(author)}
    parent = document.get("parent_submission")
    if isinstance(parent, dict) and on == "comment":
        yield from _moderating(parent, on, ON_PARENT)
        yield from _settings(parent, ON_PARENT)


def _moderating(document: dict[str, Any], on: str, target: dict[str, str]) -> Iterator[Any]:
    action = document.get("action")
    if action in ACTIONS:
        yield {ACTIONS[action]: None, **target}
    elif action == "report":
        reason = document.get("report_reason") or document.get("action_reason") or ""
        yield {"flag": _message(reason, on), **target}
    elif action is not None:
        raise UnsaidError(f"the action {action}")


def _settings(document: dict[str, Any], target: dict[str, str]) -> Iterator[Any]:
    if "set_flair" in document:
        yield {"set_flair": _flair(document), **target}
    states = {STATES[key]: bool(value) for key, value in document.items() if key in STATES}
    if "set_suggested_sort" in document:
        states["sort"] = document["set_suggested_sort"]
    if states:
        yield {"set_state": states, **target}


def _flair(document: dict[str, Any]) -> dict[str, Any]:
    wanted = document["set_flair"]
    if isinstance(wanted, dict):
        flair = {key: wanted[key] for key in ("text", "css_class", "template_id") if key in wanted}
    else:
        flair = dict(zip(("text", "css_class"), wanted if isinstance(wanted, list) else [wanted], strict=False))
    flair = {key: str(value) for key, value in flair.items()}
    return flair | ({"overwrite": bool(document["overwrite_flair"])} if "overwrite_flair" in document else {})


def _message(text: Any, on: str) -> str:
    """Return a message with its holes in groundrules' syntax."""
    parts = re.split(r"\{\{\s*([\w+-]+)\s*\}\}", str(text).strip())
    return "".join(_hole(part, on) if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _hole(name: str, on: str) -> str:
    if name.startswith("match"):
        return "{match}"
    if name not in HOLES:
        raise UnsaidError(f"the placeholder {name}")
    path = HOLES[name]
    if path in ("title", "url", "domain") and on == "comment":
        path = f"thread.{path}"
    return f'{{{path} ?? ""}}' if path not in ("event.type", "id", "match", "body") else f"{{{path}}}"
