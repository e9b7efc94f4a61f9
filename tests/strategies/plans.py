"""Random plans over the shipped event types: every kind of trigger, effect and cell, well typed by construction.

`strategies.expressions` covers expressions in depth; here guards are small and chosen to come true often, so that what
they guard happens: windows, ledgers and their ladders, paths, states, schedules, labels, approvals. Every expression
has its own source, so that clauses and blame can be told apart.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from groundrules.plan import ir
from groundrules.types.catalog import shipped_catalog
from strategies.histories import DAY, HOUR, MEMBERS, MINUTE, SECOND, START, TYPES

EVENTS = {name: shipped_catalog().schemas[name] for name in TYPES}
WITHIN = (SECOND, MINUTE, HOUR, 2 * DAY)

TRUE = ir.Const(value=True)
FALSE = ir.Const(value=False)
TEXT = ir.Field(root="event", path=("text",), kind="text")
EMOJI = ir.Field(root="event", path=("emoji",), kind="text")
ACTOR = ir.Field(root="event", path=("actor",), kind="entity", optional=True)
CHANNEL = ir.Field(root="event", path=("channel",), kind="entity", optional=True)
AUTHOR = ir.Field(root="event", path=("message", "author"), kind="entity", optional=True)
ID = ir.Field(root="event", path=("id",), kind="text")
TASK = ir.Field(root="event", path=("task",), kind="entity")
DUE = ir.Field(root="event", path=("task", "due"), kind="instant", optional=True)
SUBJECT = ir.Field(root="subject", path=(), kind="entity")
START_ACTOR = ir.Field(root="start", path=("actor",), kind="entity", optional=True)
START_TASK = ir.Field(root="start", path=("task",), kind="entity", optional=True)
ASSIGNEE = ir.Field(root="start", path=("task", "assignee"), kind="entity", optional=True)
TODAY = ir.CalendarPeriod(period="day")
FOLDED = ir.Call(function="folded", arguments=(TEXT,))

GROUPS = ("", "", "", "first")
ACTIONS = (
    ir.ActionSpec(
        name="ban",
        target="member",
        supersedes=("kick", "mute", "warn"),
        opposes={"unban": "ban"},
        sanctions=("removes",),
        ended_by=("unban",),
    ),
    ir.ActionSpec(name="delete", target="member", merge={"events": "union"}),
    ir.ActionSpec(
        name="mute",
        target="member",
        merge={"duration": "max"},
        supersedes=("warn",),
        sanctions=("silences",),
        length="duration",
        ended_by=("unmute",),
    ),
    ir.ActionSpec(name="notify"),
    ir.ActionSpec(name="reply", target="message"),
    ir.ActionSpec(name="request_approval"),
    ir.ActionSpec(name="unmute", target="member", opposes={"mute": "mute"}),
    ir.ActionSpec(name="warn", target="member"),
)
LISTS = (
    ir.WordList(id="adverts", match="squeezed", items=("spam", "加微信")),
    ir.WordList(id="changing", match="folded", items=("hello", "spam"), changes=True),
    ir.WordList(id="ours", match="domain", items=("a.example",)),
)
LEDGERS = (
    ir.Ledger(id="points", fade=ir.Fade(amount=1, every=HOUR)),
    ir.Ledger(id="reputation", floor=-3, ceiling=6),
    ir.Ledger(id="talk", per="channel", floor=None),
)
CAPS = (ir.Cap(id="chat", amount=2, per="day"), ir.Cap(id="month", amount=3, per="month"))


def fact(name: str, kind: ir.Kind, path: tuple[str, ...] = ("actor",), **more: Any) -> ir.Fact:
    return ir.Fact(root="event", path=path, entity="member", fact=name, kind=kind, **more)


def const(value: Any, kind: ir.Kind | None = None) -> ir.Const:
    return ir.Const(value=value, kind=kind)


def compare(left: Any, relation: str, right: Any, view: ir.View = "exact") -> ir.Compare:
    return ir.Compare(operator=relation, left=left, right=right, view=view)


WINDOWS = (
    ir.Window(id="by-actor", kind="count", type="message", key=(ACTOR,), within=2 * DAY, keep=6, ids=True),
    ir.Window(id="by-text", kind="count", type="message", key=(ACTOR, FOLDED), within=2 * DAY, keep=6),
    ir.Window(id="joins", kind="count", type="member.joined", within=2 * DAY, keep=6),
    ir.Window(
        id="levels", kind="sum", type="message", key=(ACTOR,), within=2 * DAY, pane=7 * SECOND, keep=3, ids=True,
        value=ir.Fact(root="event", path=("actor",), entity="member", fact="level", kind="number"),
    ),
    ir.Window(id="quiet", kind="quiet", type="message"),
    ir.Window(id="quiet-in", kind="quiet", type="message", key=(CHANNEL,)),
    ir.Window(id="streak", kind="streak", type="message", key=(ACTOR,)),
    ir.Window(
        id="texts", kind="distinct", type="message", key=(CHANNEL,), value=FOLDED, within=2 * DAY, keep=6, ids=True
    ),
    ir.Window(
        id="adverts", kind="count", type="message", key=(ACTOR,), within=2 * DAY, keep=6,
        where=ir.ContainsList(subject=TEXT, quantifier="any", list="adverts"),
    ),
    ir.Window(
        id="latest", kind="distinct", type="message", key=(CHANNEL,), value=ACTOR, within=2 * DAY, keep=3, ids=True,
        less=(ir.Taker(
            type="message", key=(CHANNEL,), value=ACTOR,
            where=ir.ContainsList(subject=TEXT, quantifier="any", list="adverts"),
        ),),
    ),
    ir.Window(
        id="today", kind="count", type="message", key=(ACTOR, TODAY), within=ir.LONGEST["day"], keep=3,
    ),
    ir.Window(
        id="since-joining", kind="count", type="message", key=(ACTOR,), within=2 * DAY, keep=3,
        less=(ir.Taker(type="member.joined", key=(ACTOR,)),),
    ),
    ir.Window(
        id="last-adverts", kind="count", type="message", key=(ACTOR,), within=3, keep=3, by_events=True,
        where=ir.ContainsList(subject=TEXT, quantifier="any", list="adverts"),
    ),
    ir.Window(
        id="last-joins", kind="count", type="member.joined", within=3, keep=3, ids=True, by_events=True,
        where=compare(fact("level", "number"), ">", const(0)),
    ),
    ir.Window(
        id="last-levels", kind="sum", type="message", key=(ACTOR,), within=3, pane=1, ids=True, by_events=True,
        value=ir.Fact(root="event", path=("actor",), entity="member", fact="level", kind="number"),
    ),
    ir.Window(
        id="last-texts", kind="distinct", type="message", key=(CHANNEL,), value=FOLDED, within=3, keep=3, ids=True,
        by_events=True,
    ),
)  # fmt: skip
KEYS = {window.id: window.key for window in WINDOWS}


# --- guards -----------------------------------------------------------------------------------------

LEVEL = fact("level", "number")
SUBJECT_LEVEL = ir.Fact(root="subject", path=(), entity="member", fact="level", kind="number")
AGE = ir.Arithmetic(operator="-", left=ir.Now(), right=fact("joined", "instant"))
FIXED = {"quiet": 0, "quiet-in": 0, "streak": 0, "today": ir.LONGEST["day"]}
relations = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
small = st.integers(-1, 4)


def within_of(name: str) -> st.SearchStrategy[int]:
    """How far back a window looks: a time, or so many events."""
    if name.startswith("last-"):
        return st.integers(1, 3)
    return st.just(FIXED[name]) if name in FIXED else st.sampled_from(WITHIN)


def window_tests(names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(names).flatmap(
        lambda name: st.builds(
            ir.WindowTest,
            window=st.just(name),
            key=st.just(KEYS[name]),
            within=within_of(name),
            operator=relations,
            bound=st.sampled_from([MINUTE, HOUR]) if name.startswith("quiet") else st.integers(1, 4),
        )
    )


anywhere = st.one_of(
    st.builds(compare, st.just(LEVEL), relations, small.map(const)),
    st.builds(compare, st.just(AGE), relations, st.just(const(3 * DAY, "duration"))),
    st.builds(
        compare, st.just(ir.LedgerValue(ledger="points", key=ACTOR)), relations, small.map(const)
    ),
    st.just(ir.Has(collection=fact("roles", "list", default=[]), quantifier="any", values=const(["admin"]))),
    st.just(ir.HasLabel(entity="member", id=ACTOR, label="trusted")),
    st.sampled_from(["silences", "removes"]).map(lambda does: ir.InForce(member=ACTOR, does=does)),
    st.just(
        compare(
            ir.Arithmetic(operator="-", left=ir.InForceUntil(member=ACTOR, does="silences"), right=ir.Now()),
            ">=",
            const(10 * MINUTE, "duration"),
        )
    ),
    st.just(ir.InState(state="busy")),
    st.sampled_from([CHANNEL, ACTOR]).map(lambda of: ir.InState(state="heated", of=of)),
    st.just(ir.Known(operand=fact("name", "text"))),
    st.just(ir.InClock(instant=ir.Now(), start=22 * HOUR, end=7 * HOUR)),
    window_tests(("joins", "quiet", "last-joins")),
)  # fmt: skip
DOMAIN = ir.Field(root="$0", path=("domain",), kind="text", optional=True)
LINKS = ir.Field(root="event", path=("links",), kind="list")
on_message = st.one_of(
    st.just(ir.ContainsList(subject=TEXT, quantifier="any", list="changing")),
    st.just(ir.ContainsList(subject=TEXT, quantifier="any", list="adverts")),
    st.just(ir.Contains(subject=TEXT, quantifier="any", needles=const(["spam", "hello"]), view="folded")),
    st.just(compare(TEXT, "==", const("spam"), "folded")),
    st.just(ir.Matches(subject=TEXT, pattern="sp.m|o", flags="i")),
    st.sampled_from(["any", "all"]).map(
        lambda quantifier: ir.Quantified(
            quantifier=quantifier, variable="link", collection=LINKS, condition=ir.InList(item=DOMAIN, list="ours")
        )
    ),
    st.builds(
        lambda points, relation, bound: ir.TallyTest(
            tally=ir.Score(
                hints=(
                    ir.Hint(when=ir.ContainsList(subject=TEXT, quantifier="any", list="adverts"), points=const(2)),
                    ir.Hint(when=compare(LEVEL, "<", const(2)), points=const(points)),
                    ir.Hint(
                        when=ir.WindowTest(
                            window="by-actor", key=KEYS["by-actor"], within=HOUR, operator=">=", bound=2
                        ),
                        points=const(1),
                    ),
                )
            ),
            operator=relation,
            bound=bound,
        ),
        st.sampled_from([-1, 1, 2]),
        relations,
        small,
    ),
    st.builds(
        lambda relation, bound: ir.TallyTest(
            tally=ir.Tally(variable="link", collection=LINKS, condition=ir.InList(item=DOMAIN, list="ours")),
            operator=relation,
            bound=bound,
        ),
        relations,
        small,
    ),
    st.builds(
        compare,
        st.sampled_from(("by-actor", "levels", "texts", "streak", "latest", "last-levels", "last-texts")).flatmap(
            lambda name: within_of(name).map(
                lambda within: ir.WindowValue(window=name, key=KEYS[name], within=within, maximum=5)
            )
        ),
        relations,
        small.map(const),
    ),
    window_tests(
        (
            *("by-actor", "by-text", "levels", "texts", "streak", "quiet-in", "adverts", "latest", "since-joining"),
            *("today", "last-adverts", "last-levels", "last-texts"),
        )
    ),
)


def guards(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Small conditions over some leaves, often always true."""
    pairs = st.lists(leaves, min_size=1, max_size=3).map(tuple)
    joined = st.builds(lambda kind, operands: kind(operands=operands), st.sampled_from([ir.And, ir.Or]), pairs)
    return st.one_of(st.just(TRUE), leaves, leaves.map(lambda leaf: ir.Not(operand=leaf)), joined)


