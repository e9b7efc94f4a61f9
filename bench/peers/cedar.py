"""Cedar: one policy per rule, all of them decided for one request; the reasons are the rules that fired."""

from __future__ import annotations

from collections.abc import Callable

from bench.workloads import Workload

NAME = "Cedar"
REGEXES = False


def ready(work: Workload) -> Callable[[str, str], list[str]]:
    import cedarpy

    text = "\n".join(
        f'permit(principal, action, resource) when {{ {_channel(rule.channel)}context.text like "*{rule.word}*" }};'
        for rule in work.rules
    )
    policies = cedarpy.PolicySet.from_str(text)
    entities = cedarpy.Entities.from_json_str("[]")
    ids = {f"policy{number}": rule.id for number, rule in enumerate(work.rules)}
    request = {"principal": 'User::"u"', "action": 'Action::"post"', "resource": 'Channel::"c"'}

    def answer(text: str, channel: str) -> list[str]:
        query = {**request, "context": {"text": text, "channel": channel}}
        return [ids[reason] for reason in cedarpy.is_authorized(query, policies, entities).diagnostics.reasons]

    return answer


def _channel(channel: str | None) -> str:
    return f'context.channel == "{channel}" && ' if channel else ""
