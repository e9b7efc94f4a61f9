"""The Common Expression Language, in Rust: one compiled program per rule, since it has no rule sets."""

from __future__ import annotations

from collections.abc import Callable

from bench.workloads import Rule, Workload

NAME = "CEL"
REGEXES = True


def ready(work: Workload) -> Callable[[str, str], list[str]]:
    import cel

    programs = [(rule.id, cel.compile(_test(rule))) for rule in work.rules]

    def answer(text: str, channel: str) -> list[str]:
        read = cel.Context(variables={"text": text, "channel": channel})
        return [id for id, program in programs if program.execute(read)]

    return answer


def _test(rule: Rule) -> str:
    test = f'text.matches("{rule.pattern}")' if rule.pattern else f'text.contains("{rule.word}")'
    return f'channel == "{rule.channel}" && {test}' if rule.channel else test