on_step = st.one_of(
    st.just(compare(START_ACTOR, "==", const("li"))),
    st.just(ir.HasLabel(entity="member", id=START_ACTOR, label="trusted")),
    st.builds(
        ir.WindowTest,
        window=st.just("by-actor"),
        key=st.just((START_ACTOR,)),
        within=st.sampled_from(WITHIN),
        operator=relations,
        bound=st.integers(1, 4),
    ),
)
on_crossing = st.one_of(
    st.builds(compare, st.just(ir.Silence(member=SUBJECT)), relations, st.just(const(HOUR, "duration"))),
    st.builds(compare, st.just(SUBJECT_LEVEL), relations, small.map(const)),
)


# --- effects ----------------------------------------------------------------------------------------

MESSAGE = {
    "en": ("at ", ir.Now(), " ", const(90_000, "duration")),
    "zh": ("第", ir.LedgerValue(ledger="points", key=ACTOR), "次 ", fact("name", "text")),
}
mutes = st.builds(
    lambda who, duration: ir.Act(do="mute", who=who, parameters={"duration": const(duration, "duration")}),
    st.just(ACTOR),
    st.sampled_from([MINUTE, HOUR]),
)
reply = ir.Act(do="reply", who=ID, parameters={"text": ir.Template(texts=MESSAGE)})


