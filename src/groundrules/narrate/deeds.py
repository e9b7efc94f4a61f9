"""Actions as sentences: what is done to whom, in English and Chinese.

Actions that every chat knows have a sentence of their own; any other is told by its title, or its name, and its
parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from groundrules.decisions import Action
from groundrules.narrate.localised import pick, value_text
from groundrules.narrate.speech import language_of, length_in_words, speech
from groundrules.time_units import format_duration

Titles = Mapping[str, Mapping[str, str]]  # action → language → title
Lengths = Mapping[str, Collection[str]]  # action → its parameters that are lengths of time, in ms

EN = {
    "accept": "let {who} in",
    "add_role": "give {who} the role {role}",
    "announce": "announce: {text}",
    "ban": "ban {who}",
    "ban for": "ban {who} for {duration}",
    "challenge": "ask {who} to prove who they are",
    "close_joining": "close joining",
    "create_task": "create a task: {title}",
    "delete": "delete the message {events} by {who}",
    "delete many": "delete the messages {events} by {who}",
    "hide": "hide the message {who}",
    "hold": "hold back the message {who}",
    "kick": "remove {who} from the group",
    "lock": "lock the group",
    "lock_channel": "lock the channel {who}",
    "lock_thread": "lock the thread {who}",
    "mute": "mute {who} for {duration}",
    "notify": "notify {role}{:text}",
    "notify member": "notify {member}{:text}",
    "open_joining": "open joining",
    "pin": "pin the message {who}",
    "poll": "put to a vote: {question}",
    "redact": "redact {parts} in the message {who}",
    "refuse": "turn {who} away{:text}",
    "release": "release the message {who}",
    "remove_role": "take the role {role} from {who}",
    "rename": "rename {who} to {name}",
    "reply": "reply to {who}: {text}",
    "report": "report: {name}",
    "request_approval": "ask for approval: {rule}",
    "revert": "undo the edit of the message {who}",
    "send": "tell {to}: {text}",
    "slow_mode": "slow mode in {who}, one message every {interval}",
    "slow_mode off": "end slow mode in {who}",
    "suspend": "suspend {who} for {duration}",
    "unban": "lift the ban on {who}",
    "unhide": "show the message {who} again",
    "unlock": "unlock the group",
    "unlock_channel": "unlock the channel {who}",
    "unlock_thread": "unlock the thread {who}",
    "unmute": "let {who} write again",
    "unpin": "unpin the message {who}",
    "warn": "warn {who}{:text}",
}
ZH = {
    "accept": "通过 {who} 的申请",
    "add_role": "授予 {who} 角色 {role}",
    "announce": "公告：{text}",
    "ban": "封禁 {who}",
    "ban for": "封禁 {who} {duration}",
    "challenge": "要求 {who} 验证",
    "close_joining": "关闭加群",
    "create_task": "创建任务：{title}",
    "delete": "删除 {who} 的消息 {events}",
    "delete many": "删除 {who} 的消息 {events}",
    "hide": "隐藏消息 {who}",
    "hold": "暂扣消息 {who}",
    "kick": "将 {who} 移出群",
    "lock": "全员禁言",
    "lock_channel": "锁定频道 {who}",
    "lock_thread": "锁定话题 {who}",
    "mute": "禁言 {who} {duration}",
    "notify": "通知 {role}{:text}",
    "notify member": "通知 {member}{:text}",
    "open_joining": "开放加群",
    "pin": "置顶消息 {who}",
    "poll": "发起投票：{question}",
    "redact": "遮盖消息 {who} 中的 {parts}",
    "refuse": "拒绝 {who} 的申请{:text}",
    "release": "放行消息 {who}",
    "remove_role": "收回 {who} 的角色 {role}",
    "rename": "将 {who} 改名为 {name}",
    "reply": "回复 {who}：{text}",
    "report": "发布报告：{name}",
    "request_approval": "请求批准：{rule}",
    "revert": "还原对消息 {who} 的修改",
    "send": "告知 {to}：{text}",
    "slow_mode": "频道 {who} 开启慢速模式，每 {interval} 一条消息",
    "slow_mode off": "频道 {who} 关闭慢速模式",
    "suspend": "暂停 {who} 的成员资格 {duration}",
    "unban": "解除对 {who} 的封禁",
    "unhide": "恢复显示消息 {who}",
    "unlock": "解除全员禁言",
    "unlock_channel": "解锁频道 {who}",
    "unlock_thread": "解锁话题 {who}",
    "unmute": "解除 {who} 的禁言",
    "unpin": "取消置顶消息 {who}",
    "warn": "警告 {who}{:text}",
}
DEEDS = {"en": EN, "zh": ZH}
NAMES = {
    "about": "事由",
    "actions": "动作",
    "approvals": "所需人数",
    "assignee": "负责人",
    "closes": "截止",
    "comment": "说明",
    "due": "期限",
    "duration": "时长",
    "events": "消息",
    "interval": "间隔",
    "member": "成员",
    "method": "方式",
    "name": "名称",
    "options": "选项",
    "parts": "内容",
    "period": "周期",
    "purpose": "用途",
    "question": "问题",
    "role": "角色",
    "rule": "规则",
    "sections": "栏目",
    "text": "内容",
    "title": "标题",
    "to": "发往",
    "with": "替换为",
    "within": "时限",
}
"""What the parameters of the shipped actions are called in Chinese."""
LENGTHS = ("closes", "due", "duration", "interval", "period", "within")
"""The parameters of the shipped actions that are lengths of time."""
UNTOLD = ("request", "pinned")  # what only machines use


def deed(action: Action, lang: str, titles: Titles | None = None, lengths: Lengths | None = None) -> str:
    """One action as a sentence without its full stop; lengths of time as `10m`, in Chinese as `10 分钟`.

    `titles` name actions that have no sentence; `lengths` tells which of their parameters are lengths of time.
    """
    spoken = language_of(lang)
    spans = LENGTHS if lengths is None else lengths.get(action.do, ())
    values = {name: _shown(value, name in spans, lang) for name, value in action.parameters.items()}
    told = {name: value for name, value in values.items() if value and name not in UNTOLD}
    known = {**told, "who": action.who} if action.who is not None else told
    sentence = DEEDS[spoken].get(_kind(action, told))
    if sentence is None or not _names_in(sentence) <= known.keys():
        title = pick((titles or {}).get(action.do, {}), lang) or action.do.replace("_", " ")
        who = f" {action.who}" if action.who is not None else ""
        return title + who + _rest(told, lang)
    text = speech("common", lang)("colon") + told["text"] if "text" in told else ""
    used = sentence.replace("{:text}", text).format_map(known)
    return used + _rest({name: one for name, one in told.items() if name not in (*_names_in(sentence), "text")}, lang)


def _kind(action: Action, told: Mapping[str, str]) -> str:
    match action.do:
        case "delete" if len(action.parameters.get("events") or ()) > 1:
            return "delete many"
        case "ban" if "duration" in told:
            return "ban for"
        case "notify" if "role" not in told:
            return "notify member"
        case "slow_mode" if "interval" not in told:
            return "slow_mode off"
    return action.do


def _names_in(sentence: str) -> set[str]:
    return {part.split("}")[0] for part in sentence.split("{")[1:]} - {":text"}


def _rest(told: Mapping[str, str], lang: str) -> str:
    """What the sentence does not speak of."""
    say, names = speech("common", lang), NAMES if language_of(lang) == "zh" else {}
    return say.aside(say.join((f"{names.get(name, name)} {value}" for name, value in told.items()), "comma"))


def _shown(value: Any, is_length: bool, lang: str) -> str:
    """A parameter's value; "" for what says nothing."""
    if value in (None, False, "", [], ()):
        return ""
    if is_length and isinstance(value, int):
        return length_in_words(value, lang) if language_of(lang) == "zh" else format_duration(value)
    if isinstance(value, list | tuple) and all(isinstance(one, Mapping) and "do" in one for one in value):
        return speech("common", lang).join(_inner(one, lang) for one in value)
    return value_text(value, lang)


def _inner(asked: Mapping[str, Any], lang: str) -> str:
    """An action that another one is about: what approval is asked for."""
    parameters = {name: value for name, value in asked.items() if name not in ("do", "who")}
    return deed(Action(do=str(asked["do"]), key="", who=asked.get("who"), parameters=parameters, rules=()), lang)
