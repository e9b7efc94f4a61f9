"""Decisions in sentences, in English or Chinese: what happened and why.

Used by `Decision.explain`, `groundrules run --format human` and everything else that talks to people. It reads a
decision and nothing else; an action that has no sentence is named by its own title where the plan gives one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from groundrules.decisions import Clause, Decision, Evidence, Fired, LedgerChange, Shadow
from groundrules.narrate.deeds import Lengths, Titles, deed
from groundrules.narrate.localised import aside, language_of, pick, value_text
from groundrules.narrate.notes import noted

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "rule": "rule {rule}",
        "because": "because {clause}",
        "because_not": "because not: {clause}",
        "found": "{field} has {found} at {start}–{end}",
        "found_as": "{field} has {found} at {start}–{end}, which is {pattern} in disguise",
        "was": "{what} was {value}",
        "ledger": "{ledger} of {who}: {before} → {after}",
        "clamped": " ({asked:+} asked for, clamped by {by})",
        "shadow": "in shadow, {rule} would have: {actions}",
        "rollout": "outside its rollout, {rule} would have: {actions}",
        "nothing": "nothing",
        "exempted": "{rule} did not apply: exempted by {by}",
        "dropped": "{action} left out: {because} does more",
        "unknown": "{rule} undecided: {missing} missing",
        "rejected": "rejected [{code}]: {reason}",
        "duplicate": "seen before: nothing changes",
        "late": "late: handled at {at}",
        "quiet": "no rule applies",
        "to": "to",
        "list": ", ",
        "then": "; ",
        "quoted": "{!r}",
    },
    "zh": {
        "rule": "规则 {rule}",
        "because": "因为 {clause}",
        "because_not": "因为不满足：{clause}",
        "found": "{field} 第 {first}–{end} 字是 {found}",
        "found_as": "{field} 第 {first}–{end} 字是 {found}，即变形的 {pattern}",
        "was": "{what} 为 {value}",
        "ledger": "{who} 的 {ledger}：{before} → {after}",
        "clamped": "（申请 {asked:+}，受 {by} 限制）",
        "shadow": "试运行：{rule} 本会执行 {actions}",
        "rollout": "未纳入灰度：{rule} 本会执行 {actions}",
        "nothing": "无动作",
        "exempted": "{rule} 不适用：由 {by} 豁免",
        "dropped": "省略 {action}：{because} 已包含",
        "unknown": "{rule} 无法判断：缺少 {missing}",
        "rejected": "拒收 [{code}]：{reason}",
        "duplicate": "重复事件：不产生变化",
        "late": "迟到事件：按 {at} 处理",
        "quiet": "没有规则适用",
        "to": "对",
        "list": "、",
        "then": "；",
        "quoted": "“{}”",
    },
}


def narrate(
    decision: Decision, lang: str = "en", titles: Titles | None = None, lengths: Lengths | None = None
) -> list[str]:
    """Return the decision as lines of text: actions first, then the reasons, then what did not happen.

    A decision in which nothing happened gives one line that says so.
    """
    words = WORDS[language_of(lang)]
    if decision.rejected:
        told = words["rejected"].format(code=decision.rejected.code, reason=decision.rejected.reason)
        return [told + aside(decision.rejected.path, lang)]
    if decision.trigger == "duplicate":
        return [words["duplicate"]]
    lines = [words["late"].format(at=decision.at)] if decision.late else []
    lines += [f"→ {deed(action, lang, titles, lengths)}" for action in decision.actions]
    lines += [_ledger(change, words) for change in decision.ledgers]
    lines += [line for fired in decision.fired for line in _fired(fired, words, lang)]
    lines += [f"~ {_shadow(shadow, words, lang, titles, lengths)}" for shadow in decision.shadow]
    lines += _beside(decision, words, lang, titles)
    return lines or [words["quiet"]]


def _ledger(change: LedgerChange, words: Mapping[str, str]) -> str:
    text = words["ledger"].format(ledger=change.ledger, who=change.who, before=change.before, after=change.after)
    return text + (words["clamped"].format(asked=change.asked, by=change.clamped) if change.clamped else "")


def _fired(fired: Fired, words: Mapping[str, str], lang: str) -> Iterable[str]:
    title = pick(fired.title, lang)
    yield "  " + words["rule"].format(rule=fired.rule) + (f" — {title}" if title else "")
    for clause in fired.clauses:
        yield f"    {_clause(clause, words, lang)}"


def _clause(clause: Clause, words: Mapping[str, str], lang: str) -> str:
    text = words["because" if clause.outcome else "because_not"].format(clause=" ".join(clause.text.split()))
    details = [_evidence(found, clause, words) for found in clause.evidence]
    if not details:
        details = [
            words["was"].format(what=" ".join(what.split()), value=value_text(value, lang))
            for what, value in clause.reads.items()
        ]
    return text + aside(words["then"].join(details), lang)


def _evidence(found: Evidence, clause: Clause, words: Mapping[str, str]) -> str:
    plain = found.pattern.casefold() == found.text.casefold() or f"/{found.pattern}/" in clause.text
    phrase = "found" if plain else "found_as"
    shown = {name: words["quoted"].format(text) for name, text in (("found", found.text), ("pattern", found.pattern))}
    return words[phrase].format(field=found.field, start=found.start, end=found.end, first=found.start + 1, **shown)


def _shadow(shadow: Shadow, words: Mapping[str, str], lang: str, titles: Titles | None, lengths: Lengths | None) -> str:
    actions = words["list"].join(deed(action, lang, titles, lengths) for action in shadow.actions)
    return words[shadow.reason].format(rule=shadow.rule, actions=actions or words["nothing"])


def _beside(decision: Decision, words: Mapping[str, str], lang: str, titles: Titles | None) -> list[str]:
    """What did not happen, or happened beside: exemptions, dropped actions, undecided guards, notes."""
    lines = []
    for exempted in decision.exempted:
        lines.append("- " + words["exempted"].format(rule=exempted.rule, by=words["list"].join(exempted.by)))
    for dropped in decision.dropped:
        name = pick((titles or {}).get(dropped.do, {}), lang) or dropped.do
        because = pick((titles or {}).get(dropped.because, {}), lang) or dropped.because
        what = f"{name} {dropped.who}" if dropped.who else name
        lines.append("- " + words["dropped"].format(action=what, because=because))
    lines += [f"· {noted(note, lang)}" for note in (*decision.labels, *decision.notes)]
    for unknown in decision.unknown:
        lines.append("? " + words["unknown"].format(rule=unknown.rule, missing=words["list"].join(unknown.missing)))
    return lines
