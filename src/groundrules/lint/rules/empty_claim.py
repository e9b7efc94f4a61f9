"""What it does: finds messages that announce something their rule does not do: "your post has been removed"
where nothing is deleted, "已禁言" where nobody is muted.

Why: the action was removed, or was in another rule, and the sentence stayed. Members look for what is still there, or
believe they are muted when they are not.

Example:

```yaml
- id: fishing
  on: message
  when: text contains "fishing"
  then:
    - reply: Your message has been removed      # and nothing deletes it
```

The lint considers rules on messages, with all their effects; if a rule changes a ledger with a ladder, the ladder may
be what mutes or bans. An action's schema says under `does` what it does; a rule with an action that does not say is
skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.checker.constructs import Act, Delta, Effect, Rule, Texts
from groundrules.diagnostics.codes.lints import EMPTY_CLAIM
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.source import Span
from groundrules.lint.linted import Linted, effects_of

_ANSWERING = frozenset({"message", "message.edited", "thread.created"})
_DONE = r"(?:has|have|was|were)(?: been)?(?: \w+ly)? "
_THING = r"(?:message|post|comment|link|thread|text|it)s? "
_CLAIMS = (  # what is said, what an action that makes it true does, whether a ladder may have done it
    (
        re.compile(rf"\b{_THING}{_DONE}(?:removed|deleted|hidden)\b|已(?:被)?(?:自动)?(?:删除|撤回|隐藏)", re.I),
        "hides",
        False,
    ),
    (
        re.compile(rf"\byou {_DONE}(?:muted|silenced)\b|已(?:被)?禁言", re.I),
        "silences",
        True,
    ),
    (
        re.compile(rf"\byou {_DONE}(?:banned|kicked|removed)\b|已(?:被)?(?:封禁|踢出|移出)", re.I),
        "removes",
        True,
    ),
)


def empty_claim(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each message that tells of what its rule does not do."""
    for rule in linted.own_rules:
        if set(rule.context.types) <= _ANSWERING:
            yield from _claims(linted, rule)


def _claims(linted: Linted, rule: Rule) -> Iterator[Diagnostic]:
    effects = list(effects_of(rule))
    acts = [linted.actions[effect.do] for effect in effects if isinstance(effect, Act)]
    done = {what for action in acts for what in action.does or ()}
    climbed = {ladder.ledger for ladder in linted.plan.ladders}
    laddered = any(isinstance(effect, Delta) and effect.ledger.id in climbed for effect in effects)
    open_claims = [(pattern, does) for pattern, does, late in _CLAIMS if does not in done and not (late and laddered)]
    if all(action.does is not None for action in acts):
        for span in _messages(effects):
            yield from _unkept(linted, rule, span, open_claims)


def _messages(effects: list[Effect]) -> Iterator[Span]:
    for effect in effects:
        if isinstance(effect, Act):
            for given in effect.parameters.values():
                if isinstance(given, Texts):
                    yield from (parsed.fragment.whole for parsed in given.texts.values())


def _unkept(linted: Linted, rule: Rule, span: Span, claims: list[tuple[re.Pattern[str], str]]) -> Iterator[Diagnostic]:
    for pattern, does in claims:
        match = pattern.search(span.text)
        if match:
            place = span.file.span(span.start + match.start(), span.start + match.end())
            message = f"the message says `{match[0]}`, and `{rule.source.id.value}` does nothing of the kind"
            help = f"add {' or '.join(f'`{name}`' for name in linted.doing(does)[:2])}, or change the message"
            yield EMPTY_CLAIM.at(place, message, help)
