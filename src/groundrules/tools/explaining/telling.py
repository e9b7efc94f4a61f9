"""Values, times, changes and names as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from groundrules.calendar.zones import in_zone
from groundrules.diagnostics.excerpt import excerpt
from groundrules.diagnostics.render.snippet import visible
from groundrules.narrate import language_of, pick
from groundrules.plan import ir
from groundrules.tools.explaining.model import Change, RuleExplained, WouldFire
from groundrules.tools.explaining.words import WORDS

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LONGEST = 60


class Speech:
    """Wording in one language, with times in the rulebook's zone."""

    def __init__(self, plan: ir.Plan, lang: str) -> None:
        self.plan = plan
        self.lang = language_of(lang)
        self.words = WORDS[self.lang]
        self._ledgers = {ledger.id: ledger.title for ledger in plan.ledgers}
        self._zone = ZoneInfo(plan.timezone)

    def say(self, phrase: str, /, **values: Any) -> str:
        return self.words[phrase].format(**values)

    def time(self, at: str | None) -> str:
        """An instant as `2026-03-02 09:06:00`, with milliseconds where it has some."""
        if not at:
            return ""
        moment = in_zone(datetime.fromisoformat(at), self._zone)
        return f"{moment:%Y-%m-%d %H:%M:%S}" + (f".{moment.microsecond // 1000:03}" if moment.microsecond else "")

    def value(self, value: Any) -> str:
        """A value: instants in local time, texts cut to a line's length, lists with commas."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            return self.time(value) if _INSTANT.fullmatch(value) else _short(value)
        if isinstance(value, Mapping):
            return _short(str(value.get("name") or value.get("id") or value.get("url") or dict(value)))
        if isinstance(value, list | tuple):
            return self.words["sep"].join(self.value(item) for item in value) or self.words["none"]
        return str(value)

    def ledger(self, id: str) -> str:
        """A ledger by its title, else its id."""
        return pick(self._ledgers.get(id, {}), self.lang) or id

    def key(self, key: Mapping[str, Any]) -> str:
        """The components of a key, `actor li, channel general`."""
        return self.words["sep"].join(f"{name} {self.value(value)}" for name, value in key.items())

    def name(self, told: RuleExplained) -> str:
        title = pick(told.title, self.lang)
        return f"{told.rule} — {title}" if title else told.rule

    # --- what would have made it fire -------------------------------------------------------------

    def way(self, way: WouldFire) -> str:
        return self.words["and_then"].join(self.change(change) for change in way.changes)

    def change(self, change: Change) -> str:
        """One change in a phrase."""
        match change.kind:
            case "window":
                return self._window(change)
            case "ledger":
                key = "way.ledger.more" if change.count >= 0 else "way.ledger.fewer"
                return self.say(key, count=abs(change.count), what=self.ledger(change.what), who=change.who)
            case "label" | "state":
                return self.say(f"way.{change.kind}.{change.value}", what=change.what, who=change.who)
            case "time":
                return self.say("way.time", within=change.within, bound=self.time(change.bound))
            case "once":
                return self.say("way.once", before=self.time(change.before))
        return self._field(change)

    def _field(self, change: Change) -> str:
        timed = f"way.{change.type}.{change.relation}"
        key = timed if timed in self.words else f"way.{change.relation}"
        text = self.say(
            key,
            what=change.what,
            bound=self._bound(change),
            among=self._among(change),
            source=change.source,
        )
        if change.relation == "matches" and change.value is not None:
            text += self.say("way.such", value=self.value(change.value))
        known = change.before is not None and change.relation in ("==", "!=", "<", "<=", ">", ">=", "in", "has")
        return text + (self.say("way.instead", before=self.value(change.before)) if known else "")

    def _bound(self, change: Change) -> str:
        shown = self.value(change.bound)
        return f"“{shown}”" if change.type == "text" else shown

    def _among(self, change: Change) -> str:
        words = self.words["sep"].join(f"“{_short(word)}”" for word in change.among)
        more = change.count > len(change.among)
        if more:
            words += self.words["sep"].strip(" ") + self.words["more_words"] if self.lang == "zh" else ", …"
        if change.relation in ("contains", "in", "not in") and change.source:
            return self.say("of_list", count=change.count, source=change.source, words=words)
        alternatives = len(change.among) > 1 and change.relation in (
            "contains",
            "in",
            "has",
            "starts with",
            "ends with",
        )
        return self.say("one_of", words=words) if alternatives else words

    def _window(self, change: Change) -> str:
        kind = change.source
        if kind == "count":
            kind = "more" if change.count >= 0 else "fewer"
        if kind == "distinct" and change.count < 0:
            kind = "fewer"
        keys = self.words["sep"].join(change.among)
        return self.say(
            f"way.window.{kind}",
            count=abs(change.count),
            value=change.value,
            bound=change.bound,
            what=f"{change.what}s"
            if self.lang == "en" and change.count != 1 and change.what.isalpha()
            else change.what,
            within=self.say("window.within", within=change.within).lstrip("，") if change.within else "",
            same=self.say("way.window.same", keys=keys) if keys else "",
        )


def _short(text: str) -> str:
    return visible(excerpt(text, LONGEST))


def joined(speech: Speech, names: Iterable[str]) -> str:
    """Names in backticks, with commas."""
    return speech.words["sep"].join(f"`{name}`" for name in names)
