"""Commands, from a message to the answer.

A bare word that is unclear was talk and is not answered. Answers are limited per member and community, so that nobody
can make the bot flood a group.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from groundrules.adapters.common import Json, mapping, sequence, text
from groundrules.bots import acts, challenges, looks, settings
from groundrules.bots.commands import Spoken
from groundrules.bots.room import Room
from groundrules.decisions import Action, Decision
from groundrules.diagnostics.translation import refused
from groundrules.narrate.decision import ledger_change
from groundrules.narrate.notes import noted
from groundrules.narrate.speech import Speech, speech
from groundrules.runtime import HubError

if TYPE_CHECKING:
    from groundrules.bots.host import Host

PER_MEMBER, PER_COMMUNITY = (5, 30.0), (30, 60.0)
"""So many answers in so many seconds."""
LOOKED_BACK = 50
"""How many decisions about a member are searched for one to explain."""
_OF_MODERATORS = ("pause", "resume", "settings")
_SPEAKING = ("reply", "warn", "send", "announce", "notify")


class Conversation:
    """Answers the commands of members and moderators."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._answered: dict[str, deque[float]] = {}

    async def hear(self, message: Json, room: Room, private: bool = False) -> None:
        """Do what a person's message asks for, if it is a command, and answer where it was written."""
        if words := await self.reply(message, room):
            await self._say(words, message, room, private)

    async def reply(self, message: Json, room: Room) -> str | None:
        """Do what a message asks for; return the answer, if any."""
        actor, words = mapping(message.get("actor")), text(message.get("text"))
        if actor.get("self") or actor.get("bot"):
            return None
        spoken, member = self._host.commands.read(words), text(actor.get("id"))
        lang = self._language(message, room)
        if spoken is None:
            if not challenges.may_answer(words) or not await self._challenges(room):
                return None
            if self._is_free(f"{room.id} {member} guessing", PER_MEMBER):
                return await self._met(challenges.plain(words), message, room, lang)
        elif self._is_free(room.id, PER_COMMUNITY) and self._is_free(f"{room.id} {member}", PER_MEMBER):
            return await self._answer(spoken, message, room, lang)
        return None

    def _language(self, message: Json, room: Room) -> str:
        channel, member = (text(mapping(message.get(key)).get("id")) for key in ("channel", "actor"))
        return self._host.language(room.id, channel, member)

    def _is_free(self, key: str, bound: tuple[int, float]) -> bool:
        """Whether another answer is within the limits; counts it."""
        most, within = bound
        now = time.monotonic()
        if len(self._answered) > 10_000:
            self._answered = {key: times for key, times in self._answered.items() if times and times[-1] > now - 60}
        times = self._answered.setdefault(key, deque(maxlen=most))
        if len(times) == most and times[0] > now - within:
            return False
        times.append(now)
        return True

    async def _challenges(self, room: Room) -> bool:
        """Whether anybody may have been challenged: otherwise a number that somebody writes needs no lookup."""
        return "challenge" in (await self._host.edition(room.id)).actions

    async def _met(self, answer: str, message: Json, room: Room, lang: str) -> str | None:
        """Feed a member's answer to a challenge and say so; None if none is open, or this is not the answer."""
        hub, member = self._host.hub, text(mapping(message["actor"]).get("id"))
        challenge = challenges.waiting(await hub.history(member, room.id, LOOKED_BACK), member)
        asked = None if challenge is None else challenges.question(challenge, self._host.commands)
        if asked is None or answer != asked.answer:
            return None
        say = speech("bots", lang)
        decisions = await hub.handle(challenges.verified(message, asked.method))
        acted = [action.do for decision in decisions for action in decision.actions]
        return "" if any(do in _SPEAKING for do in acted) else say("met")

    async def _answer(self, spoken: Spoken, message: Json, room: Room, lang: str) -> str:
        if spoken.name in acts.COMMANDS:
            return await self._act(spoken, message, room, lang)
        if spoken.name == "accept":
            met = await self._met(challenges.AGREED, message, room, lang)
            return ("" if spoken.bare else speech("bots", lang)("nothing_asked")) if met is None else met
        if spoken.name in _OF_MODERATORS:
            if not self._may(message, room):
                return speech("bots", lang)("only_moderators")
            return await self._steer(spoken, message, room, lang)
        return await self._look(spoken, text(mapping(message["actor"]).get("id")), room, lang)

    # --- looks ----------------------------------------------------------------------------------

    async def _look(self, spoken: Spoken, member: str, room: Room, lang: str) -> str:
        community = await self._host.community(room.id)
        match spoken.name:
            case "points":
                return looks.points(community, member, lang)
            case "rank":
                return looks.rank(community, room, member, spoken.rest, lang)
            case "rules":
                return looks.rules(community, member, spoken.rest, lang)
        history = await self._host.hub.history(member, room.id, LOOKED_BACK)
        return looks.why(community.edition, history, member, lang)

    # --- what moderators do to the bot ------------------------------------------------------------

    def _may(self, message: Json, room: Room) -> bool:
        """Whether somebody has a moderator's role: according to the message, else to what is known."""
        actor = mapping(message["actor"])
        given_roles = frozenset(map(text, sequence(actor.get("roles")))) if "roles" in actor else None
        roles = room.roles.get(text(actor.get("id")), frozenset()) if given_roles is None else given_roles
        return not roles.isdisjoint(self._host.options.moderators)

    async def _steer(self, spoken: Spoken, message: Json, room: Room, lang: str) -> str:
        hub, say = self._host.hub, speech("bots", lang)
        if spoken.name == "settings":
            return await self._set(spoken.rest, text(mapping(message["actor"]).get("id")), room, lang)
        await (hub.pause(room.id) if spoken.name == "pause" else hub.resume(room.id))
        return say("paused" if spoken.name == "pause" else "resumed")

    async def _set(self, words: str, by: str, room: Room, lang: str) -> str:
        """List the settings, or change one."""
        hub, say = self._host.hub, speech("bots", lang)
        schema = await hub.settings_schema(room.id, lang)
        if not words:
            return settings.listed(schema, await hub.settings(room.id), lang)
        change = settings.asked(words, schema)
        if change is None:
            return say("which_setting")
        try:
            await hub.change(room.id, dict([change]), by)
        except HubError as error:
            return say("refused_event", reason=refused(str(error), lang))
        return settings.listed(await hub.settings_schema(room.id, lang), await hub.settings(room.id), lang)

    # --- acts -----------------------------------------------------------------------------------

    async def _act(self, spoken: Spoken, message: Json, room: Room, lang: str) -> str:
        """Feed the event that a command stands for; report the result, unless the rules themselves reply."""
        say, host = speech("bots", lang), self._host
        pending = await host.hub.pending(room.id)
        event = acts.event_of(spoken, acts.Setting(message, room, pending))
        if isinstance(event, acts.Unclear):
            return "" if spoken.bare else say(event.form)
        if event["type"] not in acts.listened((await host.edition(room.id)).compiled.plan):
            return "" if spoken.bare else say("not_heard")
        room.note(event)
        decisions = await host.hub.handle(event)
        if event["type"] == "appeal.opened":
            await self._pass_on(event, decisions, room)
        acted = [action.do for decision in decisions for action in decision.actions]
        return "" if any(do in _SPEAKING for do in acted) else self._sentences(decisions, say, room)

    def _sentences(self, decisions: Iterable[Decision], say: Speech, room: Room) -> str:
        lines = []
        for decision in decisions:
            if decision.rejected is not None:
                lines.append(say("refused_event", reason=refused(decision.rejected.reason, say.lang)))
            decisions_say = speech("decisions", say.lang)
            lines += [ledger_change(change, change.ledger, decisions_say) for change in decision.ledgers]
            lines += [noted(note, say.lang) for note in decision.notes]
        return "\n".join(lines) or say("heard")

    async def _pass_on(self, event: Json, decisions: Iterable[Decision], room: Room) -> None:
        """Inform moderators of an appeal that counts, unless a rule does."""
        notified = any(action.do == "notify" for decision in decisions for action in decision.actions)
        opened = any(note.kind == "appeal_opened" for decision in decisions for note in decision.notes)
        if opened and not notified:
            who = text(mapping(event["actor"]).get("id"))
            await self._host.say_to_staff(room.id, self._in_languages(who, text(event.get("text")), room))

    def _in_languages(self, who: str, words: str, room: Room) -> Mapping[str, str]:
        commands, words_by_lang = self._host.commands, {}
        for lang in ("zh", "en"):
            say = speech("bots", lang)
            typed = {name: commands.shown(name, lang) for name in ("approve", "refuse")}
            words_by_lang[lang] = say("appeals", who=room.name(who), text=words or say("no_words"), id=who, **typed)
        return words_by_lang

    async def _say(self, words: str, message: Json, room: Room, private: bool) -> None:
        """Answer a message where it was written."""
        lang = self._language(message, room)
        id, member = text(message["id"]), text(mapping(message["actor"]).get("id"))
        spoken = {"text": {lang: words}}
        action = Action(do="reply", who=id, key=f"{id}/answer", parameters=spoken, rules=())
        if private:
            action = Action(do="send", key=f"{id}/answer", parameters={**spoken, "to": member}, rules=())
        await self._host.answer(action, room.id, lang, text(mapping(message.get("channel")).get("id")) or None)
