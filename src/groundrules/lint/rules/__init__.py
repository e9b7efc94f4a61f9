"""The lints, in the order in which they run. Each is a module with one public function of its own name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.linted import Linted
from groundrules.lint.rules.always_holds import always_holds
from groundrules.lint.rules.ascii_class import ascii_class
from groundrules.lint.rules.certain_lot import certain_lot
from groundrules.lint.rules.colliding_ladders import colliding_ladders
from groundrules.lint.rules.costly_pattern import costly_pattern
from groundrules.lint.rules.doubled_braces import doubled_braces
from groundrules.lint.rules.duplicate_entry import duplicate_entry
from groundrules.lint.rules.duplicate_rule import duplicate_rule
from groundrules.lint.rules.easily_evaded import easily_evaded
from groundrules.lint.rules.empty_claim import empty_claim
from groundrules.lint.rules.endless_path import endless_path
from groundrules.lint.rules.exempting_words import exempting_words
from groundrules.lint.rules.farmable_reward import farmable_reward
from groundrules.lint.rules.gap_in_table import gap_in_table
from groundrules.lint.rules.gap_in_times import gap_in_times
from groundrules.lint.rules.host_without_border import host_without_border
from groundrules.lint.rules.idle_date import idle_date
from groundrules.lint.rules.implied_rule import implied_rule
from groundrules.lint.rules.lasting_votes import lasting_votes
from groundrules.lint.rules.lost_symbols import lost_symbols
from groundrules.lint.rules.milder_step import milder_step
from groundrules.lint.rules.needless_item import needless_item
from groundrules.lint.rules.needless_requirement import needless_requirement
from groundrules.lint.rules.never_holds import never_holds
from groundrules.lint.rules.no_appeal import no_appeal
from groundrules.lint.rules.not_in_a_domain import not_in_a_domain
from groundrules.lint.rules.odd_edges import odd_edges
from groundrules.lint.rules.one_stage import one_stage
from groundrules.lint.rules.over_matching import over_matching
from groundrules.lint.rules.overlapping_rows import overlapping_rows
from groundrules.lint.rules.pattern_in_list import pattern_in_list
from groundrules.lint.rules.pattern_matches_all import pattern_matches_all
from groundrules.lint.rules.redundant_condition import redundant_condition
from groundrules.lint.rules.removed_once import removed_once
from groundrules.lint.rules.repeated_strike import repeated_strike
from groundrules.lint.rules.reward_and_punishment import reward_and_punishment
from groundrules.lint.rules.shadowed_entry import shadowed_entry
from groundrules.lint.rules.slip_in_pattern import slip_in_pattern
from groundrules.lint.rules.stale_number import stale_number
from groundrules.lint.rules.tied_priorities import tied_priorities
from groundrules.lint.rules.traded_reward import traded_reward
from groundrules.lint.rules.unbounded_amount import unbounded_amount
from groundrules.lint.rules.undescribed_rule import undescribed_rule
from groundrules.lint.rules.unreachable_row import unreachable_row
from groundrules.lint.rules.unreachable_step import unreachable_step
from groundrules.lint.rules.unreachable_unless import unreachable_unless
from groundrules.lint.rules.unsent_event import unsent_event
from groundrules.lint.rules.unsupplied_fact import unsupplied_fact
from groundrules.lint.rules.unsupported_action import unsupported_action
from groundrules.lint.rules.untold_condition import untold_condition
from groundrules.lint.rules.unused_declaration import unused_declaration
from groundrules.lint.rules.wide_comma import wide_comma
from groundrules.lint.rules.wordless_messages import wordless_messages

Rule = Callable[[Linted], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    never_holds,
    always_holds,
    redundant_condition,
    unreachable_unless,
    duplicate_rule,
    implied_rule,
    reward_and_punishment,
    duplicate_entry,
    shadowed_entry,
    easily_evaded,
    over_matching,
    lost_symbols,
    pattern_in_list,
    pattern_matches_all,
    odd_edges,
    slip_in_pattern,
    doubled_braces,
    empty_claim,
    not_in_a_domain,
    host_without_border,
    ascii_class,
    costly_pattern,
    unreachable_step,
    milder_step,
    colliding_ladders,
    no_appeal,
    stale_number,
    unused_declaration,
    endless_path,
    farmable_reward,
    traded_reward,
    repeated_strike,
    unsupplied_fact,
    unbounded_amount,
    undescribed_rule,
    wordless_messages,
    exempting_words,
    lasting_votes,
    removed_once,
    gap_in_times,
    needless_requirement,
    certain_lot,
    tied_priorities,
    overlapping_rows,
    unreachable_row,
    gap_in_table,
    unsent_event,
    unsupported_action,
    untold_condition,
    one_stage,
    needless_item,
    idle_date,
    wide_comma,
)
