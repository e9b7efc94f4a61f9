"""Every page, dark and light, on a phone and at a desk: axe-core finds nothing, and nothing hostile acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from browser.conftest import DESK, PHONE, violations

pytest.importorskip("jinja2")
pytest.importorskip("starlette")

from browser.stage import BOOK, Stage, event, message

PASTED = BOOK.replace("file: lists/adverts.txt", "items: [加微信]")
Visit = Callable[..., Any]
PAGES = (
    *("today", "queue", "log", "rules", "rules?costs=1", "rule/flood?numbers=1", "settings", "try", "replay"),
    *("playground", "member/li", "decision/{position}", "closer/{position}", "nothing"),
)
ANSWERS: dict[str, tuple[dict[str, str], str]] = {
    "settings": ({"set.burst": "2"}, "button[value=preview]"),
    "try": ({"text": "加微信 {evil}", "who": "{evil}", "channel": "{evil}"}, "main button.main"),
    "replay": ({"pasted": "{book}"}, "main button.main"),
    "queue": ({}, "main button[value=refused] >> nth=0"),
    "closer/{position}": ({"name": "{evil}"}, "main form button >> nth=0"),
    "closer/{position}#entry": ({"entry": "{evil}"}, "main form button >> nth=1"),
}
"""Pages that answer a form: the fields that are written, and the button that sends it."""
EVIL = (
    "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>",
    "\u202egnp.exe\u2066 \u200b",
    "x" * 10_000,
    "👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈" * 50,
    "</style><style>*{display:none}</style>",
    "javascript:window.hit=1 https://xn--80ak6aa92e.com/%2e%2e/<b>",
    "';alert(1)//\"><svg onload=window.hit=1>",
)


def answers(stage: Stage, page: Any, position: int, evil: str = "x") -> Iterator[str]:
    """Send each form, and yield its page when the answer is there."""
    for path, (fields, button) in ANSWERS.items():
        page.goto(f"{stage.url}/console/today")  # a fragment alone would load nothing
        page.goto(f"{stage.url}/console/{path.format(position=position)}")
        for name, value in fields.items():
            page.locator(f"[name='{name}']").first.fill(value.replace("{evil}", evil[:200]).replace("{book}", PASTED))
        with page.expect_navigation():
            page.locator(button).click()
        assert page.locator("#live h2, #live .said, #live .diff").count(), path
        yield path


@pytest.mark.parametrize(("lang", "size", "scheme"), [("zh", PHONE, "dark"), ("en", DESK, "light")])
def test_axe_finds_nothing_on_any_page(stage: Stage, visit: Visit, lang: str, size: Any, scheme: str) -> None:
    page = visit("ana", lang, size, color_scheme=scheme)
    position = stage.call(stage.hub.history("li", "tea", 1))[0].position
    for path in PAGES:
        page.goto(f"{stage.url}/console/{path.format(position=position)}")
        if path == "playground":
            page.locator("#findings li, #findings .good").first.wait_for()
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    position = stage.call(stage.hub.history("xu", "tea", 1))[0].position
    for path in answers(stage, page, position):
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(f"{stage.url}/console/today")
    page.get_by_role("button", name="退出" if lang == "zh" else "Leave").click()
    page.wait_for_selector("#token")
    assert violations(page) == []


def test_nothing_hostile_acts_on_any_page(stage: Stage, visit: Visit) -> None:
    for number, evil in enumerate(EVIL):
        who = {"id": evil[:500], "name": evil, "roles": []}
        stage.call(stage.hub.handle(message(f"evil{number}", f"加微信 {evil}") | {"actor": who}))
        for again in range(3):  # a flood, if no more than two may be written in ten seconds
            stage.call(stage.hub.handle(message(f"flood{number}.{again}", f"{evil}") | {"actor": who}))
        stage.call(stage.hub.handle(event("appeal.opened", evil[:500], id=f"appeal{number}", text=evil)))
        report = {"id": f"bad{number}", "reporter": {"id": "xu"}}
        stage.call(stage.hub.handle(event("report.created", "xu", id=f"rep{number}", report=report, reason=evil)))
    page = visit("ana")
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
    position = stage.call(stage.hub.history(EVIL[0][:500], "tea", 9))[-1].position
    for path in PAGES:
        answer = page.goto(f"{stage.url}/console/{path.format(position=position)}")
        assert answer.status < 500, path
        harmless(page, path)
    for path in answers(stage, page, position, EVIL[0]):
        harmless(page, path)
    page.goto(f"{stage.url}/console/member/{quote(EVIL[2][:500])}")
    harmless(page, "member")
    assert not errors


def harmless(page: Any, path: str) -> None:
    assert page.evaluate("window.hit") is None, path
    assert page.evaluate("getComputedStyle(document.querySelector('main')).display") != "none", path
    assert not set("\u202e\u2066\u200b") & set(page.inner_text("body")), path
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
