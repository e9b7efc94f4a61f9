"""The reference of everything rules can name: `python -m dev.reference > docs/reference.md`.

Functions, event types, facts and actions are read from their signatures and schemas; what it says about wrong calls is
the checker's own message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from groundrules.checker.calls import MEMORY
from groundrules.checker.wording import described
from groundrules.frontend import check_text
from groundrules.types import kinds
from groundrules.types.actions import ActionType
from groundrules.types.builtins import SIGNATURES, Parameter, Signature
from groundrules.types.catalog import shipped_catalog
from groundrules.types.effects import EFFECTS, Effect

COMMAND = "python -m dev.reference > docs/reference.md"
CATALOG = shipped_catalog()

HEAD = f"""# Reference

What the expressions and effects of a rulebook can name: [functions](#functions), [event types](#event-types),
[facts and other entities](#entities), [effects](#effects) and [actions](#actions). What they mean is in
[language.md](language.md) and [rulebook.md](rulebook.md). A rulebook's own schemas add to this.

Generated from signatures and schemas by `{COMMAND}`; a test keeps it current.
"""
_FUNCTIONS = """\
## Functions

A call with a missing argument is missing. Errors are found when the rulebook is checked; a call that checks clean never
fails.
"""
_EVENTS = """\
## Event types

Every event has the fields of the header; a type adds its own. A field marked `?` may be absent, and then it is missing.
"""
_ENTITIES = """\
## Entities

What event fields refer to. A member's facts are read from the event, else from what earlier events said, else from the
default; otherwise they are missing.
"""
_EFFECTS = """\
## Effects

What the engine carries out itself; written under `then`, like actions.
"""
_ACTIONS = """\
## Actions

What the engine asks a bot to do. `who` is the target; a parameter without a default that is not marked `?` is required.
Each can have `or_else`, what to do if it fails.
"""
_MEMORY = """\
State is read with `silence(member)`, `labelled(thing, "label")`, `muted(member)`, `banned(member)`,
`muted_until(member)`, `banned_until(member)`, `rank(ledger, holder)`, `top(ledger, n)` and `board(ledger, n)`; who is
here, and their names, with `members("role")`, `members()` and `names(members)`; lots are drawn with `pick(list, n)` and
`chance(10%)`; and a ledger is called with its owner, `strikes(actor)`. [language.md](language.md#7-functions) describes
them.
"""
_SEARCHES = """\
Entries of a declared list that occur in a text are given by `found(text, list)`, in the order of the text, and their
total weight by `weight(text, list)`. [language.md](language.md#7-functions) describes them.
"""
_TEXTS = (kinds.Prose, kinds.Identifier, kinds.Enum, kinds.Url, kinds.Domain)
_WRONG = ("true", "5", '"x"', "now", "10m", "actor")  # one of these no parameter takes
_DOES = {
    "hides": "hides what somebody wrote",
    "silences": "stops members from writing",
    "removes": "removes members",
    "speaks": "tells people something",
}


def page() -> str:
    """Return the whole page as Markdown."""
    parts = [HEAD, _FUNCTIONS, *map(_function, SIGNATURES.values()), _memory(), _SEARCHES]
    parts += [_EVENTS, _header(), *map(_event, CATALOG.names("events"))]
    parts += [_ENTITIES, *map(_entity, CATALOG.names("entities"))]
    parts += [_EFFECTS, *map(_effect, EFFECTS.values())]
    parts += [_ACTIONS, *map(_action, CATALOG.names("actions"))]
    return "\n".join(parts)


# --- functions ----------------------------------------------------------------------------------


def _function(signature: Signature) -> str:
    result = "what its arguments are" if signature.result is None else described(signature.result)
    result = "an item of the list" if signature.item_of_first else result
    lines = [f"### `{signature}`", "", signature.summary, "", f"- example: `{signature.example}`"]
    lines += [f"- `{one.name}`: {_accepted(one)}" for one in (*signature.parameters, *signature.optional)]
    lines.append(f"- gives {result}{', or is missing' if signature.may_be_missing else ''}")
    lines += [f"- `{call}` is refused: [{code}] {message}" for call, code, message in _refused(signature)]
    return "\n".join([*lines, ""])


def _accepted(parameter: Parameter) -> str:
    if parameter.choices:
        return " or ".join(f'`"{choice}"`' for choice in parameter.choices)
    others = [kind for kind in parameter.accepts if kind not in _TEXTS]
    texts = ["text of any kind"] if len(others) < len(parameter.accepts) else []
    return " or ".join([*texts, *("a list" if kind is kinds.ListOf else described(kind()) for kind in others)])


def _refused(signature: Signature) -> Iterator[tuple[str, str, str]]:
    """Yield calls that the checker refuses, with its message: one without arguments, one with a wrong argument."""
    rest = ", ".join(["now"] * (len(signature.parameters) - 1))
    calls = [f"{signature.name}({', '.join([wrong, rest]) if rest else wrong})" for wrong in _WRONG]
    for group in ([f"{signature.name}()"], calls):
        found = ((call, *finding) for call in group if (finding := _finding(call)))
        yield from list(found)[:1]


def _finding(call: str) -> tuple[str, str] | None:
    text = f"rulebook: a\nuse: [std/chat]\nrules:\n  - id: a\n    on: message\n    when: >\n      known({call})\n"
    errors = [one for one in check_text(text + "    then: [hold]\n").diagnostics if one.is_error]
    return (errors[0].code, errors[0].message) if errors else None


def _memory() -> str:
    missing = [name for name in MEMORY if f"`{name}(" not in _MEMORY]
    if missing:
        raise ValueError(f"the page does not mention {', '.join(missing)}")
    return _MEMORY


# --- event types and entities -------------------------------------------------------------------


def _header() -> str:
    return "\n".join(["### The header", "", *_fields(_header_fields()), ""])


def _header_fields() -> dict[str, kinds.Field]:
    tick = CATALOG.event("tick")
    fields = tick.fields if tick else {}
    own = CATALOG.own_fields("tick")
    return {name: field for name, field in fields.items() if name not in own}


def _event(name: str) -> str:
    event = CATALOG.event(name)
    if event is None:
        raise ValueError(name)
    own = CATALOG.own_fields(name)
    fields = {field: event.fields[field] for field in event.fields if field in own}
    rows = list(_fields(fields)) or ["No fields besides the header."]
    demanded = [f"`{one}`" for one in ("actor", "channel") if one in event.fields and not event.fields[one].optional]
    note = [f"Always has {' and '.join(demanded)}.", ""] if demanded else []
    return "\n".join([f"### `{name}`", "", event.description, "", *note, *rows, ""])


def _entity(name: str) -> str:
    entity = CATALOG.entity(name)
    if entity is None:
        raise ValueError(name)
    return "\n".join([f"### {name}", "", *_fields(entity.fields), ""])


def _fields(fields: dict[str, kinds.Field]) -> Iterator[str]:
    if fields:
        yield from ("| field | type | meaning |", "|---|---|---|")
    for name, field in fields.items():
        default = f" Default: `{_value(field.default)}`." if field.default is not None else ""
        mark = "?" if field.optional else ""
        yield f"| `{name}`{mark} | {_type(field.type)} | {_cell(field.description + default)} |"


def _type(type: kinds.Type) -> str:
    if isinstance(type, kinds.ListOf):
        return f"list of {_type(type.item)}"
    if isinstance(type, kinds.Object):
        if type.entity:
            return f"[{type.entity}](#{type.entity})" + _demanded(type)
        return "{" + ", ".join(f"{name}{'?' * field.optional}" for name, field in type.fields.items()) + "}"
    return _cell(str(type))


def _demanded(type: kinds.Object) -> str:
    """Return the facts that are required here but not elsewhere."""
    entity = CATALOG.entity(type.entity or "")
    own = {} if entity is None else entity.fields
    demanded = [f"`{name}`" for name, field in type.fields.items() if not field.optional and own[name].optional]
    return f" with {' and '.join(demanded)}" if demanded else ""


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


# --- effects and actions ------------------------------------------------------------------------


def _effect(effect: Effect) -> str:
    lines = [f"### `{effect.name}`", "", effect.description, ""]
    if effect.shorthand:
        lines += [f"`{effect.name}: …` gives `{effect.shorthand}`.", ""]
    return "\n".join([*lines, *_fields(effect.parameters), ""])


def _action(name: str) -> str:
    action = CATALOG.action(name)
    if action is None:
        raise ValueError(name)
    lines = [f"### `{name}`", "", action.description, "", *_facts(action), ""]
    fields = {parameter.name: parameter.field for parameter in action.parameters.values()}
    return "\n".join([*lines, *_fields(fields), *([""] if fields else [])])


def _facts(action: ActionType) -> Iterator[str]:
    for language, forms in sorted(action.sentence.items()):
        yield f"- worded in {language}: " + " or ".join(f"`{form}`" for form in forms)
    if action.target:
        default = f", by default the {action.target.default} at hand" if action.target.default else ""
        yield f"- target: a {action.target.kind}{default}"
    if action.shorthand:
        yield f"- `{action.name}: …` gives `{action.shorthand}`"
    for name, parameter in action.parameters.items():
        if parameter.at_hand:
            yield f"- `{name}` is by default the {parameter.at_hand} at hand"
    if action.does:
        yield "- " + ", ".join(f"`{what}`: {_DOES[what]}" for what in sorted(action.does))
    yield from _combination(action)


def _combination(action: ActionType) -> Iterator[str]:
    for name, how in action.merge.items():
        words = {"max": "the maximum", "min": "the minimum", "union": "all of them"}[how]
        yield f"- two on one target merge: `{name}` is {words}"
    if action.supersedes:
        yield f"- makes unnecessary: {_names(action.supersedes)}"
    for other, winner in action.opposes.items():
        yield f"- contradicts `{other}`; `{winner}` wins"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    print(page(), end="")
