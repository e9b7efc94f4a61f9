"""Every page, dark and light, on a phone and at a desk: axe-core finds nothing, and nothing hostile acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from browser.conftest import DESK, PHONE, violations

pytest.importorskip("jinja2")
pytest.importorskip("starlette")

from browser.stage import Stage, event, message

Visit = Callable[..., Any]
PAGES = (
    *("today", "queue", "log", "rules", "rules?costs=1", "rule/flood?numbers=1", "settings", "try", "replay"),
    *("playground", "member/li", "decision/{position}", "closer/{position}", "nothing"),
)
EVIL = (
    "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>",
    "\u202egnp.exe\u2066 \u200b",
    "x" * 10_000,
    "👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈" * 50,
    "</style><style>*{display:none}</style>",
    "javascript:window.hit=1 https://xn--80ak6aa92e.com/%2e%2e/<b>",
    "';alert(1)//\"><svg onload=window.hit=1>",
)


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
    page.goto(f"{stage.url}/console/today")
    page.get_by_role("button", name="退出" if lang == "zh" else "Leave").click()
    page.wait_for_selector("#token")
    assert violations(page) == []


def test_nothing_hostile_acts_on_any_page(stage: Stage, visit: Visit) -> None:
    for number, evil in enumerate(EVIL):
        stage.call(stage.hub.handle(message(f"evil{number}", f"加微信 {evil}", who=f"{evil[:500]}")))
        stage.call(stage.hub.handle(event("appeal.opened", evil[:500], id=f"appeal{number}", text=evil)))
        report = {"id": f"bad{number}", "reporter": {"id": "xu"}}
        stage.call(stage.hub.handle(event("report.created", "xu", id=f"rep{number}", report=report, reason=evil)))
    page = visit("ana")
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
    position = stage.call(stage.hub.history("xu", "tea", 1))[0].position
    for path in PAGES:
        answer = page.goto(f"{stage.url}/console/{path.format(position=position)}")
        assert answer.status < 500, path
        assert page.evaluate("window.hit") is None, path
        assert page.evaluate("getComputedStyle(document.querySelector('main')).display") != "none", path
        assert not set("\u202e\u2066\u200b") & set(page.inner_text("body")), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert not errors
