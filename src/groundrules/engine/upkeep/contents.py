"""What a partition holds, for those who ask from outside: balances, labels, states, and what waits for approval."""

from __future__ import annotations

from typing import NamedTuple

from groundrules.decisions import Action
from groundrules.engine.cells import entries, labels, sanctions, states
from groundrules.engine.evaluation.actions import Wish
from groundrules.engine.program import Program
from groundrules.engine.settlement import requests
from groundrules.engine.state import keys
from groundrules.engine.state.partition import Partition


def labels_of(partition: Partition, id: str) -> list[str]:
    """Return the labels of whatever has this id, sorted."""
    names = []
    for key, row in partition.space(labels.NAME).items():
        _, bearer, label = keys.decode(key)
        mark = labels.read(row, partition.now)
        if bearer == id and mark is not None and mark.on:
            names.append(label)
    return sorted(names)


def states_of(program: Program, partition: Partition) -> list[str]:
    """Return the ids of the states that the partition is in, sorted; those of things as `slow(general)`."""
    own = [code.id for code in program.states if not code.per and states.is_in(partition, code.id, None)]
    things = [f"{code.id}({of})" for code in program.states if code.per for of in states.things_in(partition, code.id)]
    return sorted([*own, *things])


def list_changes(program: Program, partition: Partition) -> dict[str, entries.ListChanges]:
    """Return how the lists that change differ from what is declared, by their names; those that don't are left out."""
    changed = {words.id: entries.changes(partition, words.id) for words in program.plan.lists if words.changes}
    return {id: change for id, change in sorted(changed.items()) if change.added or change.removed}


def pending(partition: Partition) -> list[Action]:
    """Return the actions that wait for approval, by request; their `key` is the request's id."""
    return [
        _held(wish, request.id)
        for request in requests.standing(partition)
        for case in request.cases
        for wish in case.outcome.wishes
    ]


class InForce(NamedTuple):
    """A sanction against a member: the action, until when (ms; None: for good), and its key, "" if done by hand."""

    do: str
    until: int | None
    key: str
    ended_by: tuple[str, ...]


def in_force(program: Program, partition: Partition, who: str) -> list[InForce]:
    """Return the sanctions in force against a member, the earliest first."""
    known = program.sanctions
    return [
        InForce(entry.do, entry.until, entry.key, known[entry.do].ended_by)
        for entry in sanctions.of(partition, who)
        if entry.do in known
    ]


class Standing(NamedTuple):
    """A request for approval: the rule that asks, until when (ms), who of how many approved, and what would be done."""

    id: str
    rule: str
    expires: int
    approved: tuple[str, ...]
    needed: int
    about: tuple[str, ...]
    actions: tuple[Action, ...]


def standing(program: Program, partition: Partition) -> list[Standing]:
    """Return the requests that wait for approval, by id; `about` is whom they concern."""
    return [
        Standing(
            request.id,
            request.rule,
            request.expires,
            tuple(request.approved),
            _needed(program, request),
            tuple(sorted({who for case in request.cases for who in case.about})),
            tuple(_held(wish, request.id) for case in request.cases for wish in case.outcome.wishes),
        )
        for request in requests.standing(partition)
    ]


def _needed(program: Program, request: requests.Request) -> int:
    code = program.rules.get(request.rule)
    return code.rule.approval.approvals if code is not None and code.rule.approval is not None else 1


def _held(wish: Wish, request: str) -> Action:
    or_else = tuple(_held(other, request) for other in wish.or_else)
    parameters = dict(sorted(wish.parameters.items()))
    return Action(do=wish.do, who=wish.who, parameters=parameters, key=request, rules=wish.rules, or_else=or_else)
