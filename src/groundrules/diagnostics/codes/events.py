"""GR7xx: events that are rejected."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

EVENT_NOT_JSON = Code(
    "GR701",
    "event-not-json",
    Severity.ERROR,
    "an event that is not a JSON object",
    """\
An event is one JSON object, in UTF-8; in a file, one a line. An empty line, a line cut short or a list is none.
""",
)

EVENT_NOT_UTF8 = Code(
    "GR702",
    "event-not-utf8",
    Severity.ERROR,
    "an event that is not UTF-8",
    """\
The bytes are no UTF-8. Lone surrogates written as `\\ud800` are not the cause: they become U+FFFD on the way in.
""",
)

EVENT_UNKNOWN_TYPE = Code(
    "GR703",
    "event-unknown-type",
    Severity.ERROR,
    "an event of a type that the rulebook does not know",
    """\
The rulebook makes event types known by using `std/chat` or by schemas of its own under `schemas/events/`. An event of
any other type is rejected, because a misspelled type would otherwise look like a quiet day.
""",
)

EVENT_MISSING_FIELD = Code(
    "GR704",
    "event-missing-field",
    Severity.ERROR,
    "an event without a field that its type requires",
    """\
The schema of the event's type lists the field under `required`. `null` counts as absent.
""",
)

EVENT_WRONG_TYPE = Code(
    "GR705",
    "event-wrong-type",
    Severity.ERROR,
    "a field of an event with a value of the wrong type",
    """\
The schema of the event's type says what the field holds. Nothing is converted: `"5"` is no number and `1.0` is no
integer.
""",
)

EVENT_BAD_VALUE = Code(
    "GR706",
    "event-bad-value",
    Severity.ERROR,
    "a field of an event with a value that it cannot have",
    """\
The value is of the right type but too large, too small, too long, or none of those that the schema lists.
""",
)

EVENT_BAD_FORMAT = Code(
    "GR707",
    "event-bad-format",
    Severity.ERROR,
    "a time or date that cannot be read",
    """\
Times are written after RFC 3339 with their offset, `2026-03-01T09:00:00+08:00`; dates are `2026-03-01`, or `--03-01`
without the year.
""",
)

EVENT_BAD_NUMBER = Code(
    "GR708",
    "event-bad-number",
    Severity.ERROR,
    "a number that no event can hold",
    """\
NaN and infinity are not JSON, and integers have at most 64 bits.
""",
)

EVENT_TOO_DEEP = Code(
    "GR709",
    "event-too-deep",
    Severity.ERROR,
    "an event that is nested too deeply",
    """\
Objects and lists may stand in each other up to a hundred deep, in fields that nobody reads as well.
""",
)

EVENT_TOO_OLD = Code(
    "GR711",
    "event-too-old",
    Severity.ERROR,
    "an event that comes too late",
    """\
Event ids are remembered for 24 hours, so an older event could be a repetition that nobody would notice.
""",
)

RECORD_DAMAGED = Code(
    "GR714",
    "record-damaged",
    Severity.ERROR,
    "a record of the log that is not what was written",
    """\
The checksum beside it says so: the disk, another program or an incomplete copy changed the store. What stands in the
place of the record says which one it was; the others are read and written as before. Bring the store back from a backup
if the record is wanted.
""",
)

EVENT_NO_PARTITION = Code(
    "GR713",
    "event-no-partition",
    Severity.ERROR,
    "an event that belongs to no partition",
    """\
The rulebook keeps its state apart by a field of the event, the community unless it says otherwise, and this event
does not have that field.
""",
)
