"""GR7xx: events that are rejected."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

EVENT_NOT_JSON = Code(
    "GR701",
    "event-not-json",
    Severity.ERROR,
    "an event that is not a JSON object",
    """\
An event is one JSON object, in UTF-8; in a file, one per line. An empty line, a truncated line or a list is not an
event.
""",
)

EVENT_NOT_UTF8 = Code(
    "GR702",
    "event-not-utf8",
    Severity.ERROR,
    "an event that is not UTF-8",
    """\
The bytes are not UTF-8. Lone surrogates written as `\\ud800` are not the cause: they become U+FFFD on input.
""",
)

EVENT_UNKNOWN_TYPE = Code(
    "GR703",
    "event-unknown-type",
    Severity.ERROR,
    "an event of a type that the rulebook does not know",
    """\
Event types come from using `std/chat`, or from the rulebook's own schemas under `schemas/events/`. An event of any
other type is rejected, because a misspelt type would otherwise look like a quiet day.
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
The schema of the event's type says what the field holds. Nothing is converted: `"5"` is not a number and `1.0` is not
an integer.
""",
)

EVENT_BAD_VALUE = Code(
    "GR706",
    "event-bad-value",
    Severity.ERROR,
    "a field of an event with a value that it cannot have",
    """\
The value has the right type but is too large, too small, too long, or not one of those the schema lists.
""",
)

EVENT_BAD_FORMAT = Code(
    "GR707",
    "event-bad-format",
    Severity.ERROR,
    "a time or date that cannot be read",
    """\
Times are in RFC 3339 with their offset, `2026-03-01T09:00:00+08:00`; dates are `2026-03-01`, or `--03-01`
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
Objects and lists may be nested up to a hundred deep, even in fields that nobody reads.
""",
)

EVENT_TOO_OLD = Code(
    "GR711",
    "event-too-old",
    Severity.ERROR,
    "an event that comes too late",
    """\
Event ids are remembered for 24 hours, so an older event could be an undetected duplicate.
""",
)

RECORD_DAMAGED = Code(
    "GR714",
    "record-damaged",
    Severity.ERROR,
    "a log record that differs from what was written",
    """\
Its checksum shows it: the disk, another program or an incomplete copy changed the store. A placeholder says which
record it was; the others are read and written as before. To get the record back, restore the store from a backup.
""",
)

EVENT_NO_PARTITION = Code(
    "GR713",
    "event-no-partition",
    Severity.ERROR,
    "an event that belongs to no partition",
    """\
The rulebook partitions its state by a field of the event, by default the community, and this event does not have that
field.
""",
)
