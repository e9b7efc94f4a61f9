"""Outgoing texts: who they mention, and where one that is too long is split.

A decided text is plain: markup in it means nothing. `@` and a member's id is a mention if the host says that the member
may be mentioned (`Context.members`) or the action is about them. A text is split between paragraphs, else lines,
sentences, words, and only then anywhere, but never inside what people see as one character, a link or a mention.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from groundrules.adapters.context import Context
from groundrules.decisions import Action
from groundrules.narrate.localised import pick
from groundrules.text.addresses import addresses


@dataclass(frozen=True)
class Mention:
    """A member named in a text so that they are notified."""

    id: str
    name: str


class Link(str):
    """A web address, written with its scheme."""

    __slots__ = ()


Part: TypeAlias = str | Mention  # a text, possibly a Link
Piece: TypeAlias = list[Part]  # what is sent as one message
Rendered: TypeAlias = Callable[[Part], str]

_ENDS = (
    ("\n\n", 4),
    ("\n", 3),
    (". ", 2),
    ("! ", 2),
    ("? ", 2),
    ("。", 2),
    ("！", 2),
    ("？", 2),
    ("…", 2),
    (" ", 1),
    ("，", 1),
    ("、", 1),
)
_JOINING = frozenset("\u200d\ufe0e\ufe0f\u20e3")
_with_scheme = re.compile(r"https?://", re.IGNORECASE)


def utf16(text: str) -> int:
    """How many UTF-16 units a text takes."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def utf8(text: str) -> int:
    """How many bytes of UTF-8 a text takes."""
    return len(text.encode("utf-8", "replace"))


def cut(text: str, most: int, size: Callable[[str], int] = utf16) -> str:
    """The text, or as much of it as fits with `…` at its end."""
    if size(text) <= most:
        return text
    kept, room = [], most - size("…")
    for grapheme in graphemes(text):
        room -= size(grapheme)
        if room < 0:
            break
        kept.append(grapheme)
    return "".join(kept).rstrip() + "…"


def words_of(action: Action, context: Context, lang: str) -> str:
    """An action's text in a language, else the host's replacement; lone surrogates replaced."""
    given = action.parameters.get("text")
    wording = pick(given, lang) if isinstance(given, Mapping) else str(given or "")
    return sound(wording or context.text).strip()


def sound(text: str) -> str:
    """The text, with lone surrogates and controls that no platform accepts replaced."""
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "\ufffd", paired.replace("\r\n", "\n"))


def mentionable(action: Action, context: Context) -> dict[str, str]:
    """Names by id of those an action's text may mention; a member without a known name is called by the id."""
    named = (action.parameters.get(key) for key in ("member", "about", "to", "assignee"))
    about = [action.who, *named] if action.do not in _NOT_ABOUT_MEMBERS else list(named)
    return {str(id): context.members.get(str(id), str(id)) for id in about if id} | dict(context.members)


_NOT_ABOUT_MEMBERS = ("reply", "announce", "poll")


def parts(text: str, members: Mapping[str, str]) -> Piece:
    """The text as plain parts, links, and mentions of these members."""
    return [part for plain in _by_links(text) for part in _by_mentions(plain, members)]


def _by_links(text: str) -> Iterator[str]:
    end = 0
    for address in addresses(text):
        if _with_scheme.match(text, address.start):
            yield from (text[end : address.start], Link(text[address.start : address.end]))
            end = address.end
    yield text[end:]


def _by_mentions(text: str, members: Mapping[str, str]) -> Iterator[Part]:
    known = {id if id.startswith("@") else f"@{id}": id for id in members}
    if isinstance(text, Link) or not known or "@" not in text:
        yield from filter(None, (text,))
        return
    alternatives = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    end = 0
    for match in re.finditer(rf"(?<!\w)(?:{alternatives})(?![\w@])", text):
        yield from filter(None, (text[end : match.start()],))
        id = known[match[0]]
        yield Mention(id, members[id])
        end = match.end()
    yield from filter(None, (text[end:],))


def split(text: Sequence[Part], most: int, rendered: Rendered, size: Callable[[str], int] = utf16) -> list[Piece]:
    """Split a text so that each piece, as rendered, has at most this size."""
    atoms = list(_atoms(text, most, rendered, size))
    pieces: list[Piece] = []
    start = 0
    while start < len(atoms):
        end = _last_that_fits(atoms, start, most)
        stop = end if end == len(atoms) else _best_border(atoms, start, end)
        if piece := _joined(part for part, _ in atoms[start:stop]):
            pieces.append(piece)
        start = stop
    return pieces


_Atom: TypeAlias = tuple[Part, int]


def _atoms(text: Iterable[Part], most: int, rendered: Rendered, size: Callable[[str], int]) -> Iterator[_Atom]:
    for part in text:
        whole = (part, size(rendered(part)))
        if isinstance(part, Mention) or (isinstance(part, Link) and whole[1] <= most):
            yield whole
        else:
            yield from ((grapheme, size(rendered(grapheme))) for grapheme in graphemes(str(part), longest=most // 8))


def _last_that_fits(atoms: Sequence[_Atom], start: int, most: int) -> int:
    room, end = most, start
    while end < len(atoms) and atoms[end][1] <= room:
        room -= atoms[end][1]
        end += 1
    return max(end, start + 1)


def _best_border(atoms: Sequence[_Atom], start: int, end: int) -> int:
    """Where to split: the last border of the best kind in the second half."""
    best, rank = end, 0
    for border in range(end, start + (end - start) // 2, -1):
        before = "".join(part for part, _ in atoms[max(border - 2, start) : border] if isinstance(part, str))
        rank_here = next((worth for ending, worth in _ENDS if before.endswith(ending)), 0)
        if rank_here > rank:
            best, rank = border, rank_here
    return best


def _joined(row: Iterable[Part]) -> Piece:
    """Adjacent texts joined, without surrounding white space."""
    piece: Piece = []
    for part in row:
        plain = isinstance(part, str) and not isinstance(part, Link)
        if plain and piece and isinstance(piece[-1], str) and not isinstance(piece[-1], Link):
            piece[-1] += str(part)
        else:
            piece.append(part)
    if piece and isinstance(piece[0], str) and not isinstance(piece[0], Link):
        piece[0] = piece[0].lstrip()
    if piece and isinstance(piece[-1], str) and not isinstance(piece[-1], Link):
        piece[-1] = piece[-1].rstrip()
    return [part for part in piece if part != ""]


def graphemes(text: str, longest: int = 64) -> Iterator[str]:
    """What people see as single characters; clusters of marks longer than `longest` code points are split."""
    start = 0
    for index in range(1, len(text)):
        if index - start >= longest or _is_border(text, start, index):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _is_border(text: str, start: int, index: int) -> bool:
    before, after = text[index - 1], text[index]
    if text.isascii():
        return not (before == "\r" and after == "\n")
    if after in _JOINING or before == "\u200d" or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return False
    if _is_flag_letter(before) and _is_flag_letter(after):
        return (index - start) % 2 == 0
    return not (_is_jamo(before) and _is_jamo(after)) and (before, after) != ("\r", "\n")


def _is_flag_letter(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _is_jamo(letter: str) -> bool:
    return "\u1100" <= letter <= "\u11ff"
