"""Declared lists: entries that could never match."""

from __future__ import annotations

from groundrules.checker.session import Session
from groundrules.diagnostics.codes import cells as codes
from groundrules.rulebook import model as authored
from groundrules.text.domains import normalise


def lists(session: Session) -> None:
    """Check the lists of every rulebook."""
    for instance in session.checked.instances:
        for declaration in instance.book.lists:
            if declaration.match == "domain":
                _domains(session, declaration)


def _domains(session: Session, declaration: authored.ListDeclaration) -> None:
    for item in declaration.items:
        if normalise(str(item.value)) is None:
            help = "write the host name alone: `github.com`"
            session.add(codes.BAD_LIST_ITEM.at(item.span, f"`{item.value}` is no domain", help))
