"""Rules that have fired: what `once_per` keeps from firing again has nothing to say, however true its guard is.

Most rules that fire on ordinary messages do so once a day or once a minute, though their guards are true of the others,
too. So the function that asks guards also looks up when such a rule last fired. A rule that exempts others, counts its
firings or takes another lane than the live one is left to be asked individually (`settlement.guards`), and so is one
whose key lacks a component.
"""

from __future__ import annotations

from typing import NamedTuple

from groundrules.engine.codegen.emitter import Emitter
from groundrules.engine.codegen.keying import key_text
from groundrules.plan import ir


class Spent(NamedTuple):
    """A rule and its `once_per`."""

    rule: str
    once: ir.Once

    def source(self, emitter: Emitter) -> str:
        """Return an expression that is true where the rule certainly fired too recently."""
        key, last, once = key_text(emitter, self.once.key), emitter.local(), self.once
        row = f"({last} := x.readings.firings[{emitter.constant(self.rule)}]({key.source})) is not None"
        if once.per is None:
            within = emitter.constant(once.within or ir.REMEMBERED)
            again = f"{last} > {emitter.kept(('oldest', within), f'oldest(x.now, {within})')}"
        else:
            period = emitter.constant(once.per)
            again = f"{last} == {emitter.kept(('period', period), f'period_row(x.now, {period})')}"
        return " and ".join((*key.needs, row, again))


def spent(rule: ir.Rule) -> Spent | None:
    """Return the check of whether a rule has fired; None if it has to be asked individually."""
    if rule.once is None or rule.times is not None or not rule.is_live:
        return None
    return None if any(isinstance(effect, ir.Exempt) for effect in rule.effects) else Spent(rule.id, rule.once)
