"""Checks for newcomers: a question to a member, and the event that says that they answered it.

The question is derived from the action's key, and the member asked from the log, so nothing is lost with the process.
It keeps out programs that don't know about it; determined people are kept out by people.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from groundrules.adapters.common import Json, text
from groundrules.bots.commands import Commands
from groundrules.decisions import Action, Decision
from groundrules.narrate.speech import speech
from groundrules.stores.records import Logged

RULES, AGREED = "rules", "agreed"
"""The method by which a member agrees to the rules, and its answer; every other method is a sum."""
LONGEST_ANSWER = 12
LANGUAGES = ("zh", "en")
_decision = msgspec.json.Decoder(Decision).decode


class Question(NamedTuple):
    """What a member is asked in each language, the answer, and the choices where there are buttons."""

    method: str
    words: dict[str, str]
    answer: str
    choices: dict[str, list[str]]


def question(action: Action, commands: Commands) -> Question:
    """Return what the action `challenge` asks."""
    method = text(action.parameters.get("method")) or "captcha"
    if method == RULES:
        asked = {lang: speech("bots", lang)("agree", command=commands.shown("accept", lang)) for lang in LANGUAGES}
        return Question(method, asked, AGREED, {lang: [commands.shown("accept", lang)] for lang in LANGUAGES})
    drawn = blake2b(action.key.encode("utf-8", "replace"), digest_size=4).digest()
    left, right = 10 + drawn[0] % 40, 1 + drawn[1] % 9
    answers = [left + right, left + right + 1 + drawn[2] % 5, left - right, left + right + 10]  # four different ones
    turned = drawn[3] % len(answers)
    shown = [str(answer) for answer in answers[turned:] + answers[:turned]]
    asked = {lang: speech("bots", lang)("sum", left=left, right=right) for lang in LANGUAGES}
    return Question(method, asked, str(left + right), dict.fromkeys(LANGUAGES, shown))


def may_answer(words: str) -> bool:
    """Whether a text may be the answer to a sum; anything longer, or not a number, is talk."""
    return 0 < len(words) <= LONGEST_ANSWER and plain(words).isdecimal()


def plain(words: str) -> str:
    """An answer as it is compared: width and surrounding characters don't count."""
    return unicodedata.normalize("NFKC", words).strip().rstrip(".。!！")


def waiting(history: Iterable[Logged], member: str) -> Action | None:
    """Return the challenge that a member has not met yet; `history` has decisions about them, newest first."""
    for logged in history:
        decision = _decision(logged.body)
        if decision.type == "member.verified":
            return None
        for action in decision.actions:
            if action.do == "challenge" and action.who == member:
                return action
    return None


def verified(message: Json, method: str) -> Json:
    """The event that says that a message's author passed a check."""
    header: Json = {name: message[name] for name in ("time", "community", "channel", "actor") if name in message}
    return {"id": f"{message['id']}/member.verified", "type": "member.verified", **header, "method": method}
