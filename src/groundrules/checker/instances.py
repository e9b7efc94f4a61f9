"""The first pass: which rulebooks are used how often, what each use knows and declares, and with which settings.

An import knows the event types of its own `events` and imports; those of its imports are known to whoever uses it.
Its parameters take the arguments of `with`, read in the using rulebook, else their defaults, read in its own. A
parameter of type ledger or list becomes another name for that very ledger or list, so that two imports can share
one.
"""

from __future__ import annotations

from groundrules.checker import endings
from groundrules.checker.arguments import Arguments
from groundrules.checker.bindings import (
    BrokenBinding,
    CapBinding,
    Declared,
    DefineBinding,
    Instance,
    LedgerBinding,
    ListBinding,
    ParameterBinding,
    ScoreBinding,
    StateBinding,
    milder,
)
from groundrules.checker.session import Session
from groundrules.checker.suggestions import listing
from groundrules.checker.wording import unknown_event_type
from groundrules.diagnostics.codes import names as codes
from groundrules.diagnostics.codes.cells import FOREIGN_LEDGER
from groundrules.diagnostics.model import Label
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.source import Span
from groundrules.diagnostics.synonyms import synonym
from groundrules.rulebook import model as authored

MOST_IMPORTS = 1_000
MOST_RULES = 50_000


def instances(session: Session) -> None:
    """Build the tree of instances, the root first."""
    _grow(session, session.checked.book, (), None)
    for instance in session.checked.instances:
        instance.types = _types(session, instance)
    for instance in session.checked.instances:
        Arguments(session, instance).settle()


def _grow(
    session: Session,
    book: authored.Rulebook,
    alias: tuple[str, ...],
    parent: Instance | None,
    use: authored.Use | None = None,
) -> Instance:
    instance = Instance(len(session.checked.instances), book, alias, parent, use)
    if parent and use:
        _hold_back(session, instance, parent, use)
    session.checked.instances.append(instance)
    session.rules += len(book.rules)
    _declare(session, instance)
    if not parent and session.rules > MOST_RULES:
        _report_much(session, book.name.span, f"{session.rules:,} rules are more than the {MOST_RULES:,}")
    for use in book.uses:
        name = alias_of(use)
        first = instance.imports.get(name)
        if not _has_room(session, use):
            instance.declared.setdefault(name, BrokenBinding(instance, name, use.span))
        elif first is None:
            imported = _grow(session, use.book, (*alias, name), instance, use)
            instance.imports[name] = imported
    return instance


def _has_room(session: Session, use: authored.Use) -> bool:
    """Whether another import can be taken in; that it can't is told once."""
    if session.full:
        return False
    imports, rules = len(session.checked.instances), session.rules + len(use.book.rules)
    if imports > MOST_IMPORTS:
        _report_much(session, use.span, f"with this import they are more than the {MOST_IMPORTS:,}")
    elif rules > MOST_RULES:
        _report_much(session, use.span, f"with this import there are {rules:,} rules, more than the {MOST_RULES:,}")
    return not session.full


def _report_much(session: Session, at: Span, message: str) -> None:
    session.full = True
    help = "an import counts at each use; move what is shared to where it is used once"
    session.add(codes.TOO_MUCH.at(at, f"{message} that a rulebook may have", help))


def _hold_back(session: Session, instance: Instance, around: Instance, use: authored.Use) -> None:
    instance.mode = milder(use.mode, around.mode)
    instance.rollout = min(use.rollout, around.rollout)
    known = [end for end in (endings.instant(session, use.ends), around.ends) if end is not None]
    instance.ends = min(known, default=None)
    begun = [start for start in (endings.instant(session, use.starts), around.starts) if start is not None]
    instance.starts = max(begun, default=None)
    endings.within_time(session, use.starts, use.ends)


def alias_of(use: authored.Use) -> str:
    """Return the name under which an import is known: what `as` says, else the last part of its path."""
    if use.alias is not None:
        return str(use.alias.value)
    last = str(use.path.value).rstrip("/").rpartition("/")[2]
    return last.removesuffix(".yaml").removesuffix(".yml").replace("-", "_")


def _declare(session: Session, instance: Instance) -> None:
    book = instance.book
    declarations: list[Declared] = [
        ParameterBinding(instance, str(parameter.name.value), parameter.name.span) for parameter in book.parameters
    ]
    declarations += [ListBinding(instance, str(words.name.value), words.name.span, words) for words in book.lists]
    declarations += [
        DefineBinding(instance, str(define.name.value), define.name.span, define) for define in book.defines
    ]
    declarations += [ScoreBinding(instance, str(score.name.value), score.name.span, score) for score in book.scores]
    declarations += [
        LedgerBinding(instance, str(ledger.name.value), ledger.name.span, ledger)
        if _is_kind(session, ledger.per)
        else BrokenBinding(instance, str(ledger.name.value), ledger.name.span)
        for ledger in book.ledgers
    ]
    declarations += [CapBinding(instance, str(cap.name.value), cap.name.span, cap) for cap in book.caps]
    declarations += [
        StateBinding(instance, str(state.id.value).replace("-", "_"), state.id.span, state)
        if state.per is None or _is_kind(session, state.per)
        else BrokenBinding(instance, str(state.id.value).replace("-", "_"), state.id.span)
        for state in book.states
    ]
    for declaration in declarations:
        first = instance.declared.setdefault(declaration.name, declaration)
        if first is not declaration:
            message = f"`{declaration.name}` is already a {first.what}"
            label = Label(first.span, "first declared here")
            session.add(
                codes.DUPLICATE_NAME.at(declaration.span, message, "give one of the two another name", (label,))
            )
    for name in book.broken:
        instance.declared.setdefault(name, BrokenBinding(instance, name, book.name.span))


def _is_kind(session: Session, per: authored.Located) -> bool:
    """Whether there is the kind of thing that something is kept per; that there is not is reported."""
    known, kind = session.catalog.names("entities"), str(per.value)
    if kind not in known:
        ours = synonym("entities", kind)
        help = f"did you mean `{ours}`?" if ours in known else did_you_mean(kind, known)
        help = help or f"there are {listing(known, 12)}"
        session.add(FOREIGN_LEDGER.at(per.span, f"there is no kind of thing called `{kind}`", help))
    return kind in known


def _types(session: Session, instance: Instance) -> frozenset[str]:
    """Return the event types that an instance knows; report those that no schema describes."""
    known: set[str] = set()
    for event in instance.book.events:
        name = str(event.value)
        if session.catalog.event(name) is not None:
            known.add(name)
        else:
            words = unknown_event_type(name, session.catalog.names("events"), False)
            session.add(codes.UNKNOWN_EVENT_TYPE.at(event.span, *words))
    for imported in instance.imports.values():
        known |= _types(session, imported)
    return frozenset(known | session.own_types(instance.book))
