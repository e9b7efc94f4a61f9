"""Explanations as text: a list of lines, each with the style that a terminal may give it.

Marks: `✓` holds, `✗` does not, `?` unknown. What was found in a text is underlined.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.decisions import Decision
from groundrules.display.columns import excerpt
from groundrules.display.lines import Line, Style
from groundrules.narrate.deeds import deed
from groundrules.narrate.notes import noted
from groundrules.plan import ir
from groundrules.tools.explaining.model import Condition, EventExplained, Ladder, RuleExplained, WindowSeen
from groundrules.tools.explaining.telling import PlanSpeech
from groundrules.tools.explaining.underline import disguised, underlined

MARKS = {True: "✓", False: "✗", None: "?"}
MOST = 5  # rules that did not fire, of those that listened
LONGEST = 100  # columns of a condition where only its gist is told
VERDICTS: dict[str, Style] = {"fired": "holds", "unknown": "unknown"}  # the rest fails
STYLES: dict[bool | None, Style] = {True: "holds", False: "fails", None: "unknown"}


def lines_of(told: EventExplained | RuleExplained, plan: ir.Plan, lang: str) -> list[Line]:
    """An explanation as lines."""
    writer = Writer(PlanSpeech(plan, lang))
    return list(writer.event(told) if isinstance(told, EventExplained) else writer.rule(told))


def _cut(text: str) -> str:
    """A long condition without its middle: how it begins and ends tells what it is."""
    return excerpt(text, LONGEST, LONGEST // 4)


def _gist(line: Line) -> Line:
    """A line that names a condition, cut; what stands below it points into texts and is left whole."""
    return Line(_cut(line.text), line.style) if line.text[:1] in MARKS.values() else line


def _is_switched_off(told: RuleExplained) -> bool:
    """Whether a setting lets the rule's condition never hold."""
    return told.when is not None and told.when.outcome is False and not any(one.text for one in deciding(told.when))


