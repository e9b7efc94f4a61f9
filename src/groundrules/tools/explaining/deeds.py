"""Actions as sentences: what is done to whom, in English and Chinese.

Actions that every chat knows have a sentence of their own; any other is told by its name and parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.calendar.instants import format_duration
from groundrules.decisions import Action
from groundrules.narrate import pick, value_text
from groundrules.plan import ir

EN = {
    "delete": "delete the message {events} by {who}",
    "delete many": "delete the messages {events} by {who}",
    "warn": "warn {who}{:text}",
    "mute": "mute {who} for {duration}",
    "unmute": "let {who} write again",
    "kick": "remove {who} from the group",
    "ban": "ban {who}",
    "ban for": "ban {who} for {duration}",
    "unban": "lift the ban on {who}",
    "reply": "reply to {who}: {text}",
    "announce": "announce: {text}",
    "send": "tell {to}: {text}",
    "notify": "notify {role}{:text}",
    "add_role": "give {who} the role {role}",
    "remove_role": "take the role {role} from {who}",
    "lock": "lock the group",
    "unlock": "unlock the group",
    "report": "report: {name}",
    "request_approval": "ask for approval: {rule}",
}
ZH = {
    "delete": "删除 {who} 的消息 {events}",
    "delete many": "删除 {who} 的消息 {events}",
    "warn": "警告 {who}{:text}",
    "mute": "将 {who} 禁言 {duration}",
    "unmute": "解除 {who} 的禁言",
    "kick": "将 {who} 移出群",
    "ban": "封禁 {who}",
    "ban for": "封禁 {who} {duration}",
    "unban": "解除对 {who} 的封禁",
    "reply": "回复 {who}：{text}",
    "announce": "公告：{text}",
    "send": "告知 {to}：{text}",
    "notify": "通知 {role}{:text}",
    "add_role": "授予 {who} 角色 {role}",
    "remove_role": "收回 {who} 的角色 {role}",
    "lock": "锁群",
    "unlock": "解除锁群",
    "report": "生成报告：{name}",
    "request_approval": "请求批准：{rule}",
}
DEEDS = {"en": EN, "zh": ZH}


def deed(action: Action, lang: str, specs: Mapping[str, ir.ActionSpec]) -> str:
    """One action as a sentence without its full stop."""
    values = {name: _shown(name, value, specs.get(action.do), lang) for name, value in action.parameters.items()}
    told = {name: value for name, value in values.items() if value}
    sentence = DEEDS[lang].get(_kind(action, told))
    if sentence is None or not _complete(sentence, action, told):
        return _plain(action, told, lang, specs.get(action.do))
    after = "：" if lang == "zh" else ": "
    text = f"{after}{told['text']}" if "text" in told else ""
    used = sentence.replace("{:text}", text).format_map({"who": action.who, **told})
    rest = {
        name: value for name, value in told.items() if f"{{{name}}}" not in sentence and name not in ("text", *ASIDE)
    }
    return used + _rest(rest, lang)


ASIDE = ("request", "pinned")  # what only machines use


def _kind(action: Action, told: Mapping[str, str]) -> str:
    if action.do == "delete" and len(action.parameters.get("events") or ()) > 1:
        return "delete many"
    return "ban for" if action.do == "ban" and "duration" in told else action.do


def _complete(sentence: str, action: Action, told: Mapping[str, str]) -> bool:
    """Whether an action has all that its sentence speaks of."""
    known = {"who": action.who, **told}
    names = {part.split("}")[0] for part in sentence.split("{")[1:]} - {":text"}
    return all(known.get(name) for name in names)


def _plain(action: Action, told: Mapping[str, str], lang: str, spec: ir.ActionSpec | None) -> str:
    name = pick(spec.title if spec else {}, lang) or action.do.replace("_", " ")
    who = f" {action.who}" if action.who is not None else ""
    return name + who + _rest({key: value for key, value in told.items() if key not in ASIDE}, lang)


def _rest(told: Mapping[str, str], lang: str) -> str:
    if not told:
        return ""
    listed = ("，" if lang == "zh" else ", ").join(f"{name} {value}" for name, value in told.items())
    return f"（{listed}）" if lang == "zh" else f" ({listed})"


def _shown(name: str, value: Any, spec: ir.ActionSpec | None, lang: str) -> str:
    """A parameter's value; durations as `10m`, "" for what says nothing."""
    if value in (None, False, "", [], ()):
        return ""
    if spec is not None and name in spec.durations and isinstance(value, int):
        return format_duration(value)
    return value_text(value, lang)