def plain_acts(who: Any) -> st.SearchStrategy[Any]:
    """Actions on a member."""
    warn = ir.Act(do="warn", who=who, or_else=(ir.Act(do="notify", who=None, parameters={"role": const("admin")}),))
    ban, unmute = ir.Act(do="ban", who=who), ir.Act(do="unmute", who=who)
    mute = ir.Act(do="mute", who=who, parameters={"duration": const(MINUTE, "duration")})
    return st.sampled_from([warn, ban, unmute, mute])


@st.composite
def deltas(draw: st.DrawFn, who: Any, ledgers: tuple[str, ...]) -> Any:
    ledger = draw(st.sampled_from(ledgers))
    bearer = CHANNEL if ledger == "talk" else who
    if draw(st.integers(0, 9)) == 0:
        return ir.Reset(ledger=ledger, who=bearer)
    amount = draw(st.one_of(st.integers(-2, 3).map(const), st.just(ir.Coalesce(value=LEVEL, default=const(1)))))
    cap = draw(st.sampled_from([None, "chat", "month"]))
    return ir.Delta(ledger=ledger, who=bearer, amount=amount, cap=cap, takes=draw(st.booleans()))


def event_effects(on: str) -> st.SearchStrategy[Any]:
    """One effect of a rule on an event."""
    who = st.sampled_from([ACTOR, AUTHOR] if on.startswith("reaction") else [ACTOR])
    labels = st.builds(
        lambda who, lasts, remove: ir.Label(label="trusted", entity="member", on=who, lasts=lasts, remove=remove),
        who,
        st.sampled_from([None, HOUR]),
        st.booleans(),
    )
    exempt = st.lists(st.sampled_from(["r0", "r1", "r2"]), max_size=2, unique=True).map(tuple)
    kinds = [
        who.flatmap(lambda who: deltas(who, ("points", "reputation", "talk"))),
        who.flatmap(lambda who: deltas(who, ("points",))),
        who.flatmap(plain_acts),
        labels,
        st.builds(
            ir.Later,
            act=who.flatmap(plain_acts),
            after=st.sampled_from([MINUTE, HOUR]).map(lambda length: const(length, "duration")),
            extends=st.booleans(),
        ),
        st.builds(
            ir.Enlist,
            list=st.just("changing"),
            entry=st.sampled_from([TEXT, const("hello")] if on == "message" else [const("hello")]),
            remove=st.booleans(),
        ),
        exempt.map(lambda rules: ir.Exempt(rules=rules)),
        st.just(ir.Open(process="deadline" if on == "task.assigned" else "question")),
    ]
    if on == "message":
        delete = ir.Act(do="delete", who=ACTOR, parameters={"events": ir.Matched()})
        kinds.append(st.sampled_from([reply, delete]))
    return st.one_of(kinds)