class Writer:
    """Writes explanations in one language."""

    def __init__(self, say: PlanSpeech) -> None:
        self.say = say
        self._wordings = {spec.name: spec for spec in say.plan.actions}

    # --- events -----------------------------------------------------------------------------------

    def head(self, told: EventExplained) -> Iterator[Line]:
        """The event in a line or two."""
        event, say = told.event, self.say
        where = say("in", channel=told.channel) if told.channel else ""
        who = say("by", type=event.type, who=event.who) if event.who else event.type
        yield Line(f"{event.id}  {self.say.time(event.at)}  {who}{where}", "head")
        if event.text:
            yield from (Line(f"  {text}") for text in underlined(event.text, ()))

    def event(self, told: EventExplained, most: int | None = MOST, more: str = "--all") -> Iterator[Line]:
        """Why each action; and which rules listened for nothing: the nearest `most`, and how to see `more`."""
        yield from self.head(told)
        yield Line("")
        turned_away = next((one for one in told.decisions if one.trigger in ("rejected", "duplicate")), None)
        if turned_away is not None:
            yield self._turned_away(turned_away)
            return
        if not any(decision.notable for decision in told.decisions):
            yield Line(self.say("nothing") if told.rules else self._nobody(told))
        yield from self.happened(told)
        yield from self._listened(told, most, more)

    def happened(self, told: EventExplained) -> Iterator[Line]:
        """What an event brought about, each action with its reasons."""
        for decision in told.decisions:
            yield from self._decision(decision, told)

    def _turned_away(self, decision: Decision) -> Line:
        rejected = decision.rejected
        if rejected is None:
            return Line(self.say("duplicate"))
        place = f" ({rejected.path})" if rejected.path else ""
        return Line(self.say("rejected", code=rejected.code, reason=rejected.reason) + place, "fails")

    def _nobody(self, told: EventExplained) -> str:
        return self.say("nobody", type=told.event.type)

    def _decision(self, decision: Decision, told: EventExplained) -> Iterator[Line]:
        """A decision's actions and changes, each with its reasons; then what else it says."""
        if not decision.notable:
            return
        if decision.trigger != "event":
            yield Line(f"{self.say.time(decision.at)}  ({decision.cause})", "head")
        if decision.late:
            yield Line(self.say("late", at=self.say.time(decision.at)))
        explained: set[str] = set()
        for text, rules in self._done(decision):
            yield Line(f"→ {text}", "mark")
            for rule in (one for one in told.fired if one.rule in rules):
                yield from (line.indented(4) for line in self.reason(rule, rule.rule not in explained))
                explained.add(rule.rule)
        yield from self._silently(decision, told, explained)
        yield from (Line(text) for text in dict.fromkeys(self._aside(decision)))
        yield Line("")

    def _done(self, decision: Decision) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What was done, each with the rules behind it: actions, then balances."""
        for action in decision.actions:
            yield deed(action, self.say.lang, self._wordings), action.rules
        for change in decision.ledgers:
            names = {
                "ledger": self.say.ledger(change.ledger),
                "who": change.who,
                "before": change.before,
                "after": change.after,
            }
            cut = self.say("clamped", asked=change.asked, by=change.clamped) if change.clamped else ""
            yield self.say("ledger_change", **names) + cut, change.rules

    def _silently(self, decision: Decision, told: EventExplained, explained: set[str]) -> Iterator[Line]:
        """Rules that fired without an action or a balance to show for it."""
        rules = {one.rule for one in decision.fired} - explained
        for rule in (one for one in told.fired if one.rule in rules):
            phrase = "path_begins" if rule.kind == "path" and rule.listens else "fires"
            yield Line("→ " + self.say(phrase, rule=rule.rule), "mark")
            yield from (line.indented(4) for line in self.reason(rule))

    def _aside(self, decision: Decision) -> Iterator[str]:
        """What did not happen, or happened beside."""
        say, lang = self.say, self.say.lang
        for shadow in decision.shadow:
            actions = self.say.join(deed(action, lang, self._wordings) for action in shadow.actions)
            changes = self.say.join(f"{name} {amount:+}" for name, amount in shadow.ledgers.items())
            done = self.say.join(part for part in (actions, changes) if part)
            yield "~ " + say(f"{shadow.reason}_would", rule=shadow.rule, actions=done or self.say("no_action"))
        for exempted in decision.exempted:
            yield "- " + say("was_exempted", rule=exempted.rule, by=self.say.names(exempted.by))
        for dropped in decision.dropped:
            what = f"{dropped.do} {dropped.who}" if dropped.who else dropped.do
            yield "- " + say("left_out", action=what, because=dropped.because)
        for note in (*decision.labels, *decision.notes):
            yield "· " + noted(note, lang)
        for unknown in decision.unknown:
            yield "? " + say("undecided", rule=unknown.rule, missing=self.say.names(unknown.missing))

    def _listened(self, told: EventExplained, most: int | None, more: str) -> Iterator[Line]:
        quiet = sorted((rule for rule in told.rules if rule.verdict != "fired"), key=_is_switched_off)
        if not quiet:
            return
        yield Line(self.say("listened", type=told.event.type))
        for rule in quiet[:most]:
            yield Line(f"  {self.say.name(rule)}")
            yield from (line.indented(4) for line in self._briefly(rule))
        if most is not None and len(quiet) > most:
            yield Line("  " + self.say("more_rules", count=len(quiet) - most, how=more), "faint")

    def _briefly(self, told: RuleExplained) -> Iterator[Line]:
        """Why a rule did not fire, in a line or two: the conditions that failed."""
        if told.verdict != "false" or told.when is None or _is_switched_off(told):
            yield Line(self.verdict(told), "faint")
            return
        for part in deciding(told.when):
            yield Line(f"{MARKS[part.outcome]} {_cut(part.text)}", "faint")

    def reason(self, told: RuleExplained, whole: bool = True) -> Iterator[Line]:
        """Why a rule fired: its name and the conditions that decided it."""
        yield Line(self.say("because_of", rule=self.say.name(told)))
        if whole and told.ladder is not None:
            yield Line(f"  {self._ladder(told.ladder)}")
        if whole and told.when is not None:
            for part in deciding(told.when):
                yield from (_gist(line).indented(2) for line in self.condition(part))

    # --- rules ------------------------------------------------------------------------------------

    def rule(self, told: RuleExplained) -> Iterator[Line]:
        """All there is to say of one rule."""
        yield Line(self.say.name(told), "head")
        yield Line(f"  {self.verdict(told)}", VERDICTS.get(told.verdict, "fails"))
        if told.subject:
            yield Line("  " + self.say("subject", who=told.subject))
        if told.ladder is not None:
            yield Line(f"  {self._ladder(told.ladder)}")
        if told.file:
            yield Line(f"  {told.file}:{told.line}", "faint")
        yield from self._guards(told)
        yield from (Line(f"  {text}") for text in self._memory(told))
        yield from self.ways(told)

    def _guards(self, told: RuleExplained) -> Iterator[Line]:
        if told.when is not None:
            yield Line("")
            yield Line(f"  {self.say('when')}")
            yield from (line.indented(4) for line in self.condition(told.when))
        elif told.verdict not in ("elsewhere", "off", "turned_away", "own", "ended"):
            yield Line(f"  {self.say('when.always')}")
        if told.unless is not None:
            yield Line(f"  {self.say('unless.head')}")
            yield from (line.indented(4) for line in self.condition(told.unless))

    def _memory(self, told: RuleExplained) -> Iterator[str]:
        say = self.say
        if told.once is not None:
            at = told.once.fired_at
            last = say("once.fired", at=self.say.time(at)) if at else self.say("once.never")
            yield say("once.head", key=self.say.key(told.once.key), span=self._span(told)) + last
        if told.times is not None:
            steps = self.say.join(map(str, told.times.steps))
            key = self.say.key(told.times.key)
            yield say("times", number=told.times.number, key=key, within=told.times.within, steps=steps)
        if told.approval is not None and told.verdict == "fired":
            yield say("approval", by=told.approval)
        if told.mode != "enforce":
            yield say("mode", mode=told.mode)

    def ways(self, told: RuleExplained) -> Iterator[Line]:
        """What would have made it fire."""
        if told.would_fire:
            tried = all(way.tried for way in told.would_fire)
            yield Line("")
            yield Line("  " + self.say("would" if tried else "would.untried"), "head")
            yield from (Line(f"    · {self.say.way(way)}") for way in told.would_fire)

    def verdict(self, told: RuleExplained) -> str:
        """What a rule said, in a sentence."""
        say = self.say
        match told.verdict:
            case "once" if told.once is not None:
                at, again = self.say.time(told.once.fired_at), self.say.time(told.once.again)
                return say("once", key=self.say.key(told.once.key), span=self._span(told), at=at, again=again)
            case "exempted":
                return say("exempted", by=self.say.names(told.exempted_by))
            case "unknown":
                return say("unknown", missing=self.say.names(told.missing))
            case "rollout":
                own = "?" if told.share is None else f"{told.share:.0%}"
                return say("rollout", who=told.subject or "actor", share=f"{told.rollout:.0%}", own=own)
            case "elsewhere":
                return self._elsewhere(told)
        return self.say(told.verdict)

    def _elsewhere(self, told: RuleExplained) -> str:
        text = self.say(f"waits.{told.waits}", types=self.say.names(told.listens), type=f"`{told.heard}`")
        if told.due:
            return text + self.say(f"waits.{told.waits}.due", due=self.say.time(told.due))
        return text + (self.say("waits.path.none") if told.waits == "path" else "")

    def _span(self, told: RuleExplained) -> str:
        assert told.once is not None
        if told.once.per:
            return self.say("per", per=told.once.per)
        return self.say("within", within=told.once.within)

    def _ladder(self, stands: Ladder) -> str:
        key = "ladder.back" if stands.back else "ladder.same" if stands.before == stands.after else "ladder"
        return self.say(
            key,
            ledger=self.say.ledger(stands.ledger),
            who=stands.who,
            before=stands.before,
            after=stands.after,
            reaches=stands.reaches,
        )

    # --- conditions -------------------------------------------------------------------------------

    def condition(self, told: Condition) -> Iterator[Line]:
        """A condition and all below it."""
        yield Line(f"{MARKS[told.outcome]} {self._name(told)}", STYLES[told.outcome])
        if told.shape == "leaf":
            yield from (line.indented(4) for line in self._details(told))
        for part in told.parts:
            yield from (line.indented(4) for line in self.condition(part))
        if told.shape in ("any", "all") and not told.parts and told.outcome is not None:
            yield Line(f"    {self.say('no_items')}", "faint")

    def _name(self, told: Condition) -> str:
        match told.shape:
            case "and":
                return self.say("and")
            case "not":
                return told.text or self.say("not")
            case "or":
                return self.say("or.head")
            case "item":
                return self.say("item", item=self.say.value(told.item))
        return told.text

    def _details(self, told: Condition) -> Iterator[Line]:
        for field, text in told.looked_into.items():
            places = [(found.start, found.end) for found in told.evidence if found.field == field]
            yield from (Line(one, "mark" if set(one) <= {"^", " "} else "") for one in underlined(text, places))
            for found in told.evidence:
                if disguised(found) and f"/{found.pattern}/" not in told.text:
                    yield Line(self.say("disguise", found=f"“{found.text}”", pattern=f"“{found.pattern}”"), "faint")
        for window in told.windows:
            yield from self._window(window)
        shown = {} if told.looked_into or (told.windows and told.text.startswith(_WINDOWS)) else told.reads
        for what, value in shown.items():
            yield Line(self.say("is", what=what, value=self.say.value(value)), "faint")
        for what in told.missing:
            yield Line(self.say("missing", what=what), "unknown")

    def _window(self, told: WindowSeen) -> Iterator[Line]:
        known = {name: value for name, value in told.key.items() if value is not None}
        if len(known) < len(told.key):
            return
        key = self.say("window.key", key=self.say.key(told.key)) if told.key else ""
        within = self.say("window.within", within=told.within) if told.within else ""
        text = self.say(f"window.{told.kind}", value=told.value, type=told.type, key=key, within=within)
        yield Line(text, "faint")
        if told.left_out:
            yield Line("  " + self.say("window.more", count=told.left_out), "faint")
        for event in told.events:
            parts = (self.say.time(event.at), event.id, event.who, self.say.value(event.text))
            yield Line("  " + "  ".join(part for part in parts if part), "faint")


_WINDOWS = ("count(", "distinct(", "sum(", "streak(", "quiet(")


def deciding(told: Condition) -> Iterator[Condition]:
    """The leaves on which an outcome rests, and what is denied as a whole."""
    if told.shape == "leaf" or not told.parts or (told.shape == "not" and told.text):
        if told.decisive:
            yield told
        return
    for part in told.parts:
        yield from deciding(part)
