"""A browser for the console: Debian's Chromium, driven by Playwright. If either is missing, tests are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
SHOTS = Path(__file__).parents[2] / "docs" / "console"


@pytest.fixture(
    scope="module"
)  # not longer: Playwright's loop runs in this thread until it ends, and nobody else's can
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("there is no Chromium on this machine (apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        except playwright.Error as error:
            pytest.skip(f"{found} does not start: {error}")
        yield browser
        browser.close()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    from browser.stage import BOOK, TESTS

    folder = tmp_path / "tea-house"
    (folder / "lists").mkdir(parents=True)
    (folder / "rulebook.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "tests.yaml").write_text(TESTS, encoding="utf-8")
    (folder / "lists" / "adverts.txt").write_text("加微信\n兼职日结\n", encoding="utf-8")
    return folder


@pytest.fixture
def stage(chromium: Any, book: Path) -> Iterator[Any]:
    from browser.stage import Stage, week

    with Stage(book, week()) as found:
        yield found


@pytest.fixture
def visit(chromium: Any, stage: Any) -> Iterator[Callable[..., Any]]:
    """Somebody comes in, in a browser of their own; returns their page."""
    contexts = []

    def come(who: str = "ana", lang: str = "en", size: Any = DESK, role: str = "administer", **options: Any) -> Any:
        context = chromium.new_context(viewport=size, locale="zh-CN" if lang == "zh" else "en-GB", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{stage.url}/console")
        page.fill("#token", stage.token(f"{who}-{len(contexts)}", role))
        page.fill("#member", who)
        page.click("button.main")
        page.wait_for_selector("#live h2")
        return page

    yield come
    for context in contexts:
        context.close()


def violations(page: Any) -> list[Any]:
    """Return what axe-core finds on a page: rules, each with the elements that break it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def shot(page: Any, name: str) -> None:
    """Keep a picture of a page for the README, if that is asked for (GROUNDRULES_UPDATE_PAGES=1)."""
    if os.environ.get("GROUNDRULES_UPDATE_PAGES"):
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png")
