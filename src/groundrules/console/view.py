"""What all pages share: who looks, at which community, in which language; and how a page is drawn."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
import msgspec
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from groundrules.calendar.instants import format_ms
from groundrules.console.live import Live
from groundrules.console.sessions import Session
from groundrules.console.texts import reason, spoken
from groundrules.console.waiting import Waiting
from groundrules.console.workshop import OverLimitError, Workshop, WorkshopError
from groundrules.decisions import Decision
from groundrules.display.safe import plain
from groundrules.engine import plan_file
from groundrules.narrate.decision import narrate
from groundrules.narrate.localised import pick
from groundrules.narrate.speech import Speech
from groundrules.plan import ir
from groundrules.runtime import Hub
from groundrules.runtime.books import Edition
from groundrules.stores.records import Events, Logged, Query, quoted

HERE = Path(__file__).parent
AT = "/console"
LANGUAGES = ("zh", "en")
KINDS = {".css": "text/css", ".js": "text/javascript"}
STILL = {"closer", "playground", "replay"}
"""Pages that are not made again while somebody looks at them."""
SEARCHED, MOST_SEARCHED = 1 << 20, 2048
"""Bytes, and segments, of recorded events among which one is looked for: it may have come long after its time."""
SHOWN = 20_000
"""Characters of a text from outside that a page shows."""
_decision = msgspec.json.Decoder(Decision)


@dataclass(frozen=True)
class House:
    """What all requests share."""

    hub: Hub
    live: Live
    workshop: Workshop
    waiting: dict[str, Waiting] = field(default_factory=dict)
    handbooks: dict[tuple[str, str], tuple[str, Markup]] = field(default_factory=dict)
    """Titles and texts, by edition and language."""

    def waits(self, community: str) -> Waiting:
        """Return what is known to wait in a community."""
        return self.waiting.setdefault(community, Waiting(community))


@dataclass(frozen=True)
class View:
    """A request of somebody who is in. `community` is None where there is none yet; `version` is what it had before."""

    request: Request
    house: House
    session: Session
    lang: str
    community: str | None
    communities: tuple[str, ...] = ()
    version: int = 0

    @property
    def live(self) -> str:
        """Where news come from for this page; "" for one that stays as it is: an answer, or much work to make."""
        page = self.request.url.path.removeprefix(f"{AT}/").partition("/")[0]
        stays = self.request.method != "GET" or page in STILL or self.query("numbers") or self.query("costs")
        return "" if stays or self.community is None else self.link("live", since=self.version)

    @property
    def hub(self) -> Hub:
        """The hub that is looked at."""
        return self.house.hub

    @property
    def by(self) -> str:
        """In whose name things are done."""
        return self.session.member or self.session.token.name

    @property
    def here(self) -> str:
        """The community that is looked at; only pages of one ask."""
        assert self.community is not None
        return self.community

    @property
    def say(self) -> Speech:
        """The words of the console."""
        return spoken(self.lang)

    def query(self, name: str) -> str | None:
        """Return what the address says, None for nothing."""
        return self.request.query_params.get(name) or None

    async def logged(self, position: int) -> Logged | None:
        """Return a decision of the community by its position; None if there is none."""
        entries = await self.hub.decisions(Query(community=self.community, after=position - 1, limit=1))
        return entries[0] if entries and entries[0].position == position else None

    def link(self, *path: str, **query: Any) -> str:
        """Return the address of a page, with the community that is looked at."""
        wanted = {"community": self.community, "lang": self.query("lang")} | query
        given = {key: value for key, value in wanted.items() if value is not None}
        return "/".join([AT, *(quote(part, safe="") for part in path)]) + (f"?{urlencode(given)}" if given else "")

    async def plan(self) -> ir.Plan:
        """Return what runs the community."""
        return (await self.edition()).compiled.plan

    async def plan_file(self) -> bytes:
        """Return the same as another process takes it."""
        return await asyncio.to_thread(plan_file.write, (await self.edition()).compiled)

    async def edition(self) -> Edition:
        """Return what runs the community, with all that is known of it."""
        id = self.here
        return await self.hub.do(id, lambda core: core.communities[id].edition)

    async def folder(self) -> str | None:
        """Return where the community's rulebook stands on this machine; None if it does not."""
        id = self.here
        return await self.hub.do(id, lambda core: core.books.path(id))

    async def summaries(self, logged: list[Logged]) -> list[Mapping[str, Any]]:
        """Return decisions of the log as pages show them."""
        if self.community is None:
            return [self._summary(entry, {}, {}, "UTC") for entry in logged]
        plan = await self.plan()
        wordings = {action.name: action for action in plan.actions}
        return [self._summary(entry, wordings, titles(plan, self.lang), plan.timezone) for entry in logged]

    def _summary(
        self, entry: Logged, wordings: Mapping[str, Any], titled: Mapping[str, str], zone: str
    ) -> Mapping[str, Any]:
        decision = _decision.decode(entry.body)
        return {
            "position": entry.position,
            "at": local(entry.at, zone),
            "decision": decision,
            "lines": narrate(decision, self.lang, dict(wordings)),
            "rules": [titled.get(fired.rule, fired.rule) for fired in decision.fired],
            "link": self.link("decision", str(entry.position)),
        }

    def event(self, type: str, who: str, id: str = "", **fields: Any) -> bytes:
        """Return an event of the community's, now."""
        header = {"id": id or f"console:{secrets.token_hex(12)}", "type": type, "time": format_ms(self.hub.now())}
        return msgspec.json.encode({**header, "community": {"id": self.here}, "actor": {"id": who}, **fields})

    async def recorded(self, id: str, at: int) -> tuple[int, dict[str, Any]] | None:
        """Return a recorded event by its id and time (ms), and the number of its segment's first; None if gone."""
        after, size, limit = 0, 0, 2  # nearly always it is in the first
        while size < SEARCHED and limit <= MOST_SEARCHED:
            segments = await self.hub.recorded(self.here, since=at, after=after, limit=limit)
            for segment in segments:
                event = _event_of(segment, id) if segment.since <= at else None
                if event is not None:
                    return segment.first, event
            if len(segments) < limit:
                return None
            after, size = segments[-1].last, size + sum(len(segment.body) for segment in segments)
            limit *= 4
        return None

    def excuse(self, error: WorkshopError) -> str:
        """Return why a piece of work came to nothing, as a page says it."""
        form = "too_much" if isinstance(error, OverLimitError) else "refused_with"
        return self.say(form, why=reason(error, self.lang))

    async def latest(self, many: int) -> list[bytes]:
        """Return the latest recorded events of the community, one a line."""
        head = await self.hub.community(self.here)
        segments = await self.hub.recorded(self.here, after=max(0, (head.number if head else 0) - many))
        return [line for segment in segments for line in segment.body.split(b"\n")][-many:]

    def message(self, message: str, back: str, status: int = 200) -> Response:
        """Draw a page that says one thing."""
        return self.page("message.html", status, title=self.say(back), message=message, back=self.link(back))

    def missing(self) -> Response:
        """Draw the page that says that there is none."""
        return self.page("message.html", 404, title="404", message=self.say("no_such_page"), back=self.link("today"))

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Draw a page."""
        return drawn(template, self.lang, status, view=self, session=self.session, say=self.say, **values)


def _event_of(segment: Events, id: str) -> dict[str, Any] | None:
    """Return an event of a segment by its id."""
    needles = quoted(id)
    for line in segment.body.split(b"\n") if any(needle in segment.body for needle in needles) else ():
        if any(needle in line for needle in needles):
            event = plain_event(line)
            if event.get("id") == id:
                return event
    return None


def plain_event(line: bytes) -> dict[str, Any]:
    """Return an event as it was written; an empty one if the line holds none."""
    try:
        event = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def local(at: int, zone: str) -> str:
    """Return an instant as the clock of a community shows it, to the minute."""
    return Speech("common", "en", zone).local(format_ms(at)).strftime("%Y-%m-%d %H:%M")


def titles(plan: ir.Plan, lang: str) -> dict[str, str]:
    """Return what rules are called, by id."""
    return {rule.id: pick(rule.title, lang) or rule.id for rule in plan.rules}


def drawn(template: str, lang: str, status: int = 200, **values: Any) -> Response:
    """Draw a page from a template; every value is escaped, and what would steer a terminal or a reader is shown."""
    text = _templates().get_template(template).render(lang=lang, at=AT, static=static, **values)
    return HTMLResponse(text, status)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["exact"] = lambda text: Markup(escape(text))
    return environment


def _shown(value: object) -> object:
    """Take from a text whatever acts or hides; escaping comes after."""
    return plain(value)[:SHOWN] if type(value) is str else value


@cache
def files() -> dict[str, tuple[bytes, str]]:
    """Return what pages refer to, by its name in addresses: another one whenever it changes, so that it can be kept."""
    files_by_name = {}
    for path in sorted((HERE / "static").iterdir()):
        data = path.read_bytes()
        name = f"{path.stem}.{hashlib.sha256(data).hexdigest()[:16]}{path.suffix}"
        files_by_name[name] = data, KINDS[path.suffix]
    return files_by_name


@cache
def static(name: str) -> str:
    """Return the address of a file that pages refer to."""
    stem, _, suffix = name.rpartition(".")
    return next(f"{AT}/{name}" for name in files() if name.startswith(f"{stem}.") and name.endswith(f".{suffix}"))
