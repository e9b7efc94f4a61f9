"""What jsonschema refuses, told in plain words at the place it speaks of.

One mistake gives one message: of the branches of an `anyOf` the one that the value was probably meant for is told, a
missing key is not told where a misspelled one stands for it, and what a title of the schema calls a thing is what the
message calls it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema.exceptions import ValidationError

from groundrules.diagnostics.codes import files, format
from groundrules.diagnostics.model import Diagnostic, Fix
from groundrules.diagnostics.nearest import nearest
from groundrules.diagnostics.source import Span
from groundrules.diagnostics.synonyms import synonym
from groundrules.rulebook.full_width import narrow
from groundrules.rulebook.rewritten import as_list, in_our_form
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence
from groundrules.rulebook.yaml_errors import UNCUT, wide_colon

_EXPRESSION = "an expression"
_WIDE_DASHES = "－—–"
_WIDE_LIST = frozenset("［【" + _WIDE_DASHES)
_NARROW_LIST = str.maketrans({"［": "[", "【": "[", "］": "]", "】": "]", "，": ", ", "、": ", ", "：": ": "})
_DASH = re.compile(rf"(^|\n\s*)[{_WIDE_DASHES}]\s*")
_STEP = re.compile(r"([1-9][0-9]*)(?:\+|st|nd|rd|th|次|次以上)")
_TITLES = "the keys known here are "


def explain_root(root: YNode) -> Diagnostic:
    """Explain a file that holds something other than a mapping."""
    full_width = wide_colon(root.span.file, root.span.start) if isinstance(root, YScalar) else None
    if full_width is not None:
        return full_width
    return format.WRONG_SHAPE.at(
        _head(root), f"a rulebook is a mapping, not {_kind(root)}", "begin with `rulebook: some-name`"
    )


def explain(errors: Iterable[ValidationError], node: YNode, key: YScalar | None) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each error of jsonschema about `node`, which stands under `key`."""
    reported: list[Diagnostic] = []
    relevant = [_relevant(error) for error in errors]
    mistyped = [error.absolute_path for error in relevant if error.validator == "type"]
    for error in sorted(relevant, key=_urgency):
        if error.validator != "type" and error.absolute_path in mistyped:
            continue  # an echo: nothing else can hold of a value of the wrong kind
        diagnostics = _Located(error, node, key).diagnostics(reported)
        reported.extend(diagnostics)
        yield from diagnostics


def _urgency(error: ValidationError) -> int:
    """Unknown keys first: a missing key may be one of them, misspelled."""
    return 0 if error.validator == "additionalProperties" else 1


def _relevant(error: ValidationError) -> ValidationError:
    """Return the error to tell: of an `anyOf`, one from the only branch whose type fits, else the whole."""
    while error.validator in ("anyOf", "oneOf") and error.context:
        if _requires_keys(error.validator_value):
            return error
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        fitting = [
            branch
            for branch in branches.values()
            if not any(e.validator == "type" and not e.path for e in map(_relevant, branch))
        ]
        if len(fitting) != 1:
            return error
        error = min(fitting[0], key=_urgency)
    return error


def _requires_keys(branches: Any) -> bool:
    return all(set(branch) == {"required"} for branch in branches)


