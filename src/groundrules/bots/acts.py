"""Commands that become events: what a member typed, as `check_in`, `appeal.opened`, `vote.cast`, …

The event has the message's header, so whoever typed it is its actor, and its id comes from the message: typed once, it
counts once. Whether an answer counts (who may approve, who may not judge their own case) is for the language to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from groundrules.adapters.common import Json, mapping, text
from groundrules.bots.commands import Spoken
from groundrules.bots.room import Room, about
from groundrules.decisions import Action
from groundrules.plan import ir
from groundrules.plan.walk import within

_HEADER = ("time", "community", "channel", "actor")
SHORTEST_KEY = 4
"""Letters of a request's id that suffice if no other request begins with them."""


class Unclear(NamedTuple):
    """Why a command can't be understood: a form of the words `bots`."""

    form: str


class Setting(NamedTuple):
    """What a command is interpreted against: the message, what is known about the community, what waits there."""

    message: Json
    room: Room
    pending: Sequence[Action]


Reading = Callable[[Spoken, Setting], "Json | Unclear"]


def listened(plan: ir.Plan) -> frozenset[str]:
    """Return the event types that a rulebook handles."""
    types = {type for trigger in within(plan.rules, ir.OnEvent) for type in trigger.types}
    types |= {type for until in within((plan.processes, plan.states), ir.Until) for type in until.types}
    types |= {window.type for window in plan.windows} | {taker.type for taker in within(plan.windows, ir.Taker)}
    types |= {undo.type for undo in within(plan.rules, ir.Undo)}
    if any(ladder.appeal for ladder in plan.ladders):
        types |= {"appeal.opened", "appeal.granted", "appeal.refused"}
    if any(rule.approval for rule in plan.rules):
        types |= {"approval.given", "approval.refused"}
    return frozenset(types)


def event_of(spoken: Spoken, setting: Setting) -> Json | Unclear:
    """Return the event that a command stands for."""
    return _READINGS[spoken.name](spoken, setting)


def _event(setting: Setting, type: str, **fields: Any) -> Json:
    message = setting.message
    header = {name: message[name] for name in _HEADER if name in message}
    filled = {name: value for name, value in fields.items() if value not in (None, "")}
    return {"id": f"{message['id']}/{type}", "type": type, **header, **filled}


def _check_in(spoken: Spoken, setting: Setting) -> Json:
    return _event(setting, "check_in")


def _appeal(spoken: Spoken, setting: Setting) -> Json:
    return _event(setting, "appeal.opened", text=spoken.rest)


# --- votes, reports, alerts -----------------------------------------------------------------------------


def _poll(setting: Setting) -> Json | None:
    """The poll that a vote is for: the one it answers, else the latest."""
    answered, polls = text(setting.message.get("reply_to")), setting.room.polls
    key = setting.room.spoken.get(answered)
    id = next((poll_id for poll_id in (answered, key) if poll_id and poll_id in polls), next(reversed(polls), None))
    return None if id is None else {"id": id, **{name: polls[id][name] for name in ("question", "options")}}


def _vote(spoken: Spoken, setting: Setting) -> Json | Unclear:
    poll = _poll(setting)
    if poll is None:
        return Unclear("which_poll")
    options, chosen = poll["options"], spoken.rest
    if chosen.isdecimal() and 1 <= int(chosen[:4]) <= len(options):
        chosen = options[int(chosen) - 1]
    if not chosen or (options and chosen not in options):
        return Unclear("which_option")
    return _event(setting, "vote.cast", poll=poll, option=chosen)


def _take_back(spoken: Spoken, setting: Setting) -> Json | Unclear:
    poll = _poll(setting)
    return Unclear("which_poll") if poll is None else _event(setting, "vote.withdrawn", poll=poll)


def _report(spoken: Spoken, setting: Setting) -> Json | Unclear:
    message, room = setting.message, setting.room
    answered = text(message.get("reply_to"))
    member, reason = _member_and_rest(spoken, setting)
    author = room.authors.get(answered) or member
    if not author:
        return Unclear("report_what")
    report = {"id": f"report-{message['id']}", "reporter": {"id": _actor(setting)}}
    about_message = {"id": answered, "author": {"id": author}} if answered else None
    return _event(setting, "report.created", report=report, target={"id": author}, message=about_message, reason=reason)


def _acknowledge(spoken: Spoken, setting: Setting) -> Json | Unclear:
    answered = text(setting.message.get("reply_to"))
    key = setting.room.spoken.get(answered)
    if key is None and not spoken.rest:
        return Unclear("acknowledge_what")
    return _event(
        setting, "alert.acknowledged", request=key or spoken.rest, message={"id": answered} if answered else None
    )


# --- what moderators answer -----------------------------------------------------------------------------


def _actor(setting: Setting) -> str:
    return text(mapping(setting.message.get("actor")).get("id"))


def _member_and_rest(spoken: Spoken, setting: Setting) -> tuple[str | None, str]:
    """The member a command is about (mentioned, named first, or answered), and the remaining words."""
    first, _, rest = spoken.rest.partition(" ")
    named = setting.room.member(first) if first else None
    return (named, rest.strip()) if named else (about(setting.message), spoken.rest)


def _request(spoken: Spoken, setting: Setting) -> tuple[str | None, str]:
    """The approval request that is meant, by the first letters of its id or by the message that asks; and the rest."""
    ids = {action.key for action in setting.pending}
    first, _, rest = spoken.rest.partition(" ")
    begun = {id for id in ids if len(first) >= SHORTEST_KEY and id.startswith(first.lower())}
    if len(begun) == 1:
        return begun.pop(), rest.strip()
    asked = setting.room.spoken.get(text(setting.message.get("reply_to")))
    return (asked, spoken.rest) if asked in ids else (None, "")


def _answer(approval: str, appeal: str) -> Reading:
    def read(spoken: Spoken, setting: Setting) -> Json | Unclear:
        request, reason = _request(spoken, setting)
        if request is not None:
            return _event(setting, approval, request=request, reason=reason)
        member, reason = _member_and_rest(spoken, setting)
        return _event(setting, appeal, target={"id": member}, reason=reason) if member else Unclear("answer_what")

    return read


def _undo(spoken: Spoken, setting: Setting) -> Json | Unclear:
    member, reason = _member_and_rest(spoken, setting)
    if member is None:
        return Unclear("whose_measure")
    key = setting.room.spoken.get(text(setting.message.get("reply_to")))
    return _event(setting, "appeal.granted", target={"id": member}, action=key, reason=reason)


_READINGS: dict[str, Reading] = {
    "check_in": _check_in,
    "appeal": _appeal,
    "vote": _vote,
    "take_back": _take_back,
    "report": _report,
    "acknowledge": _acknowledge,
    "approve": _answer("approval.given", "appeal.granted"),
    "refuse": _answer("approval.refused", "appeal.refused"),
    "undo": _undo,
}
COMMANDS = frozenset(_READINGS)
