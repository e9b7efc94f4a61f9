"""Random trees of the language, as the parser could build them."""

from __future__ import annotations

from typing import Any, cast

from hypothesis import strategies as st

from groundrules.syntax import nodes

AT = (0, 0)
RESERVED = {"and", "or", "not", "in", "true", "false"}
CALLABLE_WORDS = {"any", "all", "known", "count", "sum", "distinct", "streak", "quiet"}

_WORDS = (
    "text actor links any all word count of by within max where has contains starts matches per every day 中文 名字 x_1"
)
_words = st.sampled_from(_WORDS.split(" "))
names = _words | st.from_regex(r"[a-z_][a-z0-9_]{0,6}", fullmatch=True).filter(lambda word: word not in RESERVED)
fields = names | st.sampled_from(sorted(RESERVED))
functions = names.filter(lambda word: word not in CALLABLE_WORDS)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
patterns = st.text(st.sampled_from("ab.*+中 ()[]|^$"), min_size=1, max_size=6) | st.sampled_from([r"\d+", "a/b", r"\\"])
dotted = st.builds(lambda first, rest: ".".join([first, *rest]), names, st.lists(fields, max_size=2))
clocks = st.integers(0, 1439).map(lambda minutes: minutes * 60_000)


def _node(form: type[nodes.Node], /, **parts: Any) -> st.SearchStrategy[Any]:
    return st.builds(form, at=st.just(AT), **parts)


name = _node(nodes.Name, name=names)
duration = _node(nodes.Duration, value=st.integers(0, 3_153_600_000_000))
number = _node(
    nodes.Number,
    value=st.integers(0, 2**53) | st.floats(0, 2**53, allow_nan=False).map(abs),
)
clock = _node(nodes.ClockTime, value=clocks)
ranges = st.tuples(clocks, clocks).filter(lambda ends: ends[0] != ends[1])
clock_range = ranges.map(lambda ends: nodes.ClockRange(start=ends[0], end=ends[1], at=AT))
literal = st.one_of(
    number,
    _node(nodes.Percent, value=st.integers(0, 10_000).map(lambda basis_points: basis_points / 10_000)),
    _node(nodes.String, value=texts),
    _node(nodes.Boolean, value=st.booleans()),
    duration,
    clock,
    clock_range,
)
regex = _node(nodes.Regex, pattern=patterns, flags=st.sampled_from(["", "i", "ims", "s"]))
path = st.recursive(
    name, lambda base: _node(nodes.Attribute, base=base, name=fields, name_at=st.just(AT)), max_leaves=3
)


def _several(parts: st.SearchStrategy[Any], least: int = 1) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(parts, min_size=least, max_size=3).map(tuple)


def _chain(kind: type[nodes.Or | nodes.And], parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """`and` and `or` never directly contain their own kind: its operands join."""

    def joined(operands: list[Any]) -> nodes.Node:
        flat = [inner for part in operands for inner in (part.operands if type(part) is kind else (part,))]
        return kind(operands=tuple(flat), at=AT)

    return st.lists(parts, min_size=2, max_size=3).map(joined)


def _windows(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    taken = _node(nodes.Taken, event_type=dotted, event_type_at=st.just(AT), where=st.none() | inner)

    def window(kinds: list[str], value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return _node(
            nodes.Window,
            kind=st.sampled_from(kinds),
            value=value,
            event_type=dotted,
            event_type_at=st.just(AT),
            where=st.none() | inner,
            less=st.lists(taken, max_size=2).map(tuple),
            keys=st.lists(_node(nodes.KeyPart, counted=inner, reader=st.none() | inner), max_size=2).map(tuple),
            within=st.none()
            | duration
            | path
            | _node(nodes.LastEvents, number=number | path)
            | _node(nodes.CalendarPeriod, period=st.sampled_from(["day", "week", "month"])),
            maximum=st.none() | number | path,
        )

    return window(["count", "streak", "quiet"], st.none()) | window(["sum", "distinct"], inner)


def _extend(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    quantifiers = st.sampled_from(["one", "any", "all"])
    return st.one_of(
        _chain(nodes.Or, inner),
        _chain(nodes.And, inner),
        _node(nodes.Not, operand=inner),
        _node(nodes.Negate, operand=inner),
        _node(nodes.Known, operand=inner),
        _node(nodes.Compare, operator=st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), left=inner, right=inner),
        _node(nodes.Arithmetic, operator=st.sampled_from("+-*/%"), left=inner, right=inner),
        _node(nodes.Coalesce, value=inner, default=inner),
        _node(nodes.In, item=inner, collection=inner, negated=st.booleans()),
        _node(nodes.Has, collection=inner, quantifier=quantifiers, value=inner),
        _node(nodes.Contains, subject=inner, quantifier=quantifiers, word=st.booleans(), needle=inner),
        _node(
            nodes.Affix,
            subject=inner,
            end=st.sampled_from(["start", "end"]),
            needle=inner,
            quantifier=st.sampled_from(["one", "any"]),
        ),
        _node(nodes.Matches, subject=inner, regex=regex),
        _node(nodes.ListLiteral, items=_several(inner, 0)),
        _node(nodes.Attribute, base=inner, name=fields, name_at=st.just(AT)),
        _node(nodes.Item, base=inner, key=texts, name_at=st.just(AT)),
        _node(nodes.Call, function=functions, function_at=st.just(AT), arguments=_several(inner | regex, 0)),
        _node(
            nodes.Quantified,
            quantifier=st.sampled_from(["any", "all", "count"]),
            variable=names,
            variable_at=st.just(AT),
            collection=inner,
            condition=inner,
        ),
        _windows(inner),
    )


_trees = st.recursive(path | literal, _extend, max_leaves=12)


@st.composite
def _expression(draw: st.DrawFn) -> nodes.Node:
    """The same, under a name: the repr of a strategy of strategies would fill pages."""
    return cast("nodes.Node", draw(_trees))


expressions = _expression()

keys = _several(path)
clauses = {
    "keys": _node(nodes.KeysClause, keys=keys),
    "pairs": _node(nodes.PairsClause, keys=_several(_node(nodes.KeyPart, counted=path, reader=st.none() | path))),
    "once": _node(nodes.OnceClause, keys=keys, within=st.none() | duration | path, per=st.none())
    | _node(nodes.OnceClause, keys=keys, within=st.none(), per=st.sampled_from(["day", "week", "month"])),
    "rate": _node(nodes.RateClause, amount=number | path, per=st.sampled_from(["day", "week", "month"])),
    "fade": _node(nodes.FadeClause, amount=number | path, every=duration | path),
    "duration": duration | path,
    "hours": clock_range | path,
}

_holes = _node(nodes.Hole, expression=expressions)
_literals = texts.filter(lambda text: text and not set("｛｝") & set(text))


def _merged(parts: list[Any]) -> tuple[Any, ...]:
    """Adjacent literals are one."""
    merged: list[Any] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return tuple(merged)


templates = _node(nodes.Template, parts=st.lists(_literals | _holes, max_size=4).map(_merged))