class _Located:
    """An error with the node it is about, the key over that node, and the mapping that holds both."""

    def __init__(self, error: ValidationError, node: YNode, key: YScalar | None) -> None:
        self.error = error
        self.limit: Any = error.validator_value
        self.node = node
        self.key = key
        self.listed = False  # whether the node is an item of a list
        for part in error.absolute_path:
            self._descend(part)

    def _descend(self, part: str | int) -> None:
        self.listed = isinstance(self.node, YSequence)
        if isinstance(self.node, YMapping):
            self.key = self.node.key(str(part))
            self.node = self.node.get(str(part)) or self.node
        elif isinstance(self.node, YSequence) and isinstance(part, int):
            self.node = self.node.items[part]

    def diagnostics(self, reported: list[Diagnostic]) -> list[Diagnostic]:
        rule = self.error.validator
        if "propertyNames" in list(self.error.absolute_schema_path)[:-1]:
            return [self._name()]
        if rule == "additionalProperties":
            return [self._unknown(key) for key in self._extra()]
        if rule in ("required", "dependentRequired", "minProperties"):
            return self._missing(reported)
        if rule in ("anyOf", "oneOf") and _requires_keys(self.limit):
            return self._alternatives(reported)
        return [self._about_value(rule)]

    def _about_value(self, rule: Any) -> Diagnostic:
        if rule in ("type", "anyOf", "oneOf", "minLength", "minItems"):
            return self._shape()
        return self._value(rule)

    @property
    def _title(self) -> str:
        return str(self.error.schema.get("title", "something else")) if isinstance(self.error.schema, dict) else ""

    @property
    def _subject(self) -> str:
        return f"`{self.key.text}`" if self.key else "this"

    # --- keys ---

    def _extra(self) -> list[YScalar]:
        assert isinstance(self.node, YMapping)
        known = self._known()
        return [key for key, _ in self.node.items if key.text not in known and not key.text.isdigit()] or [
            key for key, _ in self.node.items if key.text not in known
        ]

    def _known(self) -> list[str]:
        return list(self.error.schema.get("properties", {})) if isinstance(self.error.schema, dict) else []

    def _unknown(self, key: YScalar) -> Diagnostic:
        known = self._known()
        narrowed = narrow(key.text)
        if narrowed != key.text and narrowed in known:
            fix = Fix(key.span, narrowed, f"write `{narrowed}`", safe=True)
            return files.FULL_WIDTH_YAML.at(
                key.span, f"`{key.text}` contains full-width characters", f"write `{narrowed}`", fixes=(fix,)
            )
        closest = nearest(
            key.text, [*known, "tests"] if "rulebook" in known else known
        )  # a file of tests has only these
        message = f"`{key.text}` does not belong in {_bare(self._title)}"
        if called := self._called(key, known):
            return format.UNKNOWN_KEY.at(key.span, message, *called)
        if closest:
            fix = Fix(key.span, closest, f"write `{closest}`")
            return format.UNKNOWN_KEY.at(key.span, message, f"did you mean `{closest}`?", fixes=(fix,))
        return format.UNKNOWN_KEY.at(key.span, message, _TITLES + _listing(known))

    def _called(self, key: YScalar, known: list[str]) -> tuple[str, tuple[()], tuple[Fix, ...]] | None:
        """Return the help and the fix for a key that people call otherwise, or that belongs elsewhere."""
        if key.text == "tests" and "rulebook" in known:
            return "move them to a file of their own, `tests.yaml`", (), ()
        assert isinstance(self.node, YMapping)
        numbered = _STEP.fullmatch(key.text)
        if numbered and self._title.endswith("effects by number"):
            ours, help = numbered[1], f"write `{numbered[1]}`; the last step repeats"
        else:
            ours = synonym("keys", key.text) or ""
            help = f"did you mean `{ours}`?"
        if not ours or (ours not in known and not numbered):
            return None
        takes_same = ours not in ("once_per", "mode") and self.node.get(ours) is None
        return help, (), (Fix(key.span, ours, f"write `{ours}`"),) if takes_same else ()

    def _missing(self, reported: list[Diagnostic]) -> list[Diagnostic]:
        assert isinstance(self.node, YMapping)
        present = {key.text for key, _ in self.node.items}
        names = _needed(self.error, present)
        if not names and not self.node.items:
            return [format.WRONG_SHAPE.at(self.node.span, f"{self._subject} is empty; it must be {self._title}")]
        if not names and any(name.isdecimal() for name in present):
            return []  # what is missing besides is reported by its name
        if not names:
            names = ["1: […]"] if "times" in self._subject else ["something"]
        subject, span = _bare(self._title), _first_key(self.node)
        if self.error.validator == "dependentRequired" and (needing := _needing(self.error, self.node)):
            subject, span = f"`{needing.text}`", needing.span
        return [
            format.MISSING_KEY.at(span, f"{subject} needs `{name}`", _describe(self.error, name))
            for name in names
            if name not in _misspelled(reported)
        ]

    def _alternatives(self, reported: list[Diagnostic]) -> list[Diagnostic]:
        assert isinstance(self.node, YMapping)
        names = [str(branch["required"][0]) for branch in self.limit]
        choice = " or ".join(f"`{name}`" for name in names)
        given = [key for key, _ in self.node.items if key.text in names]
        if len(given) > 1:
            return [
                format.BAD_VALUE.at(given[1].span, f"{_bare(self._title)} has either {choice}", "remove one of them")
            ]
        if _misspelled(reported) & set(names):
            return []
        return [format.MISSING_KEY.at(_first_key(self.node), f"{_bare(self._title)} needs {choice}")]

    def _name(self) -> Diagnostic:
        name = str(self.error.instance)
        key = self.node.key(name) if isinstance(self.node, YMapping) else None
        return _bad_name(key or self.node, name, self._title)

    # --- values ---

    def _shape(self) -> Diagnostic:
        if isinstance(self.node, YScalar) and self.node.value in (None, ""):
            return self._empty()
        span, title = _head(self.node), self._title
        if title == _EXPRESSION and not isinstance(self.node, YScalar):
            help = UNCUT.replace("when", self.key.text if self.key else "when")
            return files.CUT_EXPRESSION.at(span, f"{self._subject} holds {_kind(self.node)}, not an expression", help)
        if isinstance(self.node, YSequence) and not self.node.items:
            return format.WRONG_SHAPE.at(span, f"{self._subject} is an empty list; it must be {title}")
        if title.startswith("a list of") and (full_width := self._full_width_list()):
            return full_width
        message = f"{self._subject} must be {title}, not {_kind(self.node)}"
        if title.startswith("a list") and (listed := as_list(self.node, title)):
            help = f"write `{listed}`" if "\n" not in listed else "begin each item with `- `"
            fix = Fix(self.node.span, listed, "put it in a list")
            return format.WRONG_SHAPE.at(span, message, help, fixes=(fix,))
        return format.WRONG_SHAPE.at(span, message)

    def _full_width_list(self) -> Diagnostic | None:
        """A list with the brackets or dashes of an input method."""
        node = self.node
        if not isinstance(node, YScalar) or node.style or node.text[0] not in _WIDE_LIST:
            return None
        written = node.span.text
        text = written.translate(_NARROW_LIST)
        if node.text[0] in _WIDE_DASHES:
            in_line = self.key is not None and self.key.span.line == node.span.line
            text = f"[{written[1:].strip()}]" if in_line else _DASH.sub(r"\1- ", written)
        kind = "bracket" if node.text[0] == "［" or node.text[0] == "【" else "dash"
        fix = Fix(node.span, text, "write it in ASCII", safe=True)
        message = f"`{node.text[0]}` is a full-width {kind}, which does not begin a list"
        help = f"write `{text}`" if "\n" not in text else "write `- ` before each item"
        return files.FULL_WIDTH_YAML.at(_head(node), message, help, fixes=(fix,))

    def _empty(self) -> Diagnostic:
        over = self.key.span if self.key and self.node.start == self.node.end else self.node.span
        help = UNCUT.replace("when", self.key.text) if self._title == _EXPRESSION and self.key else None
        if self.listed and self._title.startswith("a cell"):
            return format.WRONG_SHAPE.at(over, "a cell is empty", "write `-` for anything")
        if self.listed:
            word = self.node.span.text
            help = f'remove the line, or write `"{word}"` if the word is meant' if word else "remove the line"
            return format.WRONG_SHAPE.at(over, f"an item of {self._subject} is empty; it must be {self._title}", help)
        return format.WRONG_SHAPE.at(over, f"{self._subject} is empty; it must be {self._title}", help)

    def _value(self, rule: Any) -> Diagnostic:
        shown, span = _shown(self.node), _head(self.node)
        if rule == "enum":
            choices = [str(choice) for choice in self.limit]
            closest = nearest(shown, choices)
            fixes = (Fix(self.node.span, closest, f"write `{closest}`"),) if closest else ()
            help = f"did you mean `{closest}`?" if closest else f"it may be {_listing(choices, 'or')}"
            return format.BAD_VALUE.at(span, f"{self._subject} can't be `{shown}`", help, fixes=fixes)
        if rule in ("minimum", "maximum"):
            bound = "at least" if rule == "minimum" else "at most"
            message = f"{self._subject} must be {bound} {self.limit}"
            if self._title.startswith("a share") and shown.isdecimal() and 1 < int(shown[:9]) <= 100:
                fix = Fix(self.node.span, f"{shown}%", f"write `{shown}%`")
                return format.BAD_VALUE.at(span, message, f"write `{shown}%`", fixes=(fix,))
            return format.BAD_VALUE.at(span, message)
        if rule == "uniqueItems":
            return format.BAD_VALUE.at(self.node.span, f"{self._subject} names something twice", "keep one")
        if rule == "maxLength":
            return format.BAD_VALUE.at(span, f"{self._subject} is longer than {self.limit} characters")
        return _bad_name(self.node, shown, self._title)


