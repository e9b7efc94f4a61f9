"""Decisions in sentences, in English or Chinese: what happened and why.

Used by `Decision.explain`, `groundrules run --format human` and everything else that talks to people. It reads only the
decision; the words for actions come from their schemas, through the plan if there is one.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.decisions import Clause, Decision, Evidence, Fired, LedgerChange, Shadow
from groundrules.diagnostics.translation import refused
from groundrules.narrate.deeds import Wordings, deed, title_of
from groundrules.narrate.localised import number_text, pick, rule_named, value_text, week_of
from groundrules.narrate.notes import noted
from groundrules.narrate.speech import Speech, speech


def narrate(decision: Decision, lang: str = "en", wordings: Wordings | None = None) -> list[str]:
    """Return the decision as lines of text: actions first, then the reasons, then what did not happen.

    A decision in which nothing happened gives one line that says so.
    """
    say = speech("decisions", lang)
    if decision.rejected:
        reason = say("rejected", code=decision.rejected.code, reason=refused(decision.rejected.reason, say.lang))
        return [reason + say.aside(decision.rejected.path)]
    if decision.trigger == "duplicate":
        return [say("duplicate")]
    lines = [say("late", at=decision.at)] if decision.late else []
    lines += [f"→ {deed(action, lang, wordings)}" for action in decision.actions]
    lines += [ledger_change(change, change.ledger, say) for change in decision.ledgers]
    lines += [line for fired in decision.fired for line in _fired(fired, say)]
    lines += [f"~ {_shadow(shadow, say, wordings)}" for shadow in decision.shadow]
    lines += _beside(decision, say, wordings)
    return lines or [say("quiet")]


def ledger_change(change: LedgerChange, name: str, say: Speech) -> str:
    """A balance that moved: `strikes of li: 1 → 2`."""
    text = say("ledger", ledger=name, who=change.who, before=change.before, after=change.after)
    return text + (say("clamped", asked=change.asked, by=change.clamped) if change.clamped else "")


def _fired(fired: Fired, say: Speech) -> Iterable[str]:
    title = pick(fired.title, say.lang)
    yield "  " + say("rule", rule=rule_named(fired.rule, say.lang)) + (f" — {title}" if title else "")
    for clause in fired.clauses:
        yield f"    {clause_line(clause, say)}"


def clause_line(clause: Clause, say: Speech) -> str:
    """Which way a clause came out, and on what evidence."""
    text = say("because" if clause.outcome else "because_not", clause=" ".join(clause.text.split()))
    details = [_evidence(evidence, clause, say) for evidence in clause.evidence]
    if not details:
        details = [_was(" ".join(what.split()), value, clause, say) for what, value in clause.reads.items()]
    return text + say.aside(say.join(details, "then"))


def _was(what: str, value: object, clause: Clause, say: Speech) -> str:
    week = week_of(value)
    return say("was_week", what=what, day=week) if week else say("was", what=what, value=_read(value, clause, say.lang))


def _read(value: object, clause: Clause, lang: str) -> str:
    return number_text(value, clause.text) if isinstance(value, float) else value_text(value, lang)


def _evidence(evidence: Evidence, clause: Clause, say: Speech) -> str:
    plain = evidence.pattern.casefold() == evidence.text.casefold() or f"/{evidence.pattern}/" in clause.text
    place = {"field": evidence.field, "start": evidence.start, "end": evidence.end, "first": evidence.start + 1}
    quoted, pattern = say("quoted", text=evidence.text), say("quoted", text=evidence.pattern)
    return say("found" if plain else "found_as", match=quoted, pattern=pattern, **place)


def _shadow(shadow: Shadow, say: Speech, wordings: Wordings | None) -> str:
    actions = say.join(deed(action, say.lang, wordings) for action in shadow.actions)
    return say(shadow.reason, rule=rule_named(shadow.rule, say.lang), actions=actions or say("nothing"))


def _beside(decision: Decision, say: Speech, wordings: Wordings | None) -> list[str]:
    """What did not happen, or happened in addition: exemptions, dropped actions, undecided guards, notes."""
    lines = [
        "- " + say("exempted", rule=rule_named(exemption.rule, say.lang), by=say.join(exemption.by))
        for exemption in decision.exempted
    ]
    for dropped in decision.dropped:
        name, because = (title_of(do, say.lang, wordings) for do in (dropped.do, dropped.because))
        what = f"{name} {dropped.who}" if dropped.who else name
        lines.append("- " + say("dropped", action=what, because=because))
    lines += [f"· {noted(note, say.lang)}" for note in (*decision.labels, *decision.notes)]
    lines += [
        "? " + say("unknown", rule=rule_named(undecided.rule, say.lang), missing=say.join(undecided.missing))
        for undecided in decision.unknown
    ]
    return lines
