"""Two versions of the rulebook side by side on the past: what was recorded, or events that somebody uploads.

The other version is a revision of the folder that the rulebook stands in, or one file that is pasted. This runs in the
workshop's processes.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from starlette.responses import Response

from groundrules import confined
from groundrules.console.playground.bundle import LARGEST, RULEBOOK, Bundle
from groundrules.console.texts import reason, spoken
from groundrules.console.view import View, titles
from groundrules.console.workshop import Limits, WorkshopError
from groundrules.engine import plan_file
from groundrules.frontend import RulebookError, read_settings
from groundrules.rulebook.model import Rulebook
from groundrules.runtime.books import canonical
from groundrules.tools.replaying.model import Report
from groundrules.tools.replaying.run import Settings, replayed
from groundrules.tools.revisions import RevisionError, Spot
from groundrules.tools.versions import Version, load_version

MOST = 20_000
"""Recorded events, the latest, that a replay here goes over."""
LIMITS = Limits(seconds=60.0, file=256 << 20)
_REVISION = re.compile(r"[\w.@^~{}][\w./@^~{}+-]{0,199}")
Form = Mapping[str, str]


class Replayed(msgspec.Struct, frozen=True):
    """A report, or why there is none."""

    report: Report | None = None
    problem: str = ""


class Other(msgspec.Struct, frozen=True):
    """The other version: a revision of what stands at a path, or a pasted file; under which settings, JSON."""

    settings: bytes
    path: str = ""
    revision: str = ""
    pasted: str = ""


def replayed_through(plan: bytes, other: Other, lines: list[bytes], lang: str) -> bytes:
    """Return what another version would have done with events, and the one in force did: a Replayed as JSON."""
    ready = plan_file.read(plan)
    with tempfile.TemporaryDirectory(prefix="groundrules-") as place:
        home, events = Path(place).resolve() / "rulebook", Path(place).resolve() / "events.jsonl"
        home.mkdir()
        events.write_bytes(b"\n".join(lines) + b"\n")
        try:
            new = _version(other, home)
        except (RulebookError, RevisionError, OSError) as error:
            return msgspec.json.encode(Replayed(problem=_problem(error, home, lang)))
        old = Version(ready.name, ready, ready.digest)
        return msgspec.json.encode(Replayed(replayed(new, [str(events)], old, settings=Settings(jobs=1))))


def _version(other: Other, home: Path) -> Version:
    """Return the other version under those of the settings that it has parameters for."""
    values = msgspec.json.decode(other.settings, type=dict[str, Any])

    def extend(book: Rulebook) -> Rulebook:
        names = {str(parameter.name.value) for parameter in book.parameters}
        given = {name: value for name, value in values.items() if name in names}
        return replace(book, settings=read_settings(given)) if given else book

    if other.revision:
        return load_version(Spot(other.path, other.revision), extend)
    Bundle({RULEBOOK: other.pasted}).checked().write(home)
    return load_version(Spot(str(home)), extend)


def _problem(error: Exception, home: Path, lang: str) -> str:
    """Return what is wrong with the other version, and in which line."""
    findings = error.diagnostics if isinstance(error, RulebookError) else ()
    span = next((finding.span for finding in findings if finding.is_error), None)
    why = reason(error, lang).replace(f"{home}/", "")
    return why if span is None else spoken(lang)("at_line", line=span.line, why=why)


async def replay(view: View, form: Form | None) -> Response:
    """Show the form, or what came out."""
    given = {name: (form or {}).get(name, "") for name in ("revision", "pasted", "events")}
    report, problem = None, ""
    if form is not None:
        path = await view.folder()
        problem = _mistake(view, given, path)
        if not problem:
            report, problem = await _report(view, given, path or "")
    called = titles(await view.plan(), view.lang)
    return view.page(
        "replay.html", 200 if not problem else 422, report=report, message=problem, called=called, most=MOST, **given
    )


def _mistake(view: View, given: Form, path: str | None) -> str:
    """Return what is wrong with the form, "" for nothing."""
    revision = given["revision"].strip()
    if not revision and not given["pasted"].strip():
        return view.say("replay_what")
    if revision and path is None:
        return view.say("no_folder")
    if revision and not _REVISION.fullmatch(revision):
        return view.say("bad_revision", revision=revision[:100])
    return view.say("bundle_large", most=LARGEST >> 10) if len(given["pasted"].encode()) > LARGEST else ""


async def _report(view: View, given: Form, path: str) -> tuple[Report | None, str]:
    uploaded = given["events"].strip().encode()
    lines = uploaded.split(b"\n")[-MOST:] if uploaded else await view.latest(MOST)
    revision = given["revision"].strip()
    settings = canonical(await view.hub.settings(view.here))
    other = Other(settings, path, revision) if revision else Other(settings, pasted=given["pasted"])
    roots = confined.roots_in_force() if revision else ()
    call = (replayed_through, await view.plan_file(), other, lines, view.lang)
    try:
        answer = await view.house.workshop.do(*call, limits=LIMITS, roots=roots)
    except WorkshopError as error:
        return None, view.excuse(error)
    replayed = msgspec.json.decode(answer, type=Replayed)
    return replayed.report, replayed.problem