def _bad_name(node: YNode, shown: str, title: str) -> Diagnostic:
    narrowed = narrow(shown)
    if narrowed != shown and isinstance(node, YScalar) and not node.style:
        fix = Fix(node.span, narrowed, f"write `{narrowed}`", safe=True)
        return files.FULL_WIDTH_YAML.at(
            node.span, f"`{shown}` contains full-width characters", f"write `{narrowed}`", fixes=(fix,)
        )
    if isinstance(node, YScalar) and not node.style and (ours := in_our_form(shown, title)):
        fix = Fix(node.span, ours, f"write `{ours}`")
        return format.BAD_VALUE.at(_head(node), f"`{shown}` is not {title}", f"did you mean `{ours}`?", fixes=(fix,))
    if title.startswith("a date"):
        return format.BAD_VALUE.at(_head(node), f"`{shown}` is not {title}", "write year, month and day: `2027-01-31`")
    help = None if shown.isascii() else "use small letters a to z and digits; what people read goes under `title:`"
    return format.BAD_VALUE.at(_head(node), f"`{shown}` is not {title}", help)


def _misspelled(reported: list[Diagnostic]) -> set[str]:
    """Return the keys that are there, only spelled otherwise."""
    return {fix.text for diagnostic in reported for fix in diagnostic.fixes}


