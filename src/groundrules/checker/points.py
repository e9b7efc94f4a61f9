"""Reading scores: a score is typed where it is used, like a define.

Points are whole numbers known before any event, or a number that is always there, such as `weight(text, adverts)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundrules.checker import wording
from groundrules.checker.bindings import ScoreBinding
from groundrules.checker.literals import UNKNOWN
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.kinds import Typed

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader

MOST_HINTS = 200


def score(reader: Reader, node: nodes.Node, binding: ScoreBinding) -> Typed:
    """Type a score where it is used."""
    session, declaration = reader.session, binding.declaration
    listened = {str(type.value) for type in declaration.on}
    if not reader.context.types or not set(reader.context.types) <= listened:
        here = f"here is {listing(reader.context.types, 3)}" if reader.context.types else "there is no event here"
        words = (f"the score `{binding.name}` is about {listing(listened, 3)}, and {here}", None)
        return reader.error(name_codes.NOT_HERE, node, words)
    if binding in session.open_scores or len(declaration.hints) > MOST_HINTS:
        session.circular = True
        return reader.error(name_codes.DEFINE_CYCLE, node, (f"the score `{binding.name}` reads itself", None))
    context = session.within(reader.context, binding.instance)
    session.open_scores.append(binding)
    fine = [hint(reader.of_hint(context, each.add, node), each) for each in declaration.hints]
    session.open_scores.pop()
    return Typed(kinds.Number(integer=True), optional=True) if all(fine) else UNKNOWN


def hint(reader: Reader, written: authored.HintDeclaration) -> bool:
    """Check one hint; `reader` reads its points."""
    fine = True
    if written.when is not None:
        fine = not isinstance(reader.over(written.when).condition(written.when.root).type, kinds.Unknown)
    typed = reader.type_of(written.add.root)
    if isinstance(typed.type, kinds.Unknown):
        return False
    text = reader.text(written.add.root)
    words: wording.Words | None = None
    if not isinstance(typed.type, kinds.Number) or not typed.type.integer:
        words = (f"points are whole numbers, and `{text}` is {wording.described(typed.type)}", None)
    elif typed.optional:
        words = (f"`{text}` may be missing", "say what counts then: `… ?? 0`")
    if words is not None:
        reader.error(codes.BAD_SCORE, written.add.root, words)
    return fine and words is None
