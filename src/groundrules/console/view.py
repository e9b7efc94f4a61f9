"""What all pages share: who looks, at which community, in which language; and how a page is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from groundrules.calendar.instants import format_ms
from groundrules.console.sessions import Session
from groundrules.decisions import Decision
from groundrules.display.safe import plain
from groundrules.narrate.decision import narrate
from groundrules.narrate.localised import pick
from groundrules.narrate.speech import Speech
from groundrules.plan import ir
from groundrules.runtime import Hub
from groundrules.stores.records import Logged

HERE = Path(__file__).parent
AT = "/console"
LANGUAGES = ("zh", "en")
SHOWN = 20_000
"""Characters of a text from outside that a page shows."""
_decision = msgspec.json.Decoder(Decision)


@dataclass(frozen=True)
class View:
    """A request of somebody who is in. `community` is None where there is none yet."""

    request: Request
    hub: Hub
    session: Session
    lang: str
    community: str | None
    communities: tuple[str, ...] = ()

    @property
    def say(self) -> Speech:
        """The words of the console."""
        return spoken(self.lang)

    def query(self, name: str) -> str | None:
        """Return what the address says, None for nothing."""
        return self.request.query_params.get(name) or None

    def link(self, *path: str, **query: Any) -> str:
        """Return the address of a page, with the community that is looked at."""
        wanted = {"community": self.community, "lang": self.query("lang")} | query
        given = {key: value for key, value in wanted.items() if value is not None}
        return "/".join([AT, *(quote(part, safe="") for part in path)]) + (f"?{urlencode(given)}" if given else "")

    async def plan(self) -> ir.Plan:
        """Return what runs the community."""
        assert self.community is not None
        id = self.community
        return await self.hub.do(id, lambda core: core.communities[id].edition.compiled.plan)

    async def told(self, logged: list[Logged]) -> list[Mapping[str, Any]]:
        """Return decisions of the log as pages show them."""
        if self.community is None:
            return [self._told(entry, {}, {}, "UTC") for entry in logged]
        plan = await self.plan()
        wordings = {action.name: action for action in plan.actions}
        return [self._told(entry, wordings, titles(plan, self.lang), plan.timezone) for entry in logged]

    def _told(
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

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Draw a page."""
        return drawn(template, self.lang, status, view=self, session=self.session, say=self.say, **values)


def local(at: int, zone: str) -> str:
    """Return an instant as the clock of a community shows it, to the minute."""
    return Speech("common", "en", zone).local(format_ms(at)).strftime("%Y-%m-%d %H:%M")


def titles(plan: ir.Plan, lang: str) -> dict[str, str]:
    """Return what rules are called, by id."""
    return {rule.id: pick(rule.title, lang) or rule.id for rule in plan.rules}


@cache
def spoken(lang: str) -> Speech:
    """Return the words of the console in a language."""
    return Speech("console", lang, folder=HERE / "words")


def drawn(template: str, lang: str, status: int = 200, **values: Any) -> Response:
    """Draw a page from a template; every value is escaped, and what would steer a terminal or a reader is shown."""
    text = _templates().get_template(template).render(lang=lang, at=AT, style=f"{AT}/{style_name()}", **values)
    return HTMLResponse(text, status)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def _shown(value: object) -> object:
    """Take from a text whatever acts or hides; escaping comes after."""
    return plain(value)[:SHOWN] if type(value) is str else value


@cache
def style() -> bytes:
    """Return the stylesheet."""
    return (HERE / "static" / "console.css").read_bytes()


@cache
def style_name() -> str:
    """Return the stylesheet's name, another one whenever it changes, so that it can be kept for good."""
    return f"{hashlib.sha256(style()).hexdigest()[:16]}.css"
