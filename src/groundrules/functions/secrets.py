"""Keys and tokens in a text: what opens a door for whoever copies it.

Only shapes that their issuers made unmistakable, by a prefix and a length, so that hashes, ids and random words don't
match. A key of unknown shape is not found. Each pattern repeats a bounded number of times behind a fixed prefix.
"""

from __future__ import annotations

import re

_SHAPES = (
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",  # AWS
    r"gh[oprsu]_[A-Za-z0-9]{36,251}",  # GitHub
    r"github_pat_[A-Za-z0-9_]{22,255}",
    r"glpat-[A-Za-z0-9_-]{20,100}",  # GitLab
    r"xox[abeoprs]-[A-Za-z0-9-]{10,250}",  # Slack
    r"https://hooks\.slack\.com/services/[A-Za-z0-9]{6,20}/[A-Za-z0-9]{6,20}/[A-Za-z0-9]{16,40}",
    r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=[0-9a-f-]{36}",  # WeCom
    r"https://oapi\.dingtalk\.com/robot/send\?access_token=[0-9a-f]{64}",  # DingTalk
    r"https://open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/[0-9a-f-]{36}",  # Feishu
    r"AIza[A-Za-z0-9_-]{35}",  # Google
    r"LTAI[A-Za-z0-9]{12,26}",  # Alibaba Cloud
    r"AKID[A-Za-z0-9]{32}",  # Tencent Cloud
    r"[rs]k_live_[A-Za-z0-9]{16,120}",  # Stripe
    r"sk-(?:proj-|ant-[a-z0-9]{1,10}-)?[A-Za-z0-9_-]{32,250}",  # OpenAI, Anthropic
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[A-Za-z0-9_-]{50,250}",
    r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",  # Telegram bots
    r"eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{16,1000}",  # JSON Web Tokens
    r"-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----"
    r"(?:[A-Za-z0-9+/=\s:,.-]{0,8000}?-----END (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----)?",
)
SHORTEST = 15
"""No shape is shorter or, except for private keys, has white space; most texts have no word so long."""

_BEGIN = "-----BEGIN"
_secrets = re.compile(r"(?<![A-Za-z0-9_])(?:" + "|".join(_SHAPES) + r")(?![A-Za-z0-9_])")


def secrets(text: str) -> list[str]:
    """Keys and tokens of known shapes; private keys to their end."""
    if _BEGIN not in text and max(map(len, text.split()), default=0) < SHORTEST:
        return []
    return [match[0] for match in _secrets.finditer(text)]
