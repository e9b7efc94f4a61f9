"""Ledgers and caps."""

from __future__ import annotations

from groundrules.checker import constructs
from groundrules.lower.ground import Ground
from groundrules.lower.rules import texts
from groundrules.plan import ir


def ledgers(ground: Ground) -> list[ir.Ledger]:
    """Lower the ledgers of all instances."""
    return [_ledger(ledger) for ledger in ground.checked.ledgers]


def _ledger(ledger: constructs.Ledger) -> ir.Ledger:
    source = ledger.source
    return ir.Ledger(
        id=ledger.id,
        per=source.per.value,
        floor=int(source.floor.value) if source.floor else 0,
        ceiling=int(source.ceiling.value) if source.ceiling else None,
        fade=ir.Fade(amount=ledger.fade[0], every=ledger.fade[1]) if ledger.fade else None,
        title=texts(source.title),
    )


def caps(ground: Ground) -> list[ir.Cap]:
    """Lower the caps of all instances."""
    return [ir.Cap(id=cap.id, amount=cap.amount, per=cap.per) for cap in ground.checked.caps]
