"""Rulebooks as authors write them: any whose parts parse, and sound ones, whose expressions are built by type."""

from __future__ import annotations

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

HEADER = "rulebook: test\nuse: [std/chat]\nlanguages: [en]\ntimezone: Asia/Shanghai\n"

DECLARED = """\
parameters:
  limit: {type: integer, default: 5}
  wait: {type: duration, default: 5m}
  quiet_hours: {type: hours, default: "23:00-07:00"}
  lead: {type: role, default: admin}
lists: {words: {match: squeezed, items: [a, b]}, ours: {match: domain, items: [x.com]}}
ledgers: {points: {per: member}, heat: {per: channel}, pot: {per: community}}
define:
  who: actor
  several: limit * 2
  brief: wait < 10m
  bursts: count(message by actor within wait) >= several
  veteran: age(who.joined) > 30d and not who.bot
states:
  - {id: busy, enter: count(message within 1m) > 50, leave: quiet(message) > 5m}
"""


def _said(form: str, *parts: Texts) -> Texts:
    return st.builds(form.format, *parts)


def _words(text: str) -> Texts:
    return st.sampled_from(text.split())


def _one(*choices: str) -> Texts:
    return st.sampled_from(choices)


# --- anything that parses -----------------------------------------------------------------------

_NAMES = _words(
    """text actor actor.id actor.name actor.joined actor.level actor.roles who who.joined channel channel.name links
    mentions attachments reply_to event event.text now limit wait several quiet_hours words ours points pot heat busy
    brief bursts x x.id x.bot emoji message message.author start matched member"""
)
_LITERALS = _one("5", "1.5", "30%", "5m", "09:00", "23:00-07:00", '"a"', '["a", "b"]', "[1, 2]", "[]", "true")
_WINDOWS = _said(
    "{}{}{}{}{})",
    _one("count(", "streak(", "quiet(", "distinct(text of ", "sum(length(text) of "),
    _words("message reaction.added mesage"),
    _one("", " where length(text) > 3", " where actor.bot", " where points(actor) > 1"),
    _one("", " by actor", " by actor, channel", " by actor = message.author", " by text", " by links"),
    _one(
        "",
        " within 5m",
        " within wait",
        " within 1d max 9",
        " this week",
        " within last 5",
        " within last limit max 9",
        " today max 9",
        " max limit",
        " within brief",
    ),
)
_INFIX = [
    *["==", "!=", "<", ">=", "+", "-", "*", "/", "%", "??", "and", "or", "in", "not in", "has", "has any of"],
    *["has all of", "contains", "contains any of", "contains word", "starts with", "ends with"],
]


def _anything(inner: Texts) -> Texts:
    return st.one_of(
        _said("({} {} {})", inner, st.sampled_from(_INFIX), inner),
        _said("{}({})", _words("length age folded squeezed domain hour first points heat pot silence"), inner),
        _said("(not {})", inner),
        _said("known({})", inner),
        _said("{}(x in {} where {})", _words("any all"), inner, inner),
        _said("{} matches /a+b/i", inner),
        _said("-{}", inner),
        _said("labelled({}, 'x')", inner),
        _said("rank(points, {})", inner),
    )


ANYTHING = st.recursive(st.one_of(_NAMES, _LITERALS, _WINDOWS), _anything, max_leaves=6)

# --- sound conditions, by type ------------------------------------------------------------------

_TEXT = _one("text", "event.text", "actor.name", "channel.name", "folded(text)", "(reply_to ?? text)")
_NEEDLE = _one('"a"', '"x y"', "lead", "actor.id")
_LENGTH = _one(
    "5m", "wait", "age(who.joined)", "(now - (actor.created ?? now))", "quiet(message by channel)", "wait * 3"
)
_LIST = _one('["a", "b"]', "actor.roles", "words", "[lead]")
_NUMBER: Texts = st.deferred(
    lambda: st.one_of(
        _one("5", "limit", "several", "length(text)", "length(links)", "actor.level", "hour(now)", "points(actor)"),
        _one("pot", "(heat(channel) ?? 0)", "count(message by actor within 1d max 9)", "streak(message by actor)"),
        _said("({} {} {})", _NUMBER, _words("+ - * / %"), _NUMBER),
        _said("-{}", _NUMBER),
    )
)
_COUNT = _said(
    "{}{}{} within {})",
    _one("count(message", "distinct(channel of message"),
    _one("", " where length(text) > 3", " where veteran", " where any(link in links where link.domain in ours)"),
    _one("", " by actor", " by channel, actor", " by actor, text"),
    _words("5m wait 1d"),
)
SOUND: Texts = st.deferred(
    lambda: st.one_of(
        _said("{} {} {}", _NUMBER, _words("== != < >="), _NUMBER),
        _said("{} {} {}", _LENGTH, _words("< >="), _LENGTH),
        _said("{} {} {}", _TEXT, _one("==", "!=", "contains", "contains word", "starts with", "ends with"), _NEEDLE),
        _said("{} {} {}", _TEXT, _one("in", "not in"), _LIST),
        _said("{} contains {} of {}", _TEXT, _words("any all"), _one("words", '["a", "b"]')),
        _said("actor.roles has {} of {}", _words("any all"), _one('["a"]', "words")),
        _said("{} matches /a+b/i", _TEXT),
        _said("{} {} {}", _COUNT, _words("< >= =="), _words("3 limit several")),
        _said("any(x in mentions where {} and x.bot)", SOUND),
        _said("all(link in links where link.domain in ours or {})", SOUND),
        _one("busy", "bursts", "veteran", "brief", "actor.bot", "now in quiet_hours", "labelled(who, 'x')"),
        _one("actor in mentions", "known(channel)", "known(actor.birthday)", "silence(actor) > 3d"),
        _said("(not {})", SOUND),
        _said("({} {} {})", SOUND, _words("and or"), SOUND),
    )
)

