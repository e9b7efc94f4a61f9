"""Declared lists: entries that could never match."""

from __future__ import annotations

from groundrules.checker.near import listing
from groundrules.checker.session import Session
from groundrules.diagnostics.codes import cells as codes
from groundrules.rulebook import model as authored
from groundrules.text.domains import normalise
from groundrules.text.lists import OPTIONS


def lists(session: Session) -> None:
    """Check the lists of every rulebook."""
    for instance in session.checked.instances:
        for declaration in instance.book.lists:
            _options(session, declaration)
            if declaration.match == "domain":
                _domains(session, declaration)


def _options(session: Session, declaration: authored.ListDeclaration) -> None:
    for option in declaration.options:
        if option not in OPTIONS:
            message = f"`{declaration.name.value}` asks for `{option}`, which no list can do yet"
            session.add(codes.BAD_LIST_ITEM.at(declaration.name.span, message, f"options are {listing(OPTIONS)}"))


def _domains(session: Session, declaration: authored.ListDeclaration) -> None:
    for item in declaration.items:
        if normalise(str(item.value)) is None:
            help = "write the host name alone: `github.com`"
            session.add(codes.BAD_LIST_ITEM.at(item.span, f"`{item.value}` is no domain", help))
