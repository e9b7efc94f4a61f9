"""What a diff says, in English and Chinese. Keys of rulebooks (`when`, `once_per`) are left as authors write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from groundrules import narrate
from groundrules.narrate.localised import aside
from groundrules.tools.diffing.model import Carried, Change, Detail, Diff

MOST = 12  # entries of a list that are shown

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "same": "no change in meaning",
        "heading": "{old} → {new}",
        "added": "added",
        "removed": "removed",
        "renamed": "renamed",
        "changed": "changed",
        "fewer": "narrowed: acts on fewer events",
        "more": "widened: acts on more events",
        "unclear": "may act on other events",
        "was": "was {was}",
        "and_more": "and {count:,} more",
        "live": "On a live engine",
        "kept": "kept",
        "renamed_memory": "kept under the new name",
        "begun": "begins empty",
        "lost": "lost",
        "cancelled": "open paths given up",
        "resettled": "levels settled anew, without acting",
        "left": "states left, without `afterwards`",
        "all_kept": "everything remembered is kept",
        "rows": "rows",
        "schema": "its schema",
        "other": "something that has no name of its own",
        "differs": "differs",
        "told": "{what}: {said}",
        "comma": ", ",
        "then": "; ",
        "counts": "{added} added, {removed} removed, {changed} changed",
    },
    "zh": {
        "same": "含义没有变化",
        "heading": "{old} → {new}",
        "added": "新增",
        "removed": "移除",
        "renamed": "改名",
        "changed": "修改",
        "fewer": "缩小：触发的事件变少",
        "more": "扩大：触发的事件变多",
        "unclear": "触发的事件可能不同",
        "was": "原名 {was}",
        "and_more": "另有 {count:,} 项",
        "live": "对运行中的引擎",
        "kept": "保留",
        "renamed_memory": "改名后保留",
        "begun": "从空开始",
        "lost": "丢失",
        "cancelled": "放弃进行中的流程",
        "resettled": "重新核定等级，不触发动作",
        "left": "退出状态，不执行 `afterwards`",
        "all_kept": "已记住的内容全部保留",
        "rows": "行",
        "schema": "格式定义",
        "other": "其他没有名称的内容",
        "differs": "有变化",
        "told": "{what}：{said}",
        "comma": "，",
        "then": "；",
        "counts": "新增 {added}，移除 {removed}，修改 {changed}",
    },
}

SECTIONS_ZH = {
    "rule": "规则",
    "reward": "奖励",
    "ladder": "阶梯",
    "path": "流程",
    "state": "状态",
    "schedule": "日程",
    "ledger": "账本",
    "cap": "上限",
    "list": "名单",
    "parameter": "参数",
    "event type": "事件类型",
    "action": "动作",
    "rulebook": "规则手册",
}

PARTS_ZH = {"entries": "条目", "value": "值", "amount": "数额", "languages": "语言"}
_STEP = re.compile(r"step (\d+)\b")


class Speech:
    """Says the parts of a diff in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = narrate.language_of(lang)
        self.words = WORDS[self.lang]

    def __call__(self, name: str, **parts: object) -> str:
        return self.words[name].format(**parts)

    def section(self, change: Change) -> str:
        return SECTIONS_ZH[change.section] if self.lang == "zh" else change.section

    def verdict(self, change: Change) -> str:
        """Say what became of a block, and which way it moved."""
        said = [self(change.kind)] if change.kind != "changed" or change.direction == "same" else []
        if change.was:
            said = [said[0] + aside(self("was", was=change.was), self.lang)]
        if change.direction != "same":
            said.append(self(change.direction))
        return self("comma").join(said)

    def part(self, part: str) -> str:
        """A part of a block: a key as authors write it, or what there is no key for."""
        return _STEP.sub(r"第 \1 步", PARTS_ZH.get(part, part)) if self.lang == "zh" else part

    def title(self, change: Change) -> str:
        return narrate.pick(change.title, self.lang)

    def some(self, items: Iterable[str]) -> list[str]:
        """Return the first of some entries, and how many more there are."""
        found = list(items)
        more = [self("and_more", count=len(found) - MOST)] if len(found) > MOST else []
        return [*found[:MOST], *more]

    def counts(self, diff: Diff) -> str:
        kinds = [change.kind for change in diff.changes]
        changed = kinds.count("changed") + kinds.count("renamed")
        return self("counts", added=kinds.count("added"), removed=kinds.count("removed"), changed=changed)

    def carried(self, carried: Carried) -> Iterator[tuple[str, list[str]]]:
        """Yield each fate of what is remembered, with what has it; what is kept only where something is not."""
        fates = {name: list(getattr(carried, name)) for name in ("lost", "begun", "cancelled", "resettled", "left")}
        told = [(self(name), items) for name, items in fates.items() if items]
        if carried.renamed:
            told.append((self("renamed_memory"), [f"{old} → {new}" for old, new in carried.renamed.items()]))
        if told and carried.kept:
            told.append((self("kept"), list(carried.kept)))
        yield from told
        if carried.rows:
            yield self("rows"), [f"{name}: {count:,}" for name, count in carried.rows.items()]

    def what(self, detail: Detail) -> str:
        """Say of a detail without values what it is that differs."""
        return self(detail.part) if detail.part in ("schema", "other") else self("differs")
