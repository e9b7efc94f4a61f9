"""What it does: finds words searched for in texts that are everyday words, occur inside everyday words, or are only a
character or two long.

Why: `contains` also matches inside words: `ass` is found in `class`, `pet` in `competition`. Members are punished for
nothing, and learn to ignore the bot.

Example:

```yaml
lists:
  rude: {match: folded, items: [ass, 加]}       # found in class, glass, pass; in 参加, 增加
```

Write `match: word`, or `text contains word "ass"`, or a longer phrase; in a pattern, `/\\bass\\b/`. The examples in the
finding come from a small list of everyday words.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from groundrules.diagnostics.codes.lints import OVER_MATCHING
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.source import Span
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition, leaves
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.syntax import nodes
from groundrules.text.factors import Factors, factors
from groundrules.text.patterns import Pattern
from groundrules.text.scripts import is_unspaced
from groundrules.text.views import Needle, Text, View, apply

_LONGEST = 5  # letters of a word that is looked for inside of others
_TINY = 2  # letters of a word that is inside of others whatever they are
_FEWEST = 2  # everyday words that a word must be found in


def over_matching(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each word that is found in many innocent texts."""
    for declaration in linted.lists:
        if str(declaration.name.value) in linted.searched_lists and declaration.match != "domain":
            for item in declaration.items:
                yield from _word(declaration.match, str(item.value), item.span)  # type: ignore[arg-type]
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            if isinstance(leaf.expression, ir.Contains):
                yield from _literals(leaf, leaf.expression.view)
            elif isinstance(leaf.expression, ir.Matches):
                yield from _pattern(leaf, leaf.expression)


def _literals(leaf: Condition, view: View) -> Iterator[Diagnostic]:
    assert isinstance(leaf.node, nodes.Contains)
    for node in nodes.walk(leaf.node.needle):
        if isinstance(node, nodes.String):
            yield from _word(view, node.value, leaf.fragment.span(*node.at))


def _pattern(leaf: Condition, expression: ir.Matches) -> Iterator[Diagnostic]:
    examples = _matched(expression.pattern, expression.flags)
    if len(examples) >= _FEWEST:
        shown = ", ".join(f"`{word}`" for word in examples[:3])
        message = f"`{excerpt(leaf.text)}` is also found in {shown}"
        yield OVER_MATCHING.at(leaf.span, message, "write `\\b` where a word begins and ends")


@cache
def _matched(pattern: str, flags: str) -> tuple[str, ...]:
    """Return everyday words inside of which, not at their beginning, a few letters match a pattern."""
    needed = factors(pattern, flags)
    words = _words() if needed is None else _words_with(needed, "i" in flags)
    if not words:
        return ()
    compiled = Pattern(pattern, flags)
    if compiled.search("") or compiled.search("qz jx 7"):
        return ()  # is about something else than words
    places = ((word, compiled.search(word)) for word in words)
    return tuple(word for word, at in places if at and at[0] > 0 and 1 < at[1] - at[0] <= _LONGEST)


def _words_with(needed: Factors, caseless: bool) -> tuple[str, ...]:
    """Return the everyday words, which are in lower case, that hold one of the literals; no others can match."""
    literals = [factor.lower() if caseless else factor for factor in needed]
    there = [literal for literal in literals if literal in _together()]
    return tuple(word for word in _words() if any(literal in word for literal in there)) if there else ()


@cache
def _together() -> str:
    return " ".join(_words())


@cache
def _words() -> tuple[str, ...]:
    words = {word for word in " ".join(_lines()).split() if word.isascii() and word.isalpha()}
    return tuple(sorted(words, key=lambda word: (len(word), word)))


def _word(view: View, entry: str, span: Span) -> Iterator[Diagnostic]:
    key = apply(view, entry)
    if key in _everyday() and key.isascii():
        message = f"`{excerpt(entry)}` is a very common word"
        yield OVER_MATCHING.at(span, message, "look for a longer phrase")
    elif view != "word" and key:
        examples = innocent(view, entry, key)
        if examples:
            shown = ", ".join(f"`{word}`" for word in examples[:3])
            help = 'write `contains word "…"` or `match: word`, or look for a longer phrase'
            yield OVER_MATCHING.at(span, f"`{excerpt(entry)}` is also found in {shown}", help)


@lru_cache(maxsize=4096)
def innocent(view: View, entry: str, key: str) -> tuple[str, ...]:
    """Return everyday words that `entry` is found in and that have nothing to do with it; () if they are too few."""
    if is_unspaced(key[0]):
        embedding = _inside().get(key, []) if len(key) == 1 else []
    elif len(key) > _LONGEST or not key.isalpha():
        return ()
    else:
        embedding = [word for word in _inside().get(key, []) if len(key) <= _TINY or not word.startswith(key)]
    needle = Needle(view, entry)
    words = tuple(word for word in embedding if needle.within(Text(word)))
    return words if len(words) >= _FEWEST else ()


@cache
def _lines() -> tuple[str, ...]:
    text = files("groundrules").joinpath("lint", "everyday.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


@cache
def _everyday() -> frozenset[str]:
    """The commonest words of all: the first paragraph of the list."""
    return frozenset(" ".join(_lines()[: _lines().index("")]).split())


@cache
def _inside() -> dict[str, list[str]]:
    """Everyday words by the shorter pieces that they contain, squeezed as well as they are."""
    by_piece: dict[str, list[str]] = {}
    for word in sorted(set(" ".join(_lines()).split()), key=lambda word: (len(word), word)):
        for text in {word, apply("squeezed", word)}:
            for piece in {text[at : at + size] for size in range(1, _LONGEST + 1) for at in range(len(text))}:
                if piece != text and word not in by_piece.setdefault(piece, []):
                    by_piece[piece].append(word)
    return by_piece
