"""Windows: what is counted, by which keys, for how long, and how far.

The counted event has a context of its own: its type, nothing else. The value, the `where` and the keys are typed
there; each key is typed once more where the window is read, because the two are compared. A window keeps only what
its comparison needs, so it is compared with a constant or says `max`; `streak`, `quiet` and the panes of `sum` are
bounded without.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundrules.checker import wording
from groundrules.checker.bindings import Context
from groundrules.checker.constants import fold
from groundrules.checker.literals import UNKNOWN, is_entity, is_key
from groundrules.checker.places import STATE, WHERE, WINDOW_KEY, Place
from groundrules.checker.views import alike
from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as type_codes
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.kinds import Typed
from groundrules.window_kinds import KINDS

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader

LARGEST = 10_000  # entries per key; beyond it a count is no longer a cheap thing to ask


# --- bounds -------------------------------------------------------------------------------------


def operand(reader: Reader, node: nodes.Node) -> Typed:
    """Type one side of a comparison; a window there may do without `max`."""
    if not isinstance(node, nodes.Window):
        return reader.type_of(node)
    typed = _window(reader, node)
    reader.session.tables.types[reader.context.id, id(node)] = typed
    return typed


def bounded(reader: Reader, node: nodes.Compare) -> bool:
    """Check what a window without `max` is compared with: a constant whole number."""
    for window, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(window, nodes.Window) and window.maximum is None and KINDS[window.kind].looks_back:
            return _bound(reader, window, other)
    return True


def _bound(reader: Reader, window: nodes.Window, other: nodes.Node) -> bool:
    value = fold(reader, other)
    if value is None:
        return _says_how_far(window) or _needs_max(reader, window)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _limit(window):
        return _is_within_reach(reader, window, other, value)
    text = reader.text(other)
    if isinstance(value, int) and value > LARGEST:
        help = (
            f"`{_as_sum(reader.text(window))}` keeps sixty numbers instead"
            if KINDS[window.kind].takes is None
            else None
        )
        words = (f"`{window.kind}` would keep {value:,} entries per key, and {LARGEST:,} is the most", help)
    else:
        words = (f"`{window.kind}` is compared with a whole number from 0 on, and `{text}` is not one", None)
    reader.error(codes.UNBOUNDED_WINDOW, other, words)
    return False


def _is_within_reach(reader: Reader, window: nodes.Window, other: nodes.Node, value: int) -> bool:
    """Check that of the last so many events there can be as many."""
    if not isinstance(window.within, nodes.LastEvents) or not KINDS[window.kind].keeps_entries:
        return True
    most = fold(reader, window.within.number)
    if not isinstance(most, int) or value <= most:
        return True
    words = (f"there are never {value:,} in `{reader.text(window.within)}`", "let it look back further")
    reader.error(codes.WINDOW_TIME, other, words)
    return False


def _as_sum(text: str) -> str:
    """Write a `count` as the sum that comes to the same, but for when a pane of it is over."""
    return text.replace("count(", "sum(1 of ", 1)


def _limit(window: nodes.Window) -> int:
    return LARGEST if KINDS[window.kind].keeps_entries else 2**53


def _says_how_far(window: nodes.Window) -> bool:
    """Tell whether a window has a bound even where it is compared with nothing."""
    bounded_itself = window.maximum is not None or isinstance(window.within, nodes.LastEvents)
    return bounded_itself or not KINDS[window.kind].keeps_entries


def _needs_max(reader: Reader, window: nodes.Window) -> bool:
    message = f"`{window.kind}` must say how far it counts, unless it is compared with a constant"
    shown = reader.text(window)
    reader.error(codes.UNBOUNDED_WINDOW, window, (message, f"write `{shown[:-1]} max 100)`"))
    return False


def _value(reader: Reader, node: nodes.Window) -> Typed:
    """Type a window that is used as a number."""
    typed = _window(reader, node)
    if node.listed and reader.place is STATE:
        words = ("a state can't wait for which values a window holds", "count them: `distinct(…) >= 3`")
        return reader.error(codes.STATE_READS, node, words)
    if not _says_how_far(node) and not isinstance(typed.type, kinds.Unknown):
        _needs_max(reader, node)
        return UNKNOWN
    return typed


# --- the window itself --------------------------------------------------------------------------


def _window(reader: Reader, node: nodes.Window) -> Typed:
    if not reader.place.windows:
        return _misplaced(reader, node)
    if not _known_type(reader, node):
        return UNKNOWN
    counted = reader.session.context(reader.context.instance, (node.event_type,))
    fine = _where(reader, node, counted)
    fine = _counted_value(reader, node, counted) and fine
    fine = _times(reader, node) and fine
    fine = _taken(reader, node) and fine
    optional = False
    for key in node.keys:
        key_part = _key(reader, key, counted, node.event_type)
        fine = fine and key_part is not None
        optional = optional or (key_part is not None and key_part.optional)
    if not fine:
        return UNKNOWN
    kind = KINDS[node.kind]
    if node.listed and node.value is not None:
        held = reader.elsewhere(counted, Place("the value of a window")).type_of(node.value).type
        identified = is_entity(held) or isinstance(held, kinds.Identifier)
        return Typed(kinds.ListOf(kinds.Identifier() if identified else kinds.Prose()), optional)
    return Typed(kinds.Duration() if kind.elapsed else kinds.Number(kind.takes != "number"), optional)


def _misplaced(reader: Reader, node: nodes.Window) -> Typed:
    if reader.place in (WHERE, WINDOW_KEY):
        words = (f"a window inside {reader.place.name}", "a window counts events by their own fields")
        return reader.error(codes.NESTED_WINDOW, node, words)
    return reader.error(name_codes.NOT_HERE, node, (f"{reader.place.name} cannot count events", None))


def _known_type(reader: Reader, node: nodes.Window | nodes.Taken) -> bool:
    known = reader.context.instance.types
    if node.event_type in known:
        return True
    words = unknown_type(reader, node.event_type)
    reader.error(name_codes.UNKNOWN_EVENT_TYPE, reader.offsets(node.event_type_at), words)
    return False


def unknown_type(reader: Reader, name: str) -> wording.Words:
    """Return the words for an event type that the instance does not know."""
    return wording.unknown_event_type(
        name, reader.context.instance.types, reader.session.catalog.event(name) is not None
    )


def _taken(reader: Reader, node: nodes.Window) -> bool:
    """Check what takes back: it has the value and the keys that the counted event has, of the same types."""
    if node.less and not KINDS[node.kind].keeps_entries:
        words = (f"nothing can be taken back from `{node.kind}`", "use `count` or `distinct`")
        reader.error(codes.WINDOW_LESS, node.less[0], words)
        return False
    if node.less and isinstance(node.within, nodes.LastEvents):
        words = (f"nothing can be taken back from `{reader.text(node.within)}`", "write `within 7d`")
        reader.error(codes.WINDOW_LESS, node.less[0], words)
        return False
    checked = [_takes(reader, node, taken) for taken in node.less]
    return all(checked)


def _takes(reader: Reader, node: nodes.Window, taken: nodes.Taken) -> bool:
    if not _known_type(reader, taken):
        return False
    context = reader.session.context(reader.context.instance, (taken.event_type,))
    keys = [_key(reader, key, context, taken.event_type) for key in node.keys]
    return _where(reader, taken, context) and _counted_value(reader, node, context) and None not in keys


def _where(reader: Reader, node: nodes.Window | nodes.Taken, counted: Context) -> bool:
    if node.where is None:
        return True
    typed = reader.elsewhere(counted, WHERE).condition(node.where)
    return not isinstance(typed.type, kinds.Unknown)


def _counted_value(reader: Reader, node: nodes.Window, counted: Context) -> bool:
    if node.value is None:
        return True
    typed = reader.elsewhere(counted, Place("the value of a window")).type_of(node.value)
    if isinstance(typed.type, kinds.Unknown):
        return False
    text = reader.text(node.value)
    words: wording.Words
    takes = KINDS[node.kind].takes
    if takes == "number" and not isinstance(typed.type, kinds.Number):
        words = (f"`{node.kind}` adds numbers, and `{text}` is {wording.described(typed.type)}", None)
    elif takes == "key" and not is_key(typed.type):
        help = f"did you mean `{node.kind}({text}.id of …)`?" if isinstance(typed.type, kinds.Object) else None
        words = (
            f"`{node.kind}` counts different texts, numbers and ids, and `{text}` is {wording.described(typed.type)}",
            help,
        )
    else:
        return True
    reader.error(codes.WINDOW_VALUE, node.value, words)
    return False


def _times(reader: Reader, node: nodes.Window) -> bool:
    fine, kind = _maximum(reader, node), KINDS[node.kind]
    calendar = isinstance(node.within, nodes.CalendarPeriod)
    if node.within is None:
        if kind.paned:
            words = (f"`{node.kind}` needs a time over which it adds", "write `… within 1d`")
            reader.error(codes.WINDOW_TIME, node, words)
        return fine and not kind.paned
    if not kind.looks_back:
        message = f"`{node.kind}` has no `{reader.text(node.within) if calendar else 'within'}`"
        reader.error(codes.WINDOW_TIME, node.within, (message, "remove it"))
        return False
    if calendar:
        return fine
    if isinstance(node.within, nodes.LastEvents):
        return _number_of_events(reader, node.within.number) and fine
    return constant_duration(reader, node.within) is not None and fine


def _maximum(reader: Reader, node: nodes.Window) -> bool:
    if node.maximum is None:
        return True
    if not KINDS[node.kind].looks_back:
        reader.error(codes.UNBOUNDED_WINDOW, node.maximum, (f"`{node.kind}` needs no `max`", "remove it"))
        return False
    return _whole_number(reader, node.maximum, "max", _limit(node), codes.UNBOUNDED_WINDOW)


def _number_of_events(reader: Reader, node: nodes.Node) -> bool:
    return _whole_number(reader, node, "last", LARGEST, codes.WINDOW_TIME)


def _whole_number(reader: Reader, node: nodes.Node, word: str, most: int, code: Code) -> bool:
    """Check a constant whole number from 1 to `most` behind a word."""
    typed = reader.type_of(node)
    if isinstance(typed.type, kinds.Unknown):
        return False
    value = fold(reader, node)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return True
    words = (f"`{word}` is a whole number from 1 to {most:,}, and `{reader.text(node)}` is not one", None)
    reader.error(code, node, words)
    return False


def constant_duration(reader: Reader, node: nodes.Node, least: int = 1) -> int | None:
    """Return the ms of a constant duration of at least `least` ms; report anything else."""
    typed = reader.type_of(node)
    if isinstance(typed.type, kinds.Unknown):
        return None
    text = reader.text(node)
    if not isinstance(typed.type, kinds.Duration):
        words = (f"a time is needed, and `{text}` is {wording.described(typed.type)}", "write `10m`, `2h` or `7d`")
        reader.error(
            type_codes.MISSING_UNIT if isinstance(typed.type, kinds.Number) else type_codes.WRONG_VALUE, node, words
        )
        return None
    value = fold(reader, node)
    if value is None:
        reader.error(
            type_codes.NOT_CONSTANT,
            node,
            (f"`{text}` is not known before any event", "write a duration or a parameter"),
        )
        return None
    if value < least:
        reader.error(codes.WINDOW_TIME, node, (f"a time above zero is needed, and `{text}` is not", None))
        return None
    return int(value)


# --- keys ---------------------------------------------------------------------------------------


def _key(reader: Reader, key: nodes.KeyPart, counted: Context, event_type: str) -> Typed | None:
    """Type a key on both sides; return its type where it is read."""
    here = reader.elsewhere(counted, WINDOW_KEY).type_of(key.counted)
    if isinstance(here.type, kinds.Unknown):
        return None
    text = reader.text(key.counted)
    if not is_key(here.type) or fold(reader.elsewhere(counted, WINDOW_KEY), key.counted) is not None:
        fixed = is_key(here.type)
        words = wording.constant_key(text, here.type) if fixed else wording.no_key(text, here.type)
        reader.error(codes.WINDOW_KEY, key.counted, words)
        return None
    there = _reader_key(reader, key, event_type, here.type)
    if there is None or isinstance(there.type, kinds.Unknown):
        return None
    if alike(here.type, there.type):
        return there
    other = reader.text(key.reader or key.counted)
    mine, theirs = wording.described(there.type), wording.described(here.type)
    message = f"`{text}` of {event_type} is {theirs} and `{other}` here is {mine}"
    reader.error(codes.WINDOW_KEY, key.reader or key.counted, (message, None))
    return None


def _reader_key(reader: Reader, key: nodes.KeyPart, event_type: str, counted: kinds.Type) -> Typed | None:
    inner = reader.within(WINDOW_KEY)
    if key.reader is not None:
        return inner.type_of(key.reader)
    typed = reader.session.quietly(lambda: inner.type_of(key.counted))
    if not isinstance(typed.type, kinds.Unknown):
        return typed
    text = reader.text(key.counted)
    where = f"{' and '.join(reader.context.types)} has none" if reader.context.types else "there is no event here"
    subject = reader.context.subject
    is_subject = subject is not None and isinstance(counted, kinds.Object) and counted.entity == subject
    help = f"write `by {text} = {subject}`" if is_subject else f"write what it is compared with: `by {text} = …`"
    reader.error(codes.WINDOW_KEY, key.counted, (f"`{text}` is read from {event_type}, and {where}", help))
    return None


RULES: dict[type[nodes.Node], Callable[[Reader, Any], Typed]] = {nodes.Window: _value}
