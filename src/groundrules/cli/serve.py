"""`groundrules serve RULEBOOK… --store STORE`: the hub over HTTP, until somebody stops it."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from groundrules.cli.help import Command
from groundrules.cli.language import reason, say, spoken
from groundrules.cli.loading import load_plan
from groundrules.cli.options import ONLY_SPOKEN, ROOTS
from groundrules.cli.printing import tell, tell_error, wanted

if TYPE_CHECKING:
    import socket

    from starlette.types import ASGIApp

    from groundrules.runtime import Hub, Keep
    from groundrules.service import Service, Tokens


AT_ONCE = 1000


@click.command("serve", cls=Command)
@click.argument("rulebooks", nargs=-1, required=True, metavar="RULEBOOK...")
@click.option(
    "--store",
    required=True,
    metavar="STORE",
    help="Where everything is kept: `sqlite:FILE`, or another named store (NAME:LOCATION).",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on; by default, only this machine."
)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one.")
@click.option(
    "--tokens", metavar="FILE", help="Tokens from `groundrules token`; without it, one is created and printed."
)
@click.option(
    "--ticks/--no-ticks",
    default=True,
    help="Time follows this machine's clock, or (for recorded events) only the times of events.",
)
@click.option(
    "--events",
    type=click.Path(exists=True, dir_okay=False),
    help="Decide on the events of this file first, one per line; those decided before change nothing.",
)
@click.option("--watch", is_flag=True, help="Put each new version of RULEBOOK in force once it passes lint and tests.")
@click.option(
    "--keep",
    multiple=True,
    metavar="NAME=VALUE",
    help="How many days `events`, `texts` and `decisions` are kept, or `ever`; of what people write, "
    "`log=evidence` keeps only what rules found, `log=hashes` only hashes.",
)
@click.option("--log", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@ONLY_SPOKEN
@ROOTS
def command(
    rulebooks: tuple[str, ...],
    store: str,
    host: str,
    port: int,
    tokens: str | None,
    ticks: bool,
    events: str | None,
    watch: bool,
    keep: tuple[str, ...],
    form: Literal["text", "json"],
) -> None:
    """Decide on events received over HTTP, store the decisions, and hand out the actions.

    RULEBOOK is a rulebook or plan file for all communities, or `REVISION:PATH` in git; COMMUNITY=RULEBOOK is for one.
    The endpoints are described in docs/service.md and, for programs, at /openapi.json.

    Ctrl-C or SIGTERM finishes what has begun and stops; a second one stops at once. Either way, nothing that got a
    response is lost.
    """
    with wanted("serve"):
        import groundrules.service.server as server
    from groundrules.runtime import Hub
    from groundrules.runtime.hub import wall_clock

    books = _books(rulebooks)
    if watch and not isinstance(books, str):
        raise click.UsageError(say("watch_of_several"))
    known = _tokens(tokens)
    try:
        listening = server.bound(host, port)
    except (OSError, OverflowError) as error:
        tell_error(say("no_listening", host=host, port=port, reason=error), help=say("another_port"))
        sys.exit(1)
    server.allow_connections()
    with listening:
        clock = wall_clock if ticks or events is None else _clock_of(Path(events))
        hub = partial(Hub, store, books, ticks=ticks, watch=watch, keep=_keep(keep), clock=clock)
        _serve(_run(hub, known, listening, events), store, form)


def _books(rulebooks: tuple[str, ...]) -> str | Callable[[str], str]:
    """Return which rulebook a community has; each is checked now."""
    of: dict[str, str] = {}
    for rulebook in rulebooks:
        community, path = (
            ("", rulebook) if os.path.exists(rulebook) or "=" not in rulebook else rulebook.partition("=")[::2]
        )
        _check(path or rulebook)
        if community in of:
            form = "two_rulebooks_of_one" if community else "two_rulebooks_of_all"
            raise click.UsageError(say(form, community=community, first=of[community], second=path))
        of[community] = path
    if len(of) == 1 and "" in of:
        return of[""]
    return lambda community: of.get(community) or of.get("") or _none(community)


def _keep(given: tuple[str, ...]) -> Keep:
    """Return how long what is kept."""
    from groundrules.runtime import Keep
    from groundrules.runtime.wording import WORDINGS

    kept: dict[str, Any] = {}
    for setting in given:
        name, _, value = setting.partition("=")
        if name == "log" and value in WORDINGS:
            kept[name] = value
        elif name in ("events", "texts", "decisions") and (value == "ever" or value.removesuffix("d").isdecimal()):
            kept[name] = None if value == "ever" else int(value.removesuffix("d"))
        else:
            raise click.UsageError(say("keep_what", given=setting))
    return Keep(**kept)


def _check(path: str) -> None:
    """Check a rulebook; one of a revision is checked as it stands there."""
    from groundrules.tools.revisions import RevisionError, on_disk, spot

    try:
        with on_disk(spot(path)) as standing:
            load_plan(os.fspath(standing.path))
    except RevisionError:
        raise click.UsageError(say("no_such.rulebook", name=path)) from None


def _none(community: str) -> str:
    from groundrules.runtime import HubError

    raise HubError(f"no rulebook is named for the community {community}")


def _tokens(path: str | None) -> Tokens:
    from groundrules.service.tokens import TokenError, TokenFile, Tokens

    if path is None:
        tokens = Tokens()
        tell(say("own_token", token=tokens.new("admin", "administer")))
        return tokens
    try:
        return TokenFile(path)
    except TokenError as error:
        tell_error(reason(error), help=say("make_a_token", file=path))
        sys.exit(1)


def _serve(run: Coroutine[Any, Any, None], store: str, form: Literal["text", "json"]) -> None:
    from groundrules.ports import PortError
    from groundrules.service import logs
    from groundrules.stores import StoreError

    logs.set_up(form, lang=spoken())
    try:
        asyncio.run(run)
    except PortError as error:
        raise click.UsageError(reason(error)) from None
    except StoreError as error:
        tell_error(say("no_store", place=store, reason=reason(error)))
        sys.exit(1)


async def _run(
    opened: Callable[[], Hub],
    tokens: Tokens,
    listening: socket.socket,
    events: str | None,
) -> None:
    from groundrules.service import Service
    from groundrules.service.server import Server

    async with opened() as hub, Service(hub, tokens) as service:
        if events is not None:
            await _decide_first(hub, Path(events))
        _settle()
        host, port = listening.getsockname()[:2]
        at = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        tell(say("listening", address=at))
        await Server(service, _with_console(service, at)).serve(sockets=[listening])


def _settle() -> None:
    """Keep Python's collector from going over what was loaded for good: everybody waits while it does."""
    gc.collect()
    gc.freeze()


