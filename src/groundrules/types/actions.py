"""Action types: parameters, targets, how actions combine, what they do and how they are worded.

Two actions of one name on one target merge if the parameters that are not under `merge` are equal; those under `merge`
combine by maximum, minimum or union. All three are associative, commutative and idempotent, and a parameter under `max`
or `min` always has a value, so the outcome never depends on an order. Two actions oppose each other if they are on the
same target and share the values of the parameters that both have. `supersedes` is made transitive here.

`does` gives the consequences for people, for lints to use: whether it hides messages, silences or removes members, or
speaks. Without it they are unknown. `sentence` is the action's wording, a form by language (`text/forms.py`), or
several, of which the first with all its values is used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.model import Report
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.text.forms import read_form
from groundrules.time_units import DAY
from groundrules.types import kinds
from groundrules.types.document import Pointer
from groundrules.types.folders import Definition
from groundrules.types.schema import INTEGER_LIMIT, Checker, Schema, to_field

Merge = Literal["max", "min", "union"]
Repeat = Literal["again", "leave"]
TARGETS = ("member", "message", "channel", "community")
REPEATS = ("again", "leave")
CONSEQUENCES = ("hides", "silences", "removes", "speaks")
CENTURY = 36_525 * DAY
AT_HAND = ("actor", "message", "channel", "community")
_KIND_AT_HAND = {"actor": "member", "message": "message", "channel": "channel", "community": "community"}


@dataclass(frozen=True)
class Target:
    """What an action is done to. `default` is used if the author doesn't say `who`; None: `who` is required."""

    kind: str
    default: str | None


@dataclass(frozen=True)
class Parameter:
    """A parameter. `format` is the schema's (prose is a template, role a role's name, recipient a member or channel).

    `at_hand` names what of the event is used if the author doesn't give it (`message`, `actor`, …).
    """

    name: str
    field: kinds.Field
    format: str | None = None
    at_hand: str | None = None
    title: tuple[tuple[str, str], ...] = ()
    bounds: tuple[int, int] | None = None  # of a whole number

    @property
    def is_template(self) -> bool:
        return isinstance(self.field.type, kinds.Prose)


@dataclass(frozen=True)
class ActionType:
    """An action as its schema describes it; `key` are the parameters that, with the target, tell actions apart.

    `title` is its name, by language, so that the target can follow: `mute`, `撤回消息`. `sentence` has the forms of its
    wording, by language, `unsaid` the parameters that only machines use. `does` is None if the schema doesn't say.
    `repeat`: whether doing it twice is harmless.
    """

    name: str
    title: dict[str, str]
    description: str
    target: Target | None
    shorthand: str | None
    parameters: dict[str, Parameter]
    key: tuple[str, ...]
    merge: dict[str, Merge]
    supersedes: tuple[str, ...]
    opposes: dict[str, str]
    undone_by: str | None
    schema: Schema
    sentence: dict[str, tuple[str, ...]]
    unsaid: tuple[str, ...]
    does: frozenset[str] | None
    repeat: Repeat = "leave"

    @property
    def bounds(self) -> dict[str, tuple[int, int]]:
        """The least and greatest value of each whole-number parameter; for lengths of time, a century."""
        return {
            name: parameter.bounds
            for name, parameter in sorted(self.parameters.items())
            if parameter.bounds is not None
        }

    @property
    def durations(self) -> tuple[str, ...]:
        """The parameters that are lengths of time."""
        parameters = self.parameters.values()
        return tuple(
            sorted(parameter.name for parameter in parameters if isinstance(parameter.field.type, kinds.Duration))
        )

    @property
    def length(self) -> str | None:
        """The parameter that says how long it lasts: its only length of time or, if several, the shorthand."""
        durations = self.durations
        return durations[0] if len(durations) == 1 else self.shorthand if self.shorthand in durations else None

    @property
    def names(self) -> dict[str, dict[str, str]]:
        """Parameter names by language, where their schemas give them."""
        return {name: dict(parameter.title) for name, parameter in sorted(self.parameters.items()) if parameter.title}


def _bounds(schema: Schema) -> tuple[int, int] | None:
    if schema["type"] != "integer":
        return None
    is_length = schema.get("format") == "duration"
    least, most = (0, CENTURY) if is_length else (-INTEGER_LIMIT, INTEGER_LIMIT - 1)
    return math.ceil(schema.get("minimum", least)), math.floor(schema.get("maximum", most))