def _needed(error: ValidationError, present: set[str]) -> list[str]:
    value: Any = error.validator_value
    if error.validator == "required":
        return [name for name in value if name not in present]
    if error.validator == "dependentRequired":
        return sorted({other for name, others in value.items() if name in present for other in others} - present)
    return []


def _needing(error: ValidationError, node: YMapping) -> YScalar | None:
    """Return the first key that needs another one which is not there."""
    needs: Any = error.validator_value
    return next(
        (key for key, _ in node.items if any(node.get(other) is None for other in needs.get(key.text, ()))), None
    )


def _describe(error: ValidationError, name: str) -> str | None:
    properties = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    described = properties.get(name, {}).get("description")
    return f"`{name}`: {described[0].lower()}{described[1:].rstrip('.')}" if described else None


def _bare(title: str) -> str:
    return title.partition(":")[0]


def _first_key(node: YMapping) -> Span:
    """Return where a mapping is spoken of: its `id`, else its first key."""
    identity = node.get("id")
    if isinstance(identity, YScalar):
        return identity.span
    return node.items[0][0].span if node.items else node.span


def _head(node: YNode) -> Span:
    """Return the first line of a node."""
    text = node.span.text
    cut = text.find("\n")
    return node.file.span(node.start, node.start + len(text[: cut if cut >= 0 else None].rstrip()))


def _kind(node: YNode) -> str:
    if isinstance(node, YMapping):
        return "a mapping"
    if isinstance(node, YSequence):
        return "a list"
    if node.value is None:
        return "nothing"
    return "a text" if isinstance(node.value, str) else f"`{node.text}`"


def _shown(node: YNode) -> str:
    return node.text if isinstance(node, YScalar) else _kind(node)


def _listing(names: list[str], last: str = "and") -> str:
    shown = [f"`{name}`" for name in names]
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