def _clock_of(path: Path) -> Callable[[], int]:
    """Return a clock that stands at the end of a file's events when it is made, so that what happened is recent."""
    import time

    from groundrules.runtime.arrivals import Arrival, arrival

    now = time.time_ns() // 1_000_000
    arrivals = (arrival(line, now) for line in path.read_bytes().splitlines())
    latest = max((arrived.at for arrived in arrivals if isinstance(arrived, Arrival)), default=now)
    return lambda: latest + time.time_ns() // 1_000_000 - now


async def _decide_first(hub: Hub, path: Path) -> None:
    """Decide on the events of a file, from where an earlier run left off."""
    name = f"events {path.name}"
    begin = int(await hub.position(name) or b"0")
    lines = path.read_bytes().splitlines()[begin:]
    for start in range(0, len(lines), AT_ONCE):
        *most, last = lines[start : start + AT_ONCE]
        await hub.handle_many(most)
        await hub.handle(last, source=(name, b"%d" % (begin + start + len(most) + 1)))


def _with_console(service: Service, at: str) -> ASGIApp | None:
    """Return the service with the console beside it, None where the console is not installed."""
    if find_spec("jinja2") is None:
        return None
    from groundrules.console import Console
    from groundrules.service import application

    console = Console(service.hub, service.tokens, application(service))
    service.at_stop(console.stop)
    console.begin()
    tell(say("console", address=f"{at}/console/enter/{console.sessions.link()}"))
    return console