# --- rules ------------------------------------------------------------------------------------------


@st.composite
def event_rules(draw: st.DrawFn, number: int) -> ir.Rule:
    """A rule on events."""
    on = draw(st.sampled_from(["message"] * 6 + ["reaction.added", "member.joined", "task.assigned"]))
    leaves = st.one_of(anywhere, on_message) if on == "message" else anywhere
    effects = st.lists(event_effects(on), max_size=3).map(tuple)
    once = draw(st.sampled_from([None, None, ir.Once(key=(ACTOR,), within=HOUR), ir.Once(key=(CHANNEL,), per="day")]))
    times = None
    if draw(st.integers(0, 4)) == 0:
        times = ir.Times(key=(ACTOR,), within=HOUR, steps=((1, draw(effects)), (3, draw(effects))))
    undo = draw(st.booleans()) and on == "reaction.added"
    key = (ACTOR, ir.Field(root="event", path=("message",), kind="entity"), EMOJI)
    return ir.Rule(
        id=f"r{number}",
        trigger=ir.OnEvent(types=(on,)),
        when=draw(guards(leaves)),
        unless=draw(st.none() | guards(leaves)) if draw(st.booleans()) else None,
        effects=draw(effects),
        once=once,
        times=times,
        approval=draw(approvals) if draw(st.integers(0, 5)) == 0 else None,
        undo=(ir.Undo(type="reaction.removed", key=key),) if undo else (),
        undo_key=key if undo else (),
        remember=2 * DAY if undo else 0,
        mode=draw(st.sampled_from(["enforce"] * 5 + ["shadow", "off"])),
        rollout=draw(st.sampled_from([1.0, 1.0, 1.0, 0.5])),
        ends=draw(st.sampled_from([None] * 5 + [1_772_413_200_000 + DAY])),
        starts=draw(st.sampled_from([None] * 5 + [1_772_413_200_000 + DAY])),
        first_of=draw(st.sampled_from(GROUPS)),
        priority=draw(st.integers(0, 2)),
    )


