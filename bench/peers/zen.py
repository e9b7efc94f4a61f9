"""ZEN: one compiled expression per rule; its decision tables compare cells and have no substring tests."""

from __future__ import annotations

from collections.abc import Callable

from bench.workloads import Rule, Workload

NAME = "ZEN"
REGEXES = True


def ready(work: Workload) -> Callable[[str, str], list[str]]:
    import zen

    expressions = [(rule.id, zen.compile_expression(_test(rule))) for rule in work.rules]

    def answer(text: str, channel: str) -> list[str]:
        read = {"text": text, "channel": channel}
        return [id for id, expression in expressions if expression.evaluate(read)]

    return answer


def _test(rule: Rule) -> str:
    test = f'matches(text, "{rule.pattern}")' if rule.pattern else f'contains(text, "{rule.word}")'
    return f'channel == "{rule.channel}" and {test}' if rule.channel else test
