"""Mistakes in how parts are put together: brackets, patterns, windows, quantifiers, short clauses, and the rest."""

from __future__ import annotations

import re

from groundrules.diagnostics.codes import syntax as codes
from groundrules.diagnostics.nearest import nearest
from groundrules.syntax.errors import Edit, FlawError
from groundrules.syntax.mistakes.place import PARTNERS, WINDOWS, Place
from groundrules.syntax.scan import Lexeme
from groundrules.window_kinds import KINDS

# What each form is called, and how it is written.
FORMS = {
    "expression": ("an expression", '`text contains "spam"`, `strikes(actor) + 1`'),
    "length": ("a duration", "`10m`, `1h30m` or the name of a parameter"),
    "hours": ("a range of clock times", "`09:00-22:00` or the name of a parameter"),
    "keys": ("keys", "`actor` or `actor, channel`"),
    "pairs": ("keys", "`actor` or `actor, id = message.id`"),
    "once": ("keys and a time", "`actor`, `actor, message within 90d` or `actor per day`"),
    "rate": ("an amount and a period", "`50 per day`, `limit per week`; the periods are `day`, `week` and `month`"),
    "fade": ("an amount and a duration", "`1 every 30d`"),
    "cell": ("a cell", '`< 3d`, `>= 1 and < 5`, `contains "x"`, a value, or `-` for anything'),
    "at": ("a time", "`09:00`, `monday 09:00`, `1st 10:00`, `last day 18:00`, `10-01 09:00` or `every 30m`"),
}
_DAYS = {
    **dict.fromkeys(("mon", "周一", "星期一"), "monday"),
    **dict.fromkeys(("tue", "tues", "周二", "星期二"), "tuesday"),
    **dict.fromkeys(("wed", "周三", "星期三"), "wednesday"),
    **dict.fromkeys(("thu", "thur", "thurs", "周四", "星期四"), "thursday"),
    **dict.fromkeys(("fri", "周五", "星期五"), "friday"),
    **dict.fromkeys(("sat", "周六", "星期六"), "saturday"),
    **dict.fromkeys(("sun", "周日", "周天", "星期日", "星期天"), "sunday"),
}
_WEEKDAYS = frozenset(_DAYS.values())
_SPACELESS = re.compile(r"/(\S+)/[ims]*(?=[\s)]|$)")
_SLASH = re.compile(r"(?<!\\)/")
_DAILY = re.compile(
    r"(?:(?:每天|每日|daily|every ?day)(?: at)?|每(?P<day>周[一二三四五六日天]|星期[一二三四五六日天]))"
    r"\s*(?:的)?(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])"
)
_OF = "PATH of TYPE where CONDITION by KEYS within DURATION max N"
_SHAPES: dict[str, str] = {
    "any": "any(x in xs where CONDITION)",
    "all": "all(x in xs where CONDITION)",
    "known": "known(VALUE)",
    **{name: f"{name}({_OF})" for name, kind in KINDS.items() if kind.takes},
}
_WINDOW_WORDS = ("where", "less", "by", "within", "max", "of", ",")
PERIODS = ("today", "this week", "this month")
_PERIOD_WORDS = ("this", "last", "current")
_WORDS = {
    "FIELD": "a name",
    "REGEX": "a pattern",
    "PERIOD": "`day`, `week` or `month`",
    "STRING": "a string",
    "_IN": "`in`",
    "_WITH": "`with`",
    "_WHERE": "`where`",
    "_OF": "`of`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "LPAR": "`(`",
    "_COMMA": "`,`",
    "_PER": "`per`",
    "_EVERY": "`every`",
    "_WITHIN": "`within`",
    "CALENDAR": "`today`, `this week`, `this month`",
}


def empty(form: str, at: tuple[int, int]) -> FlawError:
    """Nothing where `form` should be."""
    name, examples = FORMS[form]
    return FlawError(codes.EMPTY, at, f"expected {name}, found nothing", f"write for example {examples}")


