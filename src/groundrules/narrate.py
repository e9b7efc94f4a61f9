"""Decisions in sentences, in English or Chinese: what happened and why.

Used by `Decision.explain`, `groundrules run --format human` and everything else that talks to people. It reads a
decision and nothing else; an action is named by its own title where the plan gives one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from groundrules.calendar.instants import format_duration
from groundrules.decisions import Action, Clause, Decision, Evidence, Fired, LedgerChange, Shadow

Titles = Mapping[str, Mapping[str, str]]  # action → language → title
Lengths = Mapping[str, Collection[str]]  # action → its parameters that are lengths of time, in ms

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
        "cause": "{cause}",
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
        "cause": "{cause}",
    },
}


_INNER = str.maketrans("“”", "‘’")  # quotation marks within quotation marks


def language_of(lang: str) -> str:
    """The narrator's language nearest to `lang` (a tag such as zh-CN); English where there is none."""
    return "zh" if lang.lower().split("-")[0] == "zh" else "en"


def pick(texts: Mapping[str, str], lang: str) -> str:
    """Choose the text for `lang`, else the one for all languages, else English, else any."""
    for key in (lang, lang.split("-")[0], "", "en"):
        if key in texts:
            return texts[key]
    return next(iter(texts.values()), "")


def value_text(value: Any, lang: str) -> str:
    """A parameter's value for people: localised text, a list, or the value itself."""
    if isinstance(value, Mapping):
        texts = {str(key): str(item) for key, item in value.items()}
        return f"“{pick(texts, lang).translate(_INNER)}”"
    if isinstance(value, list | tuple):
        return WORDS[language_of(lang)]["list"].join(str(item) for item in value)
    return str(value)


def action_text(action: Action, lang: str, titles: Titles | None = None, lengths: Lengths | None = None) -> str:
    """One action in a phrase: `mute li (duration 10m)`."""
    spans = (lengths or {}).get(action.do, ())
    name = pick((titles or {}).get(action.do, {}), lang) or action.do
    who = f" {action.who}" if action.who is not None else ""
    told = {key: value for key, value in action.parameters.items() if value not in (None, False, "", [])}
    shown = {
        key: format_duration(value) if key in spans and isinstance(value, int) else value_text(value, lang)
        for key, value in told.items()
    }
    details = [f"{key} {value}" for key, value in shown.items()]
    return name + who + (f" ({', '.join(details)})" if details else "")


def narrate(
    decision: Decision, lang: str = "en", titles: Titles | None = None, lengths: Lengths | None = None
) -> list[str]:
    """Return the decision as lines of text: actions first, then the reasons, then what did not happen.

    A decision in which nothing happened gives one line that says so.
    """
    words = WORDS[language_of(lang)]
    if decision.rejected:
        place = f" ({decision.rejected.path})" if decision.rejected.path else ""
        return [words["rejected"].format(code=decision.rejected.code, reason=decision.rejected.reason) + place]
    if decision.trigger == "duplicate":
        return [words["duplicate"]]
    lines = [words["late"].format(at=decision.at)] if decision.late else []
    lines += [f"→ {action_text(action, lang, titles, lengths)}" for action in decision.actions]
    lines += [_ledger(change, words) for change in decision.ledgers]
    lines += [line for fired in decision.fired for line in _fired(fired, words, lang)]
    lines += [f"~ {_shadow(shadow, words, lang, titles, lengths)}" for shadow in decision.shadow]
    lines += _aside(decision, words, lang)
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
    return text + (f" ({'; '.join(details)})" if details else "")


def _evidence(found: Evidence, clause: Clause, words: Mapping[str, str]) -> str:
    plain = found.pattern.casefold() == found.text.casefold() or f"/{found.pattern}/" in clause.text
    phrase = "found" if plain else "found_as"
    shown = {"found": repr(found.text), "pattern": repr(found.pattern)}
    return words[phrase].format(field=found.field, start=found.start, end=found.end, first=found.start + 1, **shown)


def _shadow(shadow: Shadow, words: Mapping[str, str], lang: str, titles: Titles | None, lengths: Lengths | None) -> str:
    actions = words["list"].join(action_text(action, lang, titles, lengths) for action in shadow.actions)
    return words[shadow.reason].format(rule=shadow.rule, actions=actions or words["nothing"])


def _aside(decision: Decision, words: Mapping[str, str], lang: str) -> list[str]:
    """What did not happen, or happened beside: exemptions, dropped actions, undecided guards, notes."""
    lines = []
    for exempted in decision.exempted:
        lines.append("- " + words["exempted"].format(rule=exempted.rule, by=words["list"].join(exempted.by)))
    for dropped in decision.dropped:
        what = f"{dropped.do} {dropped.who}" if dropped.who else dropped.do
        lines.append("- " + words["dropped"].format(action=what, because=dropped.because))
    for note in (*decision.labels, *decision.notes):
        details = ", ".join(f"{key} {value_text(value, lang)}" for key, value in note.detail.items())
        lines.append(f"· {note.kind} {note.subject}" + (f" ({details})" if details else ""))
    for unknown in decision.unknown:
        lines.append("? " + words["unknown"].format(rule=unknown.rule, missing=words["list"].join(unknown.missing)))
    return lines
