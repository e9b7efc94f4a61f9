"""Actions as sentences: what is done, and to whom, in the wording of their schemas.

A plan has the wordings of its actions; without a plan, those of the shipped schemas are used. An action without a
sentence is described by its title, or its name, and its parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from groundrules.decisions import Action
from groundrules.narrate.localised import pick, rule_named, value_text
from groundrules.narrate.speech import language_of, length_in_words, speech
from groundrules.text.forms import read_form
from groundrules.time_units import format_duration
from groundrules.types.catalog import shipped_catalog


class Wording(Protocol):
    """An action's wording, as in its specification in a plan and its type in a catalogue.

    `title` names it by language, `sentence` has the forms of its sentence by language, `names` its parameters' names by
    language; `durations` are lengths of time, `unsaid` are for machines only.
    """

    @property
    def title(self) -> Mapping[str, str]: ...
    @property
    def sentence(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def names(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def durations(self) -> Collection[str]: ...
    @property
    def unsaid(self) -> Collection[str]: ...


Wordings = Mapping[str, Wording]  # by action


def deed(action: Action, lang: str, wordings: Wordings | None = None) -> str:
    """One action as a sentence without its full stop; lengths of time as `10m`, in Chinese as `10 分钟`."""
    wording = wording_of(action.do, wordings)
    unsaid = wording.unsaid if wording else ()
    lengths = wording.durations if wording else ()
    parameters = {name: value for name, value in action.parameters.items() if name not in unsaid}
    shown = {name: _shown(value, name in lengths, lang, wordings) for name, value in parameters.items()}
    if action.do == "request_approval" and "rule" in shown:
        shown["rule"] = rule_named(shown["rule"], lang)
    values = {name: value for name, value in shown.items() if value}
    who = {} if action.who is None else {"who": action.who}
    several = frozenset(name for name, value in parameters.items() if _is_several(value))
    sentence, used = sentence_of(wording, lang, {**values, **who}, several) or (
        " ".join([title_of(action.do, lang, wordings), *who.values()]),
        set(),
    )
    rest = {name: value for name, value in values.items() if name not in used}
    return sentence + _rest(rest, wording, lang)


def sentence_of(
    wording: Wording | None, lang: str, values: Mapping[str, str], several: frozenset[str] = frozenset()
) -> tuple[str, set[str]] | None:
    """The sentence of an action with the given values, and which of them it uses; None if it has none."""
    sentence = wording.sentence if wording else {}
    for form in map(read_form, sentence.get(language_of(lang)) or sentence.get("", ())):
        filled = form.filled(values, several)
        if filled is not None:
            return filled, form.values
    return None


def title_of(name: str, lang: str, wordings: Wordings | None = None) -> str:
    """An action's title, else its name in words."""
    wording = wording_of(name, wordings)
    return pick(wording.title if wording else {}, lang) or name.replace("_", " ")


def wording_of(name: str, wordings: Wordings | None) -> Wording | None:
    """An action's wording among those given, else among the shipped ones."""
    return (wordings or {}).get(name) or shipped_catalog().action(name)


def _rest(values: Mapping[str, str], wording: Wording | None, lang: str) -> str:
    """What the sentence doesn't mention."""
    say, names = speech("common", lang), wording.names if wording else {}
    called = {name: names.get(name, {}).get(say.lang) or _by_engine(name, say.lang) for name in values}
    return say.aside(say.join((f"{called[name]} {value}" for name, value in values.items()), "comma"))


def _by_engine(name: str, lang: str) -> str:
    """The name of a parameter not in any schema: the engine adds actions to an approval request."""
    say = speech("decisions", lang)
    return say(f"parameters.{name}") if say.knows(f"parameters.{name}") else name


def _is_several(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) > 1


def _shown(value: Any, is_length: bool, lang: str, wordings: Wordings | None) -> str:
    """A parameter's value; "" if it is empty."""
    if value in (None, False, "", [], ()) or (is_length and value == 0):
        return ""
    if is_length and isinstance(value, int):
        return length_in_words(value, lang) if language_of(lang) == "zh" else format_duration(value)
    if isinstance(value, list | tuple) and all(isinstance(item, Mapping) and "do" in item for item in value):
        return speech("common", lang).join(_inner(inner, lang, wordings) for inner in value)
    return value_text(value, lang)


def _inner(parameter: Mapping[str, Any], lang: str, wordings: Wordings | None) -> str:
    """An action that another one is about: what approval is requested for."""
    parameters = {name: value for name, value in parameter.items() if name not in ("do", "who")}
    action = Action(do=str(parameter["do"]), key="", who=parameter.get("who"), parameters=parameters, rules=())
    return deed(action, lang, wordings)