def empty_brackets(place: Place) -> FlawError | None:
    """`()` around nothing."""
    here, before = place.here, place.before
    if not (here and before and before.text == "(" and here.text == ")" and place.wants_value):
        return None
    if place.call is not None and place.call.text in (*_SHAPES, *WINDOWS):
        return None
    return FlawError(
        codes.EMPTY, (before.start, here.end), "these brackets are empty", "write the condition or remove them"
    )


def brackets(place: Place) -> FlawError | None:
    """A bracket that closes nothing or the wrong one, or is still open at the end."""
    here = place.here
    opening = place.lexemes[place.open[-1]] if place.open else None
    if here is None:
        if opening is None or place.wants_value or not ({"RPAR", "RSQB"} & place.expected):
            return None
        notes = ((opening.at, "opened here"),)
        help = f"add `{PARTNERS[opening.text]}`"
        return FlawError(codes.UNCLOSED, place.at, f"this `{opening.text}` is never closed", help, notes)
    if here.text not in PARTNERS.values() or here.kind != "sign":
        return None
    if opening is None:
        return FlawError(
            codes.UNOPENED, here.at, f"this `{here.text}` closes nothing", "remove it, or open the bracket"
        )
    if here.text == PARTNERS[opening.text]:
        return None
    message = f"`{here.text}` does not close `{opening.text}`"
    help = f"write `{PARTNERS[opening.text]}`, or close the inner bracket first"
    return FlawError(codes.UNOPENED, here.at, message, help, ((opening.at, "opened here"),))


def patterns(place: Place) -> FlawError | None:
    """A pattern anywhere but after `matches`."""
    here, before = place.here, place.before
    if "REGEX" in place.expected:
        edits: tuple[Edit, ...] = ()
        if here and here.kind == "string":
            text = here.text[1:-1].replace("/", "\\/")
            edits = (Edit(here.at, f"/{text}/", "make it a pattern"),)
        at = here.at if here else before.at if before else place.at
        help = "write it between slashes: `/…/`, with the flags `i`, `m`, `s` after it if needed"
        return FlawError(codes.MALFORMED_PATTERN, at, "`matches` needs a pattern", help, edits=edits)
    if here and here.text[0] == "/" and before and before.kind == "regex" and before.end == here.start:
        return _slash_inside(place, before)
    if here and here.text == "/" and place.wants_value:
        help = "a pattern goes after `matches`: `text matches /…/`"
        return FlawError(codes.MALFORMED_PATTERN, here.at, "`/` has nothing on its left", help)
    return None


def _slash_inside(place: Place, pattern: Lexeme) -> FlawError:
    """`/https?://t.me/`: the pattern ended at its first slash."""
    message, help = "the pattern ends at this `/`", r"a slash inside the pattern is written `\/`"
    at = (pattern.end - 1, pattern.end)
    if not (whole := _SPACELESS.match(place.text, pattern.start, place.end)):
        return FlawError(codes.MALFORMED_PATTERN, at, message, help)
    written = "/" + _SLASH.sub(r"\/", whole[1]) + whole[0][len(whole[1]) + 1 :]
    edit = Edit(whole.span(), written, f"write `{written}`")
    return FlawError(codes.MALFORMED_PATTERN, at, message, help, edits=(edit,))


def calls(place: Place) -> FlawError | None:
    """A window or quantifier whose parts are missing or out of order."""
    word, here = place.call, place.here
    if word is None or word.text not in (*_SHAPES, *WINDOWS):
        return None
    shape = _SHAPES.get(word.text, f"{word.text}(TYPE where CONDITION by KEYS within DURATION max N)")
    order = "; all parts but the first are optional and come in this order" if word.text in WINDOWS else ""
    if here is not None and not _is_about_shape(place):
        return None
    if here is None and place.wants_value is False and "RPAR" in place.expected:
        return None
    if here is not None and here.text == "per" and word.text in WINDOWS:
        edits = (Edit(here.at, "by", "write `by`"),)
        return FlawError(codes.MALFORMED_CALL, here.at, "`per` is not allowed here", "did you mean `by`?", edits=edits)
    problem = f"`{here.text}` is not allowed here" if here else "the text ends too early"
    notes = ((word.at, f"in this `{word.text}`"),)
    return FlawError(codes.MALFORMED_CALL, place.at, problem, f"write `{shape}`{order}", notes)


