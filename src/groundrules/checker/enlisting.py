"""`enlist` and `unlist`: entries that a list gains and loses while it runs."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker import parameter_values, wording
from groundrules.checker.arguments import find
from groundrules.checker.bindings import BrokenBinding, ListBinding
from groundrules.checker.constructs import Enlist, Value
from groundrules.checker.ledger_effects import Written
from groundrules.checker.literals import is_textual
from groundrules.checker.sites import Site
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as type_codes
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.rulebook.yaml import YScalar
from groundrules.types import kinds


def enlist(site: Site, written: Written) -> Iterator[Enlist]:
    """`{enlist: …, in: adverts}`."""
    yield from _entry(site, written, remove=False)


def unlist(site: Site, written: Written) -> Iterator[Enlist]:
    """`{unlist: …, in: adverts}`."""
    yield from _entry(site, written, remove=True)


def _entry(site: Site, written: Written, remove: bool) -> Iterator[Enlist]:
    words, (span, node) = _list(site, written), written.arguments["entry"]
    parsed = parameter_values.expression(site, node) if isinstance(node, YScalar) else None
    if parsed is None or words is None:
        if not isinstance(node, YScalar):
            site.session.add(type_codes.WRONG_VALUE.at(span, "an entry is an expression", None))
        return
    reader = site.reader(parsed)
    typed = reader.type_of(parsed.root)
    text = reader.text(parsed.root)
    if isinstance(typed.type, kinds.Unknown):
        return
    if not is_textual(typed.type):
        reader.error(
            type_codes.NOT_A_TEXT,
            parsed.root,
            (f"an entry is text, and `{text}` is {wording.described(typed.type)}", None),
        )
    elif typed.optional:
        reader.error(type_codes.MAY_BE_MISSING, parsed.root, wording.may_be_missing(text, "a list"))
    else:
        yield Enlist(words, Value(site.context, parsed), remove, written.effect.span)


def _list(site: Site, written: Written) -> ListBinding | None:
    span, node = written.arguments["in"]
    name = node.text.strip() if isinstance(node, YScalar) else ""
    binding = find(site.instance, name)
    if isinstance(binding, ListBinding) and binding.declaration.changes:
        return binding
    if isinstance(binding, ListBinding):
        words = f"the list `{name}` does not change at run time", "declare it with `changes: true`"
        site.session.add(name_codes.UNKNOWN_DECLARATION.at(span, *words))
    elif not isinstance(binding, BrokenBinding):
        known = [
            candidate for candidate, declared in site.instance.declared.items() if isinstance(declared, ListBinding)
        ]
        site.session.add(
            name_codes.UNKNOWN_DECLARATION.at(span, f"no list is called `{name}`", did_you_mean(name, known))
        )
    return None
