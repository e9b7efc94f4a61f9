"""What keeps all members of a community in one stage."""

from __future__ import annotations

import pytest

from groundrules.cli.main import cli
from groundrules.frontend import check_text
from groundrules.lint.linted import Linted
from groundrules.lint.rules.one_stage import one_stage

HEAD = """rulebook: split
use: [std/chat]
ledgers:
  strikes: {per: member}
  points: {per: member}
  heat: {per: channel}
"""

HINDERED = {
    "all members are counted": (
        "rules: [{id: a, on: message, when: count(message within 1m) >= 3, then: [hold]}]",
        "it counts every member's `message`",
    ),
    "members share a memory": (
        "rules: [{id: a, on: message, when: text contains 'x', once_per: channel within 1h, then: [hold]}]",
        "it remembers what fired by `channel`, which members share",
    ),
    "somebody else answers": (
        "rules: [{id: a, on: message, when: text contains 'x', then: [ban], "
        "approval: {by: admin, approvals: 1, within: 1h}}]",
        "its request is answered by `admin`, not by the member",
    ),
    "a channel's balance": (
        "rules: [{id: a, on: message, when: heat(channel) >= 3, then: [hold]}]",
        "the ledger `heat` is not kept per member",
    ),
    "another member's balance": (
        "rules: [{id: a, on: reaction.added, when: points(message.author) >= 3, then: [{label: x}]}]",
        "it reads the balance of `message.author`, another member",
    ),
    "a circle": (
        "rules: [{id: a, on: message, when: points(actor) >= 3, then: [hold]}]\n"
        "rewards: [{id: b, on: reaction.added, grant: {points: 1, to: message.author}}]",
        "it changes `points` of another member, and rules read that ledger",
    ),
    "a rank": (
        "rules: [{id: a, on: message, when: 'rank(points, actor) <= 3', then: [hold]}]",
        "it ranks the members by `points`",
    ),
    "a path that others end": (
        "paths: [{id: a, on: message, one_per: actor, until: [{on: message, when: reply_to == start.id}], "
        "steps: [{after: 1h, then: [{notify: {role: x}}]}]}]",
        "a `message` of anybody may end it",
    ),
    "a path of a channel": (
        "paths: [{id: a, on: message, one_per: channel, until: [{on: message, when: actor.id == start.actor.id}], "
        "steps: [{after: 1h, then: [{notify: {role: x}}]}]}]",
        "its paths are kept by `channel`, which members share",
    ),
    "a state": (
        "states: [{id: a, enter: count(member.joined within 1m) >= 5, leave: quiet(member.joined) >= 1h, "
        "then: [lock], afterwards: [unlock]}]",
        "the whole community is in `a`, or not",
    ),
    "a state of channels": (
        "states: [{id: a, per: channel, enter: count(message by channel within 1m) >= 5, "
        "leave: quiet(message by channel) >= 1h, then: [{slow_mode: 30s}], afterwards: [{slow_mode: 0s}]}]",
        "members share the things that are in `a` by themselves",
    ),
    "another member's state": (
        "states: [{id: hot, per: member, enter: count(message by actor = member within 1m) >= 5, "
        "leave: quiet(message by actor = member) >= 1h}]\n"
        "rules: [{id: a, on: reaction.added, when: hot(message.author), then: [hold]}]",
        "it asks whether another member is in `hot`",
    ),
    "a brake": (
        "at_most: [{ban: 5 per hour}]\nrules: [{id: a, on: message, when: text contains 'x', then: [ban]}]",
        "`at_most` counts `ban` over all members",
    ),
    "who is here": (
        "rules: [{id: a, on: message, when: 'length(members(\"helper\")) < 3', then: [hold]}]",
        "it asks who is here, `members(helper)`",
    ),
    "everybody who is here": (
        "rules: [{id: a, on: message, when: 'length(members()) < 3', then: [hold]}]",
        "it asks who is here, `members()`",
    ),
    "a list that a rule changes": (
        "lists: {banned: {changes: true, items: [a]}}\n"
        "rules: [{id: a, on: message, when: text contains 'x', then: [{enlist: text, in: banned}]}]",
        "it changes the list `banned`, which members share",
    ),
    "a list that changes": (
        "lists: {banned: {changes: true, items: [a]}}\n"
        "rules: [{id: a, on: message, when: text contains any of banned, then: [hold]}]",
        "it reads the list `banned`, which changes for all members",
    ),
    "a list that changes, in a window": (
        "lists: {banned: {changes: true, items: [a]}}\n"
        "rules: [{id: a, on: message, "
        "when: 'count(message where length(found(text, banned)) > 1 by actor within 1h) >= 3', then: [hold]}]",
        "it reads the list `banned`, which changes for all members",
    ),
    "names of others": (
        "rules: [{id: a, on: message, when: text contains 'x', "
        "then: [{reply: '{join(names([reply_to ?? actor.id]), \" \")}'}]}]",
        "it reads the names of `reply_to, actor.id`, which events of others tell",
    ),
    "a circle by what is told": (
        "rules: [{id: a, on: message, when: text contains 'x', then: [{reply: '{points(actor)}'}]}]\n"
        "rewards: [{id: b, on: reaction.added, grant: {points: 1, to: message.author}}]",
        "it changes `points` of another member, and rules read that ledger",
    ),
    "a circle of labels": (
        "rules: [{id: a, on: message, when: 'labelled(actor, \"x\")', then: [hold]}, "
        "{id: b, on: member.warned, then: [{label: x, on: target}]}]",
        "it sets or takes the label `x` of another member, and rules read it",
    ),
    "a schedule for all": (
        "schedules: [{id: a, at: '09:00', then: [lock]}]",
        "it goes by the clock for all",
    ),
}