def build_action(name: str, schema: Schema, supersedes: tuple[str, ...]) -> ActionType:
    """Return the action type of a checked schema with its references resolved."""
    required = schema.get("required", ())
    at_hand = schema.get("at_hand", {})
    parameters = {
        parameter: Parameter(
            parameter,
            to_field(inner, parameter, parameter in required),
            inner.get("format"),
            at_hand.get(parameter),
            tuple(sorted(_by_language(inner.get("title", {})).items())),
            _bounds(inner),
        )
        for parameter, inner in schema["properties"].items()
    }
    target, merge = schema.get("target"), schema.get("merge", {})
    return ActionType(
        name,
        _by_language(schema.get("title", {})),
        schema.get("description", ""),
        Target(target["kind"], target.get("default")) if target else None,
        schema.get("shorthand"),
        parameters,
        tuple(sorted(set(parameters) - set(merge))),
        dict(merge),
        supersedes,
        dict(schema.get("opposes", {})),
        schema.get("undone_by"),
        schema,
        {language: tuple(forms) for language, forms in _sentences(schema)},
        tuple(sorted(schema.get("unsaid", ()))),
        frozenset(schema["does"]) if "does" in schema else None,
        schema.get("repeat", "leave"),
    )


def _by_language(texts: Any) -> dict[str, str]:
    return {"": texts} if isinstance(texts, str) else dict(texts)


def _sentences(schema: Schema) -> Iterator[tuple[str, list[str]]]:
    """Yield the forms of an action's sentence by language, as in its schema."""
    sentence = schema.get("sentence", {})
    for language, forms in (sentence if isinstance(sentence, dict) else {"": sentence}).items():
        yield language, forms if isinstance(forms, list) else [forms]


# --- checks -------------------------------------------------------------------------------------


def check_actions(definitions: Mapping[str, Definition], fresh: set[str], report: Report) -> set[str]:
    """Check what the newly read actions `fresh` say beyond their parameters; return those with mistakes."""
    refused = set()
    for name in sorted(fresh):
        checker = Checker(definitions[name].document, report, frozenset())
        _check_action(checker, definitions[name].schema, definitions)
        if not checker.ok:
            refused.add(name)
    return refused


def superseded(definitions: Mapping[str, Definition], fresh: set[str], report: Report) -> dict[str, tuple[str, ...]]:
    """Return what each action supersedes, directly or through others; `fresh` must not come to supersede itself."""
    direct = {name: _names(definition.schema.get("supersedes")) for name, definition in definitions.items()}
    closed = {name: tuple(sorted(_reach(name, direct))) for name in direct}
    for name in sorted(fresh):
        if name in closed[name]:
            checker = Checker(definitions[name].document, report, frozenset())
            checker.fail(codes.ACTION_BAD_COMBINATION, ("supersedes",), f"`{name}` would supersede itself")
    return closed


def _names(value: Any) -> tuple[str, ...]:
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()