approvals = st.builds(
    ir.Approval,
    by=st.sampled_from([("admin",), ("admin", "helper")]),
    approvals=st.integers(1, 2),
    within=st.sampled_from([HOUR, 2 * DAY]),
    batch=st.booleans(),
    recheck=st.booleans(),
)


@st.composite
def timed_rules(draw: st.DrawFn) -> list[ir.Rule]:
    """Rules on everything except events; each may be absent."""
    acts = st.lists(plain_acts(SUBJECT), max_size=2)
    notify = ir.Act(do="notify", who=None, parameters={"role": const("admin")})
    crossing = st.tuples(acts, st.none() | deltas(SUBJECT, ("reputation",))).map(
        lambda both: tuple(both[0]) + ((both[1],) if both[1] else ())
    )
    back = ir.Rule(
        id="points#4back", trigger=ir.OnCrossing(ladder="points", step=1, back=True), when=TRUE, effects=draw(crossing)
    )
    takes = ir.Rule(
        id="points#5", trigger=ir.OnCrossing(ladder="points", step=2), when=TRUE,
        effects=(*draw(crossing), ir.Reset(ledger="points", who=SUBJECT)),
    )  # fmt: skip
    ranking = draw(rankings)
    found = [
        ir.Rule(
            id="points#1",
            trigger=ir.OnCrossing(ladder="points", step=0),
            when=draw(guards(on_crossing)),
            unless=draw(st.none() | on_crossing),
            effects=draw(crossing),
        ),
        ir.Rule(id="points#2", trigger=ir.OnCrossing(ladder="points", step=1), when=TRUE, effects=draw(crossing)),
        back,
        takes,
        ir.Rule(id="discipline#1", trigger=ir.OnCrossing(ladder="discipline", step=0), when=TRUE, effects=(notify,)),
        step_rule("question", 0, START_ACTOR, draw(guards(on_step | still("question")))),
        step_rule("question", 1, START_ACTOR, draw(guards(on_step))),
        step_rule("question", -1, START_ACTOR),
        step_rule("deadline", 0, ASSIGNEE, draw(guards(on_step | still("deadline")))),
        step_rule("deadline", 1, ASSIGNEE),
        ir.Rule(id="busy#enter", trigger=ir.OnState(state="busy", entering=True), when=TRUE, effects=(notify,)),
        ir.Rule(id="busy#leave", trigger=ir.OnState(state="busy", entering=False), when=TRUE, effects=(notify,)),
        ir.Rule(
            id="heated#enter",
            trigger=ir.OnState(state="heated", entering=True),
            when=TRUE,
            effects=(ir.Act(do="warn", who=SUBJECT), ir.Delta(ledger="talk", who=SUBJECT, amount=const(1))),
        ),
        ir.Rule(id="heated#leave", trigger=ir.OnState(state="heated", entering=False), when=TRUE, effects=(notify,)),
        ir.Rule(id="daily", trigger=ir.OnSchedule(schedule="daily"), when=TRUE, effects=(notify,)),
        ir.Rule(
            id="silent",
            trigger=ir.OnSchedule(schedule="silent"),
            when=compare(ir.Silence(member=SUBJECT), ">", const(DAY)),
            effects=(*draw(acts), ir.Delta(ledger="reputation", who=SUBJECT, amount=const(-1), takes=True)),
            ranking=ranking,
            approval=draw(st.none() | approvals),
        ),
        ir.Rule(
            id="silent#together",
            trigger=ir.OnSchedule(schedule="silent", together=True),
            when=TRUE,
            effects=(
                ir.Act(do="warn", who=ir.Those()),
                *(
                    [ir.Act(do="notify", who=None, parameters={"role": ir.Standings(entity="member")})]
                    if ranking
                    else []
                ),
                ir.Delta(ledger="points", who=ir.Those(), amount=const(1)),
            ),
            mode=draw(st.sampled_from(["enforce", "shadow"])),
        ),
        ir.Rule(id="r0#refused", trigger=ir.OnRefusal(rule="r0"), when=TRUE, effects=(notify,)),
        ir.Rule(id="silent#refused", trigger=ir.OnRefusal(rule="silent"), when=TRUE, effects=(notify,)),
    ]
    return [rule for rule in found if draw(st.integers(0, 7))]


