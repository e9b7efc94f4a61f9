"""Where a parse failed: the lexemes around the place and what could have stood there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from groundrules.syntax.scan import Lexeme
from groundrules.window_kinds import KINDS

Offsets = tuple[int, int]

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "has", "contains", "starts", "ends", "matches"})
WINDOWS = frozenset(KINDS)
PARTNERS = {"(": ")", "[": "]", "{": "}"}
_EDGES = frozenset({"and", "or", "not", "where", "less", "by", "within", "max", "of", ","})


@dataclass(frozen=True)
class Place:
    """A failure at lexeme `index` (the end of the text, if there is none); `expected` are terminals."""

    text: str
    end: int
    lexemes: list[Lexeme]
    index: int
    expected: frozenset[str]
    form: str

    @property
    def here(self) -> Lexeme | None:
        return self.lexemes[self.index] if self.index < len(self.lexemes) else None

    @property
    def before(self) -> Lexeme | None:
        return self.lexemes[self.index - 1] if 0 < self.index <= len(self.lexemes) else None

    @property
    def after(self) -> Lexeme | None:
        return self.lexemes[self.index + 1] if self.index + 1 < len(self.lexemes) else None

    @property
    def at(self) -> Offsets:
        """The failing lexeme, or the end of the text."""
        return self.here.at if self.here else (self.lexemes[-1].end, self.lexemes[-1].end)

    @property
    def wants_value(self) -> bool:
        return "NAME" in self.expected

    @property
    def reach(self) -> int:
        """How far spelling mistakes can be the cause of this failure; later ones are unrelated."""
        return self.here.end if self.here else self.end

    @cached_property
    def open(self) -> list[int]:
        """Indices of the brackets that are open at the place, outermost first."""
        stack: list[int] = []
        for index, lexeme in enumerate(self.lexemes[: self.index]):
            if lexeme.kind != "sign":
                continue
            if lexeme.text in PARTNERS:
                stack.append(index)
            elif stack and lexeme.text == PARTNERS[self.lexemes[stack[-1]].text]:
                stack.pop()
        return stack

    @property
    def call(self) -> Lexeme | None:
        """The word in front of the innermost open round bracket."""
        if not self.open or self.lexemes[self.open[-1]].text != "(":
            return None
        word = self.open[-1] - 1
        return self.lexemes[word] if word >= 0 and self.lexemes[word].kind == "word" else None

    def left_edge(self, index: int) -> int:
        """The first lexeme of the condition that ends before lexeme `index`."""
        depth = 0
        while index > 0:
            lexeme = self.lexemes[index - 1]
            if lexeme.kind == "sign" and lexeme.text in PARTNERS.values():
                depth += 1
            elif lexeme.kind == "sign" and lexeme.text in PARTNERS:
                depth -= 1
            if depth < 0 or (depth == 0 and lexeme.text in _EDGES):
                return index
            index -= 1
        return index

    def right_edge(self, index: int) -> int:
        """The lexeme behind the last one of the condition that begins at lexeme `index`."""
        depth = 0
        while index < len(self.lexemes):
            lexeme = self.lexemes[index]
            if lexeme.kind == "sign" and lexeme.text in PARTNERS:
                depth += 1
            elif lexeme.kind == "sign" and lexeme.text in PARTNERS.values():
                depth -= 1
            if depth < 0 or (depth == 0 and lexeme.text in _EDGES):
                return index
            index += 1
        return index

    def slice(self, first: int, behind: int) -> str:
        """The source of the lexemes `[first, behind)`."""
        return self.text[self.lexemes[first].start : self.lexemes[behind - 1].end] if first < behind else ""
