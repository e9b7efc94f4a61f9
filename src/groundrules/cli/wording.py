"""What `groundrules test` says, in English and Chinese."""

from __future__ import annotations

from groundrules.narrate import language_of
from groundrules.tools.measuring.phrases import Phrase
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
CHINESE_PHRASES = {
    "left_out": "去掉 {}",
    "condition_left_out": "去掉此条件",
    "event_left_out": "去掉此事件",
    "until_left_out": "去掉此 `until`",
    "delta_left_out": "去掉 {} 的变化",
    "reset_left_out": "去掉 {} 的清零",
    "label_left_out": "去掉标签 {}",
    "path_left_out": "去掉路径 {}",
    "within": "时限 {}",
    "once_within": "`once_per` 时限 {}",
    "after": "等待 {}",
    "starts_later": "开始晚一小时",
    "ends_later": "结束晚一小时",
    "per": "每 {1} {0}",
    "step": "走到 `times` 的第 {} 级",
    "fires": "触发",
    "ends": "结束",
    "is_true": "为真",
    "is_false": "为假",
}


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

    def phrase(self, said: str) -> str:
        """What was reached or changed; what is no phrase is the same in any language."""
        if self.lang == "en" or not isinstance(said, Phrase):
            return said
        return CHINESE_PHRASES[said.form].format(*said.parts)