def still(process: str) -> st.SearchStrategy[ir.AnyExpr]:
    """Conditions on what has not yet happened of a path."""
    remaining = ir.Remaining(process=process)
    number = ir.Call(function="length", arguments=(remaining,))
    return st.sampled_from(
        [
            ir.Has(collection=remaining, quantifier="any", values=const(["liked"])),
            compare(number, "<", const(2)),
        ]
    )


def step_rule(process: str, step: int, who: Any, when: Any = TRUE) -> ir.Rule:
    lacking = ir.Template(texts={lang: (ir.Remaining(process=process, language=lang),) for lang in ("", "en", "zh")})
    warning = ir.Act(do="warn", who=who, parameters={"text": lacking})
    effects = (warning, ir.Delta(ledger="points", who=who, amount=const(1)))
    name = "ended" if step < 0 else str(step + 1)
    return ir.Rule(id=f"{process}#{name}", trigger=ir.OnStep(process=process, step=step), when=when, effects=effects)


# --- cells ------------------------------------------------------------------------------------------


@st.composite
def ladders(draw: st.DrawFn) -> tuple[ir.Ladder, ...]:
    points = ir.Ladder(
        id="points",
        ledger="points",
        steps=(
            ir.Step(reaches=1, cool_down=draw(st.sampled_from([0, HOUR]))),
            ir.Step(reaches=3, falls_below=draw(st.sampled_from([None, 2]))),
            ir.Step(reaches=5),
        ),
        fire=draw(st.sampled_from(["highest", "all"])),
        beyond=draw(st.sampled_from(["nothing", "repeat"])),
    )
    discipline = ir.Ladder(
        id="discipline",
        ledger="reputation",
        steps=(ir.Step(reaches=2, falls_below=0),),
        appeal=ir.Appeal(within=2 * DAY, to="admin"),
    )
    return discipline, points


def items(same: ir.Compare) -> st.SearchStrategy[tuple[ir.Item, ...]]:
    """Items that must all happen before a path ends, including the types of the other path's events."""
    spoken = ir.Until(types=("message", "task.updated"), when=same)
    both = (
        ir.Item(id="spoken", title={"zh": "发言", "en": "a word"}, event=spoken),
        ir.Item(id="liked", event=ir.Until(types=("reaction.added", "task.completed"), when=TRUE)),
    )
    return st.sampled_from([(), both, both[::-1], both[:1]])