def _reach(name: str, direct: Mapping[str, tuple[str, ...]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(direct[name])
    while waiting:
        below = waiting.pop()
        if below not in reached:
            reached.add(below)
            waiting.extend(direct.get(below, ()))
    return reached


def _check_action(checker: Checker, schema: Schema, actions: Mapping[str, Definition]) -> None:
    properties = schema["properties"]
    if "target" in schema:
        _check_target(checker, schema["target"])
    if "shorthand" in schema:
        _check_name(checker, ("shorthand",), schema["shorthand"], properties, "parameter")
    if "who" in properties:
        message = "`who` is the target of every action and cannot be a parameter"
        checker.fail(codes.SCHEMA_BAD_NAME, ("properties", "who"), message, key=True)
    _check_does(checker, schema.get("does", []))
    _check_sentence(checker, schema)
    _check_unsaid(checker, schema.get("unsaid", []), properties)
    _check_repeat(checker, schema.get("repeat", "leave"))
    _check_at_hand(checker, schema.get("at_hand", {}), properties)
    _check_merge(checker, schema.get("merge", {}), schema)
    _check_supersedes(checker, schema.get("supersedes", []), actions)
    _check_opposes(checker, schema.get("opposes", {}), actions)
    if "undone_by" in schema:
        _check_name(checker, ("undone_by",), schema["undone_by"], actions, "action")


def _check_target(checker: Checker, target: Any) -> None:
    if not isinstance(target, dict) or not {"kind"} <= set(target) <= {"kind", "default"}:
        checker.fail(
            codes.SCHEMA_BAD_VALUE, ("target",), '`target` must be like `{"kind": "member", "default": "actor"}`'
        )
    elif target["kind"] not in TARGETS:
        checker.fail(codes.SCHEMA_BAD_VALUE, ("target", "kind"), f"`kind` must be one of {', '.join(TARGETS)}")
    elif "default" in target and _KIND_AT_HAND.get(str(target["default"])) != target["kind"]:
        message = f"`default` is not something at hand that is a {target['kind']}"
        checker.fail(codes.SCHEMA_BAD_VALUE, ("target", "default"), message, f"one of {', '.join(AT_HAND)}")


def _check_name(checker: Checker, pointer: Pointer, name: Any, known: Any, what: str) -> bool:
    if isinstance(name, str) and name in known:
        return True
    help = did_you_mean(str(name), known)
    article = "an" if what[:1] in "aeio" else "a"
    checker.fail(codes.SCHEMA_BAD_VALUE, pointer, f"`{name}` is not {article} {what}", help)
    return False


def _check_does(checker: Checker, does: Any) -> None:
    if not isinstance(does, list):
        checker.fail(codes.SCHEMA_BAD_VALUE, ("does",), f"`does` must be a list of {', '.join(CONSEQUENCES)}")
        return
    for index, name in enumerate(does):
        if name not in CONSEQUENCES:
            help = did_you_mean(str(name), CONSEQUENCES) or f"one of {', '.join(CONSEQUENCES)}"
            checker.fail(codes.SCHEMA_BAD_VALUE, ("does", index), f"`{name}` is not something an action does", help)


def _check_sentence(checker: Checker, schema: Schema) -> None:
    for language, forms in _sentences(schema):
        for form in forms:
            problem = _problem(form, schema["properties"])
            if problem:
                pointer = ("sentence", language) if language else ("sentence",)
                checker.fail(codes.SCHEMA_BAD_VALUE, pointer, *problem)


def _problem(form: Any, properties: dict[str, Schema]) -> tuple[str, str | None] | None:
    """What is wrong with a sentence form, and how to fix it."""
    if not isinstance(form, str):
        return "a sentence must be text", "write it like `mute[ {who}][ for {duration}]`, or several such in a list"
    try:
        unknown = sorted(read_form(form).holes - {*properties, "who"})
    except ValueError as error:
        return str(error), "a sentence is written like `mute[ {who}][ for {duration}]`"
    return (f"`{unknown[0]}` is not a parameter", did_you_mean(unknown[0], {*properties, "who"})) if unknown else None


def _check_repeat(checker: Checker, repeat: Any) -> None:
    if repeat not in REPEATS:
        checker.fail(codes.SCHEMA_BAD_VALUE, ("repeat",), "`repeat` must be `again` or `leave`")


def _check_unsaid(checker: Checker, names: Any, properties: dict[str, Schema]) -> None:
    if not isinstance(names, list):
        checker.fail(codes.SCHEMA_BAD_VALUE, ("unsaid",), "`unsaid` must be a list of parameters")
        return
    for index, name in enumerate(names):
        _check_name(checker, ("unsaid", index), name, properties, "parameter")


def _mapping(checker: Checker, keyword: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    checker.fail(codes.SCHEMA_BAD_VALUE, (keyword,), f"`{keyword}` must be an object")
    return {}


def _check_at_hand(checker: Checker, at_hand: Any, properties: dict[str, Schema]) -> None:
    for name, source in _mapping(checker, "at_hand", at_hand).items():
        if _check_name(checker, ("at_hand", name), name, properties, "parameter") and source not in AT_HAND:
            message = f"`{source}` is not at hand"
            checker.fail(codes.SCHEMA_BAD_VALUE, ("at_hand", name), message, f"one of {', '.join(AT_HAND)}")


def _check_merge(checker: Checker, merge: Any, schema: Schema) -> None:
    properties = schema["properties"]
    for name, how in _mapping(checker, "merge", merge).items():
        if not _check_name(checker, ("merge", name), name, properties, "parameter"):
            continue
        inner = properties[name]
        given = name in schema.get("required", ()) or "default" in inner
        numeric = inner.get("type") in ("integer", "number")
        if (inner.get("type") == "array") if how == "union" else (how in ("max", "min") and numeric and given):
            continue
        message = f"`{name}` cannot be merged by `{how}`"
        help = "`union` is for lists, `max` and `min` are for numbers that are required or have a default"
        checker.fail(codes.ACTION_BAD_COMBINATION, ("merge", name), message, help)


def _check_supersedes(checker: Checker, names: Any, actions: Mapping[str, Definition]) -> None:
    if not isinstance(names, list):
        checker.fail(codes.SCHEMA_BAD_VALUE, ("supersedes",), "`supersedes` must be a list of actions")
        return
    kind = _target_kind(checker.document.name, actions)
    for index, name in enumerate(names):
        known = _check_name(checker, ("supersedes", index), name, actions, "action")
        if known and _target_kind(name, actions) != kind:
            message = f"`{name}` has another kind of target"
            checker.fail(codes.ACTION_BAD_COMBINATION, ("supersedes",), message)


def _check_opposes(checker: Checker, opposes: Any, actions: Mapping[str, Definition]) -> None:
    own = checker.document.name
    for name, winner in _mapping(checker, "opposes", opposes).items():
        if not _check_name(checker, ("opposes", name), name, actions, "action"):
            continue
        back = actions[name].schema.get("opposes", {})
        if name == own or winner not in (name, own):
            message = f"the winner of `{own}` and `{name}` must be one of the two"
            checker.fail(codes.ACTION_BAD_COMBINATION, ("opposes", name), message)
        elif isinstance(back, dict) and back.get(own, winner) != winner:
            message = f"`{name}` names another winner over `{own}`"
            checker.fail(codes.ACTION_BAD_COMBINATION, ("opposes", name), message)


def _target_kind(name: str, actions: Mapping[str, Definition]) -> Any:
    target = actions[name].schema.get("target")
    return target.get("kind") if isinstance(target, dict) else None
