"""Trying: what would happen if somebody wrote this now, as things stand; nothing is kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.responses import RedirectResponse, Response

from groundrules.console.view import View
from groundrules.narrate.decision import narrate

Form = Mapping[str, str]


async def attempt(view: View, form: Form | None) -> Response:
    """Say what would happen if somebody wrote this now."""
    given = {name: (form or {}).get(name, "") for name in ("text", "who", "channel")}
    answers = None
    if form is not None:
        id = f"try:{secrets.token_hex(8)}"
        channel = given["channel"] or "general"
        fields = {"message": {"id": id}, "text": given["text"], "channel": {"id": channel, "name": channel}}
        decisions = await view.hub.what_if(view.event("message", given["who"] or "somebody", id, **fields))
        answers = [line for decision in decisions if decision.notable for line in narrate(decision, view.lang)]
    return view.page("try.html", 200, answers=answers, **given)


async def pause(view: View, form: Form) -> Response:
    """Hold actions back, or let them go."""
    await (view.hub.pause if form.get("wanted") == "pause" else view.hub.resume)(view.here)
    return RedirectResponse(view.link("today"), 303)


async def forget(view: View, who: str, form: Form) -> Response:
    """Erase a person, if their id was written twice."""
    if form.get("sure") != who:
        return RedirectResponse(view.link("member", who), 303)
    erased = await view.hub.forget(who)
    view.house.waiting.clear()
    kinds = ("rows", "events", "decisions")
    return view.message(view.say("forgotten", **{kind: erased.get(kind, 0) for kind in kinds}), "today")
