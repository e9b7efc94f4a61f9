"""Which rules an exemption speaks of: ids and tags, as seen from the rulebook that says so.

The id of a table means all of its rows. An import's rules are named `alias.id`, its tags `alias.tag`; the tags of a
rulebook include those of its imports.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.bindings import Instance
from groundrules.checker.session import Session
from groundrules.checker.suggestions import nearest_path
from groundrules.diagnostics.codes import names as codes
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored


def exempted(session: Session, instance: Instance, name: str, span: Span) -> set[str]:
    """Return the qualified ids of the rules that `name` means; report a name that means none."""
    known = session.exemptible(instance, lambda: _names(instance))
    if name in known:
        return known[name]
    if name in instance.book.broken:
        return set()
    suggestion = nearest_path(name, known)
    help = f"did you mean `{suggestion}`?" if suggestion else "name rules by id, or by one of their `tags`"
    session.add(codes.UNKNOWN_RULE.at(span, f"no rule or tag is called `{name}`", help))
    return set()


def _names(instance: Instance) -> dict[str, set[str]]:
    """Return ids and tags, as written in `instance`, with the qualified ids that they mean."""
    names: dict[str, set[str]] = {}
    for path, rule_id, tags in _rules(instance, ()):
        prefix = ".".join(path)
        local = f"{prefix}.{rule_id}" if path else rule_id
        qualified = ".".join((*instance.alias, local))
        names.setdefault(local.partition("#")[0], set()).add(qualified)
        for tag in tags:
            names.setdefault(tag, set()).add(qualified)
            if path:
                names.setdefault(f"{prefix}.{tag}", set()).add(qualified)
    return names


def _rules(instance: Instance, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, list[str]]]:
    book = instance.book
    every: tuple[authored.Common, ...] = (*book.rules, *book.paths)
    for declared_rule in every:
        yield path, str(declared_rule.id.value), [str(tag.value) for tag in declared_rule.tags]
    for alias, imported in instance.imports.items():
        yield from _rules(imported, (*path, alias))
