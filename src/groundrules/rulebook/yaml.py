"""The only reader of YAML: text in, a tree of nodes that know where they stand out.

The tree is built from the events of PyYAML's parser on a stack of our own, so that nesting is bounded by a number and
not by anybody's call stack, and aliases are counted before anything follows them. Scalars are resolved here
(`scalars`), because YAML 1.1 would read `on` as true and `09:00` as 540.

The parser written in Python decides what YAML is and what is wrong with a text. libyaml, six times faster, is not
installed everywhere, and each of its versions refuses something else; so it is believed only where both are known to
agree: it found nothing wrong, and the text has none of the characters that it reads differently.

What ends the reading (text that is no YAML, nesting, several documents) is reported once and gives no tree; what only
spoils one entry (a repeated key, a tag) is reported and read over, so that the rest of the file is still checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, Union

import yaml

from groundrules.diagnostics.codes import files as codes
from groundrules.diagnostics.model import Diagnostic, Fix, Label, Report
from groundrules.diagnostics.source import Fragment, SourceFile, Span
from groundrules.errors import GroundrulesError
from groundrules.rulebook.scalars import Scalar, alignment, resolve, shift
from groundrules.rulebook.yaml_errors import NO_CHARACTER, WHOLE_CHARACTER, explain

MAX_DEPTH = 64
MAX_ALIASED = 10_000
MAX_VALUES = 1_000_000  # keys and values of a file: half a gigabyte, and half a minute if something is wrong

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\U0001fffe\U0001ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DISPUTED = re.compile(
    r"""[\t\x85\u2028\u2029\ufeff] | [|>][-+0-9]*\# | [\[{,]\s*\? | [\[{,'":?\-\s]\s\?\s | \n\?\s""", re.VERBOSE
)
_INNER = re.compile(  # question marks and tabs that are part of a text
    r"""(?<=[^\s,\[{])\? | (?<=[^\s,\[{:?-][ ])\? | \?(?=\S)
    | (?<=[^\s:,\[\]{}?'"-])[ ]*+\t[ \t]*+(?=[^\s#:,\]}])""",
    re.VERBOSE,
)
_STAND_INS = str.maketrans("?\t", "\U0001fffe\U0001ffff")
_RESTORED = str.maketrans("\U0001fffe\U0001ffff", "?\t")
LIBYAML: type | None = getattr(yaml, "CSafeLoader", None)
_TAG = "tag:yaml.org,2002:"


class _Node:
    """Where a value stands: `[start, end)` of `file`, in code points."""

    __slots__ = ("end", "file", "start")

    def __init__(self, file: SourceFile, start: int, end: int) -> None:
        self.file = file
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)


class YScalar(_Node):
    """A scalar: `text` is what was written, without quotes and folded; `value` what it means.

    `style` is `'`, `"`, `|` or `>`, and "" for a plain scalar.
    """

    __slots__ = ("style", "text", "value")

    def __init__(self, file: SourceFile, start: int, end: int, text: str, style: str, value: Scalar) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.text = text
        self.style = style
        self.value = value

    def plain(self) -> Scalar:
        return self.value

    def fragment(self) -> Fragment:
        """Return the text as a piece of the small language; its alignment is computed when first asked for."""
        aligned = _Alignment(self)
        quote = self.style if self.style in ("'", '"') else ""
        return Fragment(self.text, self.file, aligned.start, aligned.end, quote)


class YSequence(_Node):
    __slots__ = ("flow", "items")

    def __init__(self, file: SourceFile, start: int, end: int, flow: bool) -> None:
        super().__init__(file, start, end)
        self.flow = flow
        self.items: list[YNode] = []

    def plain(self) -> list[Any]:
        return [item.plain() for item in self.items]