@st.composite
def processes(draw: st.DrawFn) -> tuple[ir.Process, ...]:
    answered = compare(ir.Field(root="event", path=("reply_to",), kind="text", optional=True), "==",
                       ir.Field(root="start", path=("id",), kind="text"))  # fmt: skip
    same_task = compare(TASK, "==", START_TASK)
    question = ir.Process(
        id="question",
        key=(ACTOR, CHANNEL),
        steps=(ir.Due(after=5 * MINUTE, repeat=draw(st.integers(1, 2)), every=HOUR), ir.Due(after=DAY)),
        until=(ir.Until(types=("message",), when=answered), ir.Until(types=("member.left",), when=TRUE)),
        until_all=draw(items(compare(ACTOR, "==", ir.Field(root="start", path=("actor",), kind="entity")))),
        capture=(("id",), ("actor",)),
        hours=draw(st.sampled_from([None, (9 * HOUR, 22 * HOUR)])),
        limit=draw(st.sampled_from([1, 1000])),
    )
    early = ir.Arithmetic(operator="-", left=DUE, right=const(HOUR, "duration"))
    deadline = ir.Process(
        id="deadline",
        key=(TASK,),
        steps=(ir.Due(at=early), ir.Due(at=DUE)),
        until=(ir.Until(types=("task.completed",), when=same_task),),
        until_all=draw(items(same_task)),
        restart=(ir.Until(types=("task.updated",), when=same_task),),
        capture=(("task",), ("task", "due"), ("task", "assignee")),
    )
    return deadline, question


def remembered(who: ir.AnyExpr, of: ir.AnyExpr) -> list[ir.AnyExpr]:
    """Conditions on what is remembered about a member, and about what has a balance, that time alone may change."""
    dated = ir.ByDate(dates=(START + HOUR, START + DAY), values=(3, 1, 2))
    return [
        ir.HasLabel(entity="member", id=who, label="trusted"),
        ir.InForce(member=who, does="silences"),
        compare(ir.Silence(member=who), ">", const(DAY, "duration")),
        compare(ir.LedgerRank(ledger="points", key=who), "==", const(1)),
        compare(ir.LedgerValue(ledger="talk", key=of), ">=", dated),
        compare(ir.Call(function="length", arguments=(ir.Members(),)), ">=", const(2)),
    ]


rankings = st.none() | st.builds(
    ir.Ranking,
    by=st.sampled_from(
        [
            ir.Silence(member=SUBJECT),
            SUBJECT_LEVEL,
            ir.LedgerValue(ledger="reputation", key=SUBJECT),
            ir.WindowValue(window="by-actor", key=(SUBJECT,), within=2 * DAY, maximum=6),
        ]
    ),
    least=st.booleans(),
    limit=st.integers(0, 2),
)


def states(draw: st.DrawFn) -> tuple[ir.State, ...]:
    asked = draw(st.sampled_from(remembered(const(MEMBERS[0]), const("general"))))
    enters = [
        asked,
        ir.WindowTest(window="joins", key=(), within=HOUR, operator=">=", bound=2),
        ir.WindowTest(window="quiet", key=(), within=0, operator=">=", bound=HOUR),
        ir.WindowTest(window="last-joins", key=(), within=2, operator=">=", bound=1),
    ]
    leaves = [
        ir.Not(operand=asked),
        ir.WindowTest(window="joins", key=(), within=HOUR, operator="<", bound=1),
        ir.WindowTest(window="last-joins", key=(), within=3, operator="<", bound=1),
        ir.WindowTest(window="quiet", key=(), within=0, operator=">", bound=DAY),
    ]
    turns = st.sampled_from([(), (ir.Until(types=("reaction.added",), when=compare(ACTOR, "==", AUTHOR)),)])
    return (
        ir.State(
            id="busy",
            enter=draw(st.sampled_from(enters)),
            leave=draw(st.sampled_from(leaves)),
            enter_on=draw(turns),
            leave_on=draw(turns),
        ),
        heated(draw),
    )


def heated(draw: st.DrawFn) -> ir.State:
    """A state of channels, or of things that share their ids and come and go."""
    of_whom = draw(st.sampled_from(remembered(const(MEMBERS[0]), SUBJECT)))
    enters = [
        ir.WindowTest(window="texts", key=(SUBJECT,), within=HOUR, operator=">=", bound=2),
        ir.WindowTest(window="latest", key=(SUBJECT,), within=2 * DAY, operator=">=", bound=2),
        compare(ir.LedgerValue(ledger="talk", key=SUBJECT), ">=", const(2)),
        of_whom,
        FALSE,
    ]
    leaves = [
        ir.WindowTest(window="quiet-in", key=(SUBJECT,), within=0, operator=">=", bound=HOUR),
        ir.WindowTest(window="texts", key=(SUBJECT,), within=HOUR, operator="<", bound=1),
        compare(ir.LedgerValue(ledger="talk", key=SUBJECT), "<", const(1)),
        ir.Not(operand=of_whom),
        FALSE,
    ]
    spam = ir.ContainsList(subject=TEXT, quantifier="any", list="adverts")
    turns = st.sampled_from([(), (ir.Until(types=("message",), when=spam),)])
    about = [ir.About(type="message", who=CHANNEL, at_hand=True), ir.About(type="reaction.added", who=AUTHOR)]
    return ir.State(
        id="heated",
        per=draw(st.sampled_from(["channel", "message"])),
        enter=draw(st.sampled_from(enters)),
        leave=draw(st.sampled_from(leaves)),
        enter_on=draw(turns),
        leave_on=draw(turns),
        about=tuple(about[: draw(st.integers(1, 2))]),
    )


