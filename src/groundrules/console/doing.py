"""What is answered and changed: each form is a way to something that the hub or the language has anyway."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response

from groundrules.calendar.instants import format_ms
from groundrules.console.view import View
from groundrules.narrate.decision import narrate
from groundrules.runtime import Done, Failed, HubError
from groundrules.tools.replaying.model import Report

Form = Mapping[str, str]


async def answer(view: View, form: Form) -> Response:
    """Approve or refuse a request, in the name of whoever is in; whether they may, the rulebook says."""
    event = {"request": form.get("request", "")} | ({"reason": form["reason"]} if form.get("reason") else {})
    kind = "given" if form.get("answer") == "given" else "refused"
    decisions = await view.hub.handle(_event(view, f"approval.{kind}", view.session.member, event))
    notes = {note.kind for decision in decisions for note in decision.notes}
    if "approval_unknown" in notes:
        return _message(view, view.say("answered_before"), "queue")
    lines = [line for decision in decisions for line in narrate(decision, view.lang)]
    return _message(view, "\n".join([view.say("answered"), *lines]), "queue")


def _event(view: View, type: str, who: str, fields: Mapping[str, Any]) -> bytes:
    header = {"id": f"console:{secrets.token_hex(12)}", "type": type, "time": format_ms(view.hub.now())}
    who_and_where = {"community": {"id": view.community}, "actor": {"id": who or "console"}}
    return msgspec.json.encode({**header, **who_and_where, **fields})


async def report(view: View, form: Form) -> Response:
    """Say what became of an action in doubt."""
    assert view.community is not None
    key, outcome = form.get("key", ""), form.get("outcome")
    if outcome == "again":
        await view.hub.perform_again(view.community, key)
    else:
        ended = Done() if outcome == "done" else Failed(f"so says {view.session.token.name}")
        await view.hub.report(view.community, key, ended)
    return RedirectResponse(view.link("queue"), 303)


async def pause(view: View, form: Form) -> Response:
    """Hold actions back, or let them go."""
    assert view.community is not None
    await (view.hub.pause if form.get("wanted") == "pause" else view.hub.resume)(view.community)
    return RedirectResponse(view.link("today"), 303)


async def forget(view: View, who: str, form: Form) -> Response:
    """Erase a person, if their id was written twice."""
    if form.get("sure") != who:
        return RedirectResponse(view.link("member", who), 303)
    erased = await view.hub.forget(who)
    kinds = ("rows", "events", "decisions")
    return _message(view, view.say("forgotten", **{kind: erased.get(kind, 0) for kind in kinds}), "today")


async def settings(view: View, form: Form | None) -> Response:
    """Show settings, what they would have come to, or put them in force."""
    assert view.community is not None
    shown: dict[str, Any] = {"said": None, "failed": False, "report": None}
    schema = await view.hub.settings_schema(view.community, view.lang)
    values = await view.hub.settings(view.community)
    if form is not None:
        values = {name: _value(form.get(f"set.{name}", "")) for name in schema["properties"]}
        try:
            if form.get("what") == "save":
                await view.hub.change(view.community, values, by=view.session.member or view.session.token.name)
                shown["said"] = view.say("saved")
            else:
                shown["report"] = _report(await view.hub.preview(view.community, values))
        except HubError as error:
            shown |= {"said": view.say("bad_settings", why=str(error)), "failed": True}
    fields = [_field(name, field_schema, values.get(name)) for name, field_schema in schema["properties"].items()]
    return view.page("settings.html", fields=fields, **shown)


def _value(text: str) -> Any:
    """Return what somebody wrote as JSON has it: numbers, truth values and lists as such, all else as text."""
    if not text.strip():
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return text.strip()


def _field(name: str, schema: Mapping[str, Any], value: Any) -> dict[str, Any]:
    bounds = [str(schema[bound]) for bound in ("minimum", "maximum") if bound in schema]
    return {
        "name": name,
        "title": schema.get("title", name),
        "description": schema.get("description", ""),
        "type": schema.get("type"),
        "default": _written(schema.get("default")),
        "value": _written(value),
        "bounds": " … ".join(bounds),
    }


def _written(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _report(report: Report) -> dict[str, Any]:
    moved = [row for row in report.rules if row.gained or row.lost or row.changed]
    return {"events": report.after.events, "rows": moved}


async def attempt(view: View, form: Form | None) -> Response:
    """Say what would happen if somebody wrote this now."""
    given = {name: (form or {}).get(name, "") for name in ("text", "who", "channel")}
    answers = None
    if form is not None and view.community is not None:
        id = f"try:{secrets.token_hex(8)}"
        channel = given["channel"] or "general"
        fields = {"id": id, "message": {"id": id}, "text": given["text"], "channel": {"id": channel, "name": channel}}
        event = _event(view, "message", given["who"] or "somebody", fields)
        decisions = await view.hub.what_if(event)
        answers = [line for decision in decisions if decision.notable for line in narrate(decision, view.lang)]
    return view.page("try.html", 200, answers=answers, **given)


def _message(view: View, message: str, back: str) -> Response:
    return view.page("message.html", title=view.say(back), message=message, back=view.link(back))
