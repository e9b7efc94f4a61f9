"""What `groundrules test` says, in English and Chinese.

Mutants are told by what was changed into what, in a phrase of a few words; the Chinese phrase is found by its form.
"""

from __future__ import annotations

import re

from groundrules.narrate import language_of
from groundrules.tools.testing.coverage import Item
from groundrules.tools.testing.judge import NOTHING, Mismatch

EN = {
    "passed": "passed",
    "failed": "FAILED",
    "total": "{passed} passed, {failed} failed",
    "expected": "expected",
    "actual": "actual",
    "reached": "{name}: {reached} of {all} reached, {share:.0%}",
    "clause": "{owner}: `{text}` never {what}",
    "end": "{owner}: never ended by `{text}`",
    "never": "{owner} never {what}",
    "noticed": "{name}: {noticed} of {all} mutants noticed, {share:.0%}",
    "unnoticed": "{of}{change}; no test notices",
    "of": "`{text}`: ",
    "owner": "{owner}: ",
    "all_bounded": "{name}: every threshold has tests just below, at and above it",
    "unbounded": "{name}: {count} thresholds without tests around them",
    "by_hand": "write one by hand: {owner}: {text}",
    "read_it": "What they expect is what happens today: read it before you keep it.",
}
ZH = {
    "passed": "通过",
    "failed": "失败",
    "total": "{passed} 项通过，{failed} 项失败",
    "expected": "期望",
    "actual": "实际",
    "reached": "{name}：{all} 项中测到 {reached} 项，{share:.0%}",
    "clause": "{owner}：`{text}` 从未{what}",
    "end": "{owner}：从未由 `{text}` 结束",
    "never": "{owner} 从未{what}",
    "noticed": "{name}：{all} 处改动中发现 {noticed} 处，{share:.0%}",
    "unnoticed": "{of}{change}；没有测试发现",
    "of": "`{text}`：",
    "owner": "{owner}：",
    "all_bounded": "{name}：每个阈值都有略低、恰好、略高的测试",
    "unbounded": "{name}：{count} 个阈值附近没有测试",
    "by_hand": "请手写一个测试：{owner}：{text}",
    "read_it": "期望的内容就是目前的结果：保留之前请先核对。",
}
WORDS = {"en": EN, "zh": ZH}
_MISMATCHES = {
    "actions": "动作",
    "rules": "规则",
    "states": "状态",
    "pending approvals": "待批准的动作",
    "undecided rules": "无法判断的规则",
    "rejection": "拒收",
    "labels": "标签",
}
_REACHED = {"fires": "触发", "ends": "结束", "is true": "为真", "is false": "为假"}
_CHANGES = [
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"left out", "去掉此条件"),
        (r"this event left out", "去掉此事件"),
        (r"this `until` left out", "去掉此 `until`"),
        (r"the change of (.+) left out", r"去掉 \1 的变化"),
        (r"the reset of (.+) left out", r"去掉 \1 的清零"),
        (r"the label (.+) left out", r"去掉标签 \1"),
        (r"the path (.+) left out", r"去掉路径 \1"),
        (r"(.+) left out", r"去掉 \1"),
        (r"(`once_per` )?within (.+)", r"\1时限 \2"),
        (r"after (.+)", r"等待 \1"),
        (r"from an hour later", "开始晚一小时"),
        (r"to an hour later", "结束晚一小时"),
        (r"(.+) per (.+)", r"每 \2 \1"),
        (r"takes step (\d+) of `times`", r"走到 `times` 的第 \1 级"),
    )
]


class Speech:
    """Says what became of tests in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = language_of(lang)

    def __call__(self, phrase: str, /, **values: object) -> str:
        return WORDS[self.lang][phrase].format(**values)

    def mismatch(self, found: Mismatch) -> str:
        """What it is that came out otherwise."""
        if self.lang == "en":
            return found.heading
        what = _MISMATCHES.get(found.what, found.what)
        return f"{found.of} 的{what if what != found.what else ' ' + what}" if found.of else what

    def side(self, text: str) -> str:
        """One side of a mismatch."""
        return "无" if self.lang == "zh" and text == NOTHING else text

    def reached(self, item: Item) -> str:
        return item.what if self.lang == "en" else _REACHED.get(item.what) or self.change(item.what)

    def change(self, phrase: str) -> str:
        """What a mutant changes."""
        if self.lang == "zh":
            for pattern, chinese in _CHANGES:
                if found := pattern.fullmatch(phrase):
                    return found.expand(chinese) if found.groups() else chinese
        return phrase
