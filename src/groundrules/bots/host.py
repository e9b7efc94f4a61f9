"""The whole bot: raw events go in, decisions are performed, commands are answered.

A community's events reach the hub in the order they came. Nothing from outside raises: it is logged with its place, and
the next event is handled.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import msgspec

from groundrules.adapters import Context
from groundrules.adapters.common import Json, instant, mapping, text
from groundrules.adapters.common import member as member_of
from groundrules.bots import in_words, reports
from groundrules.bots.challenges import LANGUAGES
from groundrules.bots.commands import Commands, beside
from groundrules.bots.conversation import Conversation
from groundrules.bots.endings import Endings
from groundrules.bots.hands import Client, Hands
from groundrules.bots.options import Options
from groundrules.bots.rights import OF_THE_HOST, lacks, lines_of
from groundrules.bots.room import Room
from groundrules.decisions import Action, Decision
from groundrules.narrate.deeds import title_of
from groundrules.narrate.speech import speech
from groundrules.outcomes import Done, Failed, Outcome
from groundrules.runtime import Hub
from groundrules.runtime.books import Edition
from groundrules.runtime.communities import Community
from groundrules.runtime.core import Core
from groundrules.runtime.passing_time import FAR
from groundrules.stores.records import Query
from groundrules.time_units import DAY

REMEMBERED = DAY
"""Milliseconds of recorded events that are reread at the start."""
MOVED = "moved/"
"""Prefix of the source names under which communities' first ids are kept."""
LOOKED_AT = 200
"""How many decisions are searched for the one that asks for an action."""

log = logging.getLogger("groundrules.bots")
_decision = msgspec.json.Decoder(Decision).decode


