"""Rules and rewards: guards, effects, and what limits how often they act."""

from __future__ import annotations

from groundrules.checker import common
from groundrules.checker.arguments import find
from groundrules.checker.bindings import BrokenBinding, CapBinding, Instance
from groundrules.checker.constants import fold
from groundrules.checker.constructs import Cap, Delta, Effects, Rule, Times, Value
from groundrules.checker.effects import effects
from groundrules.checker.expressions import Reader, guard
from groundrules.checker.guards import counts, lasting, promised
from groundrules.checker.ledger_effects import amount, holder, ledger_named
from groundrules.checker.places import CONSTANT, GUARD
from groundrules.checker.session import Session
from groundrules.checker.sites import Site
from groundrules.checker.targets import whom_value
from groundrules.checker.undoing import undone
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as type_codes
from groundrules.diagnostics.model import Report
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes
from groundrules.types import kinds

_FOLLOWING = frozenset(  # what a guard or a grant would have seen to
    code.code for code in (type_codes.MAY_BE_MISSING, name_codes.NOT_HERE, codes.BAD_MATCHED, codes.BAD_UNDO)
)


def rules(session: Session) -> None:
    """Check the rules and rewards of every instance."""
    for instance in session.checked.instances:
        for declared in instance.book.caps:
            _cap(session, instance, declared.rate, instance.qualified(str(declared.name.value)))
        for rule in instance.book.rules:
            _rule(session, instance, rule)
        for rule in instance.book.spoiled:
            _spoiled(session, instance, rule)


def _rule(session: Session, instance: Instance, rule: authored.Rule) -> None:
    types = common.known_types(session, instance, rule.on)
    if len(types) < len({str(type.value) for type in rule.on}):
        return  # what the rule may read is not known
    context = session.context(instance, types)
    common.described(session, instance, rule)
    guard(session, context, rule.when, GUARD)
    guard(session, context, rule.unless, GUARD)
    guard(session, context, rule.requires, GUARD)
    counted = rule.when is not None and counts(session, context, rule.when.root)
    required = frozenset() if rule.requires is None else promised(session, context, rule.requires.root)
    site = Site(
        session,
        context,
        "a rule",
        exempts=True,
        counted=counted,
        guard=rule.when,
        kept=required,
        numbered=rule.times is not None,
    )
    if rule.otherwise and rule.requires is None:
        words = ("`otherwise` needs a `requires`", "say `requires:`")
        session.add(codes.NOTHING_REQUIRED.at(rule.id.span, *words))
    otherwise = effects(Site(session, context, "a rule", counted=counted, guard=rule.when), rule.otherwise)
    acting = effects(site, rule.then)
    acting += _granted(session, site, rule)
    kept = lasting(session, context, rule.when.root) if rule.when is not None and rule.approval else frozenset()
    later = Site(session, session.context(instance, types, "start", types), "what follows a refusal", kept=kept)
    session.checked.rules.append(
        Rule(
            rule,
            context,
            acting,
            _times(session, site, rule.times),
            common.once(session, context, rule.once_per),
            common.approval(session, later, rule.approval),
            tuple(undone(session, instance, context, rule)),
            common.ends(session, instance, rule),
            otherwise,
        )
    )


def _spoiled(session: Session, instance: Instance, rule: authored.Rule) -> None:
    """Check what is left of a rule with an unreadable expression, and pass over what only follows from its absence."""
    whole, session.report = session.report, Report()
    count = len(session.checked.rules)
    _rule(session, instance, rule)
    sandbox, session.report = session.report, whole
    del session.checked.rules[count:]
    for diagnostic in sandbox.sorted:
        if diagnostic.code not in _FOLLOWING:
            session.add(diagnostic)


def _times(session: Session, site: Site, times: authored.Times | None) -> Times | None:
    if times is None:
        return None
    common.keys(session, site.context, times.per, times.per.root.keys)
    within = common.duration(session, site.instance, times.within)
    steps = [(int(number.value), effects(site, then)) for number, then in times.steps]
    return None if within is None else Times(times.per, within, tuple(sorted(steps, key=lambda step: step[0])))


# --- grants and caps ----------------------------------------------------------------------------


def _granted(session: Session, site: Site, rule: authored.Rule) -> Effects:
    """Return what a reward's `grant` gives, under its cap."""
    cap = _rule_cap(session, site.instance, rule)
    if rule.grant is None:
        return ()
    deltas: list[Delta] = []
    for named, parsed in rule.grant.amounts:
        ledger = ledger_named(session, site.instance, str(named.value), named.span)
        value = amount(site, Value(site.context, parsed))
        if ledger is None or value is False:
            continue
        effect = authored.Effect(authored.Located("grant", named.span), rule.grant.span)
        if rule.grant.to is None or ledger.declaration.per.value == "community":
            who = holder(site, effect, ledger, None, "to")
        else:
            who = whom_value(site, Value(site.context, rule.grant.to), str(ledger.declaration.per.value))
        if who is not False:
            deltas.append(Delta(ledger, who, value, rule.grant.span, cap=cap))
    return tuple(deltas)


def _rule_cap(session: Session, instance: Instance, rule: authored.Rule) -> str | None:
    """Return the id of the cap that a reward names or brings along."""
    if rule.cap is None:
        return None
    if isinstance(rule.cap, nodes.Parsed):
        return _cap(session, instance, rule.cap, f"{instance.qualified(str(rule.id.value))}#cap")
    name = str(rule.cap.value).strip()
    binding = find(instance, name)
    if isinstance(binding, CapBinding):
        return binding.id
    if isinstance(binding, BrokenBinding):
        return None
    known = [candidate for candidate, declared in instance.declared.items() if isinstance(declared, CapBinding)]
    help = did_you_mean(name, known) or "write `50 per day`, or declare it under `caps`"
    session.add(name_codes.UNKNOWN_DECLARATION.at(rule.cap.span, f"no cap is called `{name}`", help))
    return None


def _cap(session: Session, instance: Instance, parsed: nodes.Parsed[nodes.RateClause], cap_id: str) -> str:
    clause = parsed.root
    reader = Reader(session, session.context(instance), parsed, CONSTANT)
    typed = reader.type_of(clause.amount)
    value = fold(reader, clause.amount)
    if isinstance(value, int) and isinstance(typed.type, kinds.Number) and value >= 1:
        session.checked.caps.append(Cap(cap_id, value, clause.per))
    elif not isinstance(typed.type, kinds.Unknown):
        text = reader.text(clause.amount)
        reader.error(
            codes.BAD_CAP, clause.amount, (f"a cap is a whole number above zero, and `{text}` is not one", None)
        )
    return cap_id
