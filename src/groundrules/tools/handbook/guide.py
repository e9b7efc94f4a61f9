"""A rulebook as its handbook sees it: what is in force, by the rulebook it comes from, with the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from groundrules.checker import constructs
from groundrules.checker.bindings import Instance
from groundrules.checker.model import Checked
from groundrules.checker.people import filled
from groundrules.narrate.localised import pick
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.rulebook import model as authored
from groundrules.tools.handbook.phrases import Phrases


@dataclass(frozen=True, eq=False)
class Guide:
    """`modes` selects the rules that are described: members hear of neither shadow rules nor those that are off. `ids`:
    rules are named with their ids, for those who refer to them."""

    checked: Checked
    plan: ir.Plan
    phrases: Phrases
    modes: tuple[str, ...] = ("enforce",)
    ids: bool = False

    @cached_property
    def rules(self) -> list[ir.Rule]:
        rules = [rule for rule in self.plan.rules if rule.mode in self.modes and not self.is_bookkeeping(rule)]
        return rules if self.ids else [rule for rule in rules if not is_switched_off(rule)]

    def name(self, title: Mapping[str, str], id: str) -> str:
        """What a rule or another block is called."""
        shown = self.phrases.title(title, id)
        return self.phrases("who", what=shown, who=id) if self.ids else shown

    @cached_property
    def themes(self) -> dict[str, str]:
        """The first tag that each rule was given, by qualified id."""
        return {
            rule.context.instance.qualified(str(rule.source.id.value)): str(rule.source.tags[0].value)
            for rule in self.checked.rules
            if rule.source.tags
        }

    def theme(self, tag: str, alias: str) -> str:
        """What a tag is called: by the rulebook that gave it, by the one that uses that, else in our words."""
        if not tag:
            return self.phrases("other")
        by_alias = {".".join(instance.alias): instance for instance in self.checked.instances}
        for instance in (by_alias[alias], by_alias[""]):
            for named, title in instance.book.tags:
                if named.value == tag:
                    return pick(filled(title, instance), self.phrases.lang)
        return self.phrases.named("themes", tag) or tag.replace("-", " ").replace("_", " ").capitalize()

    def is_bookkeeping(self, rule: ir.Rule) -> bool:
        """Tell whether a rule only keeps numbers about the group or its channels, which members need not know."""
        per = {ledger.id: ledger.per for ledger in self.plan.ledgers}
        moved = [effect for effect in rule.effects if isinstance(effect, ir.Delta | ir.Reset)]
        counts = [effect for effect in moved if per[effect.ledger] in ("channel", "community")]
        return not self.ids and bool(counts) and len(counts) == len(rule.effects) and not rule.text

    @cached_property
    def by_id(self) -> dict[str, ir.Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def ladders(self) -> dict[str, constructs.Ladder]:
        """Ladders in force by qualified id; one on a ledger that no rule adds to can't be climbed and is left out."""
        return {
            ladder.context.instance.qualified(str(ladder.source.id.value)): ladder
            for ladder in self.checked.ladders
            if ladder.source.mode in self.modes and ladder.ledger.id in self.raised
        }

    @cached_property
    def raised(self) -> set[str]:
        """The ledgers that a rule may add to."""
        rules = [rule for rule in self.plan.rules if rule.mode in self.modes]
        return {delta.ledger for delta in within(rules, ir.Delta) if _adds(delta)}

    @cached_property
    def states(self) -> dict[str, constructs.State]:
        return {
            state.context.instance.qualified(str(state.source.id.value)): state
            for state in self.checked.states
            if state.source.mode in self.modes
        }

    def ladder_title(self, id: str) -> str:
        ladder = self.ladders[id]
        return self.name(filled(ladder.source.title, ladder.context.instance), id)

    def title_of_table(self, row: ir.Rule) -> Mapping[str, str]:
        """The title of the table that a rule is a row of."""
        id = row.id.partition("#")[0]
        return next(
            (
                filled(rule.source.table.title, rule.context.instance)
                for rule in self.checked.rules
                if rule.source.table and rule.context.instance.qualified(str(rule.source.table.id.value)) == id
            ),
            {},
        )

    def text_of(self, source: authored.Common, instance: Instance) -> str:
        return pick(filled(source.text, instance), self.phrases.lang)

    def refused(self, rule: ir.Rule) -> str:
        """What happens where an approval is not given."""
        other = self.by_id.get(f"{rule.id}#refused")
        return self.phrases.effects(other.effects) if other else ""


def is_switched_off(rule: ir.Rule) -> bool:
    """Tell whether the settings leave a rule nothing to do: a parameter is off without which it never fires."""
    return _settled(rule.when) is False or _settled(rule.unless) is True


def _settled(expr: ir.AnyExpr | None) -> object:
    """Return what a condition comes to whatever happens; None if that depends."""
    match expr:
        case ir.Const():
            return expr.value
        case ir.Not():
            inner = _settled(expr.operand)
            return None if inner is None else not inner
        case ir.And() | ir.Or():
            settles = isinstance(expr, ir.Or)
            return settles if any(_settled(operand) is settles for operand in expr.operands) else None
    return None


def _adds(delta: ir.Delta) -> bool:
    amount = delta.amount
    return not (isinstance(amount, ir.Const) and isinstance(amount.value, int | float) and amount.value <= 0)


def alias_of(id: str) -> str:
    """Return the alias under which the rulebook of a rule or cell is imported; "" for the rulebook itself."""
    return id.partition("#")[0].rpartition(".")[0]
