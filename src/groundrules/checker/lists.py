"""Declared lists: entries that could never match."""

from __future__ import annotations

from groundrules.checker.session import Session
from groundrules.diagnostics.codes import cells as codes
from groundrules.rulebook import model as authored
from groundrules.text.domains import normalise
from groundrules.text.patterns import problem


def lists(session: Session) -> None:
    """Check the lists of every rulebook."""
    for instance in session.checked.instances:
        for declaration in instance.book.lists:
            if declaration.match == "domain":
                _domains(session, declaration)
            elif declaration.match == "pattern":
                _patterns(session, declaration)


def _domains(session: Session, declaration: authored.ListDeclaration) -> None:
    for item in declaration.items:
        entry = str(item.value)
        if normalise(entry) is None or "*" in entry:
            base = entry.removeprefix("*").removeprefix(".")
            help = "write the host name alone: `github.com`"
            if "*" in entry and "*" not in base and normalise(base) is not None:
                help = f"write `{base}`: its subdomains are in it"
            session.add(codes.BAD_LIST_ITEM.at(item.span, f"`{entry}` is not a domain", help))


MOST_PATTERNS = 500


def _patterns(session: Session, declaration: authored.ListDeclaration) -> None:
    for item in declaration.items:
        trouble = problem(str(item.value), "")
        if trouble:
            session.add(codes.BAD_LIST_ITEM.at(item.span, trouble.message, trouble.help))
    if len(declaration.items) > MOST_PATTERNS:
        message = f"{len(declaration.items):,} patterns are more than the {MOST_PATTERNS} that a list may have"
        session.add(codes.BAD_LIST_ITEM.at(declaration.span, message, None))
    if declaration.changes:
        session.add(codes.BAD_LIST_ITEM.at(declaration.span, "a list of patterns does not change", "remove `changes`"))
