"""`groundrules explain RULEBOOK EVENTS --event ID`: why something happened, and why something did not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click
import msgspec

from groundrules.cli import reading
from groundrules.cli.loading import load_plan
from groundrules.cli.options import LANGUAGE
from groundrules.cli.printing import print_json, print_lines
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.display.lines import Line
from groundrules.tools.explaining.events import Explained, events_of, explain_event
from groundrules.tools.explaining.human import MOST, Writer
from groundrules.tools.explaining.plan_speech import PlanSpeech


@click.command("explain")
@click.argument("rulebook", type=click.Path(exists=True))
@click.argument("events", nargs=-1, type=click.Path(exists=True, allow_dash=True, dir_okay=False))
@click.option("--event", "id", required=True, metavar="ID", help="The id of the event to explain.")
@click.option("--rule", metavar="RULE", help="Why this rule, ladder, path, state or schedule did or did not fire.")
@click.option(
    "--all", "every", is_flag=True, help="Name every rule that listened and did not fire, not only the nearest."
)
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@LANGUAGE
def command(
    rulebook: str, events: tuple[str, ...], id: str, rule: str | None, every: bool, form: str, lang: str
) -> None:
    """Explain what one event of a stream brought about, and why.

    EVENTS are files of JSON, one event a line; `-`, or none, reads standard input. What came before the event is
    replayed, so windows and balances are those of that moment.

    With --rule: every condition of that rule with its value, the events in its windows, what was found in the text, and
    the smallest changes that would have made it fire, each tried out.
    """
    ready = load_plan(rulebook)
    source = _source(events or ("-",))
    found = explain_event(ready.plan, source, id)
    if found is None:
        known = [str(event.get("id")) for event in events_of(source())]
        raise click.UsageError(_no_such("event", id, known))
    if rule is not None and not found.rules.named(rule):
        raise click.UsageError(_no_such("rule", rule, [one.id for one in ready.plan.rules]))
    if form == "json":
        print_json(_data(found, rule))
    else:
        print_lines(_lines(found, rule, Writer(PlanSpeech(ready.plan, lang)), None if every else MOST))


def _no_such(what: str, name: str, known: Sequence[str]) -> str:
    hint = did_you_mean(name, known)
    return f"there is no {what} `{name}`" + (f"; {hint}" if hint else "")


def _source(names: tuple[str, ...]) -> Callable[[], Iterable[bytes]]:
    """The lines of all files, from the beginning each time; standard input is kept."""
    if "-" in names:
        with reading.lines(names, progress=False) as lines:
            kept = list(lines)
        return lambda: kept

    def read() -> Iterable[bytes]:
        for name in names:
            with open(name, "rb") as file:
                yield from file

    return read


def _data(found: Explained, rule: str | None) -> Any:
    event = found.event()
    if rule is None:
        return msgspec.to_builtins(event)
    return {"event": msgspec.to_builtins(event.event), "rules": msgspec.to_builtins(found.rule(rule))}


def _lines(found: Explained, rule: str | None, writer: Writer, most: int | None) -> Iterable[Line]:
    if rule is None:
        yield from writer.event(found.event(), most)
        return
    yield from writer.head(found.event())
    for told in found.rule(rule):
        yield Line("")
        yield from writer.rule(told)
