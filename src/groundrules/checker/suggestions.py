"""Near names of dotted paths, and lists of names for help lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from groundrules.diagnostics.nearest import did_you_mean, nearest

_MEANT = {  # what people type who know the act and not its name
    "accept": "approve admit let_in 通过 同意 批准",
    "announce": "broadcast publish 发公告 发布公告",
    "ban": "block blacklist blocklist forbid 拉黑 黑名单 封号 封群",
    "delete": "remove erase purge recall retract unsend drop 删除 删 删消息 撤回",
    "grant": "reward award points give 奖励 加分 给分",
    "hold": "quarantine review queue 暂扣 待审 审核",
    "kick": "expel eject throw_out remove_member 踢 踢人 踢出 移除 移出",
    "label": "tag mark 标签 标记 打标签",
    "mute": "timeout silence gag ban_speech 禁止发言 闭嘴 小黑屋",
    "notify": "alert ping tell call 提醒 告知 呼叫",
    "pin": "sticky 置顶",
    "reply": "respond answer message say 回答 回话",
    "send": "dm direct_message private_message 私信 私聊 发送",
    "slow_mode": "slowmode slow throttle 慢速 限速",
    "strike": "penalty point demerit 扣分 记过 违规 计次",
    "suspend": "deactivate 停用 冻结",
    "unban": "pardon unblock 解封",
    "unmute": "untimeout 解禁",
    "warn": "caution warning 告警 提醒违规",
}


def nearest_path(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that was probably meant.

    A dotted candidate is also known by its last part: `joined` finds `actor.joined`.
    """
    known: dict[str, str] = {}
    for candidate in sorted(candidates, key=lambda path: (path.count("."), path)):
        known.setdefault(candidate, candidate)
        known.setdefault(candidate.rpartition(".")[2], candidate)
    closest = nearest(name, known)
    return known[closest] if closest else None


def listing(names: Iterable[str], limit: int = 12) -> str:
    """Return `a`, `b` and `c`, in order, cut after `limit` names."""
    known = sorted(names)
    shown = [f"`{name}`" for name in known[:limit]]
    if len(known) > limit:
        return f"{', '.join(shown)} and {len(known) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def meant(name: str, names: Iterable[str], titles: Iterable[tuple[str, str]] = ()) -> str | None:
    """Return a help line with the effect that was probably meant: by its name, a title or what people call it.

    `titles` are pairs of a title and the name it stands for.
    """
    known = set(names)
    called = {word: effect for effect, words in _MEANT.items() if effect in known for word in words.split()}
    called |= dict(titles)
    word = name.strip().casefold().replace("-", "_").replace(" ", "_")
    if (name_meant := called.get(word) or called.get(name.strip())) is None:
        return did_you_mean(name, known) or did_you_mean_of(name, called)
    return f"did you mean `{name_meant}`?"


def did_you_mean_of(name: str, called: Mapping[str, str]) -> str | None:
    """Return a help line that proposes what the nearest of other names stands for, or None."""
    closest = nearest(name, called)
    return f"did you mean `{called[closest]}`?" if closest else None