def periods(place: Place) -> FlawError | None:
    """A window's calendar period in words that the language doesn't have."""
    here, after = place.here, place.after
    if here is None or "CALENDAR" not in place.expected or here.kind != "word":
        return None
    of_two = here.text.casefold() in _PERIOD_WORDS and after is not None and after.kind == "word"
    last = after if of_two and after is not None else here
    written = " ".join(place.text[here.start : last.end].split())
    meant = nearest(written.casefold(), PERIODS)
    if meant is None and not of_two:
        return None
    edits = (Edit((here.start, last.end), meant, f"write `{meant}`"),) if meant else ()
    help = f"did you mean `{meant}`?" if meant else "write `today`, `this week` or `this month`, or `within 30d`"
    return FlawError(codes.MALFORMED_CALL, (here.start, last.end), f"`{written}` is not a period", help, edits=edits)


def _is_about_shape(place: Place) -> bool:
    here, word = place.here, place.call
    assert here is not None
    assert word is not None
    if here.text in (*_WINDOW_WORDS, "per", "="):
        return True
    at_first = place.before is not None and place.before.text == "("
    return at_first or (
        here.text == ")" and ("_WHERE" in place.expected or "_OF" in place.expected or "_IN" in place.expected)
    )


def dates(place: Place) -> FlawError | None:
    """A schedule's days in words that the language doesn't have."""
    if place.form != "at":
        return None
    if written := _DAILY.fullmatch(place.text, place.lexemes[0].start, place.lexemes[-1].end):
        day = _DAYS.get(written["day"] or "", "")
        text = f"{day} {int(written['hour']):02}:{written['minute']}".strip()
        edits = (Edit(written.span(), text, f"write `{text}`"),)
        message = f"`{written[0]}` is not a time of a schedule"
        return FlawError(codes.MALFORMED_CLAUSE, written.span(), message, f"did you mean `{text}`?", edits=edits)
    for lexeme in (place.before, place.here):
        word = lexeme.text.lower() if lexeme else ""
        day = _DAYS.get(word, word.removesuffix("s") if word.removesuffix("s") in _WEEKDAYS else word)
        if lexeme and day in _WEEKDAYS and day != lexeme.text:
            edits = (Edit(lexeme.at, day, f"write `{day}`", safe=True),)
            message = f"`{lexeme.text}` is not a day of the week"
            return FlawError(codes.MALFORMED_CLAUSE, lexeme.at, message, f"did you mean `{day}`?", edits=edits)
    if place.here and re.fullmatch("[0-9]+(?:st|nd|rd|th)", place.here.text):
        help = "the days of a month are `1st`, `2nd`, `3rd`, `4th` to `31st`, and `last day`"
        return FlawError(codes.MALFORMED_CLAUSE, place.at, f"`{place.here.text}` is not a day of the month", help)
    return None


def general(place: Place) -> FlawError:
    """The last resort: what is here, and what could be."""
    here = place.here
    here_shown = f"`{here.text}`" if here else "the end"
    name, examples = FORMS[place.form]
    if place.form != "expression":
        problem = f"{here_shown} is not allowed here" if here else "something is missing at the end"
        return FlawError(codes.MALFORMED_CLAUSE, place.at, f"expected {name}; {problem}", f"write {examples}")
    if place.expected == {"FIELD"}:
        return FlawError(
            codes.UNEXPECTED, place.at, f"expected a name after the dot, found {here_shown}", "write as in `actor.id`"
        )
    message = f"unexpected {here_shown}" if here else "the text ends too early"
    return FlawError(codes.UNEXPECTED, place.at, message, f"allowed here: {_could(place)}")


def _could(place: Place) -> str:
    if place.wants_value:
        return "a value: a name, a number, a text in quotes, a bracket"
    options = [words for terminal, words in _WORDS.items() if terminal in place.expected]
    if "_AND" not in place.expected:
        return ", ".join(options) or "nothing more"
    closing = PARTNERS[place.lexemes[place.open[-1]].text] if place.open else None
    return "an operator such as `and`, `==`, `contains`" + (f", or `{closing}`" if closing else ", or nothing more")
