"""The playground's page, and what its script asks for while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from groundrules import confined
from groundrules.console.playground import bundle
from groundrules.console.playground.bundle import RULEBOOK, TESTS, Bundle, BundleError
from groundrules.console.playground.evaluate import Evaluation, evaluate
from groundrules.console.view import View
from groundrules.console.workshop import Limits, WorkshopError

Form = Mapping[str, str]
TYPING = Limits(seconds=5.0, memory=1 << 30, answer=2 << 20)
TESTING = Limits(seconds=20.0, memory=1 << 30, answer=2 << 20)
BEGINNING = """\
rulebook: our-group
title: {zh: 我们的群, en: Our group}
languages: [zh, en]
timezone: Asia/Shanghai

use: [std/chat]

lists:
  adverts: {match: squeezed, items: [加微信, 兼职日结, cheap followers]}

rules:
  - id: no-adverts
    title: {zh: 禁止广告, en: No advertising}
    text: {zh: 群内请勿发广告, en: Do not advertise here}
    on: message
    when: text contains any of adverts
    then: [delete]
"""
FIRST_TEST = """\
tests:
  - name: an advert is deleted
    timeline:
      - {at: "09:00", message: 加微信 兼职日结, by: li, id: a, expect: [{delete: [a]}]}
"""


async def show(view: View, form: Form | None) -> Response:
    """Show the playground: as it begins, or what a form without script asks for."""
    if form is None:
        return await _page(view, Bundle({RULEBOOK: BEGINNING, TESTS: FIRST_TEST}), tests=False)
    try:
        given = _given(form)
        match form.get("what"):
            case "export":
                return _file(given.checked())
            case "mine":
                given = await _mine(view)
            case "open":
                given = bundle.read(form.get("opened", "").encode())
            case "say":
                line = form.get("line", "").strip()[:2000]
                given = Bundle(given.files, [*given.chat, line] if line else given.chat)
            case "again":
                given = Bundle(given.files)
        return await _page(view, given.checked(), tests=form.get("what") == "test")
    except BundleError as error:
        return view.message(view.say(error.form, **error.values), "playground", 422)
    except WorkshopError as error:
        return view.message(view.excuse(error), "playground", 422)


def _given(form: Form) -> Bundle:
    names = [name.removeprefix("name.") for name in form if name.startswith("name.")]
    files = {form[f"name.{field}"].strip(): form.get(f"file.{field}", "").replace("\r\n", "\n") for field in names}
    chat = [line for line in form.get("chat", "").replace("\r\n", "\n").split("\n") if line.strip()]
    return Bundle({name: text for name, text in files.items() if name}, chat)


async def _mine(view: View) -> Bundle:
    """Return the rulebook of the community that is looked at. Raises BundleError and WorkshopError."""
    folder = await view.folder() if view.community is not None else None
    if folder is None:
        raise BundleError("no_folder")
    data = await view.house.workshop.do(bundle.of_rulebook, folder, limits=TESTING, roots=confined.roots_in_force())
    given = msgspec.json.decode(data, type=Bundle)
    if not given.files:  # what was compiled elsewhere
        raise BundleError("no_folder")
    return given


def _file(given: Bundle) -> Response:
    data = msgspec.json.format(msgspec.json.encode(given), indent=1)
    name = quote("playground.groundrules.json")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(data, media_type="application/json", headers=headers)


async def _page(view: View, given: Bundle, tests: bool) -> Response:
    evaluated = await _evaluation(view, given, tests)
    files = {**given.files, **evaluated.changed}
    return view.page(
        "playground.html",
        files=bundle.shown(files),
        chat=given.chat,
        result=evaluated,
        handbook=Markup(evaluated.handbook),
        tested=tests,
    )


async def check(view: View, form: Form) -> Response:
    """Answer the script: everything that is found, as JSON."""
    try:
        given = _given(form).checked()
    except BundleError as error:
        return _json(Evaluation(problem=view.say(error.form, **error.values)))
    return _json(await _evaluation(view, given, form.get("what") == "test"))


def _json(evaluated: Evaluation) -> Response:
    return Response(msgspec.json.encode(evaluated), media_type="application/json")


async def _evaluation(view: View, given: Bundle, tests: bool) -> Evaluation:
    limits = TESTING if tests or given.chat else TYPING
    try:
        data = await view.house.workshop.do(evaluate, msgspec.json.encode(given), view.lang, tests, limits=limits)
    except WorkshopError as error:
        return Evaluation(problem=view.excuse(error))
    return msgspec.json.decode(data, type=Evaluation)
