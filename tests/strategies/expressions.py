"""Random expressions of the plan, the events they read, and a memory that gives every caller the same answers.

Every expression is well typed, as the checker would have it, and refers to `PLAN`. Fields are often missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from groundrules.calendar.instants import format_ms
from groundrules.engine.evaluation import lots
from groundrules.engine.state.keys import encode
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir

Json = dict[str, Any]

# --- events -------------------------------------------------------------------------------------

TEXT: Json = {"type": "string"}
INSTANT: Json = {"type": "string", "format": "date-time"}


def _object(required: str = "", **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": required.split()}


_MEMBER = _object(
    "id", id=TEXT, name=TEXT, joined=INSTANT, score={"type": "integer"}, roles={"type": "array", "items": TEXT}
)
_COMMON: Json = {
    "id": TEXT,
    "time": INSTANT,
    "community": _object("id", id=TEXT),
    "actor": _MEMBER,
    "level": {"type": "integer"},
    "count": {"type": "integer"},
    "weight": {"type": "number"},
    "urgent": {"type": "boolean"},
    "text": {"type": "string", "default": ""},
}
_LINKS = {"type": "array", "default": [], "items": _object("url", url=TEXT, domain=TEXT, hits={"type": "integer"})}
_REQUIRED = "id type time community level"

EVENTS: Json = {
    "message": _object(
        _REQUIRED + " actor",
        type={"type": "string", "const": "message"},
        **_COMMON,
        links=_LINKS,
        mentions={"type": "array", "items": _MEMBER},
        tags={"type": "array", "items": TEXT},
        **{"odd-name": TEXT},
    ),
    "note": _object(_REQUIRED, type={"type": "string", "const": "note"}, **_COMMON, author=_MEMBER),
}

WORDS = [
    "spam",
    "Spam!",
    "s p a m",
    "加微信",
    "加V信",
    "hello",
    "a",
    "",
    "grass hit",
    "example.com",
    "docs.example.com",
    "admin",
]
words = st.sampled_from(WORDS)
texts = words | st.lists(words, max_size=4).map(" ".join)
integers = st.integers(-3, 3) | st.sampled_from([2**63 - 1, -(2**63), 10**12])
numbers = integers | st.sampled_from([0.0, 0.5, -1.5, 1e308, 2.0**60])
moments = st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T03:04:05.678+08:00", "2025-06-30T23:59:59Z"])

NOW = 1_767_312_000_000  # 2026-01-02T00:00:00Z


def _some(required: Json, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({name: st.just(value) for name, value in required.items()}, optional=optional)


members = st.builds(
    lambda who, rest: {"id": who, **rest},
    st.sampled_from(["li", "wang"]),
    _some({}, name=texts, joined=moments, score=integers, roles=st.lists(words, max_size=3)),
)
_links = st.lists(_some({"url": "https://example.com/x"}, domain=words, hits=integers), max_size=3)


def _event(kind: str, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    required = {"id": "1", "type": kind, "time": "2026-01-02T00:00:00Z", "community": {"id": "c"}, "level": 1}
    common = {"count": integers, "weight": numbers, "urgent": st.booleans(), "text": texts}
    return _some(required, **common, **optional)


messages = st.builds(
    lambda event, actor: {**event, "actor": actor},
    _event(
        "message",
        links=_links,
        mentions=st.lists(members, max_size=2),
        tags=st.lists(words, max_size=3),
        **{"odd-name": texts},
    ),
    members,
)
notes = _event("note", actor=members, author=members)

# --- the plan -----------------------------------------------------------------------------------

SOURCES = 40

PLAN = ir.Plan(
    rulebook="random",
    timezone="Asia/Shanghai",
    events=EVENTS,
    lists=(
        ir.WordList(id="domains", match="domain", items=("example.com",)),
        ir.WordList(id="exact", match="exact", items=("a", "spam")),
        ir.WordList(id="folded", match="folded", items=("SPAM", "加微信", "admin")),
        ir.WordList(id="leet", match="folded", items=("spam", "hello"), options=("leet",)),
        ir.WordList(id="sounds", match="squeezed", items=("加微信", "加好"), options=("pinyin", "split")),
        ir.WordList(id="squeezed", match="squeezed", items=("spam", "加微信", "grass")),
        ir.WordList(id="word", match="word", items=("spam", "hit")),
    ),
    sources=tuple(
        ir.Source(file=f"{number % 3}.yaml", line=number % 7, column=number, text=f"source {number}")
        for number in range(SOURCES)
    ),
)


class Answers:
    """A memory of made-up but stable answers, with the methods of `engine.state.scope.Readings`."""

    partition = "c"

    def lot(self, e: Any, x: Scope, site: str, about: str = "") -> float:
        return lots.number(self.partition, e, x, site, about)

    def picked(self, e: Any, x: Scope, site: str, items: Sequence[Any], count: int) -> list[Any]:
        return lots.drawn(self.partition, e, x, site, items)[: max(count, 0)]

    def window_value(self, window: str, key: str, within: int, maximum: int | None) -> int | None:
        held = (len(key) + within) % 5
        return None if window == "silent" else held if maximum is None else min(held, maximum)

    def window_test(self, window: str, key: str, within: int, operator: str, bound: int) -> bool | None:
        held = self.window_value(window, key, within, None)
        return None if held is None else {">=": held >= bound, "<": held < bound, "==": held == bound}[operator]

    def ledger(self, ledger: str, who: str) -> int:
        return len(who)

    def ledger_rank(self, ledger: str, who: str) -> int | None:
        return 1 if who == "li" else None

    def ledger_top(self, ledger: str, count: int) -> Sequence[str]:
        return ["li", "wang"][:count]

    def silence(self, member: str) -> int | None:
        return 5000 if member == "li" else None

    def in_state(self, state: str, of: str | None = None) -> bool:
        return state == "lockdown"

    def has_label(self, entity: str, id: str, label: str) -> bool:
        return id == "li"

    def in_force(self, who: str, does: str) -> bool:
        return (who, does) == ("li", "silences")

    def fact(self, entity: str, id: str, name: str) -> Any | None:
        known = {"joined": NOW - 86_400_000, "roles": ["admin"], "name": "Li Spam", "score": 2}
        return known.get(name) if id == "li" else None


def _told(fact: Any) -> Any:
    """A fact as events give it: the only number among them that is not a score is an instant."""
    return format_ms(fact) if isinstance(fact, int) and fact > 2 else fact


def memory_of_reference() -> Any:
    """The same answers under the names that the reference interpreter uses."""
    answers = Answers()
    return SimpleNamespace(
        id=answers.partition,
        plan=PLAN,
        lists={words.id: words for words in PLAN.lists},
        windows=SimpleNamespace(
            value=lambda window, key, within, most, now: answers.window_value(window, encode(key), within, most)
        ),
        ledgers=SimpleNamespace(
            balance=lambda ledger, who, now: answers.ledger(ledger, who),
            rank=lambda ledger, who, now: answers.ledger_rank(ledger, who),
            top=lambda ledger, count, now: list(answers.ledger_top(ledger, count)),
        ),
        roster=SimpleNamespace(
            fact=lambda entity, who, name, now: _told(answers.fact(entity, who, name)),
            silence=lambda member, now, first: answers.silence(member),
        ),
        first=0,
        sanctions=SimpleNamespace(ends=lambda who, does, now: [now + 1] if answers.in_force(who, does) else []),
        states=SimpleNamespace(held={("lockdown", None)}),
        labels=SimpleNamespace(bears=lambda entity, id, label, now: answers.has_label(entity, id, label)),
    )


# --- expressions --------------------------------------------------------------------------------

sources = st.integers(0, SOURCES - 1)


def node(form: Any, /, **parts: Any) -> st.SearchStrategy[Any]:
    """A node with random operands and a random place in the source."""
    parts = {name: part if isinstance(part, st.SearchStrategy) else st.just(part) for name, part in parts.items()}
    return st.builds(form, src=sources, **parts)


def field(kind: ir.Kind, *path: str, root: str = "event") -> st.SearchStrategy[ir.Field]:
    return node(ir.Field, root=root, path=path, kind=kind, optional=True)


def fact(kind: ir.Kind, name: str, **more: Any) -> st.SearchStrategy[ir.Fact]:
    where = st.sampled_from([("event", ("actor",)), ("event", ("author",)), ("start", ("actor",)), ("subject", ())])
    return where.flatmap(
        lambda at: node(ir.Fact, root=at[0], path=at[1], entity="member", fact=name, kind=kind, **more)
    )


def const(values: st.SearchStrategy[Any]) -> st.SearchStrategy[ir.Const]:
    return node(ir.Const, value=values)


def _brief(build: Callable[[int], st.SearchStrategy[Any]]) -> Callable[[int], st.SearchStrategy[Any]]:
    """Build a strategy once per depth, and hide it from the repr of strategies that use it, which gets huge."""
    built = cache(build)

    @st.composite
    def drawn(draw: st.DrawFn, depth: int) -> Any:
        return draw(built(depth))

    return drawn


def _tuples(parts: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(parts, max_size=most).map(tuple)


views = st.sampled_from(["exact", "folded", "squeezed", "word", "domain"])
quantifiers = st.sampled_from(["any", "all"])
list_names = st.sampled_from([words.id for words in PLAN.lists])
patterns = st.sampled_from(["sp.m", "^a", "微", "[0-9]+$", "", r"\bhit"])

entities = st.one_of(
    field("entity", "actor"),
    field("entity", "author"),
    field("entity", "actor", root="start"),
    node(ir.Field, root="subject", path=(), kind="entity", optional=True),
)
instants = st.one_of(
    node(ir.Now), field("instant", "time"), field("instant", "actor", "joined"), fact("instant", "joined")
)


@_brief
def text_values(depth: int) -> st.SearchStrategy[Any]:
    """Texts; `depth` is the number of enclosing quantifiers over links."""
    items = [field("text", part, root=f"${level}") for level in range(depth) for part in ("url", "domain")]
    leaves = st.one_of(
        const(texts),
        node(ir.Call, function="lower", arguments=st.tuples(field("text", "text"))),
        field("text", "text"),
        field("text", "odd-name"),
        field("text", "actor", "name"),
        field("text", "text", root="start"),
        fact("text", "name", assume=st.none() | const(texts)),
        entities,
        *items,
    )
    return leaves | node(ir.Coalesce, value=leaves, default=leaves)


@_brief
def lists_of_text(depth: int) -> st.SearchStrategy[Any]:
    return st.one_of(
        const(st.lists(texts, max_size=4)),
        field("list", "tags"),
        field("list", "mentions"),
        field("list", "actor", "roles"),
        fact("list", "roles", default=st.none() | st.just([])),
        node(ir.LedgerTop, ledger="points", count=st.integers(0, 3)),
        node(ir.Sequence, items=_tuples(text_values(depth))),
    )


@_brief
def number_values(depth: int) -> st.SearchStrategy[Any]:
    items = [field("number", "hits", root=f"${level}") for level in range(depth)]
    leaves = st.one_of(
        const(numbers),
        node(ir.Call, function="hour", arguments=st.tuples(instants)),
        node(ir.Call, function="length", arguments=st.tuples(text_values(depth))),
        field("number", "count"),
        field("number", "weight"),
        field("number", "level"),
        field("number", "actor", "score"),
        field("number", "ghost"),
        fact(
            "number",
            "score",
            assume=st.none() | const(numbers) | field("number", "count"),
            default=st.sampled_from([None, 3]),
        ),
        node(ir.LedgerValue, ledger="points", key=entities),
        node(ir.LedgerRank, ledger="points", key=entities),
        node(ir.Silence, member=entities),
        node(ir.ByDate, dates=st.just((NOW - 1, NOW + 1)), values=st.tuples(numbers, numbers, numbers)),
        node(
            ir.WindowValue,
            window=st.sampled_from(["talk", "silent"]),
            key=_tuples(text_values(depth), 2),
            within=st.integers(0, 5),
            maximum=st.sampled_from([None, 2]),
        ),
        *items,
    )
    spans = node(ir.Arithmetic, operator="-", left=instants, right=instants)
    return st.recursive(
        leaves | spans,
        lambda inner: st.one_of(
            node(ir.Arithmetic, operator=st.sampled_from("+-*/%"), left=inner, right=inner),
            node(ir.Negate, operand=inner),
            node(ir.Coalesce, value=inner, default=inner),
        ),
        max_leaves=4,
    )


@_brief
def leaf_conditions(depth: int) -> st.SearchStrategy[Any]:
    text, number, many = text_values(depth), number_values(depth), lists_of_text(depth)
    relations = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    equalities = st.sampled_from(["==", "!="])
    return st.one_of(
        node(ir.Compare, operator=relations, left=number, right=number),
        node(ir.Compare, operator=relations, left=instants, right=instants),
        node(ir.Compare, operator=equalities, left=text, right=text, view=views),
        node(
            ir.InClock, instant=instants, start=st.sampled_from([0, 79_200_000]), end=st.sampled_from([0, 28_800_000])
        ),
        node(ir.In, item=text, collection=many, view=views),
        node(ir.In, item=number, collection=const(st.lists(numbers, max_size=3))),
        node(ir.InList, item=text, list=list_names),
        node(ir.Has, collection=many, quantifier=quantifiers, values=many | text, view=views),
        node(ir.HasList, collection=many, quantifier=quantifiers, list=list_names),
        node(ir.Contains, subject=text, quantifier=quantifiers, needles=many | text, view=views),
        node(ir.ContainsList, subject=text, quantifier=quantifiers, list=list_names),
        node(ir.Affix, subject=text, end=st.sampled_from(["start", "end"]), needle=text | many, view=views),
        node(ir.Compare, operator=relations, left=node(ir.WeightIn, subject=text, list=list_names), right=number),
        node(
            ir.Chance,
            share=st.sampled_from([0.0, 0.3, 0.7]).map(lambda value: ir.Const(value=value)),
            site=st.just("r"),
        ),
        node(
            ir.Has,
            collection=node(ir.Pick, items=many, count=const(st.integers(-1, 2)), site=st.just("r")),
            quantifier=quantifiers,
            values=many,
        ),
        node(ir.Has, collection=node(ir.FoundIn, subject=text, list=list_names), quantifier=quantifiers, values=many),
        node(
            ir.Matches,
            subject=text,
            pattern=patterns,
            flags=st.sampled_from(["", "i"]),
            view=st.sampled_from(["exact", "folded", "squeezed"]),
        ),
        node(
            ir.WindowTest,
            window=st.sampled_from(["talk", "silent"]),
            key=_tuples(text, 2),
            within=st.integers(0, 5),
            operator=st.sampled_from([">=", "<", "=="]),
            bound=st.integers(0, 4),
        ),
        node(ir.InState, state=st.sampled_from(["lockdown", "calm"])),
        node(ir.HasLabel, entity="member", id=entities, label="trusted"),
        node(ir.InForce, member=entities, does=st.sampled_from(["silences", "removes"])),
        node(ir.Known, operand=number | text),
        field("boolean", "urgent"),
        const(st.booleans()),
    )


def conditions(depth: int = 0) -> st.SearchStrategy[Any]:
    """Conditions inside `depth` quantifiers over links."""
    leaves = leaf_conditions(depth)
    if depth < 2:
        links = field("list", "links")
        inner = st.deferred(lambda: conditions(depth + 1))
        hints = _tuples(
            st.builds(ir.Hint, when=leaf_conditions(depth), points=const(st.integers(-2, 3)) | number_values(depth))
        )
        scores = st.builds(ir.Score, hints=hints)
        tallies = st.builds(ir.Tally, variable=st.just("link"), collection=links, condition=inner)
        bounds = {"operator": st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), "bound": st.integers(-2, 4)}
        leaves |= node(ir.TallyTest, tally=scores | tallies, **bounds)
        leaves |= node(ir.Known, operand=scores | tallies)
        leaves |= node(ir.Quantified, quantifier=quantifiers, variable="link", collection=links, condition=inner)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            node(ir.And, operands=_tuples(inner)),
            node(ir.Or, operands=_tuples(inner)),
            node(ir.Not, operand=inner),
            node(ir.Known, operand=inner),
            node(ir.Coalesce, value=inner, default=inner),
        ),
        max_leaves=6,
    )
