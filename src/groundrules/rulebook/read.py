"""The sections of a rulebook: valid YAML of one or several files to the model.

Sections of several files are united in the order of the files' names. An item that can't be read is reported and left
out; its name goes to `Rulebook.broken`, so that nobody is told that it does not exist. What is left of a rule is kept
aside in `Rulebook.spoiled`, so that its other mistakes are told in the same go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import ParamSpec, TypeVar

from groundrules.diagnostics.model import Report
from groundrules.diagnostics.source import SourceFile
from groundrules.rulebook import items, model
from groundrules.rulebook.effects import Reading
from groundrules.rulebook.expressions import BrokenItemError, Expressions, as_integer, text
from groundrules.rulebook.items import Item, read_values
from groundrules.rulebook.lists import Place, bounded, read_list
from groundrules.rulebook.messages import read_texts
from groundrules.rulebook.model import Located
from groundrules.rulebook.tables import read_rules
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence
from groundrules.syntax import parse

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True)
class Part:
    """One file of a rulebook: its valid content and where it stands."""

    file: SourceFile
    content: YMapping
    place: Place


@dataclass
class Sections:
    """The parts of one rulebook, asked section by section."""

    parts: list[Part]
    header: Part
    report: Report
    files: list[SourceFile] = field(default_factory=list)  # read on the way: the files of lists
    broken: set[str] = field(default_factory=set)
    spoiled: list[model.Rule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.expressions = Expressions(self.report)
        languages = tuple(str(language.value) for language in self._list(self.header.content.get("languages")))
        self.languages = languages
        self.reading = Reading(self.report, languages, self.expressions)

    @staticmethod
    def _list(node: YNode | None) -> tuple[Located, ...]:
        return tuple(map(text, node.items)) if isinstance(node, YSequence) else ()

    def head(self, key: str, default: str) -> Located:
        """Return a scalar of the header, or its default at the place of the rulebook's name."""
        node = self.header.content.get(key)
        name = self.header.content.get("rulebook")
        return text(node) if node else Located(default, (name or self.header.content).span)

    def texts(self, key: str) -> model.Texts:
        return read_texts(self.header.content.get(key), self.report)

    def events(self) -> tuple[Located, ...]:
        nodes = [part.content.get("events") for part in self.parts]
        return tuple(name for node in nodes if node for name in (self._list(node) or (text(node),)))

    def limits(self) -> dict[str, Located]:
        node = self.header.content.get("limits")
        return {key.text: text(value) for key, value in node.items} if isinstance(node, YMapping) else {}

    def items(self, section: str, read: Callable[[Item], T]) -> tuple[T, ...]:
        """Read the items of a list section."""
        nodes = [node for part in self.parts for node in _items(part.content.get(section))]
        read_items = (self._attempt(_id(node), read, Item(node, self.reading)) for node in nodes)
        return tuple(item for item in read_items if item is not None)

    def entries(self, section: str) -> Iterator[tuple[Part, YScalar, YNode]]:
        """Yield the entries of a mapping section with the part that they stand in."""
        for part in self.parts:
            node = part.content.get(section)
            for key, value in node.items if isinstance(node, YMapping) else ():
                yield part, key, value

    def named(self, section: str, read: Callable[[YScalar, YNode], T]) -> tuple[T, ...]:
        """Read the entries of a mapping section."""
        entries = (self._attempt(key.text, read, key, value) for _, key, value in self.entries(section))
        return tuple(entry for entry in entries if entry is not None)

    def _attempt(self, name: str | None, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        before = self.expressions.failures
        try:
            entry = read(*args, **kwargs)
        except BrokenItemError:
            entry = None
        if entry is not None and self.expressions.failures == before:
            return entry
        if isinstance(entry, tuple):
            self.spoiled += entry
        if name:
            self.broken.add(name)
        return None

    def lists(self) -> tuple[model.ListDeclaration, ...]:
        declared = []
        for part, key, value in self.entries("lists"):
            declaration, file = read_list(key, value, part.place, self.report)
            declared.append(declaration)
            if file:
                self.files.append(file)
        return bounded(declared, self.report)

    def parameter(self, name: YScalar, node: YNode) -> model.Parameter:
        item = _item(node, self.reading)
        return model.Parameter(
            name=text(name),
            type=text(item.need("type")),
            default=item.get("default"),
            values=read_values(item.get("values"), self.reading.report),
            minimum=item.get("min"),
            maximum=item.get("max"),
            title=item.texts("title"),
            description=item.texts("description"),
            span=node.span,
        )

    def define(self, name: YScalar, node: YNode) -> model.Define:
        return model.Define(text(name), self.expressions.expression(node, name.text))

    def ledger(self, name: YScalar, node: YNode) -> model.LedgerDeclaration:
        item = _item(node, self.reading)
        floor, ceiling = item.get("floor"), item.get("ceiling")
        return model.LedgerDeclaration(
            name=text(name),
            per=item.text("per") or Located("member", name.span),
            floor=as_integer(floor) if floor else None,
            ceiling=as_integer(ceiling) if ceiling else None,
            fade=self.expressions.optional(parse.parse_fade, item.get("fade"), "fade"),
            title=item.texts("title"),
            span=node.span,
        )

    def cap(self, name: YScalar, node: YNode) -> model.CapDeclaration:
        return model.CapDeclaration(text(name), self.expressions.parse(parse.parse_rate, node, name.text))

    def assumptions(self) -> tuple[model.Assumption, ...]:
        facts = [
            (entity, fact, value)
            for _, entity, node in self.entries("assume")
            for fact, value in (node.items if isinstance(node, YMapping) else ())
        ]
        assumptions = (self._attempt(None, self._assumption, *fact) for fact in facts)
        return tuple(assumption for assumption in assumptions if assumption is not None)

    def _assumption(self, entity: YScalar, fact: YScalar, value: YNode) -> model.Assumption:
        return model.Assumption(text(entity), text(fact), self.expressions.expression(value, fact.text))


def _id(node: YNode) -> str | None:
    id_node = node.get("id") if isinstance(node, YMapping) else None
    return id_node.text if isinstance(id_node, YScalar) else None


def _items(section: YNode | None) -> list[YMapping]:
    items = section.items if isinstance(section, YSequence) else []
    return [node for node in items if isinstance(node, YMapping)]


def _item(node: YNode, reading: Reading) -> Item:
    if not isinstance(node, YMapping):
        raise BrokenItemError("mapping")
    return Item(node, reading)


def read_rulebook(
    sections: Sections, folder: str, uses: tuple[model.Use, ...], schemas: tuple[str, ...]
) -> model.Rulebook:
    """Build the model of a rulebook from its parts."""
    lists = sections.lists()
    rules = sections.items("rules", read_rules)
    rewards = sections.items("rewards", lambda item: (items.read_rule(item, "reward"),))
    return model.Rulebook(
        name=sections.head("rulebook", ""),
        title=sections.texts("title"),
        text=sections.texts("text"),
        languages=sections.languages,
        timezone=sections.head("timezone", "UTC"),
        partition=sections.head("partition", "community"),
        folder=folder,
        uses=uses,
        events=sections.events(),
        schemas=schemas,
        parameters=sections.named("parameters", sections.parameter),
        lists=lists,
        defines=sections.named("define", sections.define),
        scores=sections.items("scores", items.read_score),
        assumptions=sections.assumptions(),
        ledgers=sections.named("ledgers", sections.ledger),
        caps=sections.named("caps", sections.cap),
        tags=tuple((text(key), read_texts(value, sections.report)) for _, key, value in sections.entries("tags")),
        rules=tuple(chain.from_iterable(rules + rewards)),
        ladders=sections.items("ladders", items.read_ladder),
        paths=sections.items("paths", items.read_path),
        states=sections.items("states", items.read_state),
        schedules=sections.items("schedules", items.read_schedule),
        brakes=sections.items("at_most", items.read_brake),
        limits=sections.limits(),
        files=tuple([part.file for part in sections.parts] + sections.files),
        broken=frozenset(sections.broken),
        spoiled=tuple(sections.spoiled),
    )
