"""GR6xx: lints. The page of a lint is the docstring of its module in `lint/rules`, read on demand."""

from __future__ import annotations

import ast
from functools import partial
from importlib.resources import files

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity


def _page(name: str) -> str:
    module = files("groundrules").joinpath("lint", "rules", f"{name.replace('-', '_')}.py")
    return ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""


def _lint(code: str, name: str, title: str, severity: Severity = Severity.WARNING) -> Code:
    return Code(code, name, severity, title, partial(_page, name))


NEVER_HOLDS = _lint("GR601", "never-holds", "a condition that can never hold")
ALWAYS_HOLDS = _lint("GR602", "always-holds", "a condition that always holds")
REDUNDANT_CONDITION = _lint("GR603", "redundant-condition", "a part of a condition that changes nothing")
DUPLICATE_RULE = _lint("GR604", "duplicate-rule", "two rules that are the same")
IMPLIED_RULE = _lint("GR605", "implied-rule", "a rule that does nothing beyond another")
UNREACHABLE_UNLESS = _lint("GR606", "unreachable-unless", "an `unless` that never blocks")
REWARD_AND_PUNISHMENT = _lint("GR607", "reward-and-punishment", "a reward and a punishment for the same event")
DUPLICATE_ENTRY = _lint("GR608", "duplicate-entry", "a list entry that is already there")
SHADOWED_ENTRY = _lint("GR609", "shadowed-entry", "a list entry that contains another one", Severity.NOTE)
EASILY_EVADED = _lint("GR610", "easily-evaded", "a word that a small disguise hides")
OVER_MATCHING = _lint("GR611", "over-matching", "a word that occurs in many innocent texts")
UNREACHABLE_STEP = _lint("GR612", "unreachable-step", "a ladder step that nothing can reach")
MILDER_STEP = _lint("GR613", "milder-step", "a ladder step milder than the one below it")
NO_APPEAL = _lint("GR614", "no-appeal", "a ladder that removes members without an appeal")
STALE_NUMBER = _lint("GR615", "stale-number", "a text that states a number other than the rule's")
UNUSED_DECLARATION = _lint("GR616", "unused-declaration", "a declaration that nothing uses")
ENDLESS_PATH = _lint("GR617", "endless-path", "a path that nothing ends")
FARMABLE_REWARD = _lint("GR618", "farmable-reward", "a reward that one member can earn endlessly")
REPEATED_STRIKE = _lint("GR619", "repeated-strike", "a counting rule that strikes again on every further event")
UNSUPPLIED_FACT = _lint("GR620", "unsupplied-fact", "a fact that no adapter in use supplies")
LOST_SYMBOLS = _lint("GR621", "lost-symbols", "a squeezed entry that loses its symbols")
UNDESCRIBED_RULE = _lint("GR622", "undescribed-rule", "a rule without a title or text for members", Severity.NOTE)
PATTERN_IN_LIST = _lint("GR623", "pattern-in-list", "a list entry that is written as a pattern")
PATTERN_MATCHES_ALL = _lint("GR624", "pattern-matches-all", "a pattern that matches every text")
COSTLY_PATTERN = _lint("GR625", "costly-pattern", "a pattern that is slow to compile, or to search the longest text")
ODD_EDGES = _lint("GR626", "odd-edges", "a list entry with spaces or quotes at its edges")
SLIP_IN_PATTERN = _lint("GR627", "slip-in-pattern", "a pattern that probably doesn't mean what was intended")
DOUBLED_BRACES = _lint("GR628", "doubled-braces", "a message that shows a name instead of its value")
EMPTY_CLAIM = _lint("GR629", "empty-claim", "a message that announces what its rule does not do")
NOT_IN_A_DOMAIN = _lint("GR630", "not-in-a-domain", "a domain compared with something no domain contains")
COLLIDING_LADDERS = _lint("GR631", "colliding-ladders", "two ladders on one ledger that interfere with each other")
HOST_WITHOUT_BORDER = _lint("GR634", "host-without-border", "a host that also matches inside longer names")
ASCII_CLASS = _lint("GR635", "ascii-class", "a pattern whose ASCII classes miss its letters")
WORDLESS_MESSAGES = _lint("GR636", "wordless-messages", "a count of equal texts that also counts messages without text")
UNSENT_EVENT = _lint("GR637", "unsent-event", "an event type that no adapter in use sends")
UNSUPPORTED_ACTION = _lint("GR638", "unsupported-action", "an action that no adapter in use carries out")
REMOVED_ONCE = _lint("GR639", "removed-once", "a last step that removes members only once")
GAP_IN_TIMES = _lint("GR640", "gap-in-times", "a number missing from `times`", Severity.NOTE)
EXEMPTING_WORDS = _lint("GR641", "exempting-words", "words that exempt anybody who writes them")
LASTING_VOTES = _lint("GR642", "lasting-votes", "a vote count that ignores withdrawn votes")
UNBOUNDED_AMOUNT = _lint("GR643", "unbounded-amount", "an amount that a message's author chooses without limit")
UNTOLD_CONDITION = _lint("GR644", "untold-condition", "a condition that members can't read about", Severity.NOTE)
OVERLAPPING_ROWS = _lint("GR645", "overlapping-rows", "two rows of a table that hold at once")
UNREACHABLE_ROW = _lint("GR646", "unreachable-row", "a row of a table that never acts")
GAP_IN_TABLE = _lint("GR647", "gap-in-table", "a case for which a table has no row", Severity.NOTE)
NEEDLESS_REQUIREMENT = _lint("GR648", "needless-requirement", "a requirement that is always met")
CERTAIN_LOT = _lint("GR649", "certain-lot", "a chance that leaves nothing to chance")
TIED_PRIORITIES = _lint("GR650", "tied-priorities", "rules of a group with the same priority", Severity.NOTE)
TRADED_REWARD = _lint("GR655", "traded-reward", "a reward that two members can give each other endlessly")
NEEDLESS_ITEM = _lint("GR656", "needless-item", "an item of a path that makes no difference")
IDLE_DATE = _lint("GR657", "idle-date", "a dated value that changes nothing")
WIDE_COMMA = _lint("GR661", "wide-comma", "a full-width comma in a one-line YAML list")
ONE_STAGE = _lint("GR660", "one-stage", "a rule that prevents dividing a community by member", Severity.NOTE)

UNUSED_IGNORE = Code(
    "GR698",
    "unused-ignore",
    Severity.WARNING,
    "an ignore comment that ignores nothing",
    """\
The finding no longer occurs on the comment's line or the line below it. A leftover comment would hide the next mistake.
`groundrules lint --fix` removes it.

```yaml
lists:
  # groundrules: ignore[GR616] filled in next week
  adverts: [buy followers]          # is used by now
```
""",
)

BAD_IGNORE = Code(
    "GR699",
    "bad-ignore",
    Severity.WARNING,
    "an ignore comment without a code or a reason",
    """\
A finding is ignored by a comment on its line, or alone on the line above it, that names the code and says why the rule
is meant that way. The next reader will want to know.

```yaml
lists:
  adverts: [vip]  # groundrules: ignore[GR611] nobody here speaks of VIPs
```
""",
)
