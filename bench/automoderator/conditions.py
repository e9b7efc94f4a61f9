"""Conditions of AutoModerator as expressions: searches of texts, comparisons of numbers, facts about the author.

AutoModerator's full documentation on Reddit's wiki says what a check means: all checks of a document must hold; of
several fields joined by `+` one is enough, and so is one of several texts; `~` before a name negates its check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

TEXTS = {
    "title": "title",
    "body": "body",
    "url": "url",
    "flair_text": "flair_text",
    "flair_css_class": "flair_css_class",
    "flair_template_id": "flair_template_id",
    "media_author": "media_author",
    "media_title": "media_title",
}
"""Fields of a post that are searched, by AutoModerator's names."""
WHOLE = ("name", "flair_text", "flair_css_class", "flair_template_id", "id", "contributor_quality", "media_author")
"""Fields compared as a whole unless a modifier says otherwise; for `url` a part is enough, for others words."""
FLAGS = ("is_edited", "is_gallery", "is_original_content", "is_poll", "is_top_level", "over_18", "spoiler")
OF_AUTHOR = ("is_moderator", "is_contributor", "is_submitter", "is_gold", "has_verified_email")
KARMA = re.compile(r"(post|comment|combined)(_subreddit)?_karma")
UNITS = {"minute": "m", "hour": "h", "day": "d", "week": "w", "month": 30, "year": 365}
MODIFIERS = (
    "includes",
    "includes-word",
    "starts-with",
    "ends-with",
    "full-exact",
    "full-text",
    "regex",
    "case-sensitive",
)


class UnsaidError(Exception):
    """Something that can't be expressed; its text names it."""


class AbsentError(Exception):
    """A check of something that events of this type lack, so that it never holds."""


def conditions(checks: dict[str, Any], on: str, where: str = "") -> Iterator[str]:
    """Yield an expression for each check of a document, or of the part that `where` leads to.

    Raises UnsaidError at a check that can't be expressed, and AbsentError at one of something such events lack.
    """
    for key, wanted in checks.items():
        name, negated, modifiers = _named(key)
        condition = _condition(name, wanted, modifiers, on, where)
        if condition is not None:
            yield f"not ({condition})" if negated else condition


def _named(key: Any) -> tuple[str, bool, tuple[str, ...]]:
    """Read `~title+body#2 (regex, includes)`."""
    written = re.fullmatch(r"(~?)\s*([^(#]+?)\s*(?:#[^(]*)?(?:\(([^)]*)\))?\s*", str(key))
    if written is None:
        raise UnsaidError(f"the check {key}")
    modifiers = tuple(part.strip() for part in (written[3] or "").split(",") if part.strip())
    for modifier in modifiers:
        if modifier not in MODIFIERS:
            raise UnsaidError(f"the modifier {modifier}")
    return written[2], bool(written[1]), modifiers


def _condition(name: str, wanted: Any, modifiers: Sequence[str], on: str, where: str) -> str | None:
    """Return the expression of a check; None if it is not a check, but an action."""
    match name:
        case "author":
            return _author(wanted if isinstance(wanted, dict) else {"name": wanted}, f"{where}author.")
        case "parent_submission":
            return _of_thread(wanted, on)
        case "body_longer_than" | "body_shorter_than" | "reports":
            length, sign = SIZES[name]
            return f"{length.format(where)} {sign} {int(wanted)}"
        case "id":
            return f"{'parent.' if where else ''}id in {_texts_of(wanted)}"
    fields = [field.strip() for field in name.split("+")]
    if name in FLAGS:
        return f"{where}{name}" if wanted else f"not {where}{name}"
    searched = all(field in TEXTS or field == "domain" for field in fields)
    return _search(fields, wanted, modifiers, on, where) if searched else None


SIZES = {
    "body_longer_than": ("length({}body)", ">"),
    "body_shorter_than": ("length({}body)", "<"),
    "reports": ("{}reports", ">="),
}


def _of_thread(checks: dict[str, Any], on: str) -> str | None:
    """Return what is checked about the submission that a comment is on; a submission is on none."""
    together = " and ".join(conditions(checks, on, "thread."))
    if together and on == "submission":
        raise AbsentError
    return together or None


def _author(about: dict[str, Any], where: str) -> str | None:
    parts = list(_author_checks(about, where))
    if not parts:
        return None
    thresholds = [part for key, part in parts if key == "account_age" or KARMA.fullmatch(key)]
    others = [part for key, part in parts if part not in thresholds]
    if about.get("satisfy_any_threshold") and thresholds:
        thresholds = [_any(thresholds)]
    return " and ".join([*others, *thresholds])


def _author_checks(about: dict[str, Any], where: str) -> Iterator[tuple[str, str]]:
    for key, wanted in about.items():
        name, negated, modifiers = _named(key)
        condition = _author_check(name, wanted, modifiers, where)
        if condition is not None:
            yield name, f"not ({condition})" if negated else condition