class YMapping(_Node):
    __slots__ = ("flow", "items")

    def __init__(self, file: SourceFile, start: int, end: int, flow: bool) -> None:
        super().__init__(file, start, end)
        self.flow = flow
        self.items: list[tuple[YScalar, YNode]] = []

    def get(self, key: str) -> YNode | None:
        return next((value for name, value in self.items if name.text == key), None)

    def key(self, key: str) -> YScalar | None:
        return next((name for name, _ in self.items if name.text == key), None)

    def plain(self) -> dict[str, Any]:
        """Return a dict; keys are text, as in JSON."""
        return {key.text: value.plain() for key, value in self.items}


YNode = Union[YScalar, YSequence, YMapping]  # noqa: UP007 - `|` of forward references


class _Alignment:
    """Maps offsets of a scalar's text to offsets of its file."""

    def __init__(self, scalar: YScalar) -> None:
        self._scalar = scalar

    @cached_property
    def _shift(self) -> int | None:
        return shift(self._scalar.text, self._scalar.span.text, self._scalar.style)

    @cached_property
    def _ranges(self) -> list[tuple[int, int]]:
        return alignment(self._scalar.text, self._scalar.span.text, self._scalar.style)

    def start(self, offset: int) -> int:
        return self._scalar.start + (self._ranges[offset][0] if self._shift is None else self._shift + offset)

    def end(self, offset: int) -> int:
        return self._scalar.start + (self._ranges[offset - 1][1] if self._shift is None else self._shift + offset)


class _RefusedError(GroundrulesError):
    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _PythonLoader(yaml.SafeLoader):
    """PyYAML's own parser, taught that `?` in flow collections and tabs behind the indentation do no harm."""

    def __init__(self, text: str) -> None:
        super().__init__(_INNER.sub(lambda inner: inner[0].translate(_STAND_INS), text))

    def scan_to_next_token(self) -> None:
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()

    def get_event(self) -> Any:
        event = super().get_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.ScalarEvent):
            event.value = event.value.translate(_RESTORED)
        return event


def read_yaml(file: SourceFile, report: Report, quick: type | None = LIBYAML) -> YNode | None:
    """Return the tree of a file, or None if it holds no YAML or nothing at all. Raises nothing.

    `quick` is a loader of PyYAML that is asked first.
    """
    forbidden = _FORBIDDEN.search(file.text)
    if forbidden:
        report.add(_forbidden(file, forbidden))
        return None
    if quick is not None and not _DISPUTED.search(file.text):
        trial = Report()
        root = _read(file, trial, quick(file.text))
        if not trial.has_errors:
            return root
    return _read(file, report, _PythonLoader(file.text))


def _read(file: SourceFile, report: Report, loader: Any) -> YNode | None:
    try:
        return _Composer(file, report).compose(loader)
    except _RefusedError as refused:
        report.add(refused.diagnostic)
    except yaml.YAMLError as error:
        report.add(explain(error, file))
    except ValueError:  # an escape beyond Unicode
        report.add(codes.YAML_SYNTAX.at(_here(loader, file), NO_CHARACTER, WHOLE_CHARACTER))
    finally:
        loader.dispose()
    return None


def _forbidden(file: SourceFile, match: re.Match[str]) -> Diagnostic:
    code = ord(match[0])
    help = "save the file as UTF-8" if code == 0 else "remove it, or write it as an escape in double quotes"
    return codes.FORBIDDEN_CHARACTER.at(
        file.span(*match.span()), f"the control character U+{code:04X} is not allowed here", help
    )


