"""Handlers for python-telegram-bot: `Groundrules(application, Options(book=…))` before `run_polling`.

They are in their own group, ahead of all others, and stop nothing, so an application keeps its handlers. The hub is
opened after the application's own `post_init` and closed before its `post_stop`.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from telegram import CallbackQuery, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter
from telegram.ext import Application, ContextTypes, TypeHandler
from telegram.warnings import PTBUserWarning

from groundrules.adapters import Platform, telegram
from groundrules.adapters.common import Json, mapping, text
from groundrules.adapters.limits import TELEGRAM
from groundrules.adapters.texts import cut
from groundrules.bots.hands import Answer
from groundrules.bots.host import Host
from groundrules.bots.options import Options
from groundrules.bots.room import MEMBERS, Recent
from groundrules.decisions import Action

UPDATES = telegram.UPDATES
"""For `run_polling(allowed_updates=UPDATES)`: Telegram doesn't send all of them otherwise."""
GROUP = -1_000
"""The group of our handler; lower ones come first."""

# The adapter's calls use the Bot API's terms; the library would have its own methods used.
warnings.filterwarnings("ignore", r"Please use 'Bot\.\w+' instead of 'Bot\.do_api_request", PTBUserWarning)

_LOCKING = ("lock", "unlock", "lock_channel", "unlock_channel")


class BotApi:
    """Makes Bot API calls."""

    platform: Platform = telegram
    language = "en"

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        self._bot = application.bot
        self.usernames: Recent[str] = Recent(MEMBERS)
        self.numbers: dict[str, str] = {}
        """A group's current id, by the one it had before it became a supergroup."""

    @property
    def own(self) -> str | None:
        return self._bot.token.partition(":")[0] or None

    async def call(self, call: tuple[str, Json], community: str) -> Answer:
        answer = await self._call(call)
        now = text(mapping(answer.body.get("parameters")).get("migrate_to_chat_id"))
        before = text(call[1].get("chat_id"))
        if not now or self.numbers.get(before, before) == now:
            return answer
        self.numbers[before] = now
        return await self._call(call)

    async def _call(self, call: tuple[str, Json]) -> Answer:
        name, parameters = call
        if (before := text(parameters.get("chat_id"))) in self.numbers:
            parameters = {**parameters, "chat_id": int(self.numbers[before])}
        try:
            result = await self._bot.do_api_request(name, api_kwargs=parameters)
        except RetryAfter as error:
            seconds = error.retry_after
            after = seconds if isinstance(seconds, int) else seconds.total_seconds()
            return _refused(429, error.message, retry_after=after)
        except ChatMigrated as error:
            return _refused(400, error.message, migrate_to_chat_id=error.new_chat_id)
        except BadRequest as error:
            return _refused(400, error.message)
        except Forbidden as error:
            return _refused(403, error.message)
        except InvalidToken as error:
            return _refused(401, error.message)
        return Answer({"ok": True, "result": result})

    def _number(self, community: str) -> str:
        return self.numbers.get(community, community)

    async def rosters(self, community: str) -> Sequence[Json]:
        administrators = await self._bot.get_chat_administrators(self._number(community))
        rows = [administrator.to_dict() for administrator in administrators]
        return [telegram.roster(community, rows, time.time(), self.own)]

    async def rights(self, community: str) -> Collection[str] | None:
        own = await self._bot.get_chat_member(self._number(community), self._bot.id)
        return {name for name, value in own.to_dict().items() if value is True}

    async def known(self, community: str, action: Action | None) -> Mapping[str, Any]:
        context: dict[str, Any] = {"usernames": self.usernames}
        if action is not None and action.do in _LOCKING:
            permissions = (await self._bot.get_chat(self._number(community))).permissions
            context["state"] = {community: {"permissions": permissions.to_dict() if permissions else {}}}
        return context


def _refused(code: int, description: str, **parameters: Any) -> Answer:
    return Answer({"ok": False, "error_code": code, "description": description, "parameters": parameters}, code)


def as_sent(update: Update) -> dict[str, Any]:
    """Return an update as Telegram sent it: the library adds false values that Telegram leaves out."""
    raw = update.to_dict()
    for kind in ("message", "edited_message"):
        if kind in raw:
            raw[kind] = {name: value for name, value in raw[kind].items() if value is not False}
    return raw


class Groundrules:
    """Adds a host to an application. `host` is for the application's own handlers."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any], options: Options) -> None:
        self.client = BotApi(application)
        self.host = Host(self.client, options)
        self._then = application.post_init, application.post_stop
        application.post_init, application.post_stop = self._open, self._close
        application.add_handler(TypeHandler(Update, self._hear), GROUP)

    async def _open(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        if self._then[0] is not None:
            await self._then[0](application)
        await self.host.__aenter__()

    async def _close(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        await self.host.close()
        if self._then[1] is not None:
            await self._then[1](application)

    async def _hear(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        raw = as_sent(update)
        chat, message, pressed = update.effective_chat, update.message, update.callback_query
        in_group = chat is not None and chat.type in ("group", "supergroup")
        community = await self._community(str(chat.id), mapping(raw.get("message"))) if chat and in_group else ""
        self._note(update, raw, community)
        if pressed is not None and community and (pressed.data or "").startswith(telegram.CHOICE):
            await self._pressed(pressed, community)
        elif message is not None and chat is not None and chat.type == "private":
            if message.text and message.from_user is not None:
                who = message.from_user
                await self.host.whisper(str(who.id), message.text, f"{chat.id}-{message.message_id}", who.full_name)
        else:
            await self.host.hear(raw, community or None)

    async def _community(self, chat: str, message: Mapping[str, Any]) -> str:
        """Return the id under which a group is kept: its first one."""
        before, now = text(message.get("migrate_from_chat_id")), text(message.get("migrate_to_chat_id"))
        if before or now:
            await self.host.move(before or chat, now or chat)
        first = await self.host.first_id(now or chat)
        if first != (now or chat):
            self.client.numbers[first] = now or chat
        return first

    async def _pressed(self, pressed: CallbackQuery, community: str) -> None:
        """Handle a member's choice on one of our buttons, and show them the result."""
        chosen = (pressed.data or "").removeprefix(telegram.CHOICE)
        words = await self.host.choose(community, str(pressed.from_user.id), chosen, pressed.id)
        shown = cut(words, TELEGRAM["button_answer"].value) if words else ""
        await self.client.call(("answerCallbackQuery", {"callback_query_id": pressed.id, "text": shown}), community)

    def _note(self, update: Update, raw: Mapping[str, Any], community: str) -> None:
        """Remember names for mentions, and languages, which Telegram sends for everybody."""
        who = update.effective_user
        if who is not None and who.username:
            self.client.usernames[who.username.lower()] = str(who.id)
        poll = mapping(mapping(raw.get("message")).get("poll"))
        if (id := text(poll.get("id"))) and community:
            options = [text(mapping(option).get("text")) for option in poll.get("options", ())]
            about = {"question": text(poll.get("question")), "options": options, "community": community}
            self.host.room(community).polls[id] = about
