"""Explanations as text: a list of lines, each with the style that a terminal may give it.

Marks: `✓` holds, `✗` does not, `?` unknown. What was found in a text is underlined.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from groundrules.decisions import Decision
from groundrules.diagnostics.translation import refused
from groundrules.display.columns import excerpt
from groundrules.display.lines import Line, Style
from groundrules.narrate.deeds import deed
from groundrules.narrate.localised import number_text, pick, rule_named
from groundrules.narrate.notes import noted
from groundrules.plan import ir
from groundrules.tools.explaining.model import (
    NOT_EVALUATED,
    Condition,
    EventExplained,
    Ladder,
    PathItems,
    RuleExplained,
    WindowReading,
    behind,
)
from groundrules.tools.explaining.plan_speech import PlanSpeech
from groundrules.tools.explaining.underline import disguised, underlined
from groundrules.window_kinds import KINDS

MARKS = {True: "✓", False: "✗", None: "?"}
MOST = 5  # rules that did not fire, of those that listened
MOST_SILENT = 20  # firings of a decision without visible effect, each with its reason
LONGEST = 100  # columns of a condition where only its gist is shown
VERDICTS: dict[str, Style] = {"fired": "holds", "item": "holds", "unknown": "unknown"}  # the rest fails
STYLES: dict[bool | None, Style] = {True: "holds", False: "fails", None: "unknown"}


def lines_of(explained: EventExplained | RuleExplained, plan: ir.Plan, lang: str) -> list[Line]:
    """An explanation as lines."""
    writer = Writer(PlanSpeech(plan, lang))
    return list(writer.event(explained) if isinstance(explained, EventExplained) else writer.rule(explained))


def _cut(text: str) -> str:
    """A long condition with its middle cut: beginning and end identify it."""
    return excerpt(text, LONGEST, LONGEST // 4)


def _gist(line: Line) -> Line:
    """A line that names a condition, cut; what stands below it points into texts and is left whole."""
    return Line(_cut(line.text), line.style) if line.text[:1] in MARKS.values() else line


def _is_switched_off(rule: RuleExplained) -> bool:
    """Whether a setting keeps the rule's condition from ever holding."""
    return rule.when is not None and rule.when.outcome is False and not any(part.text for part in deciding(rule.when))


