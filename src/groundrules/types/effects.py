"""Effects that the engine carries out itself, as opposed to actions for adapters.

They are written in a `then` like actions: a bare name, a shorthand, or a mapping of parameters. `ledgers` says that the
effect also takes ledger names as keys, each with an amount: `grant: {reputation: 5, to: message.author}`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from groundrules.types import kinds

_MEMBER = kinds.Object("member", {}, "member")
_NAME = kinds.Identifier()
_NAMES = kinds.ListOf(kinds.Identifier())
_AMOUNT = kinds.Number(integer=True, minimum=1)


@dataclass(frozen=True)
class Effect:
    """An effect's signature.

    `shorthand` is the parameter that `name: value` fills, `target` the parameter that says who is affected, `constant`
    the parameters that must be known before any event (names of ledgers, labels and rules, times to remember).
    """

    name: str
    description: str
    parameters: dict[str, kinds.Field]
    shorthand: str | None = None
    target: str | None = None
    ledgers: bool = False
    constant: frozenset[str] = field(default=frozenset())


def _given(type_: kinds.Type, description: str) -> kinds.Field:
    return kinds.Field(type_, description=description)


def _or(type_: kinds.Type, description: str, default: object = None) -> kinds.Field:
    return kinds.Field(type_, default is None, default, description)


_ALL = (
    Effect(
        "strike",
        "Add to the ledger `strikes`, or to another one.",
        {
            "amount": _or(_AMOUNT, "How many.", 1),
            "ledger": _or(_NAME, "Which ledger.", "strikes"),
            "who": _or(_MEMBER, "Whom; by default the actor, for event types without a target."),
        },
        shorthand="amount",
        target="who",
        constant=frozenset({"ledger"}),
    ),
    Effect(
        "grant",
        "Add to ledgers, up to their caps: `grant: {reputation: 5}`.",
        {"to": _or(_MEMBER, "Whom; by default the actor, for event types without a target.")},
        target="to",
        ledgers=True,
    ),
    Effect(
        "take",
        "Take from ledgers, down to their floors: `take: {reputation: 5}`.",
        {"from": _or(_MEMBER, "Whom; by default the actor, for event types without a target.")},
        target="from",
        ledgers=True,
    ),
    Effect(
        "reset",
        "Reset a ledger to zero, before everything else in the same settlement.",
        {
            "ledger": _given(_NAME, "Which ledger."),
            "who": _or(_MEMBER, "Whose; by default the actor's, for event types without a target."),
        },
        shorthand="ledger",
        target="who",
        constant=frozenset({"ledger"}),
    ),
    Effect(
        "label",
        "Set a label that rules can read, on the message at hand or on what is given.",
        {
            "label": _given(_NAME, "The label's name."),
            "on": _or(kinds.Identifier(), "What bears it: a member, message, channel or task."),
            "lasts": _or(kinds.Duration(), "For how long; by default until it is removed."),
        },
        shorthand="label",
        target="on",
        constant=frozenset({"label", "lasts"}),
    ),
    Effect(
        "unlabel",
        "Remove a label.",
        {
            "label": _given(_NAME, "The label's name."),
            "on": _or(kinds.Identifier(), "What bears it: a member, message, channel or task."),
        },
        shorthand="label",
        target="on",
        constant=frozenset({"label"}),
    ),
    Effect(
        "enlist",
        'Add an entry to a list with `changes: true`: `{enlist: capture(text, /^ban (.+)$/) ?? "", in: adverts}`.',
        {"entry": _given(kinds.Prose(), "The entry."), "in": _given(_NAME, "Which list.")},
        shorthand="entry",
        constant=frozenset({"in"}),
    ),
    Effect(
        "unlist",
        "Remove an entry from a list with `changes: true`.",
        {"entry": _given(kinds.Prose(), "The entry."), "in": _given(_NAME, "Which list.")},
        shorthand="entry",
        constant=frozenset({"in"}),
    ),
    Effect(
        "exempt",
        "Cancel everything that rules do on this event.",
        {"rules": _given(_NAMES, "Ids of rules, or tags.")},
        shorthand="rules",
        constant=frozenset({"rules"}),
    ),
)

EFFECTS: dict[str, Effect] = {effect.name: effect for effect in _ALL}
