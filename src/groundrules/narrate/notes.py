"""Notes of a decision as sentences: paths, states, labels, approvals."""

from __future__ import annotations

from groundrules.decisions import Note
from groundrules.narrate.localised import SEPARATORS, aside, language_of, value_text

EN = {
    "path_ended": "the path {subject} ends (for {key})",
    "path_restarted": "the path {subject} begins anew (for {key})",
    "path_evicted": "the path {subject} is given up, too many are open (for {key})",
    "step_left_out": "step {step} of the path {subject} is left out: its time has passed or is not known",
    "state_entered": "the state {subject} begins",
    "state_left": "the state {subject} ends",
    "schedule_missed": "{count} earlier times of the schedule {subject} were passed over",
    "label_set": "{subject} gets the label {label}",
    "label_removed": "{subject} loses the label {label}",
    "cooling_down": "{subject} is cooling down and does not fire for {who}",
    "approval_given": "{by} approves {rule}",
    "approval_granted": "{rule} is approved",
    "approval_refused": "{by} refuses {rule}",
    "approval_expired": "the request for {rule} has run out",
    "approval_overtaken": "{rule} no longer applies",
    "approval_unknown": "there is no such request for approval",
    "approval_not_counted": "the answer about {rule} does not count: {why}",
    "appeal_opened": "{who} appeals against {subject}",
    "appeal_granted": "the appeal of {who} against {subject} is granted",
    "appeal_not_counted": "the answer to the appeal of {who} against {subject} does not count",
    "appeal_unknown": "there is nothing to appeal against",
    "action_failed": "an action failed",
}
ZH = {
    "path_ended": "路径 {subject} 结束（{key}）",
    "path_restarted": "路径 {subject} 重新开始（{key}）",
    "path_evicted": "进行中的路径过多，放弃 {subject}（{key}）",
    "step_left_out": "路径 {subject} 的第 {step} 步略过：时间已过或未知",
    "state_entered": "状态 {subject} 开始",
    "state_left": "状态 {subject} 结束",
    "schedule_missed": "定时任务 {subject} 之前的 {count} 次已错过",
    "label_set": "{subject} 获得标签 {label}",
    "label_removed": "{subject} 失去标签 {label}",
    "cooling_down": "{subject} 正在冷却，不对 {who} 触发",
    "approval_given": "{by} 批准 {rule}",
    "approval_granted": "{rule} 已获批准",
    "approval_refused": "{by} 拒绝 {rule}",
    "approval_expired": "{rule} 的审批请求已过期",
    "approval_overtaken": "{rule} 已不再适用",
    "approval_unknown": "没有这样的审批请求",
    "approval_not_counted": "关于 {rule} 的答复不计入：{why}",
    "appeal_opened": "{who} 就 {subject} 提出申诉",
    "appeal_granted": "{who} 就 {subject} 的申诉成立",
    "appeal_not_counted": "关于 {who} 就 {subject} 申诉的答复不计入",
    "appeal_unknown": "没有可以申诉的处分",
    "action_failed": "有一个动作失败了",
}
NOTES = {"en": EN, "zh": ZH}


def noted(note: Note, lang: str) -> str:
    """One note as a sentence; of a kind that has none, its name and details."""
    detail = {name: value_text(value, lang) for name, value in note.detail.items()}
    sentence = NOTES[language_of(lang)].get(note.kind)
    known = {"subject": note.subject, **detail}
    if sentence is not None and all(f"{{{name}}}" not in sentence for name in _NAMES - known.keys()):
        return sentence.format_map(known)
    told = SEPARATORS[language_of(lang)].join(f"{name} {value}" for name, value in detail.items())
    return f"{note.kind} {note.subject}" + aside(told, lang)


_NAMES = {"key", "step", "count", "label", "who", "by", "rule", "why"}