# --- effects and rulebooks ----------------------------------------------------------------------

_SOUND_EFFECTS = _one(
    *["delete", "warn", "lock", "{mute: wait}", "{label: seen}", "{exempt: [tagged]}", "{reset: points}", "kick"],
    *["{grant: {pot: 1}}", "{grant: {points: length(text)}}", "{take: {points: 1}}", "{notify: {role: lead}}"],
    *["{send: {to: lounge, text: hi}}", "{send: {to: actor, text: '{actor.name}: {actor.level ?? 0}, {pot}'}}"],
    *["{mute: {duration: wait, who: actor, or_else: [warn]}}", "{reply: '{text} {several} {actor.roles} {now}'}"],
)
_quoted = ANYTHING.map(lambda text: text.replace("'", '"'))
_ANY_EFFECTS = st.one_of(
    _SOUND_EFFECTS,
    _one(
        "strike", "{mute: 5}", "{delete: matched}", "{ban: {who: member}}", "{lock_channel: {who: channel}}", "exempt"
    ),
    _said("{{reply: '{{{}}}'}}", _quoted),
    _said("{{grant: {{points: '{}'}}}}", _quoted),
    _said("{{send: {{to: '{}', text: hi}}}}", _NAMES),
    _said("{{mute: {{duration: 5m, who: '{}'}}}}", _quoted),
)


def _then(effects: Texts, indent: int) -> Texts:
    margin = " " * indent
    return st.lists(effects, min_size=1, max_size=3).map(lambda found: "".join(f"{margin}- {one}\n" for one in found))


def _blocks(types: Texts, when: Texts, keys: Texts, effects: Texts) -> Texts:
    """Rules, paths, ladders, schedules and states, each with the given guards and effects."""
    guard = _said("    when: >\n      {}\n", when)
    return st.one_of(
        _said(
            "rules:\n  - id: a\n    tags: [tagged]\n    on: {}\n{}    once_per: {}\n    then:\n{}",
            types,
            guard,
            keys,
            _then(effects, 6),
        ),
        _said(
            "paths:\n  - id: a\n    on: {}\n{}    one_per: actor\n"
            "    until: [{{on: message, when: start.id == reply_to}}]\n"
            "    steps:\n      - after: 5m\n        then:\n{}",
            types,
            guard,
            _then(effects, 10),
        ),
        _said(
            "ladders:\n  - id: a\n    ledger: points\n    steps:\n      - reaches: 5\n        then:\n{}",
            _then(effects, 10),
        ),
        _said(
            "schedules:\n  - id: a\n    at: monday 09:00\n    for_each: member\n{}    then:\n{}",
            guard,
            _then(effects, 6),
        ),
        _said("  - id: a\n    enter: >\n      {}\n    leave: busy\n    then:\n{}", when, _then(effects, 6)),
    )


def any_books() -> Texts:
    """Rulebooks whose parts parse, and which sometimes make sense."""
    types = _one("message", "reaction.added", "[message, message.edited]", "member.muted", "report.created")
    keys = _one("actor", "actor per day", "actor, channel within 1h", "message", "text", "links")
    return _blocks(types, ANYTHING, keys, _ANY_EFFECTS).map(lambda block: HEADER + DECLARED + block)


def sound_books() -> Texts:
    """Rulebooks of one rule that nearly always make sense."""
    keys = _one("actor", "actor per day", "actor, channel within 1h", "text")
    rule = (
        "rules:\n  - id: a\n    tags: [tagged]\n    on: message\n    when: >\n      {}\n    once_per: {}\n    then:\n{}"
    )
    return _said(HEADER.replace("{", "{{") + "{}" + rule, st.just(DECLARED), SOUND, keys, _then(_SOUND_EFFECTS, 6))