FREE = {
    "by actor": "rules: [{id: a, on: message, when: 'count(message by actor, text within 1m) >= 3', then: [hold], "
    "once_per: actor within 1h}]",
    "own balance and ladder": "rules: [{id: a, on: message, when: strikes(actor) >= 1 and text contains 'x', "
    "then: [strike: 1]}]\nladders: [{id: l, ledger: strikes, steps: [{reaches: 2, then: [mute: 1h]}]}]",
    "a gift that nobody reads": "rewards: [{id: a, on: reaction.added, grant: {points: 1, to: message.author}, "
    "once_per: 'actor, message within 90d'}]\nladders: [{id: l, ledger: points, steps: [{reaches: 2, then: [warn]}]}]",
    "a path of one's own": "paths: [{id: a, on: message, one_per: actor, until: [{on: message, when: actor.id == "
    "start.actor.id}], steps: [{after: 1h, then: [{notify: {role: x}}]}]}]",
    "a list that stays": "lists: {banned: {items: [a]}}\n"
    "rules: [{id: a, on: message, when: text contains any of banned, "
    "then: [{reply: '{join(names([actor.id]), \"\")}'}]}]",
    "a label that nobody reads": "rules: [{id: b, on: member.warned, then: [{label: x, on: target}]}]",
    "each member": "schedules: [{id: a, at: '09:00', for_each: member, when: silence(member) > 90d, then: [kick]}]",
}


def told(text: str, split: bool = True) -> list[str]:
    result = check_text(HEAD + text)
    assert result.checked is not None, [one.message for one in result.diagnostics]
    assert not result.has_errors, [one.message for one in result.diagnostics]
    return [found.message for found in one_stage(Linted(result.checked, split=split))]


@pytest.mark.parametrize("name", HINDERED)
def test_what_hinders(name: str) -> None:
    text, reason = HINDERED[name]
    found = told(text)
    assert any(message.endswith(f": {reason}") for message in found), found
    assert told(text, split=False) == []


@pytest.mark.parametrize("name", FREE)
def test_what_does_not(name: str) -> None:
    assert told(FREE[name]) == []


def test_it_is_asked_for_on_the_command_line(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from click.testing import CliRunner

    (tmp_path / "rulebook.yaml").write_text(HEAD + HINDERED["a state"][0])
    plain = CliRunner().invoke(cli, ["lint", str(tmp_path), "--select", "GR660"])
    asked = CliRunner().invoke(cli, ["lint", str(tmp_path), "--select", "GR660", "--split", "member"])
    assert (plain.output, plain.exit_code, asked.exit_code) == ("no problems found\n", 0, 0)
    assert "GR660" in asked.output
    chinese = CliRunner().invoke(cli, ["lint", str(tmp_path), "--select", "GR660", "--split", "member", "--lang", "zh"])
    assert "不能按成员拆分" in chinese.output