def _here(loader: Any, file: SourceFile) -> Span:
    index = min(loader.get_mark().index, len(file.text))
    return file.span(index, index)


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("anchor", "height", "key", "keys", "node", "spoiled", "weight")

    def __init__(self, node: YSequence | YMapping, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: YScalar | None = None  # of a mapping: the key whose value comes next
        self.spoiled = False  # that value is read over
        self.keys: dict[str, YScalar] = {}
        self.weight = 1
        self.height = 1


class _Anchored:
    """A marked value, with the number of nodes and of levels in it."""

    __slots__ = ("height", "node", "weight")

    def __init__(self, node: YNode, weight: int, height: int) -> None:
        self.node = node
        self.weight = weight
        self.height = height


class _Composer:
    def __init__(self, file: SourceFile, report: Report) -> None:
        self.file = file
        self.report = report
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Anchored | None] = {}  # None while the marked value is still open
        self.aliased = 0
        self.root: YNode | None = None
        self.documents = 0

    def compose(self, loader: Any) -> YNode | None:
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceEndEvent: self._end,
            yaml.MappingEndEvent: self._end,
            yaml.DocumentStartEvent: self._document,
        }
        count = 0
        while loader.check_event():
            event = loader.get_event()
            count += 1
            if count > MAX_VALUES:
                message = f"the file has more than {MAX_VALUES:,} keys and values"
                raise _RefusedError(
                    codes.TOO_MANY_VALUES.at(self._span(event), message, "put words into a list's file")
                )
            handle = handlers.get(type(event))
            if handle:
                handle(event)
        return self.root

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            span = self._span(event)
            message = "a second YAML document begins here"
            raise _RefusedError(
                codes.SEVERAL_DOCUMENTS.at(span, message, "put it into a file of its own in the same folder")
            )

    def _scalar(self, event: Any) -> None:
        style = event.style or ""
        text = event.value
        if event.tag:
            self._check_tag(event, ("str", ""))
        if style == '"' and _SURROGATE.search(text):
            raise _RefusedError(codes.YAML_SYNTAX.at(self._span(event), NO_CHARACTER, WHOLE_CHARACTER))
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor or event.tag:
            start = self._behind_properties(start, end)
        if style in ("|", ">"):
            end = start + len(self.file.text[start:end].rstrip())
        value = resolve(text) if not style and not event.tag else text
        node = YScalar(self.file, start, end, text, style, value)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(node, 1, 1)
        self._add(node, 1, 1)

    def _behind_properties(self, start: int, end: int) -> int:
        """Return where a scalar begins behind its anchor and tag."""
        match = re.compile(r"(?:(?:&[\w-]+|!\S*)(?:\s+|$))*").match(self.file.text, start, end)
        return match.end() if match else start

    def _alias(self, event: Any) -> None:
        name, span = event.anchor, self._span(event)
        target = self.anchors.get(name)
        if target is None:
            message = f"`*{name}` is nested inside `&{name}`" if name in self.anchors else f"no `&{name}` before it"
            raise _RefusedError(codes.ALIAS.at(span, message, "write the value out; aliases repeat an earlier value"))
        self.aliased += target.weight
        if self.aliased > MAX_ALIASED:
            message = f"aliases repeat more than {MAX_ALIASED:,} values"
            raise _RefusedError(codes.ALIAS.at(span, message, "write out what is needed"))
        self._check_depth(target.height, span)
        self._add(target.node, target.weight, target.height)

    def _check_depth(self, more: int, span: Span) -> None:
        if len(self.stack) + more > MAX_DEPTH:
            raise _RefusedError(codes.TOO_DEEP.at(span, f"values are nested more than {MAX_DEPTH} levels deep"))

    def _start(self, event: Any) -> None:
        span = self._span(event)
        self._check_depth(1, span)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if event.tag:
            self._check_tag(event, ("map" if is_mapping else "seq",))
        kind = YMapping if is_mapping else YSequence
        node = kind(self.file, span.start, span.end, bool(event.flow_style))
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(node, event.anchor))

    def _end(self, event: Any) -> None:
        closed = self.stack.pop()
        node = closed.node
        if node.flow:
            node.end = event.end_mark.index
            if isinstance(node, YMapping):
                self._mend_commas(node)
        if closed.anchor:
            self.anchors[closed.anchor] = _Anchored(node, closed.weight, closed.height)
        self._add(node, closed.weight, closed.height)

    def _add(self, node: YNode, weight: int, height: int) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.weight += weight
        if height >= parent.height:
            parent.height = height + 1
        around = parent.node
        if not around.flow and node.start >= around.start and node.end > around.end:
            around.end = node.end
        if isinstance(around, YSequence):
            around.items.append(node)
        elif parent.key is None and not parent.spoiled:
            self._add_key(parent, node)
        else:
            self._add_value(parent, node)

    def _add_value(self, parent: _Open, node: YNode) -> None:
        if parent.key is not None and isinstance(parent.node, YMapping):
            if parent.node.flow and node.start == node.end:
                self._place_behind_colon(node, parent.key)
            parent.node.items.append((parent.key, node))
        parent.key = None
        parent.spoiled = False

    def _place_behind_colon(self, nothing: YNode, key: YScalar) -> None:
        """Give a value that was left out one place; libyaml puts it where the next token begins."""
        colon = self.file.text.find(":", key.end, nothing.end)
        if colon >= 0:
            nothing.start = nothing.end = colon + 1

    def _mend_commas(self, node: YMapping) -> None:
        """Report values of `{…}` that a comma cut, `{when: f(a, b)}`, and give them back what was cut off."""
        kept: list[tuple[YScalar, YNode]] = []
        cut: YScalar | None = None
        for key, value in node.items:
            before = kept[-1][1] if kept else None
            if not isinstance(before, YScalar) or not self._lacks_colon(key, value) or before.style or key.style:
                kept.append((key, value))
                continue
            if cut is None:
                cut = kept[-1][0]
                self._report_comma(cut, before, key)
            whole = self.file.text[before.start : key.end]
            kept[-1] = (kept[-1][0], YScalar(self.file, before.start, key.end, whole, "", whole))
        node.items = kept

    def _lacks_colon(self, key: YScalar, value: YNode) -> bool:
        if not isinstance(value, YScalar) or value.text or value.style or value.start != value.end:
            return False
        return ":" not in self.file.text[key.end : value.end + 1]

    def _report_comma(self, name: YScalar, value: YScalar, rest: YScalar) -> None:
        span = self.file.span(value.start, rest.end)
        fix = Fix(span, "'" + span.text.replace("'", "''") + "'", "put it in quotes")
        comma = self.file.text.find(",", value.end)
        self.report.add(
            codes.CUT_EXPRESSION.at(
                self.file.span(comma, comma + 1),
                f"inside braces a comma ends `{name.text}`, so `{rest.text}` has no value",
                f"put the text in quotes, or write it under `{name.text}: >` on its own lines",
                fixes=(fix,),
            )
        )

    def _add_key(self, parent: _Open, key: YNode) -> None:
        problem = self._odd_key(key)
        if problem is None and isinstance(key, YScalar):
            first = parent.keys.setdefault(key.text, key)
            if first is key:
                parent.key = key
                return
            labels = (Label(first.span, "first given here"),)
            problem = codes.DUPLICATE_KEY.at(key.span, f"the key `{key.text}` is given twice", "keep one", labels)
        if problem:
            self.report.add(problem)
        parent.spoiled = True

    def _odd_key(self, key: YNode) -> Diagnostic | None:
        if not isinstance(key, YScalar):
            return codes.ODD_KEY.at(key.span, "a list or mapping can't be a key", "keys are names")
        if key.text == "<<" and not key.style:
            return codes.MERGE_KEY.at(key.span, "the merge key `<<` is not supported", "write the keys out")
        if isinstance(key.value, str) or type(key.value) is int:
            return None
        shown = key.text or "nothing"
        help = f'put it in quotes: `"{key.text}"`' if key.text else "write a name before the colon"
        return codes.ODD_KEY.at(key.span, f"`{shown}` can't be a key", help)

    def _check_tag(self, event: Any, allowed: tuple[str, ...]) -> None:
        tag = event.tag.removeprefix(_TAG)
        if tag in allowed or tag == "!":
            return
        start = event.start_mark.index
        match = re.compile(r"(?:&\S*\s+)?(!\S*)").match(self.file.text, start)
        span = self.file.span(*match.span(1)) if match else self._span(event)
        self.report.add(codes.TAG.at(span, f"the tag `{span.text}` is not understood here", "a rulebook is plain data"))

    def _span(self, event: Any) -> Span:
        return self.file.span(event.start_mark.index, event.end_mark.index)
