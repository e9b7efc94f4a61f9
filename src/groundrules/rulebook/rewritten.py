"""Values written in another form than ours, rewritten where what is meant is certain: lists, dates, event types."""

from __future__ import annotations

import re
from datetime import date

from groundrules.diagnostics.synonyms import synonym
from groundrules.rulebook.yaml import YMapping, YNode, YScalar

_PART = re.compile(r"[a-z][a-z0-9_.]*(?:(?:: *| +)[\w.%-]+)?")
_BETWEEN = re.compile(r"\s*[,，、]\s*")
_TIGHT_DASH = re.compile(r"(^|\n\s*)-(?=[^\s-])")
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]([0-9]{1,2}):([0-9]{2}))?")
_EVENT_TYPE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_FADE = re.compile(
    r"(?P<amount>[0-9]+) per (?P<time>(?:[0-9]+[mhdw])+)|每(?P<days>[0-9]+)天[减扣降](?P<less>[0-9]+)分?"
)


def as_list(node: YNode, title: str) -> str | None:
    """Return a single item, or several written side by side, as a list; None if it is not clear what the items are."""
    text = node.span.text
    if isinstance(node, YMapping):
        return _of_mapping(node, text)
    if not isinstance(node, YScalar):
        return None
    if not node.style and text.startswith("-"):
        return _with_dashes(node, text)
    if "\n" in text:
        return None
    return f"[{text}]" if node.style else _side_by_side(text, title)


def _side_by_side(text: str, title: str) -> str | None:
    parts = _BETWEEN.split(text)
    if title != "a list of effects":
        return f"[{', '.join(parts)}]" if "" not in parts else None
    if text.isidentifier():
        return f"[{text}]"
    return f"[{', '.join(_item(part) for part in parts)}]" if all(map(_PART.fullmatch, parts)) else None


def _item(part: str) -> str:
    """`mute 10m` is `mute: 10m`."""
    name, _, value = part.replace(":", " ").partition(" ")
    return f"{name}: {value.strip()}" if value.strip() else name


def _of_mapping(node: YMapping, text: str) -> str | None:
    if node.flow:
        inner = text[1:-1].strip()
        return f"[{inner}]" if "\n" not in text and inner else None
    line = node.file.text[node.file.text.rfind("\n", 0, node.start) + 1 : node.start]
    if line.strip():
        return None
    return "- " + text.replace("\n", "\n  ")


def _with_dashes(node: YScalar, text: str) -> str | None:
    """Items whose dashes have no blank behind them."""
    line = node.file.text[node.file.text.rfind("\n", 0, node.start) + 1 : node.start]
    if line.strip():
        return None
    return _TIGHT_DASH.sub(r"\1- ", text)


def in_our_form(text: str, title: str) -> str | None:
    """Return a value that is not of a form, called `title`, in that form; None if it can't be known."""
    if title.startswith("a date"):
        return _date(text)
    if title.startswith("an event type"):
        return _event_types(text)
    if title.startswith("an amount such as"):
        return _fade(text)
    return synonym("languages", text) if title.startswith("a language") else None


def _date(text: str) -> str | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None
    if match[4] is None:
        return day
    return f"{day} {int(match[4]):02}:{match[5]}" if int(match[4]) < 24 and int(match[5]) < 60 else None


def _event_types(text: str) -> str | None:
    names = [synonym("event_types", name) or name for name in re.split(r"\s*[,，、]\s*", text)]
    if not all(map(_EVENT_TYPE.fullmatch, names)):
        return None
    return f"[{', '.join(names)}]" if len(names) > 1 else names[0]


def _fade(text: str) -> str | None:
    match = _FADE.fullmatch(text)
    if match is None:
        return None
    return f"{match['amount']} every {match['time']}" if match["amount"] else f"{match['less']} every {match['days']}d"
