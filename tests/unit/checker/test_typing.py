"""How expressions are typed: what is accepted, what may be missing, what a guard promises."""

from __future__ import annotations

import pytest

from groundrules.diagnostics.model import Diagnostic
from unit.checker.books import checked, findings, rule


@pytest.mark.parametrize(
    "when",
    [
        'text == "x" or actor.name == text or actor.id in ["a", "b"]',
        'actor == first(mentions) or actor == "u1" or reply_to == actor',
        "now - actor.joined > 3d and age(actor.joined) / 1h > 2 and -5 < 3",
        "event.text == text and event['text'] == text",
        "now in 23:00-07:00 and now not in 09:00-10:00",
        'channel.name == "help" and not actor.bot and actor.roles has all of ["a", "b"]',
        "mentions has actor or actor in mentions",
        'any(link in links where link.domain ends with ".cn" and any(m in mentions where m.bot))',
        "count(message by actor, channel, text within 2m) >= 3",
        "2 <= count(message where length(text) > 5 by actor = first(mentions) within 1h)",
        "distinct(channel of message by actor within 1h) > 3 or sum(length(text) of message by actor within 1h) > 900",
        "quiet(message by channel) > 5m and streak(message by actor) % 7 == 0",
        "count(message by actor within 1h max 50) * 2 > length(text)",
        "known(actor.joined) and (actor.level ?? 0) > 3 and max(1, 2, length(text)) > 1",
        "squeezed(text) contains 'ab' or folded(text) matches /a+b/i or text contains word 'x'",
        "labelled(actor, 'trusted') and silence(actor) > 3d",
    ],
)
def test_accepted(when: str) -> None:
    assert findings(rule(when)) == []


def codes(body: str) -> list[str]:
    return [one.code for one in findings(body)]


@pytest.mark.parametrize(
    ("guard", "value", "fine"),
    [
        ("actor.level > 3", "{actor.level}", True),
        ("actor.level > 3 and text == 'x'", "{actor.level}", True),
        ("not (actor.level < 3 or text == 'x')", "{actor.level}", True),
        ("known(actor.level)", "{actor.level * 2}", True),
        ("leveled", "{event.actor.level}", True),
        ("actor.level > 3 or text == 'x'", "{actor.level}", False),
        ("not (actor.level < 3 and text == 'x')", "{actor.level}", False),
        ("not known(actor.level)", "{actor.level}", False),
        ("(actor.level ?? 1) > 0", "{actor.level}", False),
        ("any(m in mentions where m.level > 3)", "{actor.level}", False),
        ("text == 'x'", "{actor.level ?? 0}", True),
        ("text == 'x'", "{actor.name} {channel.id ?? 'here'}", True),
        ("text == 'x'", "{length(text) / 2}", True),
        ("text == 'x'", "{2 / length(text)}", False),
    ],
)
def test_a_true_guard_promises_what_it_has_read(guard: str, value: str, fine: bool) -> None:
    body = "define: {leveled: actor.level > 3}\n" + rule(guard, then=f'[reply: "{value}"]')
    assert codes(body) == ([] if fine else ["GR404"])


def test_assumed_facts_are_never_missing() -> None:
    body = rule("text == 'x'", then='[reply: "{actor.level}, {actor.joined}"]')
    found = findings('assume: {member: {level: "1"}}\n' + body)
    assert [one.span.text for one in found] == ["actor.joined"]


def test_several_event_types_share_what_all_of_them_have() -> None:
    body = """
rules:
  - {id: a, on: [message, message.edited], when: text == "x", then: [delete]}
  - {id: b, on: [message, reaction.added], when: text == "x", then: [warn]}
"""
    (found,) = findings(body)
    assert found.message == "unknown name `text`"
    assert found.help is not None
    assert found.help.endswith("not of `reaction.added`")


def test_contexts_are_shared_by_rules_on_the_same_event_types() -> None:
    rules = "".join(f"  - {{id: r{n}, on: message, when: text == 'x{n}', then: [delete]}}\n" for n in range(50))
    result, found = checked("rules:\n" + rules)
    assert not found
    assert len([context for context in result.contexts.values() if context.types]) == 2  # as event and as start


def test_a_chain_of_defines_too_deep_to_walk_is_refused() -> None:
    chain = "".join(f"  d{n}: {'not ' * 20}d{n + 1}\n" for n in range(30))
    found: list[Diagnostic] = findings(f"define:\n{chain}  d30: text == 'x'\n" + rule("d0"))
    assert any("nested too deeply" in one.message for one in found)
