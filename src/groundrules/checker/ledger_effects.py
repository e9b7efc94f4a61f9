"""The effects of the language itself: ledgers, labels and exemptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from groundrules.checker import parameter_values, targets, wording
from groundrules.checker.arguments import find
from groundrules.checker.bindings import BrokenBinding, Instance, LedgerBinding
from groundrules.checker.constants import fold
from groundrules.checker.constructs import Constant, Default, Delta, Exempt, Label, Reset, Value, Whom
from groundrules.checker.exemptions import exempted
from groundrules.checker.places import AMOUNT
from groundrules.checker.session import Session
from groundrules.checker.sites import Site
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as type_codes
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.rulebook.yaml import YNode, YScalar, YSequence
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.effects import Effect as Signature

_HOLDERS = ("to", "from", "who")
COMMUNITY = "community"  # whose balance a community's ledger holds


@dataclass(frozen=True, eq=False)
class Written:
    """An effect with its arguments by name; `ledgers` are the keys that name ledgers, with their amounts."""

    effect: authored.Effect
    signature: Signature
    arguments: parameter_values.Arguments
    ledgers: parameter_values.Arguments


def written(site: Site, effect: authored.Effect, signature: Signature) -> Written | None:
    """Sort the arguments of an effect; None once a mistake is reported."""
    given = dict(effect.arguments or {})
    if effect.shorthand is not None:
        if signature.shorthand is None:
            help = f"write `{signature.name}: {{{_own_ledger(site.instance)}: {_text(effect.shorthand) or 1}}}`"
            message = f"`{signature.name}` needs the name of a ledger"
            site.session.add(name_codes.MISSING_ARGUMENT.at(effect.span, message, help))
            return None
        given[signature.shorthand] = (effect.shorthand.span, effect.shorthand)
    own = {name: value for name, value in given.items() if name in signature.parameters}
    rest = {name: value for name, value in given.items() if name not in own}
    if rest and not signature.ledgers:
        for name, (span, _) in rest.items():
            known = signature.parameters
            help = did_you_mean(name, known) or f"it takes {listing(known)}"
            message = f"`{signature.name}` has no parameter `{name}`"
            site.session.add(name_codes.UNKNOWN_ARGUMENT.at(span, message, help))
        return None
    if _misnamed_holder(site, signature, rest):
        return None
    return Written(effect, signature, own, rest) if _complete(site, effect, signature, own, rest) else None


def _misnamed_holder(site: Site, signature: Signature, ledgers: parameter_values.Arguments) -> bool:
    """Report `who:` where the action says `to:` or `from:`, which would be taken for a ledger."""
    named = next((key for key in _HOLDERS if key in signature.parameters), None)
    wrong = [key for key in _HOLDERS if key in ledgers and find(site.instance, key) is None]
    for key in wrong:
        help = f"write `{named}: {_text(ledgers[key][1])}`"
        message = f"`{signature.name}` has no parameter `{key}`"
        site.session.add(name_codes.UNKNOWN_ARGUMENT.at(ledgers[key][0], message, help))
    return bool(wrong)


def _own_ledger(instance: Instance) -> str:
    """Return a ledger to show in a help line."""
    return next((name for name, binding in instance.declared.items() if isinstance(binding, LedgerBinding)), "LEDGER")


def _text(node: YNode) -> str:
    return node.text.strip() if isinstance(node, YScalar) else ""


def _complete(
    site: Site,
    effect: authored.Effect,
    signature: Signature,
    own: parameter_values.Arguments,
    ledgers: parameter_values.Arguments,
) -> bool:
    missing = [name for name, field in signature.parameters.items() if not _may_be_left_out(field) and name not in own]
    if signature.ledgers and not ledgers:
        missing = ["LEDGER"]
    for name in missing:
        message = f"`{signature.name}` needs {'the name of a ledger' if name == 'LEDGER' else f'`{name}`'}"
        help = f"write `{signature.name}: …`" if name == signature.shorthand else None
        site.session.add(name_codes.MISSING_ARGUMENT.at(effect.span, message, help))
    return not missing


def _may_be_left_out(field: kinds.Field) -> bool:
    return field.optional or field.default is not None


# --- ledgers ------------------------------------------------------------------------------------


def strike(site: Site, written: Written) -> Iterator[Delta]:
    """`strike: 1`, on the ledger `strikes` unless another is named."""
    ledger = _ledger_argument(site, written, default="strikes")
    amount = _amount_argument(site, written)
    if ledger is None or amount is False:
        return
    who = _holder(site, written, ledger, "who")
    if who is not False:
        yield Delta(ledger, who, amount, written.effect.span)


def grant(site: Site, written: Written) -> Iterator[Delta]:
    """`grant: {reputation: 5, to: …}`."""
    yield from _deltas(site, written, "to", 1)


def take(site: Site, written: Written) -> Iterator[Delta]:
    """`take: {reputation: 5, from: …}`."""
    yield from _deltas(site, written, "from", -1)


def _deltas(site: Site, written: Written, key: str, sign: int) -> Iterator[Delta]:
    for name, (span, node) in written.ledgers.items():
        ledger = ledger_named(site.session, site.instance, name, span)
        amount = _amount(site, node)
        if ledger is None or amount is False:
            continue
        who = _holder(site, written, ledger, key)
        if who is not False:
            yield Delta(ledger, who, amount, written.effect.span, sign)


def reset(site: Site, written: Written) -> Iterator[Reset]:
    """`reset: strikes`."""
    ledger = _ledger_argument(site, written)
    if ledger is None:
        return
    who = _holder(site, written, ledger, "who")
    if who is not False:
        yield Reset(ledger, who, written.effect.span)


def _ledger_argument(site: Site, written: Written, default: str | None = None) -> LedgerBinding | None:
    if "ledger" not in written.arguments:
        return _usual_ledger(site, written, str(default))
    span, node = written.arguments["ledger"]
    name = node.text.strip() if isinstance(node, YScalar) else ""
    return ledger_named(site.session, site.instance, name, span)


def _usual_ledger(site: Site, written: Written, name: str) -> LedgerBinding | None:
    """Return the ledger of an effect that names none; where only imports have one so called, say how to name it."""
    imported = {
        bound.id
        for instance in site.instance.imports.values()
        if isinstance(bound := instance.declared.get(name), LedgerBinding)
    }
    span = written.effect.name.span
    if not imported or find(site.instance, name) is not None:
        return ledger_named(site.session, site.instance, name, span)
    amount = written.arguments.get("amount")
    meant = f"{{{written.signature.name}: {_text(amount[1]) if amount else 1}, ledger: {min(imported)}}}"
    help = f"name the one that is meant: `{meant}`"
    site.session.add(name_codes.UNKNOWN_DECLARATION.at(span, f"no ledger is called `{name}`", help))
    return None


def ledger_named(session: Session, instance: Instance, name: str, span: Span) -> LedgerBinding | None:
    """Return the ledger of a (dotted) name as seen from an instance; None once it is reported."""
    binding = find(instance, name)
    if isinstance(binding, LedgerBinding):
        return binding
    if isinstance(binding, BrokenBinding):
        return None
    known = [candidate for candidate, declared in instance.declared.items() if isinstance(declared, LedgerBinding)]
    known += [
        f"{alias}.{candidate}"
        for alias, imported in instance.imports.items()
        for candidate, declared in imported.declared.items()
        if isinstance(declared, LedgerBinding)
    ]
    help = did_you_mean(name, known) or (
        f"there are {listing(known)}" if known else f"declare it: `ledgers: {{{name or 'points'}: {{per: member}}}}`"
    )
    session.add(name_codes.UNKNOWN_DECLARATION.at(span, f"no ledger is called `{name}`", help))
    return None


def _holder(site: Site, written: Written, ledger: LedgerBinding, key: str) -> Whom | Literal[False]:
    value = written.arguments.get(key)
    return holder(site, written.effect, ledger, value[1] if value else None, key)


def holder(
    site: Site, effect: authored.Effect, ledger: LedgerBinding, node: YNode | None, key: str
) -> Whom | Literal[False]:
    """Return whose balance is moved."""
    per = str(ledger.declaration.per.value)
    if per == COMMUNITY:
        if node is not None:
            message = f"`{ledger.name}` is the community's ledger, and nobody's in particular"
            site.session.add(codes.FOREIGN_LEDGER.at(node.span, message, f"remove `{key}`"))
            return False
        return Constant(COMMUNITY)
    if node is not None:
        return targets.whom(site, node, per)
    at_hand = targets.at_hand(site, "actor" if per == "member" else per)
    return at_hand if at_hand is not None else targets.must_say(site, effect, per, key)


def _amount_argument(site: Site, written: Written) -> Value | Constant | Literal[False]:
    if "amount" not in written.arguments:
        return Constant(written.signature.parameters["amount"].default)
    return _amount(site, written.arguments["amount"][1])


def _amount(site: Site, node: YNode) -> Value | Constant | Literal[False]:
    if not isinstance(node, YScalar):
        site.session.add(codes.BAD_AMOUNT.at(node.span, "an amount is a whole number", None))
        return False
    parsed = parameter_values.expression(site, node)
    return amount(site, Value(site.context, parsed)) if parsed is not None else False


def amount(site: Site, value: Value) -> Value | Literal[False]:
    """Check that an expression gives a whole number, and always gives one."""
    reader = site.reader(value.parsed, AMOUNT)
    root = value.parsed.root
    typed = reader.type_of(root)
    if isinstance(typed.type, kinds.Unknown):
        return False
    text = reader.text(root)
    if not isinstance(typed.type, kinds.Number) or not typed.type.integer:
        description = wording.described(typed.type)
        reader.error(codes.BAD_AMOUNT, root, (f"an amount is a whole number, and `{text}` is {description}", None))
        return False
    if typed.optional:
        reader.error(type_codes.MAY_BE_MISSING, root, wording.may_be_missing(text, "a ledger"))
        return False
    known = fold(reader, root)
    if known is not None and known < (1 if isinstance(root, nodes.Number | nodes.Negate) else 0):
        help = "to take away, write `take: {…}`" if known < 0 else None
        reader.error(codes.BAD_AMOUNT, root, (f"an amount is at least 1, and `{text}` is not", help))
        return False
    return value


# --- labels and exemptions ----------------------------------------------------------------------


def label(site: Site, written: Written) -> Iterator[Label]:
    """`label: unanswered`."""
    yield from _label(site, written, remove=False)


def unlabel(site: Site, written: Written) -> Iterator[Label]:
    """`unlabel: unanswered`."""
    yield from _label(site, written, remove=True)


def _label(site: Site, written: Written, remove: bool) -> Iterator[Label]:
    _, node = written.arguments["label"]
    name = node.text.strip() if isinstance(node, YScalar) else ""
    if not name or "{" in name:
        message = "a label has a fixed name"
        site.session.add(type_codes.NOT_CONSTANT.at(node.span, message, "write the name out"))
        return
    lasts = _lasts(site, written)
    bearer = _bearer(site, written)
    if bearer is not None and lasts is not False:
        yield Label(name, bearer[0], bearer[1], lasts, remove, written.effect.span)


def _lasts(site: Site, written: Written) -> int | Literal[False] | None:
    if "lasts" not in written.arguments:
        return None
    duration = parameter_values.length(site, "lasts", *written.arguments["lasts"])
    return False if duration is None else duration


def _bearer(site: Site, written: Written) -> tuple[str, Whom] | None:
    """Return what bears a label: its kind and its id."""
    if "on" in written.arguments:
        return _explicit_bearer(site, written.arguments["on"][1])
    if site.context.subject is not None:
        return site.context.subject, Default("subject")
    for what, kind in (("message", "message"), ("actor", "member")):
        at_hand = targets.at_hand(site, what)
        if at_hand is not None:
            return kind, at_hand
    targets.must_say(site, written.effect, "member", "on")
    return None


def _explicit_bearer(site: Site, node: YNode) -> tuple[str, Whom] | None:
    parsed = parameter_values.expression(site, node) if isinstance(node, YScalar) else None
    if parsed is None:
        return None
    typed = site.reader(parsed).type_of(parsed.root)
    if isinstance(typed.type, kinds.Unknown):
        return None
    if not isinstance(typed.type, kinds.Object) or typed.type.entity is None:
        description = wording.described(typed.type)
        message = f"a label is on a member, message, channel or task, and `{node.span.text}` is {description}"
        site.session.add(type_codes.WRONG_VALUE.at(node.span, message, None))
        return None
    if typed.optional:
        site.session.add(type_codes.MAY_BE_MISSING.at(node.span, *wording.may_be_missing(node.span.text, "a label")))
        return None
    return typed.type.entity, Value(site.context, parsed)


def exempt(site: Site, written: Written) -> Iterator[Exempt]:
    """`exempt: [rule ids or tags]`."""
    effect = written.effect
    if not site.exempts:
        message = f"`exempt` has no meaning in {site.name}"
        help = "it takes away what other rules do to the same event, so it belongs in a rule"
        site.session.add(codes.EFFECT_NOT_HERE.at(effect.span, message, help))
        return
    _, node = written.arguments["rules"]
    items = node.items if isinstance(node, YSequence) else [node]
    rules: set[str] = set()
    for item in items:
        if not isinstance(item, YScalar):
            site.session.add(type_codes.WRONG_VALUE.at(item.span, "the id of a rule or a tag is needed here", None))
            continue
        rules |= exempted(site.session, site.instance, item.text.strip(), item.span)
    yield Exempt(tuple(sorted(rules)), effect.span)
