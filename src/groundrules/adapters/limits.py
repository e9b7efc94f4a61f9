"""What platforms refuse, each with its source. Adapters read these numbers; they are written down only here."""

from __future__ import annotations

from typing import NamedTuple

from groundrules.time_units import DAY, SECOND


class Limit(NamedTuple):
    """A number, what it counts, and the page that says so."""

    value: int
    unit: str
    source: str


_QQ_MUTE = "https://github.com/botuniverse/onebot-11/blob/master/api/public.md#set_group_ban-群组单人禁言"
_QQ_TEXT = "https://github.com/mamoe/mirai/issues/2289"
_TELEGRAM = "https://core.telegram.org/bots/api"
_TELEGRAM_RATE = "https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"
_DISCORD = "https://discord.com/developers/docs"
_MATRIX = "https://spec.matrix.org/v1.16"
_DAY = DAY // SECOND

QQ = {
    "mute": Limit(30 * _DAY - 1, "seconds", _QQ_MUTE),
    "text": Limit(4_500, "characters", _QQ_TEXT),
    "card": Limit(60, "bytes of UTF-8", "https://github.com/Mrs4s/go-cqhttp/issues/649"),
}
TELEGRAM = {
    "text": Limit(4_096, "UTF-16 units", f"{_TELEGRAM}#sendmessage"),
    "delete_at_once": Limit(100, "messages", f"{_TELEGRAM}#deletemessages"),
    "delete_within": Limit(48 * 3_600, "seconds", f"{_TELEGRAM}#deletemessage"),
    "shortest_restriction": Limit(30, "seconds", f"{_TELEGRAM}#restrictchatmember"),
    "longest_restriction": Limit(366 * _DAY, "seconds", f"{_TELEGRAM}#restrictchatmember"),
    "poll_question": Limit(300, "UTF-16 units", f"{_TELEGRAM}#sendpoll"),
    "poll_option": Limit(100, "UTF-16 units", f"{_TELEGRAM}#inputpolloption"),
    "poll_options": Limit(10, "options", f"{_TELEGRAM}#sendpoll"),
    "button": Limit(64, "bytes of data", f"{_TELEGRAM}#inlinekeyboardbutton"),
    "button_answer": Limit(200, "characters", f"{_TELEGRAM}#answercallbackquery"),
    "poll_open": Limit(600, "seconds", f"{_TELEGRAM}#sendpoll"),
    "messages_a_minute": Limit(20, "messages in a group", _TELEGRAM_RATE),
}
DISCORD = {
    "text": Limit(2_000, "UTF-16 units", f"{_DISCORD}/resources/message#create-message"),
    "reason": Limit(512, "characters, percent-encoded", f"{_DISCORD}/resources/audit-log"),
    "mute": Limit(28 * _DAY, "seconds", f"{_DISCORD}/resources/guild#modify-guild-member"),
    "delete_at_once": Limit(100, "messages", f"{_DISCORD}/resources/message#bulk-delete-messages"),
    "delete_at_once_within": Limit(14 * _DAY, "seconds", f"{_DISCORD}/resources/message#bulk-delete-messages"),
    "name": Limit(32, "UTF-16 units", f"{_DISCORD}/resources/user#usernames-and-nicknames"),
    "nonce": Limit(25, "characters", f"{_DISCORD}/resources/message#create-message"),
    "slow_mode": Limit(21_600, "seconds", f"{_DISCORD}/resources/channel#channel-object"),
    "poll_question": Limit(300, "UTF-16 units", f"{_DISCORD}/resources/poll#poll-media-object"),
    "poll_option": Limit(55, "UTF-16 units", f"{_DISCORD}/resources/poll#poll-media-object"),
    "poll_options": Limit(10, "options", f"{_DISCORD}/resources/poll#poll-create-request-object"),
    "poll_open": Limit(768, "hours", f"{_DISCORD}/resources/poll#poll-create-request-object"),
    "closed": Limit(_DAY, "seconds", f"{_DISCORD}/resources/guild#modify-guild-incident-actions"),
}
MATRIX = {
    "event": Limit(65_536, "bytes, with signatures", f"{_MATRIX}/client-server-api/#size-limits"),
    "text": Limit(32_768, "bytes of JSON, body and formatted body", f"{_MATRIX}/client-server-api/#size-limits"),
    "power": Limit(2**53 - 1, "power level", f"{_MATRIX}/appendices/#canonical-json"),
    "creator_power_from": Limit(12, "room version", f"{_MATRIX}/rooms/v12/"),
}
LIMITS = {"qq": QQ, "telegram": TELEGRAM, "discord": DISCORD, "matrix": MATRIX}