ALARM = ir.Act(do="notify", who=None, parameters={"role": const("admin")})
BRAKES = (
    ir.Brake(id="at_most#warn", do="warn", most=2, within=HOUR, effects=(ALARM,)),
    ir.Brake(id="at_most#mute", do="mute", most=1, within=2 * DAY),
)
BRAKE_RULE = ir.Rule(
    id="at_most#warn",
    trigger=ir.OnBrake(brake="at_most#warn"),
    when=TRUE,
    approval=ir.Approval(by=("admin",), approvals=1, within=HOUR),
)


class Drawn:
    """A plan whose repr shows only what was drawn."""

    def __init__(self, plan: ir.Plan) -> None:
        self.plan = plan

    def __repr__(self) -> str:
        names = ("timezone", "retain", "rules", "ladders", "processes", "states")
        return f"Drawn({', '.join(f'{name}={getattr(self.plan, name)!r}' for name in names)})"


def pers(usual: str) -> st.SearchStrategy[str]:
    """What a ledger is kept per: now and then something whose balance is forgotten."""
    return st.sampled_from([usual, usual, "message"])


@st.composite
def plans(draw: st.DrawFn) -> Drawn:
    """A whole plan."""
    rules = [draw(event_rules(number)) for number in range(draw(st.integers(1, 5)))] + draw(timed_rules())
    brakes = draw(st.lists(st.sampled_from(BRAKES), max_size=2, unique_by=lambda brake: brake.id))
    rules += [BRAKE_RULE] if BRAKES[0] in brakes else []
    plan = ir.Plan(
        brakes=tuple(sorted(brakes, key=lambda brake: brake.id)),
        rulebook="random",
        timezone=draw(st.sampled_from(["Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York"])),
        events=EVENTS,
        facts={"member": ("joined", "level", "name", "roles")},
        actions=ACTIONS,
        lists=LISTS,
        rules=tuple(sorted(rules, key=lambda rule: rule.id)),
        windows=tuple(sorted(WINDOWS, key=lambda window: window.id)),
        ledgers=tuple(msgspec.structs.replace(kept, per=draw(pers(kept.per))) for kept in LEDGERS),
        caps=CAPS,
        ladders=draw(ladders()),
        processes=draw(processes()),
        states=states(draw),
        schedules=(
            ir.Schedule(id="daily", at=ir.When(time=9 * HOUR)),
            ir.Schedule(id="silent", at=ir.When(time=2 * HOUR + 30 * MINUTE, weekday=6), for_each="member"),
        ),
        retain=draw(st.sampled_from([400 * DAY, 2 * DAY])),
    )
    return Drawn(numbered(plan))


def numbered(plan: ir.Plan) -> ir.Plan:
    """The plan with a separate source for every expression."""
    sources: list[ir.Source] = []

    def place(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(place(item) for item in value)
        if isinstance(value, dict):
            return {name: place(item) for name, item in value.items()}
        if not isinstance(value, msgspec.Struct):
            return value
        found = {name: place(getattr(value, name)) for name in value.__struct_fields__}
        if isinstance(value, ir.Expr):
            found["src"] = len(sources)
            sources.append(ir.Source(file="rulebook.yaml", line=len(sources) + 1, column=1, text=f"#{len(sources)}"))
        return type(value)(**found)

    parts = {name: place(getattr(plan, name)) for name in ("rules", "windows", "processes", "states")}
    return msgspec.structs.replace(plan, **parts, sources=tuple(sources))
