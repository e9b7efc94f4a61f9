"""Ledgers: their bounds, and the graph of which moves which.

A ladder over one ledger may move others, whose ladders act in turn within the same settlement. The walk follows
ladders from ledger to ledger; coming back to a ledger is an error that names the way. A ladder may lower or reset
its own ledger: that settles without looking upwards again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from groundrules.checker.bindings import Instance
from groundrules.checker.constants import fold
from groundrules.checker.constructs import Delta, Effects, Ladder, Ledger, Reset
from groundrules.checker.expressions import Reader
from groundrules.checker.places import CONSTANT
from groundrules.checker.session import Session
from groundrules.checker.windows import constant_duration
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.model import Label
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.types import kinds

Moves = dict[str, dict[str, Span]]  # ledger → ledgers that its ladders move, and where


def ledgers(session: Session) -> None:
    """Check the ledgers of every instance, then how they move each other."""
    for instance in session.checked.instances:
        for declaration in instance.book.ledgers:
            _ledger(session, instance, declaration)
    _cycles(session, _moves(session))


def _ledger(session: Session, instance: Instance, declaration: authored.LedgerDeclaration) -> None:
    floor = int(declaration.floor.value) if declaration.floor else 0
    if declaration.ceiling is not None and int(declaration.ceiling.value) <= floor:
        message = f"`{declaration.name.value}` could never rise: its ceiling is {declaration.ceiling.value}"
        session.add(codes.BAD_AMOUNT.at(declaration.ceiling.span, message, f"its floor is {floor}"))
    fade = _fade(session, instance, declaration) if declaration.fade else None
    session.checked.ledgers.append(Ledger(declaration, instance.qualified(str(declaration.name.value)), fade))


def _fade(session: Session, instance: Instance, declaration: authored.LedgerDeclaration) -> tuple[int, int] | None:
    assert declaration.fade is not None
    clause = declaration.fade.root
    reader = Reader(session, session.context(instance), declaration.fade, CONSTANT)
    typed = reader.type_of(clause.amount)
    amount, every = fold(reader, clause.amount), constant_duration(reader, clause.every)
    if isinstance(typed.type, kinds.Unknown) or every is None:
        return None
    if isinstance(amount, int) and isinstance(typed.type, kinds.Number) and amount >= 1:
        return amount, every
    text = reader.text(clause.amount)
    reader.error(
        codes.BAD_AMOUNT, clause.amount, (f"a fade is a whole number above zero, and `{text}` is not one", None)
    )
    return None


def _moves(session: Session) -> Moves:
    moves: Moves = {}
    for ladder in session.checked.ladders:
        moved = moves.setdefault(ladder.ledger.id, {})
        for ledger, span in _moved(ladder):
            moved.setdefault(ledger, span)
    return moves


def _moved(ladder: Ladder) -> Iterator[tuple[str, Span]]:
    every: list[Effects] = [acting for step in ladder.steps for acting in (step.effects, step.back)]
    for acting in every:
        for effect in acting:
            own = isinstance(effect, Delta | Reset) and effect.ledger.id == ladder.ledger.id
            if (isinstance(effect, Delta) and not (own and effect.sign < 0)) or (isinstance(effect, Reset) and not own):
                yield effect.ledger.id, effect.span


def _cycles(session: Session, moves: Moves) -> None:
    done: set[str] = set()
    for start in sorted(moves):
        _follow(session, moves, start, done)


def _follow(session: Session, moves: Moves, start: str, done: set[str]) -> None:
    """Walk on from `start`, depth first, without recursion."""
    way: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(moves.get(start, ()))))]
    while way:
        ledger, waiting = way[-1]
        target = next(waiting, None) if ledger not in done else None
        if target is None:
            done.add(ledger)
            way.pop()
        elif target in (names := [name for name, _ in way]):
            _report(session, moves, [*names[names.index(target) :], target])
        elif target not in done:
            way.append((target, iter(sorted(moves.get(target, ())))))


def _report(session: Session, moves: Moves, circle: list[str]) -> None:
    steps = list(pairwise(circle))
    shown = " → ".join(f"`{name}`" for name in circle)
    labels = tuple(Label(moves[before][after], f"moves `{after}`") for before, after in steps[1:])
    message = f"ledgers change each other in a cycle: {shown}"
    if len(steps) == 1:
        message = f"a ladder over `{circle[0]}` raises `{circle[0]}`"
    help = "let the last of them do something else"
    session.add(codes.LEDGER_CYCLE.at(moves[circle[0]][circle[1]], message, help, labels))
