"""GR8xx: plans and state files."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

NOT_A_PLAN = Code(
    "GR801",
    "not-a-plan",
    Severity.ERROR,
    "a file that is not a plan",
    """\
A plan file begins with a mark of its own, and this file has another beginning: it is something else.

Rulebooks are compiled to plan files with `groundrules compile RULEBOOK --output FILE`.
""",
)

OTHER_PLAN_FORMAT = Code(
    "GR802",
    "other-plan-format",
    Severity.ERROR,
    "a plan of another format version",
    """\
The plan was made by a version of groundrules whose plans have another format. Guessing at it could change decisions
silently, so it is refused.

Compile the rulebook again with the version that is to run it.
""",
)

DAMAGED_PLAN = Code(
    "GR803",
    "damaged-plan",
    Severity.ERROR,
    "a plan file that was cut short or changed",
    """\
A plan file carries a hash of its content and the digest of its plan. Here they differ, or the content is no plan that
can be run: the file was cut short, edited or damaged on its way.

Compile the rulebook again.
""",
)

OTHER_TABLES = Code(
    "GR804",
    "other-tables",
    Severity.ERROR,
    "a plan made with other tables",
    """\
How letters fold and what time it is in a time zone comes from tables, and a plan says with which versions of them it
was made. Under other tables the same events could be decided otherwise, and what the plan keeps ready for the engine
would not fit, so it is refused.

Compile the rulebook again here, or install the versions of groundrules and tzdata that the message names.
""",
)

OTHER_PARTITION = Code(
    "GR805",
    "other-partition",
    Severity.ERROR,
    "a rulebook that keeps its state apart by something else",
    """\
A running engine keeps state per partition, a community unless `partition:` says otherwise. A rulebook that divides
events by another field would find nobody's strikes and points again, so a swap to it is refused and the old one stays
in force.

Begin with a new engine, or keep the `partition:` of the rulebook in force.
""",
)

SNAPSHOT_FOREIGN = Code(
    "GR811",
    "snapshot-foreign",
    Severity.ERROR,
    "a file that is no snapshot",
    """\
A snapshot of an engine's state begins with a mark of its own, and this file does not. Most often the path is wrong.

Name the file that the engine wrote.
""",
)

SNAPSHOT_NEWER = Code(
    "GR812",
    "snapshot-newer",
    Severity.ERROR,
    "a snapshot of another format version",
    """\
The snapshot was written by a version of groundrules whose snapshots have another format. Guessing at it could lose
strikes or points silently, so it is refused.

Read it with the version that wrote it.
""",
)

SNAPSHOT_DAMAGED = Code(
    "GR813",
    "snapshot-damaged",
    Severity.ERROR,
    "a snapshot that was cut short or changed",
    """\
A snapshot carries a hash of its content. Here they differ: the file was cut short, edited or damaged on its way.

Use an earlier snapshot and feed the events since then again.
""",
)
