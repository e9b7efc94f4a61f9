"""Scores: hints that add up, each checked as the events under `on` read it."""

from __future__ import annotations

from groundrules.checker import common
from groundrules.checker.bindings import ScoreBinding
from groundrules.checker.expressions import Reader
from groundrules.checker.people import for_people
from groundrules.checker.places import GUARD
from groundrules.checker.points import MOST_HINTS, hint
from groundrules.checker.session import Session
from groundrules.diagnostics.codes import cells as codes


def scores(session: Session) -> None:
    """Check the scores of every rulebook."""
    for instance in session.checked.instances:
        for declaration in instance.book.scores:
            for_people(session, instance, declaration.title)
            types = common.known_types(session, instance, declaration.on)
            binding = instance.declared.get(str(declaration.name.value))
            if len(declaration.hints) > MOST_HINTS:
                words = (f"{len(declaration.hints)} hints are more than the {MOST_HINTS} that a score may have", None)
                session.add(codes.BAD_SCORE.at(declaration.span, *words))
            elif types and isinstance(binding, ScoreBinding) and binding.declaration is declaration:
                context = session.context(instance, types)
                for each in declaration.hints:
                    hint(Reader(session, context, each.add, GUARD), each)
