"""Two versions of the rulebook side by side on the past: what was recorded, or events that somebody uploads.

The other version is a revision of the folder that the rulebook stands in, or one file that is pasted. This runs in the
workshop's processes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
from starlette.responses import Response

from groundrules.console.playground.bundle import LARGEST, RULEBOOK, Bundle
from groundrules.console.view import View, titles
from groundrules.console.workshop import Limits, OverLimitError
from groundrules.diagnostics.translation import refused
from groundrules.engine import plan_file
from groundrules.frontend import RulebookError
from groundrules.tools.replaying.model import Report
from groundrules.tools.replaying.run import Settings, replayed
from groundrules.tools.revisions import RevisionError, Spot
from groundrules.tools.versions import Version, load_version

MOST = 20_000
"""Recorded events, the latest, that a replay here goes over."""
LIMITS = Limits(seconds=60.0)
Form = Mapping[str, str]


class Replayed(msgspec.Struct, frozen=True):
    """A report, or why there is none."""

    report: Report | None = None
    problem: str = ""


def replayed_through(plan: bytes, folder: str, revision: str, pasted: str, lines: list[bytes]) -> bytes:
    """Return what another version would have done with events, and the one in force did: a Replayed as JSON."""
    ready = plan_file.read(plan)
    with tempfile.TemporaryDirectory(prefix="groundrules-") as place:
        home, events = Path(place).resolve() / "rulebook", Path(place).resolve() / "events.jsonl"
        home.mkdir()
        events.write_bytes(b"\n".join(lines) + b"\n")
        try:
            if revision:
                new = load_version(Spot(folder, revision))
            else:
                Bundle({RULEBOOK: pasted}).checked().write(home)
                new = load_version(Spot(str(home)))
        except (RulebookError, RevisionError, OSError) as error:
            return msgspec.json.encode(Replayed(problem=str(error).replace(f"{home}/", "")))
        old = Version(ready.name, ready, ready.digest)
        return msgspec.json.encode(Replayed(replayed(new, [str(events)], old, settings=Settings(jobs=1))))


async def replay(view: View, form: Form | None) -> Response:
    """Show the form, or what came out."""
    given = {name: (form or {}).get(name, "") for name in ("revision", "pasted", "events")}
    report, problem = None, ""
    if form is not None:
        uploaded = given["events"].strip().encode()
        lines = uploaded.split(b"\n") if uploaded else await _recorded(view)
        revision, folder = given["revision"].strip(), await view.folder() or ""
        plan = plan_file.write((await view.edition()).compiled)
        if len(given["pasted"].encode()) > LARGEST or revision.startswith("-") or ":" in revision:
            problem = view.say("bundle_large", most=LARGEST >> 10)
        elif not revision and not given["pasted"].strip():
            problem = view.say("replay_what")
        else:
            call = (replayed_through, plan, folder, revision, given["pasted"], lines)
            try:
                replayed = msgspec.json.decode(await view.house.workshop.do(*call, limits=LIMITS), type=Replayed)
                report, problem = replayed.report, replayed.problem
            except OverLimitError as error:
                problem = view.say("too_much", why=refused(str(error), view.lang))
    called = titles(await view.plan(), view.lang)
    return view.page(
        "replay.html", 200 if not problem else 422, report=report, message=problem, called=called, most=MOST, **given
    )


async def _recorded(view: View) -> list[bytes]:
    head = await view.hub.community(view.here)
    segments = await view.hub.recorded(view.here, after=max(0, (head.number if head else 0) - MOST))
    return [line for segment in segments for line in segment.body.split(b"\n")][-MOST:]
