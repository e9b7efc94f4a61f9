"""What a report says, in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from groundrules import narrate
from groundrules.calendar.zones import in_zone
from groundrules.decisions import Decision
from groundrules.decisions import Fired as FiredRule
from groundrules.tools.replaying.model import Example, Person, Reading, Report, RuleRow, Verdict

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "heading": "Replay of {rulebook}",
        "compared": "{old} → {new}",
        "period": "{events} events, {first} to {last}",
        "lines": "{lines:,} events: {decided:,} decided, {rejected:,} rejected, "
        "{duplicates:,} seen before, {late:,} late",
        "lines_of": "{shown}: {line}",
        "rejection": "line {line}: [{code}] {reason}",
        "by_code": "rejected: {codes}",
        "rule": "rule",
        "before": "before",
        "after": "now",
        "acts": "acts",
        "gained": "now acts",
        "lost": "no longer",
        "changed": "otherwise",
        "members": "members",
        "shadow": "in shadow",
        "renamed": "was {was}",
        "nothing": "no rule acts on anything",
        "same": "both versions do the same on all of it",
        "by_rule": "By rule",
        "newly": "Members who would now be actioned",
        "spared": "Members who would no longer be actioned",
        "otherwise": "Members who would be actioned on other occasions",
        "people": "Members who would be actioned",
        "of_rule": "by rule",
        "more": "and {count:,} more",
        "by_week": "By week",
        "week": "week of",
        "events": "events",
        "examples": "Examples",
        "side_gained": "would now act",
        "side_lost": "would no longer act",
        "side_changed": "would act otherwise",
        "side_acts": "would act",
        "in": "in {channel}",
        "does": "does: {does}",
        "does_nothing": "no action",
        "instead": "instead of: {does}",
        "by_time": "a timer",
        "undecided": "Undecided for lack of facts",
        "undecided_row": "{rule}: on {count:,} of {events:,}, {missing} missing",
        "undecided_help": "these rules could not act there; "
        "a bot must send these facts, or the rulebook must `assume` them",
        "budget": "Budget",
        "kept": "kept",
        "broken": "BROKEN",
        "verdict": "{rule} acts on {share} of {cohort} ({acted:,} of {total:,} {of}); {bound} {limit} allowed",
        "verdict_min": "{rule} acts on {share} of {cohort} ({acted:,} of {total:,} {of}); {bound} {limit} wanted",
        "empty": "{rule}: nothing in this history is in {cohort}, so nothing was measured",
        "at_most": "at most",
        "at_least": "at least",
        "everybody": "everybody",
        "of_events": "events",
        "of_members": "members",
        "within": "within budget",
        "outside": "outside of the budget: {rules}",
        "texts": "This page holds messages and ids of members. Share it as you would share those.",
        "member": "member",
        "rules": "rules",
        "chart": "What the rules did, week by week",
        "unchanged": "in both",
        "reasons": "why",
        "hits": "hits",
        "newly_short": "members newly actioned",
        "spared_short": "members no longer actioned",
        "people_short": "members actioned",
    },
    "zh": {
        "heading": "回放：{rulebook}",
        "compared": "{old} → {new}",
        "period": "{events} 个事件，{first} 至 {last}",
        "lines": "{lines:,} 个事件：判定 {decided:,}，拒收 {rejected:,}，重复 {duplicates:,}，迟到 {late:,}",
        "lines_of": "{shown}：{line}",
        "rejection": "第 {line} 行：[{code}] {reason}",
        "by_code": "拒收：{codes}",
        "rule": "规则",
        "before": "原先",
        "after": "现在",
        "acts": "处理",
        "gained": "新增",
        "lost": "不再",
        "changed": "不同",
        "members": "成员",
        "shadow": "试运行",
        "renamed": "原名 {was}",
        "nothing": "没有规则触发",
        "same": "两个版本的结果完全相同",
        "by_rule": "按规则",
        "newly": "现在会被处理的成员",
        "spared": "不再被处理的成员",
        "otherwise": "处理场合有变化的成员",
        "people": "会被处理的成员",
        "of_rule": "依规则",
        "more": "另有 {count:,} 位",
        "by_week": "按周",
        "week": "周（周一）",
        "events": "事件",
        "examples": "示例",
        "side_gained": "现在会触发",
        "side_lost": "不再触发",
        "side_changed": "处理方式不同",
        "side_acts": "会触发",
        "in": "于 {channel}",
        "does": "动作：{does}",
        "does_nothing": "无动作",
        "instead": "原先：{does}",
        "by_time": "定时",
        "undecided": "因缺少信息而无法判断",
        "undecided_row": "{rule}：{events:,} 次中有 {count:,} 次缺少 {missing}",
        "undecided_help": "这些规则当时无法生效；请让机器人提供这些信息，或在规则手册中用 `assume` 设定",
        "budget": "预算",
        "kept": "符合",
        "broken": "超出",
        "verdict": "{rule} 作用于 {cohort} 的 {share}（{total:,} 中的 {acted:,}，按{of}计）；允许{bound} {limit}",
        "verdict_min": "{rule} 作用于 {cohort} 的 {share}（{total:,} 中的 {acted:,}，按{of}计）；要求{bound} {limit}",
        "empty": "{rule}：这段记录中没有属于 {cohort} 的内容，无从衡量",
        "at_most": "至多",
        "at_least": "至少",
        "everybody": "所有人",
        "of_events": "事件",
        "of_members": "成员",
        "within": "符合预算",
        "outside": "超出预算：{rules}",
        "texts": "本页含有成员的消息和标识，请像对待原消息一样谨慎分享。",
        "member": "成员",
        "rules": "规则",
        "chart": "各周触发情况",
        "unchanged": "两版都有",
        "reasons": "原因",
        "hits": "触发次数",
        "newly_short": "新增被处理成员",
        "spared_short": "不再被处理成员",
        "people_short": "被处理成员",
    },
}


class Speech:
    """Says the parts of a report in one language."""

    def __init__(self, report: Report, lang: str) -> None:
        self.lang = narrate.language_of(lang)
        self.words = WORDS[self.lang]
        self._zone = ZoneInfo(report.zone)

    def __call__(self, name: str, **parts: object) -> str:
        return self.words[name].format(**parts)

    def time(self, at: str) -> str:
        """Return an instant as local time, to the second."""
        return in_zone(datetime.fromisoformat(at), self._zone).strftime("%Y-%m-%d %H:%M:%S") if at else ""

    def day(self, at: str) -> str:
        return self.time(at)[:10]

    def heading(self, report: Report) -> str:
        return self("heading", rulebook=narrate.pick(report.title, self.lang) or report.rulebook)

    def period(self, report: Report) -> str:
        return self(
            "period", events=f"{report.after.events:,}", first=self.day(report.first), last=self.day(report.last)
        )

    def reading(self, reading: Reading) -> str:
        return self(
            "lines",
            lines=reading.events,
            decided=reading.decided,
            rejected=reading.rejected,
            duplicates=reading.duplicates,
            late=reading.late,
        )

    def readings(self, report: Report) -> list[str]:
        """Say how the input was taken: once, if both versions took it alike."""
        new, old = report.after, report.before
        if old is None or self.reading(old) == self.reading(new):
            return [self.reading(new)]
        return [self("lines_of", shown=one.shown, line=self.reading(one)) for one in (old, new)]

    def refused(self, reading: Reading) -> list[str]:
        """Say what was refused: how often by code, and the first few lines."""
        if not reading.codes:
            return []
        codes = ", ".join(f"{code} {count:,}" for code, count in reading.codes.items())
        few = reading.rejections[:3]
        lines = [self("rejection", line=one.line, code=one.code, reason=one.reason) for one in few]
        return [self("by_code", codes=codes), *lines]

    def title(self, row: RuleRow) -> str:
        return narrate.pick(row.title, self.lang)

    def person(self, person: Person) -> str:
        return f"{person.name} ({person.member})" if person.name and person.name != person.member else person.member

    def who(self, example: Example) -> str:
        if not example.member:
            return self("by_time")
        named = example.name and example.name != example.member
        return f"{example.name} ({example.member})" if named else example.member

    def reasons(self, example: Example) -> list[str]:
        """Say in sentences which clauses decided."""
        fired = FiredRule(rule=example.rule, clauses=example.clauses)
        return [line.strip() for line in narrate.narrate(Decision(trigger="event", fired=(fired,)), self.lang)[1:]]

    def doing(self, example: Example) -> list[str]:
        done = self("does", does=", ".join(example.does)) if example.does else self("does_nothing")
        return [done, *([self("instead", does=", ".join(example.instead))] if example.instead else [])]

    def verdict(self, verdict: Verdict) -> str:
        cohort = narrate.pick(verdict.title, self.lang) or verdict.cohort or self("everybody")
        if not verdict.total:
            return self("empty", rule=verdict.rule, cohort=cohort)
        return self(
            "verdict_min" if verdict.at_least else "verdict",
            rule=verdict.rule,
            cohort=cohort,
            share=percent(verdict.acted, verdict.total),
            acted=verdict.acted,
            total=verdict.total,
            of=self(f"of_{verdict.of}"),
            bound=self("at_least" if verdict.at_least else "at_most"),
            limit=verdict.limit,
        )

    def outcome(self, verdicts: Sequence[Verdict]) -> str:
        broken = [verdict.rule for verdict in verdicts if not verdict.ok]
        return self("outside", rules=", ".join(dict.fromkeys(broken))) if broken else self("within")


def percent(part: int, whole: int) -> str:
    """Return a share with as many digits as it takes to tell it from none and from all."""
    share = 100 * part / whole if whole else 0.0
    for digits in (1, 2, 3, 4):
        text = f"{share:.{digits}f}"
        if part in (0, whole) or float(text) not in (0.0, 100.0):
            return text.rstrip("0").rstrip(".") + "%"
    return f"{share:.6f}%"
