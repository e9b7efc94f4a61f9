"""YARA-X: one rule per rule, the text as the data that is scanned, the channel as a global."""

from __future__ import annotations

from collections.abc import Callable

from bench.workloads import Rule, Workload

NAME = "YARA-X"
REGEXES = True


def ready(work: Workload) -> Callable[[str, str], list[str]]:
    import yara_x

    compiler = yara_x.Compiler()
    compiler.define_global("channel", "")
    compiler.add_source("\n".join(_rule(rule) for rule in work.rules))
    scanner = yara_x.Scanner(compiler.build())

    def answer(text: str, channel: str) -> list[str]:
        scanner.set_global("channel", channel)
        return [rule.identifier for rule in scanner.scan(text.encode()).matching_rules]

    return answer


def _rule(rule: Rule) -> str:
    string = f"/{rule.pattern}/" if rule.pattern else f'"{rule.word}"'
    channel = f'channel == "{rule.channel}" and ' if rule.channel else ""
    return f"rule {rule.id} {{ strings: $a = {string} condition: {channel}$a }}"