class Host:
    """Joins a bot to a hub. `client` is what a library's file provides; `hub` may be used for everything else."""

    def __init__(self, client: Client, options: Options) -> None:
        self.client = client
        self.options = options
        self.commands = Commands(options.commands or beside(options.book))
        self.hub = Hub(options.store, options.book, self)
        self.rooms: dict[str, Room] = {}
        self.moved: dict[str, str] = {}
        """The id a community is kept under, by the one that the platform has since given it."""
        self.hands = Hands(client)
        self.conversation = Conversation(self)
        self.endings = Endings(self)
        self._begun: dict[str, asyncio.Task[None]] = {}
        self._reported: set[str] = set()
        self.started = self._now()

    # --- beginning and ending -------------------------------------------------------------------

    async def __aenter__(self) -> Host:
        await self.hub.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Begin nothing new, commit what was decided, release the store."""
        for task in self._begun.values():
            task.cancel()
        await self.endings.close()
        await self.hub.close()

    async def begin(self, community: str, anew: bool = False) -> None:
        """Load what is known about a community: recorded events, who is there, what the bot may do. Once, and `anew`
        after the platform was unreachable; other callers wait."""
        if community not in self._begun or (anew and self._begun[community].done()):
            self._begun[community] = asyncio.create_task(self._begin(community), name=f"groundrules {community}")
        task = self._begun[community]
        if not task.done():
            await asyncio.wait([task])

    async def _begin(self, community: str) -> None:
        room = self.room(community)
        room.since = room.since or self.started
        with _logged("the recorded events of %s can't be read", community):
            for segment in await self.hub.recorded(community, self._now() - REMEMBERED):
                room.since = min(segment.until, self.started)
                for line in segment.body.splitlines():
                    room.note(mapping(msgspec.json.decode(line)))
        with _logged("who is in %s can't be asked", community):
            for event in await self.client.rosters(community):
                room.note(event)
                await self.hub.handle(event)
        with _logged("what may be done in %s can't be asked", community):
            await self._tell_lacks(community)
        with _logged("what has to end in %s can't be read", community):
            await self.endings.begin(community)

    def room(self, community: str) -> Room:
        """What is remembered about a community."""
        return self.rooms.setdefault(community, Room(community))

    def _now(self) -> int:
        return time.time_ns() // 1_000_000

    # --- hearing --------------------------------------------------------------------------------

    async def hear(self, raw: Mapping[str, Any], community: str | None = None) -> list[Json]:
        """Handle a raw event of the platform; return the events it stands for. Never raises.

        `community`: where it happened. It is read once the host knows that community: a reaction that comes while the
        host is still asking who is there may need the author of a message queued before it.
        """
        events: list[Json] = []
        with _logged("an event can't be read: %.500r", raw):
            if community:
                await self.begin(community)
            context = await self._context_of(raw, community)
            events = self.client.platform.events(raw, context)
            for event in events:
                at = text(mapping(event.get("community")).get("id"))
                first = self.moved.get(at, at)
                await self.take(event if first == at else {**event, "community": {"id": first}})
        return events

    async def move(self, before: str, now: str) -> None:
        """A community has a new id on the platform: it stays under its first one, with its state."""
        first = self.moved.get(before, before)
        with _logged("the new id of %s can't be kept", first):
            if await self.hub.community(now) is None:
                self.moved[now] = first
                await self.hub.do(first, lambda core: core.reached(MOVED + now, first.encode()))

    async def first_id(self, now: str) -> str:
        """Return the id a community is kept under, whatever the platform calls it now."""
        if now not in self.moved:
            with _logged("what %s was called before can't be read", now):
                kept = await self.hub.position(MOVED + now)
                self.moved[now] = now if kept is None else kept.decode()
        return self.moved.get(now, now)

    async def _context_of(self, raw: Mapping[str, Any], community: str | None) -> Context:
        """What is known besides a raw event; `polls` and authors are of its community, if that can be seen."""
        context = Context(now=self._now(), own=self.client.own, community=community)
        rooms = [self.rooms[community]] if community in self.rooms else list(self.rooms.values())
        if len(rooms) == 1:
            context = replace(context, authors=rooms[0].authors, members=rooms[0].names)
        polls = {id: poll for room in rooms for id, poll in room.polls.items()}
        known = await self.client.known(community or "", None)
        return replace(context, polls=polls, **known)

    async def take(self, event: Json) -> None:
        """Handle an event of the language, and the command in it, if any. Never raises."""
        with _logged("an event can't be handled: %.500r", event):
            community = text(mapping(event.get("community")).get("id"))
            room = self.room(community)
            if community not in self._begun or not self._begun[community].done():
                await self.begin(community)
            room.note(event)
            await self.hub.handle(event)
            if event.get("type") == "message":
                await self.conversation.hear(event, room)

    async def whisper(self, member: str, words: str, id: str, name: str = "") -> None:
        """Handle a direct message to the bot: commands about the community where the member was last seen."""
        with _logged("a private message can't be handled: %.500r", words):
            community = await self._last_seen(member)
            if community is not None:
                await self.begin(community)
                message: Json = {"id": f"private-{id}", "type": "message", "time": instant(self._now()), "text": words}
                message |= {"community": {"id": community}, "actor": member_of(member, name)}
                await self.conversation.hear(message, self.room(community), private=True)

    async def choose(self, community: str, member: str, words: str, id: str) -> str:
        """Handle a member's choice among the answers of a bot's message; return the reply."""
        with _logged("a choice can't be handled: %.500r", words):
            await self.begin(community)
            message: Json = {"id": f"choice-{id}", "type": "message", "time": instant(self._now()), "text": words}
            message |= {"community": {"id": community}, "actor": member_of(member, self.room(community).name(member))}
            return await self.conversation.reply(message, self.room(community)) or ""
        return ""

    async def _last_seen(self, member: str) -> str | None:
        latest = await self.hub.history(member, limit=1)
        if latest:
            return latest[0].community
        return next((id for id, room in self.rooms.items() if member in room.names or member in room.roles), None)

    # --- the hub's performer --------------------------------------------------------------------

    @property
    def can(self) -> Collection[str]:
        """The actions that the platform, or the host, can perform."""
        return self.client.platform.CAN.keys() | OF_THE_HOST

    @property
    def repeats(self) -> Collection[str]:
        """The actions that may be done twice."""
        table = self.client.platform.REPEATS
        own = OF_THE_HOST if table.get("notify") == "keyed" else ()
        return {do for do, how in table.items() if how != "once"}.union(own)

    async def perform(self, action: Action, community: str) -> Outcome:
        """Perform it, as the hub requests."""
        await self.begin(community)
        decided = await self._decided(action, community)
        outcome = await self._perform(action, community, decided)
        if isinstance(outcome, Done):
            self.endings.note(action, community, decided[1] if decided else self._now())
        elif isinstance(outcome, Failed) and outcome.rights:
            await self._tell_refused(action, community, outcome.reason)
        return outcome

    async def _perform(self, action: Action, community: str, decided: tuple[Decision, int] | None) -> Outcome:
        if action.do in OF_THE_HOST:
            action = await self._in_words(action, community)
        context = await self.context(action, community)
        lang = self.language(community, context.channel, _sole_recipient(action, self.room(community)))
        if decided is not None:
            event, at = decided
            channel = self.room(community).channels.get(event.event or "") or context.channel
            explained = event.explain(lang, (await self.edition(community)).compiled.plan.actions)
            context = replace(context, decided=at, channel=channel, text=explained)
        return await self.hands.perform(action, community, lang, context)

    async def _in_words(self, action: Action, community: str) -> Action:
        """Return the message that carries out an action for which no platform has a call."""
        match action.do:
            case "challenge":
                return in_words.challenges(action, self.commands)
            case "create_task":
                return in_words.gives_task(action)
            case "report":
                plan = (await self.edition(community)).compiled.plan
                past = await reports.past(self.hub, community, self._now() - reports.period(action), plan)
                room = self.room(community)
                return in_words.publishes(
                    action, {lang: reports.report(action, past, room, lang) for lang in LANGUAGES}
                )
        return in_words.asks(action, self.commands)

    async def _decided(self, action: Action, community: str) -> tuple[Decision, int] | None:
        """Return the decision that asks for an action, and when (ms) it was made; None if it is not recent."""
        for logged in await self.hub.decisions(Query(community, before=FAR, limit=LOOKED_AT)):
            if action.key.encode() in logged.body:
                decision = _decision(logged.body)
                if any(acted.key == action.key for acted in decision.actions):
                    return decision, logged.at
        return None

    async def context(self, action: Action, community: str) -> Context:
        """What is known for an action's calls."""
        room = self.room(community)
        base = Context(
            now=self._now(),
            own=self.client.own,
            community=community,
            channel=room.channel,
            announcements=self.options.announcements.get(community),
            staff=self.options.staff.get(community),
            members=room.names,
            authors=room.authors,
            polls=room.polls,
            requests=room.requests,
        )
        return replace(base, **await self.client.known(community, action))

    async def answer(self, action: Action, community: str, lang: str, channel: str | None) -> None:
        """Send a message of the host's own at once; the outcome is only logged."""
        context = await self.context(action, community)
        outcome = await self.hands.perform(
            action, community, lang, replace(context, channel=channel or context.channel)
        )
        if not isinstance(outcome, Done):
            log.warning("%s in %s: %s", action.do, community, outcome.reason)

    def language(self, community: str, channel: str | None = None, member: str | None = None) -> str:
        """Return the language of a member, a channel or a community, the first that is known."""
        languages = self.options.languages
        own = languages.get(member) or self.room(community).languages.get(member) if member else None
        language = own or (languages.get(channel) if channel else None) or languages.get(community)
        return language or self.options.language or self.client.language

    # --- what moderators learn -----------------------------------------------------------------

    async def say_to_staff(self, community: str, words: Mapping[str, str]) -> Outcome:
        """Tell moderators something in their channel; the same words only once, where the platform can."""
        key = blake2b(repr((community, sorted(words.items()))).encode(), digest_size=12).hexdigest()
        parameters = {"role": in_words.MODERATOR, "text": dict(words)}
        notice = Action(do="notify", key=key, parameters=parameters, rules=())
        context = await self.context(notice, community)
        return await self.hands.perform(notice, community, self.language(community, context.staff), context)

    async def _tell_refused(self, action: Action, community: str, reason: str) -> None:
        if (known := f"{community} {action.do}") not in self._reported:
            self._reported.add(known)
            says = {lang: {"action": title_of(action.do, lang), "reason": reason} for lang in ("zh", "en")}
            words = {lang: speech("bots", lang)("refused", **values) for lang, values in says.items()}
            with _logged("moderators of %s can't be told", community):
                await self.say_to_staff(community, words)

    async def _tell_lacks(self, community: str) -> None:
        """Say what can't be done there, unless this process or an earlier one already did."""
        plan = (await self.edition(community)).compiled.plan
        missing = lacks(plan, self.client.platform, await self.client.rights(community))
        detail = [[lack.action, *lack.rules, *lack.rights] for lack in missing]
        last = [note.detail for note in await self.hub.notes(community) if note.kind == "lacking"][:1]
        if missing and last != [msgspec.json.encode({"actions": detail}, order="deterministic")]:
            await self.hub.do(community, lambda core: _note(core, community, detail))
            log.warning("%s: %s", community, lines_of(missing, self.client.platform, "en"))
            words = {lang: lines_of(missing, self.client.platform, lang) for lang in ("zh", "en")}
            await self.say_to_staff(community, words)

    async def edition(self, community: str) -> Edition:
        """The rulebook in force there."""
        return (await self.community(community)).edition

    async def community(self, community: str) -> Community:
        """The community as the hub has it in memory."""
        return await self.hub.do(community, lambda core: core.communities[community])


def _note(core: Core, community: str, detail: Any) -> None:
    core.draft.touch(core.communities[community])
    core.draft.note(community, core.clock(), "lacking", actions=detail)


def _sole_recipient(action: Action, room: Room) -> str | None:
    """The one member an action speaks to; None if everybody reads it."""
    match action.do:
        case "warn" | "challenge":
            return action.who
        case "send":
            return text(action.parameters.get("to")) or None
        case "reply":
            return room.authors.get(action.who or "")
    return None


class _logged(contextlib.AbstractContextManager["_logged"]):
    """Errors inside are logged and go no further; cancellation does."""

    def __init__(self, message: str, *parts: object) -> None:
        self._message, self._parts = message, parts

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        log.error(self._message, *self._parts, exc_info=error)
        return True
