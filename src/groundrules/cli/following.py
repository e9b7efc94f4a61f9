"""`groundrules run --source kafka://… --store …`: a member of a group, until somebody ends it."""

from __future__ import annotations

import logging
import sys
from contextlib import closing

import click

from groundrules.cli.language import SpokenFormatter, reason, say
from groundrules.cli.printing import tell, tell_error
from groundrules.cli.stopping import Stop
from groundrules.engine.plan_file import Compiled


def follow(ready: Compiled, source: str, where: str, ticks: bool, quiet: bool) -> int:
    """Take part until a signal comes; return the exit code. What can't be used is told, and exits with 1 or 2."""
    try:
        from groundrules.cluster.kafka import Member, PlaceError, read_place
    except ImportError as error:
        raise click.UsageError(say("brings", reason=str(error), extra="kafka")) from None
    from confluent_kafka import KafkaException

    from groundrules.ports import PortError
    from groundrules.runtime.books import compiled
    from groundrules.runtime.hub import wall_clock
    from groundrules.stores import StoreError
    from groundrules.tools.running.states import opened

    if not quiet:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(SpokenFormatter("%(asctime)s %(message)s"))
        logging.basicConfig(level=logging.INFO, handlers=[handler])
    try:
        place = read_place(source)
        with closing(opened(where)) as store, Stop() as stop:
            member = Member(place, store, compiled(ready), wall_clock, ticks)
            member.run(lambda: stop.by is not None)
    except (PlaceError, PortError) as error:
        raise click.UsageError(reason(error)) from None
    except (StoreError, KafkaException, TimeoutError) as error:
        tell_error(f"{source}: {reason(error)}")
        sys.exit(1)
    if not quiet:
        tell(say("member_decided", count=member.decided))
    return stop.exit_code
