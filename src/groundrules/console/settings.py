"""The rulebook's parameters: what other values would have done, and putting them in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from groundrules.console.texts import reason
from groundrules.console.view import View, titles
from groundrules.narrate.localised import pick
from groundrules.runtime import HubError, OverBudgetError
from groundrules.tools.replaying.model import Example, Verdict
from groundrules.tools.replaying.sampling import Figure, Preview

Form = Mapping[str, str]
MOST = 30
"""Members, and examples, that a preview names."""


async def settings(view: View, form: Form | None) -> Response:
    """Show settings, what they would have come to, or put them in force."""
    shown: dict[str, Any] = {"message": None, "failed": False, "preview": None}
    schema = await view.hub.settings_schema(view.here, view.lang)
    values = await view.hub.settings(view.here)
    status = 200
    if form is not None:
        open_ones = (name for name, shape in schema["properties"].items() if not shape.get("readOnly"))
        values = {name: _value(form.get(f"set.{name}", "")) for name in open_ones}
        try:
            if form.get("what") == "save":
                await view.hub.change(view.here, values, by=view.by)
                shown["message"] = view.say("saved")
            else:
                shown["preview"] = await _previewed(view, await view.hub.estimate(view.here, values))
        except OverBudgetError as error:
            broken = "\n".join(_verdict(view, verdict) for verdict in error.broken)
            shown |= {"message": view.say("over_budget", why=broken), "failed": True}
            shown["preview"], status = await _previewed(view, error.preview), 409
        except HubError as error:
            shown |= {"message": view.say("bad_settings", why=reason(error, view.lang)), "failed": True}
            status = 422
    fields = [_field(name, field_schema, values.get(name)) for name, field_schema in schema["properties"].items()]
    return view.page("settings.html", status, fields=fields, **shown)


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
        "fixed": schema.get("readOnly", False),
        "default": _written(schema.get("default")),
        "value": _written(value),
        "bounds": " … ".join(bounds),
    }


def _written(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


async def _previewed(view: View, preview: Preview) -> dict[str, Any]:
    """Return a preview as the page shows it."""
    report, called = preview.report, titles(await view.plan(), view.lang)
    rows = []
    for row in report.rules:
        figure = preview.rules.get(row.rule, Figure(row.before, row.after))
        if row.gained or row.lost or row.changed:
            rows.append({"called": called.get(row.rule, row.rule), "figure": figure, "row": row})
    return {
        "result": preview,
        "report": report,
        "rows": rows,
        "newly": report.newly[:MOST],
        "spared": report.spared[:MOST],
        "examples": [(example, list(_pieces(example))) for example in report.examples[:MOST]],
        "called": called,
        "budget": [(_verdict(view, verdict), verdict.ok) for verdict in report.budget],
    }


def _pieces(example: Example) -> list[tuple[str, bool]]:
    """Return an example's text in pieces, each with whether it was found."""
    at, pieces = 0, []
    for mark in example.marks:
        pieces += [(example.text[at : mark.start], False), (example.text[mark.start : mark.end], True)]
        at = mark.end
    return [piece for piece in [*pieces, (example.text[at:], False)] if piece[0]]


def _verdict(view: View, verdict: Verdict) -> str:
    form = "budget_least" if verdict.at_least else "budget_most"
    cohort = pick(verdict.title, view.lang) or verdict.cohort or view.say("everybody")
    of = view.say(f"units.{verdict.of}")
    return view.say(
        form, rule=verdict.rule, acted=verdict.acted, total=verdict.total, of=of, cohort=cohort, limit=verdict.limit
    )