class Writer:
    """Writes explanations in one language."""

    def __init__(self, say: PlanSpeech) -> None:
        self.say = say
        self._wordings = {spec.name: spec for spec in say.plan.actions}

    # --- events -----------------------------------------------------------------------------------

    def head(self, explained: EventExplained) -> Iterator[Line]:
        """The event in a line or two."""
        event, say = explained.event, self.say
        where = say("in", channel=explained.channel) if explained.channel else ""
        who = say("by", type=event.type, who=event.who) if event.who else event.type
        yield Line(f"{event.id}  {self.say.time(event.at)}  {who}{where}", "head")
        if event.text:
            yield from (Line(f"  {text}") for text in underlined(event.text, ()))

    def event(self, explained: EventExplained, most: int | None = MOST, more: str = "--all") -> Iterator[Line]:
        """Why each action; and which rules listened for nothing: the nearest `most`, and how to see `more`."""
        yield from self.head(explained)
        yield Line("")
        turned_away = next(
            (decision for decision in explained.decisions if decision.trigger in ("rejected", "duplicate")), None
        )
        if turned_away is not None:
            yield self._turned_away(turned_away)
            return
        if not any(decision.notable for decision in explained.decisions):
            yield Line(self.say("nothing") if explained.rules else self._nobody(explained))
        yield from self.happened(explained)
        yield from self._listened(explained, most, more)

    def happened(self, explained: EventExplained) -> Iterator[Line]:
        """What an event brought about, each action with its reasons."""
        fired = iter(explained.fired)
        for decision in explained.decisions:
            yield from self._decision(decision, tuple(islice(fired, len(decision.fired))))

    def _turned_away(self, decision: Decision) -> Line:
        rejected = decision.rejected
        if rejected is None:
            return Line(self.say("duplicate"))
        reason = refused(rejected.reason, self.say.lang) + self.say.aside(rejected.path)
        return Line(self.say("rejected", code=rejected.code, reason=reason), "fails")

    def _nobody(self, explained: EventExplained) -> str:
        return self.say("nobody", type=explained.event.type)

    def _decision(self, decision: Decision, fired: tuple[RuleExplained, ...]) -> Iterator[Line]:
        """A decision's actions and changes, each with its reasons; then what else it says."""
        if not decision.notable:
            return
        if decision.trigger != "event":
            cause = rule_named(decision.cause or "", self.say.lang)
            yield Line(f"{self.say.time(decision.at)}  ({cause})", "head")
        if decision.late:
            yield Line(self.say("late", at=self.say.time(decision.at)))
        explained: list[RuleExplained] = []
        for text, rules in self._done(decision, fired):
            yield Line(f"→ {text}", "mark")
            for rule in rules:
                yield from (line.indented(4) for line in self.reason(rule, rule not in explained))
                explained.append(rule)
        yield from self._silently([rule for rule in fired if rule not in explained])
        yield from (Line(text) for text in dict.fromkeys(self._aside(decision)))
        yield Line("")

    def _done(
        self, decision: Decision, fired: tuple[RuleExplained, ...]
    ) -> Iterator[tuple[str, tuple[RuleExplained, ...]]]:
        """What was done, each with the rules behind it: actions, then balances."""
        for action in decision.actions:
            yield deed(action, self.say.lang, self._wordings), behind(action.rules, action.who, fired)
        for change in decision.ledgers:
            names = {
                "ledger": self.say.ledger(change.ledger),
                "who": change.who,
                "before": change.before,
                "after": change.after,
            }
            cut = self.say("clamped", asked=change.asked, by=change.clamped) if change.clamped else ""
            yield self.say("ledger_change", **names) + cut, behind(change.rules, change.who, fired)

    def _silently(self, fired: list[RuleExplained]) -> Iterator[Line]:
        """Rules that fired without an action or a balance to show for it; a schedule says for whom."""
        for rule in fired[:MOST_SILENT]:
            about = rule.kind == "schedule" and rule.subject
            phrase = "path_begins" if rule.kind == "path" and rule.listens else "fires_for" if about else "fires"
            yield Line("→ " + self.say(phrase, rule=rule_named(rule.rule, self.say.lang), who=rule.subject), "mark")
            yield from (line.indented(4) for line in self.reason(rule))
        if len(fired) > MOST_SILENT:
            yield Line("→ " + self.say("more_fired", count=len(fired) - MOST_SILENT), "faint")

    def _aside(self, decision: Decision) -> Iterator[str]:
        """What did not happen, or happened besides."""
        say, lang = self.say, self.say.lang
        for shadow in decision.shadow:
            actions = self.say.join(deed(action, lang, self._wordings) for action in shadow.actions)
            changes = self.say.join(f"{name} {amount:+}" for name, amount in shadow.ledgers.items())
            effects = self.say.join(part for part in (actions, changes) if part)
            yield "~ " + say(
                f"{shadow.reason}_would", rule=rule_named(shadow.rule, lang), actions=effects or self.say("no_action")
            )
        for exempted in decision.exempted:
            yield "- " + say("was_exempted", rule=rule_named(exempted.rule, lang), by=self.say.names(exempted.by))
        for dropped in decision.dropped:
            what = f"{dropped.do} {dropped.who}" if dropped.who else dropped.do
            yield "- " + say("left_out", action=what, because=dropped.because)
        for note in (*decision.labels, *decision.notes):
            yield "· " + noted(note, lang)
        for unknown in decision.unknown:
            yield "? " + say("undecided", rule=rule_named(unknown.rule, lang), missing=self.say.names(unknown.missing))

    def _listened(self, explained: EventExplained, most: int | None, more: str) -> Iterator[Line]:
        quiet = sorted((rule for rule in explained.rules if rule.verdict != "fired"), key=_is_switched_off)
        if not quiet:
            return
        yield Line(self.say("listened", type=explained.event.type))
        for rule in quiet[:most]:
            yield Line(f"  {self.say.name(rule)}")
            yield from (line.indented(4) for line in self._briefly(rule))
        if most is not None and len(quiet) > most:
            yield Line("  " + self.say("more_rules", count=len(quiet) - most, how=more), "faint")

    def _briefly(self, rule: RuleExplained) -> Iterator[Line]:
        """Why a rule did not fire, in a line or two: the conditions that failed."""
        if rule.verdict != "false" or rule.when is None or _is_switched_off(rule):
            yield Line(self.verdict(rule), "faint")
            return
        for part in deciding(rule.when):
            yield Line(f"{MARKS[part.outcome]} {_cut(part.text)}", "faint")

    def reason(self, rule: RuleExplained, whole: bool = True) -> Iterator[Line]:
        """Why a rule fired: its name and the conditions that decided it."""
        about = self.say("about", who=rule.subject) if rule.kind == "schedule" and rule.subject else ""
        yield Line(self.say("because_of", rule=self.say.name(rule)) + about)
        yield from (Line(f"  {text}") for text in self._decided(rule) if whole)
        if whole and rule.ladder is not None:
            yield Line(f"  {self._ladder(rule.ladder)}")
        if whole and rule.when is not None:
            for part in deciding(rule.when):
                yield from (_gist(line).indented(2) for line in self.condition(part))

    def _decided(self, rule: RuleExplained) -> Iterator[str]:
        """Why the rule is as it is, and where that was decided."""
        if why := pick(rule.because, self.say.lang):
            yield self.say("decided_because", text=why)
        if rule.source:
            yield self.say("decided_in", text=rule.source)
        for dated in rule.dated:
            why = pick(dated.because, self.say.lang)
            reasons = [self.say("decided_because", text=why)] if why else []
            reasons += [self.say("decided_in", text=dated.source)] if dated.source else []
            yield self.say("dated", name=dated.parameter, since=dated.since) + self.say.join(reasons)

    # --- rules ------------------------------------------------------------------------------------

    def rule(self, rule: RuleExplained) -> Iterator[Line]:
        """All there is to say of one rule."""
        yield Line(self.say.name(rule), "head")
        yield Line(f"  {self.verdict(rule)}", VERDICTS.get(rule.verdict, "fails"))
        if rule.subject:
            yield Line("  " + self.say("subject", who=rule.subject))
        if rule.ladder is not None:
            yield Line(f"  {self._ladder(rule.ladder)}")
        if rule.file:
            yield Line(f"  {rule.file}:{rule.line}", "faint")
        yield from (Line(f"  {text}") for text in self._decided(rule))
        yield from self._guards(rule)
        yield from (Line(f"  {text}") for text in self._memory(rule))
        yield from self.ways(rule)

    def _guards(self, rule: RuleExplained) -> Iterator[Line]:
        if rule.when is not None:
            yield Line("")
            yield Line(f"  {self.say('when')}")
            yield from (line.indented(4) for line in self.condition(rule.when))
        elif rule.verdict not in {"elsewhere", "item", *NOT_EVALUATED}:
            yield Line(f"  {self.say('when.always')}")
        if rule.unless is not None:
            yield Line(f"  {self.say('unless.head')}")
            yield from (line.indented(4) for line in self.condition(rule.unless))

    def _memory(self, rule: RuleExplained) -> Iterator[str]:
        say = self.say
        if rule.once is not None:
            at = rule.once.fired_at
            last = say("once.fired", at=self.say.time(at)) if at else self.say("once.never")
            yield say("once.head", key=self.say.key(rule.once.key), span=self._span(rule)) + last
        if rule.times is not None:
            steps = self.say.join(map(str, rule.times.steps))
            key = self.say.key(rule.times.key)
            yield say("times", number=rule.times.number, key=key, within=rule.times.within, steps=steps)
        if rule.approval and rule.verdict == "fired":
            yield say("approval", by=say.join(rule.approval))
        if rule.mode != "enforce":
            yield say("mode", mode=rule.mode)

    def ways(self, rule: RuleExplained) -> Iterator[Line]:
        """What would have made it fire."""
        if rule.would_fire:
            tried = all(way.tried for way in rule.would_fire)
            yield Line("")
            yield Line("  " + self.say("would" if tried else "would.untried"), "head")
            yield from (Line(f"    · {self.say.way(way)}") for way in rule.would_fire)

    def verdict(self, rule: RuleExplained) -> str:
        """What a rule said, in a sentence."""
        say = self.say
        match rule.verdict:
            case "once" if rule.once is not None:
                at, again = self.say.time(rule.once.fired_at), self.say.time(rule.once.again)
                return say("once", key=self.say.key(rule.once.key), span=self._span(rule), at=at, again=again)
            case "exempted":
                return say("exempted", by=self.say.names(rule.exempted_by))
            case "unknown":
                return say("unknown", missing=self.say.names(rule.missing))
            case "rollout":
                own = "?" if rule.share is None else f"{rule.share:.0%}"
                return say("rollout", who=rule.subject or "actor", share=f"{rule.rollout:.0%}", own=own)
            case "elsewhere" | "item":
                return self._elsewhere(rule)
        return say(rule.verdict, at=say.time(rule.begins).removesuffix(" 00:00:00"))

    def _item(self, items: PathItems) -> str:
        """What an event was on a path, and what that still lacks."""
        process = next(process for process in self.say.plan.processes if process.id == items.path)
        called = {item.id: item.called(self.say.lang) for item in process.until_all}
        done, remaining = ([called[id] for id in ids] for ids in (items.done, items.remaining))
        return self.say(
            "item_done" if remaining else "last_item",
            items=self.say.join(done),
            who=self.say.join(items.key),
            remaining=self.say.join(remaining),
        )

    def _elsewhere(self, rule: RuleExplained) -> str:
        if rule.items:
            return self.say.join(map(self._item, rule.items), "then")
        text = self.say(f"waits.{rule.waits}", types=self.say.names(rule.listens), type=f"`{rule.heard}`")
        if rule.due:
            return text + self.say(f"waits.{rule.waits}.due", due=self.say.time(rule.due))
        return text + (self.say("waits.path.none") if rule.waits == "path" else "")

    def _span(self, rule: RuleExplained) -> str:
        assert rule.once is not None
        if rule.once.per:
            return self.say("per", per=rule.once.per)
        return self.say("within", within=rule.once.within)

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

    def condition(self, condition: Condition) -> Iterator[Line]:
        """A condition and all below it."""
        yield Line(f"{MARKS[condition.outcome]} {self._name(condition)}", STYLES[condition.outcome])
        if condition.shape in ("leaf", "tally"):
            yield from (line.indented(4) for line in self._details(condition))
        for part in condition.parts:
            yield from (line.indented(4) for line in self.condition(part))
        if condition.shape in ("any", "all") and not condition.parts and condition.outcome is not None:
            yield Line(f"    {self.say('no_items')}", "faint")

    def _name(self, condition: Condition) -> str:
        match condition.shape:
            case "and":
                return self.say("and")
            case "not":
                return condition.text or self.say("not")
            case "or":
                return self.say("or.head")
            case "item":
                return self.say("item", item=self.say.value(condition.item))
        return condition.text

    def _details(self, condition: Condition) -> Iterator[Line]:
        for field, text in condition.looked_into.items():
            places = [(evidence.start, evidence.end) for evidence in condition.evidence if evidence.field == field]
            yield from (Line(line, "mark" if set(line) <= {"^", " "} else "") for line in underlined(text, places))
            for evidence in condition.evidence:
                if disguised(evidence) and f"/{evidence.pattern}/" not in condition.text:
                    yield Line(
                        self.say("disguise", match=f"“{evidence.text}”", pattern=f"“{evidence.pattern}”"), "faint"
                    )
        for window in condition.windows:
            yield from self._window(window)
        shown = (
            {}
            if condition.looked_into or (condition.windows and condition.text.startswith(_WINDOWS))
            else condition.reads
        )
        for place, (what, value) in enumerate(shown.items()):
            text = number_text(value, condition.text) if isinstance(value, float) else self.say.value(value)
            points = f"+{text}" if isinstance(value, int | float) and value > 0 else text
            tally = condition.shape == "tally"
            form = "points" if tally and place else "is_at_least" if tally and condition.most is not None else "is"
            yield Line(self.say(form, what=what, value=text, points=points), "faint")
        for what in condition.missing:
            yield Line(self.say("missing", what=what), "unknown")

    def _window(self, window: WindowReading) -> Iterator[Line]:
        known = {name: value for name, value in window.key.items() if value is not None}
        if len(known) < len(window.key):
            return
        key = self.say("window.key", key=self.say.key(window.key)) if window.key else ""
        within = self.say("window.within", within=window.within) if window.within else ""
        within = self.say("window.last", last=window.last) if window.last else within
        form = f"window.one.{window.kind}" if window.value == 1 else f"window.{window.kind}"
        text = self.say(
            form if self.say.knows(form) else f"window.{window.kind}",
            value=window.value,
            type=window.type,
            key=key,
            within=within,
        )
        yield Line(text, "faint")
        if window.left_out:
            yield Line("  " + self.say("window.more", count=window.left_out), "faint")
        for event in window.events:
            parts = (self.say.time(event.at), event.id, event.who, self.say.value(event.text))
            yield Line("  " + "  ".join(part for part in parts if part), "faint")


_WINDOWS = tuple(f"{kind}(" for kind in KINDS)


def deciding(condition: Condition) -> Iterator[Condition]:
    """The leaves on which an outcome rests, and what is denied as a whole."""
    if condition.shape in ("leaf", "tally") or not condition.parts or (condition.shape == "not" and condition.text):
        if condition.decisive:
            yield condition
        return
    for part in condition.parts:
        yield from deciding(part)