def _author_check(name: str, wanted: Any, modifiers: Sequence[str], where: str) -> str | None:
    if name == "account_age":
        return _age(f"{where}created", str(wanted))
    if KARMA.fullmatch(name):
        return _number(f"{where}{name}", str(wanted))
    if name in OF_AUTHOR:
        return f"{where}{name}" if wanted else f"not {where}{name}"
    if name in ("name", "flair_text", "flair_css_class", "flair_template_id"):
        return _any(_texts(f"{where}{name}", name, wanted, modifiers))
    if name == "contributor_quality":
        return _quality(f"{where}{name}", str(wanted))
    if name in ("satisfy_any_threshold", "set_flair", "overwrite_flair"):
        return None
    raise UnsaidError(f"the fact {name} of an author")


# --- numbers ------------------------------------------------------------------------------------


def _compared(written: str) -> tuple[str, str]:
    parts = re.fullmatch(r"\s*([<>]?=?)\s*(.+?)\s*", written)
    if parts is None:
        raise UnsaidError(f"the comparison {written}")
    return {"": "==", "=": "=="}.get(parts[1], parts[1]), parts[2]


def _number(field: str, written: str) -> str:
    sign, number = _compared(written)
    return f"{field} {sign} {int(number)}"


def _age(field: str, written: str) -> str:
    sign, length = _compared(written)
    parts = re.fullmatch(r"(\d+)\s*([a-z]*?)s?", length)
    unit = None if parts is None else UNITS.get(parts[2] or "day")
    if parts is None or unit is None:
        raise UnsaidError(f"the age {written}")
    return f"age({field}) {sign} " + (f"{int(parts[1]) * unit}d" if isinstance(unit, int) else f"{parts[1]}{unit}")


def _quality(field: str, written: str) -> str:
    order = ["lowest", "low", "moderate", "high", "highest"]
    sign, least = _compared(written)
    at = order.index(least)
    kept = {"<": order[:at], "<=": order[: at + 1], ">": order[at + 1 :], ">=": order[at:], "==": [least]}[sign]
    return f"{field} in {json.dumps(kept)}"


# --- texts --------------------------------------------------------------------------------------


def _search(fields: Sequence[str], wanted: Any, modifiers: Sequence[str], on: str, where: str) -> str:
    known = [field for field in fields if where or on == "submission" or field == "body"]
    parts = []
    for field in known:
        if field == "domain":
            parts.append(f"{where}domain in {_texts_of(wanted)}")
        else:
            parts += _texts(f"{where}{TEXTS[field]}", field, wanted, modifiers)
    if not parts:
        raise AbsentError
    return _any(parts)


def _texts(path: str, field: str, wanted: Any, modifiers: Sequence[str]) -> Iterator[str]:
    """Yield expressions one of which holds if one of the wanted texts is there as the modifiers say."""
    how = next((modifier for modifier in modifiers if modifier not in ("regex", "case-sensitive")), None)
    how = how or ("full-exact" if field in WHOLE else "includes" if field == "url" else "includes-word")
    if "regex" not in modifiers and "case-sensitive" not in modifiers and how in PLAIN:
        yield PLAIN[how](path, _texts_of(wanted))
        return
    for one in _list(wanted):
        pattern = str(one) if "regex" in modifiers else re.escape(str(one))
        yield f"{path} matches {_pattern(AROUND[how].format(pattern), 'case-sensitive' not in modifiers)}"


PLAIN: dict[str, Callable[[str, str], str]] = {
    "includes-word": lambda path, texts: f"{path} contains any word of {texts}",
    "includes": lambda path, texts: f"{path} contains any of {texts}",
    "starts-with": lambda path, texts: f"{path} starts with any of {texts}",
    "ends-with": lambda path, texts: f"{path} ends with any of {texts}",
    "full-exact": lambda path, texts: f"{path} in {texts}",
}
AROUND = {
    "includes-word": r"(?:^|\W|\b)(?:{})(?:$|\W|\b)",
    "includes": "{}",
    "starts-with": "^(?:{})",
    "ends-with": "(?:{})$",
    "full-exact": "^(?:{})$",
    "full-text": r"^\W*(?:{})\W*$",
}
COMMENT = re.compile(r"\(\?#[^)]*\)")
LOOKS_AROUND = re.compile(r"\(\?<?[=!]|\\[1-9]|\(\?P=")


def _pattern(pattern: str, folds_case: bool) -> str:
    """Return a Python pattern as an RE2 one, followed by its flags."""
    if LOOKS_AROUND.search(pattern):
        raise UnsaidError("a pattern that looks around")
    folds_case |= "(?i)" in pattern
    inner = COMMENT.sub("", pattern.replace("(?i)", "")).replace(r"\uD800-\uDFFF", r"\x{10000}-\x{10FFFF}")
    inner = re.sub(r"\\u([0-9a-fA-F]{4})", r"\\x{\1}", inner)
    escaped = re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", inner)
    return f"/{escaped}/{'i' if folds_case else ''}"


def _any(parts: Iterator[str] | Sequence[str]) -> str:
    together = list(parts)
    return together[0] if len(together) == 1 else f"({' or '.join(together)})"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts_of(value: Any) -> str:
    return json.dumps([str(one) for one in _list(value)], ensure_ascii=False)
