"""GR8xx: plans and state files."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

NOT_A_PLAN = Code(
    "GR801",
    "not-a-plan",
    Severity.ERROR,
    "a file that is not a plan",
    """\
A plan file begins with a signature that this file does not have.

Rulebooks are compiled to plan files with `groundrules compile RULEBOOK --output FILE`.
""",
)

OTHER_PLAN_FORMAT = Code(
    "GR802",
    "other-plan-format",
    Severity.ERROR,
    "a plan of another format version",
    """\
The plan was written by a version of groundrules with another plan format. Guessing could silently change decisions, so
it is refused.

Compile the rulebook again with the version that is to run it.
""",
)

DAMAGED_PLAN = Code(
    "GR803",
    "damaged-plan",
    Severity.ERROR,
    "a truncated or changed plan file",
    """\
A plan file carries a hash of its content and the digest of its plan. Here they differ, or the content is not a runnable
plan: the file was truncated, edited or damaged in transit.

Compile the rulebook again.
""",
)

OTHER_TABLES = Code(
    "GR804",
    "other-tables",
    Severity.ERROR,
    "a plan made with other tables",
    """\
How letters fold and what time it is in a time zone comes from tables, and a plan records the versions it was built
with. With other tables the same events could be decided differently, and the plan's precompiled parts would not fit, so
it is refused.

Compile the rulebook again here, or install the versions of groundrules and tzdata that the message names.
""",
)

OTHER_PARTITION = Code(
    "GR805",
    "other-partition",
    Severity.ERROR,
    "a rulebook with another partition",
    """\
A running engine keeps state per partition, by default a community. A rulebook that divides events by another field
would lose everybody's strikes and points, so a swap to it is refused and the old one stays in force.

Start a new engine, or keep the `partition:` of the rulebook in force.
""",
)

SNAPSHOT_FOREIGN = Code(
    "GR811",
    "snapshot-foreign",
    Severity.ERROR,
    "a file that is not a snapshot",
    """\
A snapshot of an engine's state begins with a signature that this file does not have. Usually the path is wrong: name
the file that the engine wrote.
""",
)

SNAPSHOT_NEWER = Code(
    "GR812",
    "snapshot-newer",
    Severity.ERROR,
    "a snapshot of another format version",
    """\
The snapshot was written by a version of groundrules with another snapshot format. Guessing could silently lose strikes
or points, so it is refused.

Read it with the version that wrote it.
""",
)

SNAPSHOT_DAMAGED = Code(
    "GR813",
    "snapshot-damaged",
    Severity.ERROR,
    "a truncated or changed snapshot",
    """\
A snapshot contains a hash of its content. Here they differ: the file was truncated, edited or damaged in transit.

Use an earlier snapshot and feed the events since then again.
""",
)
