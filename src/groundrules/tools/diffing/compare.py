"""The whole of two versions compared."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from groundrules.checker import Checked
from groundrules.logic.implication import Direction
from groundrules.plan import ir
from groundrules.plan.order import alike
from groundrules.rulebook.model import DatedValue, Parameter
from groundrules.rulebook.yaml import YNode, YScalar, YSequence
from groundrules.time_units import format_duration
from groundrules.tools.diffing import blocks, scores
from groundrules.tools.diffing.carried import carried
from groundrules.tools.diffing.model import Change, Detail, Diff
from groundrules.tools.diffing.pairs import Both, edit, entries, wording
from groundrules.tools.versions import Version


def diff(old: Version, new: Version, state: bytes | None = None) -> Diff:
    """Return what changed in meaning from one version to another.

    With the bytes of a snapshot, the diff says what a swap does to that state. Raises snapshot.SnapshotError.
    """
    both = Both.of(old.plan, new.plan)
    same = old.digest == new.digest or _same(both)
    changes = [*_settings(both), *_parameters(old.checked, new.checked)]
    if not same:
        of_lists, of_blocks = _gathered(list(_lists(both)), list(blocks.changes(both)))
        changes += [*_ledgers(both), *_caps(both), *scores.changes(both), *of_lists, *of_blocks, *_vocabulary(both)]
    if not same and not changes:
        changes = [Change(kind="changed", section="rulebook", id=new.plan.rulebook, details=(Detail(part="other"),))]
    return Diff(
        old=old.shown,
        new=new.shown,
        same=same and not changes,
        changes=tuple(changes),
        carried=carried(old.compiled, new.compiled, state),
    )


def _gathered(of_lists: list[Change], of_blocks: list[Change]) -> tuple[list[Change], list[Change]]:
    """Record with a changed list which blocks it moves; blocks with no other change get no entry of their own."""
    moved: dict[str, dict[tuple[str, Direction], list[tuple[str, str]]]] = {}
    others = []
    for change in of_blocks:
        if change.kind != "changed" or not change.details or any(detail.part != "list" for detail in change.details):
            others.append(change)
            continue
        for detail in change.details:
            by_role = moved.setdefault(detail.about, {})
            by_role.setdefault((detail.role, detail.direction), []).append((change.section, change.id))
    detailed = [replace(change, details=(*change.details, *_moves(moved.get(change.id, {})))) for change in of_lists]
    return detailed, others


def _moves(by_role: dict[tuple[str, Direction], list[tuple[str, str]]]) -> Iterator[Detail]:
    for (role, direction), changes in by_role.items():
        yield Detail(part="moves", role=role, direction=direction, blocks=tuple(dict.fromkeys(changes)))


def _same(both: Both) -> bool:
    """Whether two plans with different digests mean the same: they differ only in an order that has no effect."""
    return alike(replace(both.old, sources=()), replace(both.new, sources=()))


def _settings(both: Both) -> Iterator[Change]:
    old, new = both.old, both.new
    details = edit("name", old.rulebook, new.rulebook) + wording("title", old.title, new.title)
    details += edit("timezone", old.timezone, new.timezone)
    details += edit("partition", ".".join(old.partition), ".".join(new.partition))
    details += entries("languages", old.languages, new.languages)
    details += edit("retain", format_duration(old.retain), format_duration(new.retain))
    details += edit("ahead", format_duration(old.ahead), format_duration(new.ahead))
    details += edit("text", str(old.longest_text), str(new.longest_text))
    details += edit("tables", old.tables, new.tables)
    if details:
        yield Change(kind="changed", section="rulebook", id=new.rulebook, title=new.title, details=tuple(details))


def _ledgers(both: Both) -> Iterator[Change]:
    old, new = {ledger.id: ledger for ledger in both.old.ledgers}, {ledger.id: ledger for ledger in both.new.ledgers}
    for id in sorted({*old, *new}):
        was, now = old.get(id), new.get(id)
        details = tuple(_ledger(was, now)) if was and now else ()
        yield from _named("ledger", id, was is not None, now is not None, details, (now or was))


def _ledger(old: ir.Ledger, new: ir.Ledger) -> list[Detail]:
    details = edit("per", old.per, new.per) + wording("title", old.title, new.title)
    details += edit("floor", _bound(old.floor), _bound(new.floor))
    details += edit("ceiling", _bound(old.ceiling), _bound(new.ceiling))
    return details + edit("fade", _fade(old.fade), _fade(new.fade))


def _bound(bound: int | None) -> str:
    return "" if bound is None else str(bound)


def _fade(fade: ir.Fade | None) -> str:
    return "" if fade is None else f"{fade.amount} every {format_duration(fade.every)}"


def _caps(both: Both) -> Iterator[Change]:
    old, new = {cap.id: cap for cap in both.old.caps}, {cap.id: cap for cap in both.new.caps}
    for id in sorted({*old, *new}):
        was, now = old.get(id), new.get(id)
        before = "" if was is None else f"{was.amount} per {was.per}"
        after = "" if now is None else f"{now.amount} per {now.per}"
        yield from _named("cap", id, was is not None, now is not None, tuple(edit("amount", before, after)))


def _lists(both: Both) -> Iterator[Change]:
    old, new = {words.id: words for words in both.old.lists}, {words.id: words for words in both.new.lists}
    for id in sorted({*old, *new}):
        was, now = old.get(id), new.get(id)
        details = entries("entries", was.items if was else (), now.items if now else ())
        if was and now:
            details += edit("match", was.match, now.match) + entries("options", was.options, now.options)
            details += _weights(was, now)
        yield from _named("list", id, was is not None, now is not None, tuple(details))


def _weights(old: ir.WordList, new: ir.WordList) -> Iterator[Detail]:
    """Yield the weights that moved, of entries that both lists have; one without a weight counts 1."""
    for item in sorted({*old.items} & {*new.items}):
        yield from edit("weight", str(old.weights.get(item, 1)), str(new.weights.get(item, 1)), item)


def _vocabulary(both: Both) -> Iterator[Change]:
    """Yield the changes of event types, and of the schemas of actions that both versions use."""
    old, new = both.old.events, both.new.events
    for name in sorted({*old, *new}):
        details = (Detail(part="schema"),) if name in old and name in new and old[name] != new[name] else ()
        yield from _named("event type", name, name in old, name in new, details)
    theirs = {spec.name: spec for spec in both.old.actions}
    for spec in both.new.actions:
        if spec.name in theirs and theirs[spec.name] != spec:
            yield Change(
                kind="changed", section="action", id=spec.name, title=spec.title, details=(Detail(part="schema"),)
            )


def _named(
    section: str, id: str, was: bool, now: bool, details: tuple[Detail, ...], about: ir.Ledger | None = None
) -> Iterator[Change]:
    """Yield the changes of things that consist only of a name."""
    if was and now and not details:
        return
    kind = ("changed" if was else "added") if now else "removed"
    shown = () if kind == "removed" else details
    title = about.title if about else {}
    yield Change(kind=kind, section=section, id=id, title=title, details=shown)  # type: ignore[arg-type]


# --- parameters ---------------------------------------------------------------------------------


def _parameters(old: Checked | None, new: Checked | None) -> Iterator[Change]:
    """Yield the changes of parameters; plan files hold only their effects."""
    if old is None or new is None:
        return
    was, now = _declared(old), _declared(new)
    for name in sorted({*was, *now}):
        before, after = was.get(name, {}), now.get(name, {})
        details = [
            detail
            for part in ("type", "default", "values", "min", "max", "value")
            for detail in edit(part, before.get(part, ""), after.get(part, ""))
        ]
        if details:
            yield from _named("parameter", name, name in was, name in now, tuple(details))


def _declared(checked: Checked) -> dict[str, dict[str, str]]:
    """Return the parameters of a rulebook, and those that it gives to its imports."""
    declared: dict[str, dict[str, str]] = {}
    for parameter in checked.book.parameters:
        declared[str(parameter.name.value)] = {
            "type": str(parameter.type.value),
            "default": _written(parameter.default),
            "values": ", ".join(f"{dated.since.value}: {_written(dated.value)}" for dated in _in_order(parameter)),
            "min": _written(parameter.minimum),
            "max": _written(parameter.maximum),
        }
    for use in checked.book.uses:
        alias = str(use.alias.value) if use.alias else str(use.path.value)
        for name, (_, value) in use.arguments.items():
            declared[f"{alias}.{name}"] = {"value": _written(value)}
    return declared


def _in_order(parameter: Parameter) -> list[DatedValue]:
    return sorted(parameter.values, key=lambda dated: str(dated.since.value))


def _written(node: YNode | None) -> str:
    if node is None:
        return ""
    if isinstance(node, YScalar):
        return node.text
    if isinstance(node, YSequence):
        return f"[{', '.join(map(_written, node.items))}]"
    return f"{{{', '.join(f'{key.text}: {_written(value)}' for key, value in node.items)}}}"
