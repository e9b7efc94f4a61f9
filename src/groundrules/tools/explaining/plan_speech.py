"""Values, times, changes and names as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from groundrules.display.columns import excerpt
from groundrules.narrate.localised import pick, rule_named, week_of
from groundrules.narrate.speech import Speech
from groundrules.plan import ir
from groundrules.tools.explaining.model import Change, RuleExplained, WouldFire

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LONGEST = 60


class PlanSpeech(Speech):
    """The words for one plan: its names, times in its zone, and what would have changed an outcome."""

    def __init__(self, plan: ir.Plan, lang: str) -> None:
        super().__init__("explain", lang, plan.timezone)
        self.plan = plan
        self._ledgers = {ledger.id: ledger.title for ledger in plan.ledgers}

    def value(self, value: Any) -> str:
        """A value: instants in local time, texts cut to a line's length, lists with commas."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            return self.time(value) if _INSTANT.fullmatch(value) else _short(value)
        if isinstance(value, Mapping):
            return _short(str(value.get("name") or value.get("id") or value.get("url") or dict(value)))
        if isinstance(value, list | tuple):
            return self.join(map(self.value, value)) or self("none")
        return str(value)

    def ledger(self, id: str) -> str:
        """A ledger by its title, else its id."""
        return pick(self._ledgers.get(id, {}), self.lang) or id

    def key(self, key: Mapping[str, Any]) -> str:
        """The components of a key, `actor li, channel general`."""
        return self.join(self._component(name, value) for name, value in key.items())

    def _component(self, name: str, value: Any) -> str:
        week = week_of(value)
        return self("week", name=name, day=week) if week else f"{name} {self.value(value)}"

    def name(self, rule: RuleExplained) -> str:
        title, name = pick(rule.title, self.lang), rule_named(rule.rule, self.lang)
        return f"{name} — {title}" if title else name

    # --- what would have made it fire -------------------------------------------------------------

    def way(self, way: WouldFire) -> str:
        return self.join(map(self.change, way.changes), "and_then")

    def change(self, change: Change) -> str:
        """One change in a phrase."""
        match change.kind:
            case "window":
                return self._window(change)
            case "ledger":
                key = "way.ledger.more" if change.count >= 0 else "way.ledger.fewer"
                return self(key, count=abs(change.count), what=self.ledger(change.what), who=change.who)
            case "label" | "state" | "sanction":
                kind = f"sanction.{change.what}" if change.kind == "sanction" else change.kind
                return self(f"way.{kind}.{change.value}", what=change.what, who=change.who)
            case "time":
                return self("way.time", within=change.within, bound=self.time(change.bound))
            case "once":
                return self("way.once", before=self.time(change.before))
        return self._field(change)

    def _field(self, change: Change) -> str:
        timed = f"way.{change.type}.{change.relation}"
        key = timed if self.knows(timed) else f"way.{change.relation}"
        text = self(
            key,
            what=change.what,
            bound=self._bound(change),
            among=self._among(change),
            source=change.source,
        )
        if change.relation == "matches" and change.value is not None:
            text += self("way.such", value=self.value(change.value))
        known = change.before is not None and change.relation in ("==", "!=", "<", "<=", ">", ">=", "in", "has")
        return text + (self("way.instead", before=self.value(change.before)) if known else "")

    def _bound(self, change: Change) -> str:
        shown = self.value(change.bound)
        return f"“{shown}”" if change.type == "text" else shown

    def _among(self, change: Change) -> str:
        words = self.join(f"“{_short(word)}”" for word in change.among)
        if change.count > len(change.among):
            words = self("more_words", words=words)
        if change.relation in ("contains", "in", "not in") and change.source:
            return self("of_list", count=change.count, source=change.source, words=words)
        alternatives = len(change.among) > 1 and change.relation in (
            "contains",
            "in",
            "has",
            "starts with",
            "ends with",
        )
        return self("one_of", words=words) if alternatives else words

    def _window(self, change: Change) -> str:
        kind = "fewer" if change.count < 0 else change.source
        singular = f"way.window.one.{kind}"
        keys = self.join(change.among)
        within = self("way.within", within=change.within) if change.within else ""
        return self(
            singular if abs(change.count) == 1 and self.knows(singular) else f"way.window.{kind}",
            count=abs(change.count),
            value=change.value,
            bound=change.bound,
            what=self("many", what=change.what) if change.count != 1 and change.what.isalpha() else change.what,
            within=self("way.last", last=change.last) if change.last else within,
            same=self("way.window.same", keys=keys) if keys else "",
        )


def _short(text: str) -> str:
    return excerpt(text, LONGEST)
