"""Texts for people, the titles and texts of a rulebook and its blocks: in all its languages, their holes filled.

A hole names a parameter, `{limit}`, and shows its value in the language of the text, so that no sentence has to be
changed where a setting is. Other braces are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from groundrules.checker.bindings import Instance, Setting
from groundrules.checker.messages import translated
from groundrules.checker.session import Session
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.codes import names as codes
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.narrate.speech import speech
from groundrules.rulebook.model import Located, Rulebook, Texts
from groundrules.time_units import format_clock
from groundrules.types import kinds

_HOLE = re.compile(r"\{([^\W\d]\w*)\}")


def people(session: Session) -> None:
    """Check what rulebooks say about themselves, their parameters and their ledgers."""
    visited = set[int]()
    for instance in session.checked.instances:
        if id(instance.book) in visited:
            continue
        visited.add(id(instance.book))
        for texts in _own_texts(instance.book):
            for_people(session, instance, texts)


def _own_texts(book: Rulebook) -> Iterable[Texts]:
    yield from (book.title, book.text)
    for parameter in book.parameters:
        yield from (parameter.title, parameter.description)
    for ledger in book.ledgers:
        yield ledger.title
    for _, title in book.tags:
        yield title


def for_people(session: Session, instance: Instance, texts: Texts) -> None:
    """Check that a text has all languages, and that its holes name parameters."""
    if texts:
        translated(session, instance, set(texts), next(iter(texts.values())).span)
    for text in texts.values():
        names = dict.fromkeys(_HOLE.findall(str(text.value)))
        known = {str(parameter.name.value) for parameter in instance.book.parameters} if names else set()
        for name in names:
            if name not in known:
                _unknown(session, text, name, known)


def _unknown(session: Session, text: Located, name: str, known: set[str]) -> None:
    at = text.span.text.find(f"{{{name}}}")
    span = text.span if at < 0 else text.span.file.span(text.span.start + at, text.span.start + at + len(name) + 2)
    help = did_you_mean(name, known) or (f"the parameters are {listing(known)}" if known else "there are none")
    session.add(
        codes.UNKNOWN_NAME.at(span, f"a text for members names the parameter `{name}`, which does not exist", help)
    )


def filled(texts: Texts, instance: Instance) -> dict[str, str]:
    """Return texts by language with the values of parameters in their holes."""
    languages = instance.book.languages
    only = languages[0] if len(languages) == 1 else ""
    return {language: _filled(str(text.value), instance, language or only) for language, text in sorted(texts.items())}


def _filled(text: str, instance: Instance, language: str) -> str:
    return _HOLE.sub(lambda hole: _value(hole, instance, language), text)


def _value(hole: re.Match[str], instance: Instance, language: str) -> str:
    name, dated = hole[1], dated_settings(instance, hole[1])
    if not dated:
        return hole[0]
    say = speech("common", language)
    shown = []
    for since, setting in dated:
        value = _shown(instance, name, setting, language)
        shown.append(value if since is None else say("from_date", what=value, date=date_in_words(since, instance)))
    return shown[0] if len(shown) == 1 else shown[0] + say.aside(say.join(shown[1:]))


def _shown(instance: Instance, name: str, setting: Setting, language: str) -> str:
    shares = {str(parameter.name.value) for parameter in instance.book.parameters if parameter.type.value == "percent"}
    return f"{setting.value * 100:.15g}%" if name in shares else setting_in_words(setting, language)


def dated_settings(instance: Instance, name: str) -> list[tuple[int | None, Setting]]:
    """Return the values of a parameter in their order, each with the instant from which it holds; the first has none.

    Any of the instances of a use of a rulebook, whatever the time it was checked for, gives the same.
    """
    dated: list[tuple[int | None, Setting]] = []
    for since, at_date in ((None, instance.earliest or instance), *instance.later):
        setting = at_date.settings.get(name)
        if setting is not None and (not dated or dated[-1][1].value != setting.value):
            dated.append((since, setting))
    return dated


def date_in_words(since: int, instance: Instance) -> str:
    """Return the local date, and the time of day if it is not midnight, from which a value holds."""
    while instance.parent is not None:
        instance = instance.parent
    try:
        zone = ZoneInfo(str(instance.book.timezone.value))
    except (KeyError, ValueError, OSError):  # reported with the settings
        zone = ZoneInfo("UTC")
    moment = datetime.fromtimestamp(since / 1000, zone)
    return f"{moment:%Y-%m-%d}" if (moment.hour, moment.minute) == (0, 0) else f"{moment:%Y-%m-%d %H:%M}"


def setting_in_words(setting: Setting, language: str) -> str:
    """Return the value of a parameter as a text of `language` shows it."""
    value, say = setting.value, speech("common", language)
    match setting.type:
        case kinds.Duration():
            return say.length(value)
        case kinds.ClockTime():
            return format_clock(value)
        case kinds.ClockRange():
            return "-".join(map(format_clock, value))
        case kinds.Boolean():
            return say("yes" if value else "no")
    if isinstance(value, list | tuple):
        return say.join(map(str, value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)
