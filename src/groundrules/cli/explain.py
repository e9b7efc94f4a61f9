"""`groundrules explain RULEBOOK EVENTS --event ID`: why something happened, and why something did not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click
import msgspec

from groundrules.cli import reading
from groundrules.cli.help import Command
from groundrules.cli.loading import load_plan
from groundrules.cli.options import LANGUAGE, ROOTS
from groundrules.cli.printing import print_json, print_lines
from groundrules.cli.usage import no_such
from groundrules.display.lines import Line
from groundrules.tools.explaining.events import Explained, accepted, explain_event
from groundrules.tools.explaining.human import MOST, Writer
from groundrules.tools.explaining.plan_speech import PlanSpeech


@click.command("explain", cls=Command)
@click.argument("rulebook", type=click.Path(exists=True))
@click.argument("events", nargs=-1, type=click.Path(exists=True, allow_dash=True, dir_okay=False))
@click.option("--event", "id", required=True, metavar="ID", help="The id of the event to explain.")
@click.option("--rule", metavar="RULE", help="Why this rule, ladder, path, state or schedule did or did not fire.")
@click.option(
    "--all", "every", is_flag=True, help="Name every rule that listened and did not fire, not only the closest."
)
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@LANGUAGE
@ROOTS
def command(
    rulebook: str, events: tuple[str, ...], id: str, rule: str | None, every: bool, form: str, lang: str
) -> None:
    """Explain what one event of a stream led to, and why.

    EVENTS are files of JSON, one event per line; `-`, or none, reads standard input. Everything before the event is
    replayed, so windows and balances are as they were at that moment.

    With --rule: every condition of that rule with its value, the events in its windows, what was found in the text, and
    the smallest changes that would have made it fire, each tried out.
    """
    ready = load_plan(rulebook)
    source = _source(events or ("-",))
    explained = explain_event(ready.plan, source, id)
    if explained is None:
        ids = [str(event.get("id")) for event in accepted(ready.plan, source())]
        raise click.UsageError(no_such("event", id, ids))
    if rule is not None and not explained.rules.named(rule):
        raise click.UsageError(no_such("rule", rule, [rule.id for rule in ready.plan.rules]))
    if form == "json":
        print_json(_data(explained, rule))
    else:
        print_lines(_lines(explained, rule, Writer(PlanSpeech(ready.plan, lang)), None if every else MOST))


def _source(names: tuple[str, ...]) -> Callable[[], Iterable[bytes]]:
    """The lines of all files, from the beginning each time; standard input is kept."""
    if "-" in names:
        with reading.lines(names, progress=False) as lines:
            recorded = list(lines)
        return lambda: recorded

    def read() -> Iterable[bytes]:
        for name in names:
            with open(name, "rb") as file:
                yield from file

    return read


def _data(explained: Explained, rule: str | None) -> Any:
    event = explained.event()
    if rule is None:
        return msgspec.to_builtins(event)
    return {"event": msgspec.to_builtins(event.event), "rules": msgspec.to_builtins(explained.rule(rule))}


def _lines(explained: Explained, rule: str | None, writer: Writer, most: int | None) -> Iterable[Line]:
    if rule is None:
        yield from writer.event(explained.event(), most)
        return
    yield from writer.head(explained.event())
    for rule_explained in explained.rule(rule):
        yield Line("")
        yield from writer.rule(rule_explained)
