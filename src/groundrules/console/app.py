"""The console as an ASGI application below `/console`: who is let in, which page it is, and what surrounds each."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from groundrules.console import pages, queue, replays, settings, trying, why
from groundrules.console.live import Live
from groundrules.console.playground import pages as playground
from groundrules.console.sessions import COOKIE, LASTS, Session, Sessions
from groundrules.console.texts import reason, spoken
from groundrules.console.view import AT, LANGUAGES, House, View, drawn, files
from groundrules.console.workshop import Workshop
from groundrules.errors import GroundrulesError
from groundrules.narrate.speech import language_of
from groundrules.runtime import Hub
from groundrules.service.tokens import Role, Tokens

LARGEST = 1 << 17
"""Bytes of a form."""
LARGEST_FORMS = {"playground": 2 << 20, "replay": 32 << 20}
"""Bytes of forms that take files."""
MOST_COMMUNITIES = 500
SHELTER = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
}
log = logging.getLogger("groundrules.console")

Show = Callable[[View], Awaitable[Response]]
Form = Mapping[str, str]
SHOWN: dict[str, Show] = {
    "": pages.today,
    "today": pages.today,
    "queue": queue.queue,
    "log": pages.log,
    "rules": pages.rules,
    "settings": lambda view: settings.settings(view, None),
    "try": lambda view: trying.attempt(view, None),
    "replay": lambda view: replays.replay(view, None),
    "playground": lambda view: playground.show(view, None),
}
OF_ONE: dict[str, Callable[[View, str], Awaitable[Response]]] = {
    "decision": why.decision,
    "closer": why.look,
    "member": pages.member,
    "rule": pages.rule,
}
DONE: dict[str, tuple[Role, Callable[[View, Form], Awaitable[Response]]]] = {
    "answer": ("moderate", queue.answer),
    "claim": ("moderate", queue.claim),
    "pause": ("moderate", trying.pause),
    "settings": ("observe", settings.settings),
    "try": ("observe", trying.attempt),
    "replay": ("observe", replays.replay),
    "playground": ("observe", playground.show),
    "playground/check": ("observe", playground.check),
}
DONE_TO_ONE: dict[str, tuple[Role, Callable[[View, str, Form], Awaitable[Response]]]] = {
    "forget": ("administer", trying.forget),
    "undo": ("moderate", why.undo),
    "propose": ("moderate", why.propose),
}


class Console:
    """Serves the console of a hub; everything that is not below `/console` goes to `others`."""

    def __init__(self, hub: Hub, tokens: Tokens, others: ASGIApp) -> None:
        self._house = House(hub, Live(hub), Workshop())
        self._others = others
        self.sessions = Sessions(tokens)

    def begin(self) -> None:
        """Have ready what takes a while to begin with."""
        self._house.workshop.warm()

    def stop(self) -> None:
        """Let those go who listen for news, so that the server can end."""
        self._house.live.stop()
        self._house.workshop.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == AT or path.startswith(AT + "/")):
            await self._others(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._answered(request)
        except ClientDisconnect:
            return
        except GroundrulesError as error:
            lang = _language(request)
            response = self._plain(request, 409, spoken(lang)("refused_with", why=reason(error, lang)))
        except Exception:
            log.exception("an internal error while %s was answered", path)
            response = self._plain(request, 500, spoken(_language(request))("defect"))
        for name, value in SHELTER.items():
            response.headers.setdefault(name, value)
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        raw = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
        parts = [unquote(part) for part in raw.decode("ascii", "replace").split("?")[0].split("/")[2:]]
        if len(parts) == 1 and parts[0] in files():
            kept = {"cache-control": "public, max-age=31536000, immutable"}
            data, kind = files()[parts[0]]
            return Response(data, media_type=kind, headers=kept)
        if parts[:1] == ["enter"] or parts == ["leave"]:
            return await self._door(request, parts)
        session = self.sessions.get(_cookie(request))
        if session is None:
            return self._enter(request, "")
        view = await self._view(request, session)
        if request.method == "POST":
            return await self._done(view, parts)
        return await self._shown(view, parts)

    async def _shown(self, view: View, parts: list[str]) -> Response:
        if len(parts) == 2 and parts[0] in OF_ONE:
            return view.missing() if view.community is None else await OF_ONE[parts[0]](view, parts[1])
        if parts == ["live"] and view.community is not None:
            return self._house.live.stream(view.community, _since(view.request))
        show = SHOWN.get("/".join(parts))
        if show is None:
            return view.missing()
        if view.community is None and show is not pages.today and parts != ["playground"]:
            return RedirectResponse(view.link("today"), 303)
        return await show(view)

    async def _done(self, view: View, parts: list[str]) -> Response:
        most = LARGEST_FORMS.get(parts[0], LARGEST)
        form = await _form(view.request, most)
        if form is None:
            return self._refused(view, 413, "form_large", most=most >> 10)
        if not view.session.sealed(form.get("seal", "")):
            return self._refused(view, 403, "old_form")
        if view.community is None and parts[:1] != ["playground"]:
            return RedirectResponse(view.link("today"), 303)
        role, do = _deed(parts, form)
        if do is None:
            return view.missing()
        return await do(view) if view.session.may(role) else self._refused(view, 403, "not_allowed")

    # --- the door -------------------------------------------------------------------------------

    async def _door(self, request: Request, parts: list[str]) -> Response:
        link = parts[1] if len(parts) == 2 else ""
        if request.method != "POST":
            return self._enter(request, "", link)
        form = await _form(request, LARGEST) or {}
        if parts == ["leave"]:
            session = self.sessions.get(_cookie(request))
            if session is not None and session.sealed(form.get("seal", "")):
                self.sessions.end(_cookie(request))
            return RedirectResponse(AT, 303)
        member = form.get("member", "").strip()[:200]
        cookie = self.sessions.enter(link, member) if link else self.sessions.log_in(form.get("token", ""), member)
        if cookie is None:
            return self._enter(request, "wrong_link" if link else "wrong_token", status=403)
        response = RedirectResponse(AT, 303)
        secure = request.url.scheme == "https"
        response.set_cookie(
            COOKIE, cookie, max_age=int(LASTS), path=AT, httponly=True, samesite="strict", secure=secure
        )
        return response

    def _enter(self, request: Request, problem: str, link: str = "", status: int = 200) -> Response:
        lang = _language(request)
        say = spoken(lang)
        action = f"{AT}/enter/{quote(link, safe='')}" if link else f"{AT}/enter"
        return drawn(
            "enter.html", lang, status, say=say, message=say(problem) if problem else "", link=link, action=action
        )

    async def _view(self, request: Request, session: Session) -> View:
        heads = await self._house.hub.communities(limit=MOST_COMMUNITIES)
        asked = request.query_params.get("community")
        head = next((head for head in heads if head.community == asked), None)
        if asked and head is None:
            head = await self._house.hub.community(asked)
            heads = heads if head is None else [head, *heads]
        head = head or next(iter(heads), None)
        known = tuple(head.community for head in heads)
        chosen, version = (None, 0) if head is None else (head.community, head.version)
        return View(request, self._house, session, _language(request), chosen, known, version)

    def _refused(self, view: View, status: int, problem: str, **values: object) -> Response:
        message = view.say(problem, **values)
        return view.page("message.html", status, title=str(status), message=message, back=view.link("today"))

    def _plain(self, request: Request, status: int, problem: str) -> Response:
        lang = _language(request)
        return drawn("message.html", lang, status, say=spoken(lang), title=str(status), message=problem, back=AT)


def _deed(parts: list[str], form: Form) -> tuple[Role, Show | None]:
    """Return what a form asks for, and for whom that is."""
    if len(parts) == 2 and parts[0] in DONE_TO_ONE:
        role, do_to_one = DONE_TO_ONE[parts[0]]
        return role, lambda view: do_to_one(view, parts[1], form)
    role, do = DONE.get("/".join(parts), ("observe", None))
    if parts == ["settings"] and form.get("what") == "save":
        role = "administer"
    return role, None if do is None else lambda view: do(view, form)


def _language(request: Request) -> str:
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return asked
    accepted = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return language_of(accepted) if accepted else "en"


def _since(request: Request) -> int:
    """Return which version a browser knows: the one it last heard of, else that of its page."""
    known = request.headers.get("last-event-id") or request.query_params.get("since") or ""
    return int(known) if known.isdecimal() and len(known) < 16 else -1


def _cookie(request: Request) -> str:
    try:
        morsel = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


async def _form(request: Request, most: int) -> dict[str, str] | None:
    """Read a form, as far as it is one; None if it is too long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=1000))
    except ValueError:
        return {}
