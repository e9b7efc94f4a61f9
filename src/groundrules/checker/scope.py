"""What names mean: fields of the event, what the rulebook declares, and the few words of the language.

Order: variables of enclosing `any` and `all`, innermost first; `event`, `now`, `start`, `member` or `channel`,
`matched` where they mean something; fields of the event; declarations of the instance; imports. Declarations that
would hide a field are errors of their own (`names`), so in a clean rulebook the order decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from groundrules.checker.bindings import (
    Binding,
    Context,
    FieldBinding,
    FiringBinding,
    ImportBinding,
    MatchedBinding,
    NowBinding,
    RootBinding,
    SubjectBinding,
    VariableBinding,
)
from groundrules.checker.session import Session
from groundrules.checker.suggestions import listing, nearest_path
from groundrules.diagnostics.synonyms import synonym
from groundrules.types import kinds

Variables = tuple[VariableBinding, ...]
WORDS = ("event", "now", "start", "matched")
_NAMED_BELOW = 2  # how deep fields are offered in suggestions


class Scope:
    """The names that an expression in `context` can use."""

    def __init__(self, session: Session, context: Context) -> None:
        self.session = session
        self.context = context
        self.fields = session.fields(context.types)

    def lookup(self, name: str, variables: Variables = ()) -> Binding | None:
        """Return what `name` stands for, or None."""
        for variable in reversed(variables):
            if variable.quantified.variable == name:
                return variable
        bound = self._word(name) or self._field(name) or self._declared(name)
        return bound or self._event_as(name) or self._of_firing(name)

    def _event_as(self, name: str) -> Binding | None:
        """Return the event by the name of what it is itself: `message`, where nothing else is called so."""
        is_such = name == self.session.entity_of(self.context.types)
        return RootBinding(self.context.root, self.context.types) if is_such else None

    def _of_firing(self, name: str) -> Binding | None:
        """Return what is known of a firing; such words came late, so fields and declarations of their names hold."""
        words = ("match", "nth", "remaining") if self.context.types else ("those", "standings")
        return FiringBinding(name) if name in words else None

    def _word(self, name: str) -> Binding | None:
        context = self.context
        if name == "now":
            return NowBinding()
        if name == "matched" and context.types:
            return MatchedBinding()
        if name == "event" and context.types:
            return RootBinding(context.root, context.types)
        if name == "start" and context.start:
            return RootBinding("start", context.start)
        if name == context.subject:
            return SubjectBinding(name)
        return None

    def _field(self, name: str) -> Binding | None:
        field = self.fields.get(name)
        return FieldBinding(self.context.root, name, field) if field else None

    def _declared(self, name: str) -> Binding | None:
        instance = self.context.instance
        if name in instance.declared:
            return instance.declared[name]
        return ImportBinding(instance.imports[name]) if name in instance.imports else None

    # --- what to say about a name that means nothing --------------------------------------------

    def help(self, name: str, variables: Variables = ()) -> str | None:
        """Return the help line for an unknown name: a near name, else where a field of that name is found."""
        return self._where_it_is(name) or self._called(name) or self._nearest(name, variables) or self._only_word(name)

    def _called(self, name: str) -> str | None:
        """Return the help line for a name by which people call another that is known here."""
        ours = synonym("names", name)
        if ours is None or (self.lookup(ours) is None and "(" not in ours):
            return None
        return f"did you mean `{ours}`?"

    def _nearest(self, name: str, variables: Variables) -> str | None:
        if self.session.guesses <= 0:
            return None
        self.session.guesses -= 1
        suggestion = nearest_path(name, self._candidates(variables))
        return f"did you mean `{suggestion}`?" if suggestion else None

    def _where_it_is(self, name: str) -> str | None:
        if any(path.rpartition(".")[2] == name for path in paths(self.fields, 1)):
            return None  # near enough to be suggested
        owners = [kind for kind in sorted(self.context.instance.types) if name in self._fields_of(kind)]
        if not owners:
            return None
        if not self.context.types:
            here = f"; `{self.context.subject}` is the one it is about" if self.context.subject else ""
            return f"`{name}` is a field of {listing(owners, 3)}; there is no event here{here}"
        return (
            f"`{name}` is a field of {listing(owners, 3)}, not of {listing(set(self.context.types) - set(owners), 3)}"
        )

    def _fields_of(self, kind: str) -> dict[str, kinds.Field]:
        return self.session.fields((kind,))

    def _only_word(self, name: str) -> str | None:
        if name == "start":
            return "`start` is the event that began a path; elsewhere there is none"
        if name in ("member", "channel"):
            return f"`{name}` is known in a schedule with `for_each: {name}` and in a ladder over a ledger per {name}"
        if name in ("matched", "event"):
            return "there is no event here"
        return None

    def _candidates(self, variables: Variables) -> Iterator[str]:
        yield from (variable.quantified.variable for variable in variables)
        yield from (word for word in WORDS if self._word(word))
        if self.context.subject:
            yield self.context.subject
            entity = self.session.catalog.entity(self.context.subject)
            yield from (f"{self.context.subject}.{name}" for name in (entity.fields if entity else ()))
        yield from paths(self.fields, _NAMED_BELOW)
        yield from self.context.instance.declared
        for alias, instance in self.context.instance.imports.items():
            yield alias
            yield from (f"{alias}.{name}" for name in instance.declared)


def paths(fields: dict[str, kinds.Field], depth: int) -> Iterable[str]:
    """Yield the dotted paths of fields, objects opened `depth` levels deep."""
    for name, field in fields.items():
        yield name
        if depth > 1 and isinstance(field.type, kinds.Object):
            yield from (f"{name}.{below}" for below in paths(field.type.fields, depth - 1))
