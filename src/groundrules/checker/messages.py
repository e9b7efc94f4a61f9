"""Messages: templates by language, and the titles and texts that people read."""

from __future__ import annotations

from typing import Literal

from groundrules.checker import wording
from groundrules.checker.bindings import Instance
from groundrules.checker.constructs import Texts
from groundrules.checker.expressions import Reader
from groundrules.checker.literals import SCALAR, is_entity
from groundrules.checker.places import MESSAGE
from groundrules.checker.session import Session
from groundrules.checker.sites import Site
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import types as type_codes
from groundrules.diagnostics.source import Span
from groundrules.rulebook.messages import read_message
from groundrules.rulebook.yaml import YNode
from groundrules.syntax import nodes
from groundrules.types import kinds


def message(site: Site, node: YNode) -> Texts | Literal[False]:
    """Read and check a message; False once a mistake is reported."""
    written = read_message(node, site.session.report)
    if written is None:
        return False
    site.session.tables.kept.append(written)
    fine = translated(site.session, site.instance, set(written.texts), written.span)
    for parsed in written.texts.values():
        fine = template(site, parsed) and fine
    return Texts(site.context, dict(written.texts)) if fine else False


def translated(session: Session, instance: Instance, given: set[str], span: Span) -> bool:
    """Check that texts by language leave out none of the rulebook's languages."""
    missing = set(instance.book.languages) - given
    if not missing or not given or "" in given:
        return True
    message = f"there is no text for {listing(missing)}"
    help = f"the rulebook's languages are {listing(instance.book.languages)}"
    session.add(codes.MISSING_TRANSLATION.at(span, message, help))
    return False


def template(site: Site, parsed: nodes.Parsed[nodes.Template]) -> bool:
    """Check the holes of a template."""
    reader = site.reader(parsed, MESSAGE)
    checked = [_hole(reader, part.expression) for part in parsed.root.parts if isinstance(part, nodes.Hole)]
    return all(checked)


def _hole(reader: Reader, node: nodes.Node) -> bool:
    typed = reader.type_of(node)
    if isinstance(typed.type, kinds.Unknown):
        return False
    text = reader.text(node)
    if not printable(typed.type) and not isinstance(typed.type, kinds.ClockRange):
        reader.error(type_codes.NOT_PRINTABLE, node, wording.not_printable(text, typed.type))
        return False
    if typed.optional and not falls_back(reader, node):
        reader.error(type_codes.MAY_BE_MISSING, node, wording.may_be_missing(text, "a message"))
        return False
    return True


def falls_back(reader: Reader, node: nodes.Node) -> bool:
    """Tell whether a hole is the name of a member or channel, which is shown by its id where the name is missing."""
    if not isinstance(node, nodes.Attribute) or node.name != "name":
        return False
    base = reader.session.tables.types.get((reader.context.id, id(node.base)))
    return base is not None and is_entity(base.type) and not base.optional


def printable(type: kinds.Type) -> bool:
    """Tell whether values of a type can be shown to people."""
    if isinstance(type, kinds.ListOf):
        return printable(type.item)
    return isinstance(type, SCALAR) or is_entity(type)
