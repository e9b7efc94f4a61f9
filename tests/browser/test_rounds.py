"""Whole rounds in a real browser: an appeal by two moderators, settings, the playground, without script, Chinese."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from browser.conftest import DESK, PHONE, shot
from groundrules.decisions import Decision
from groundrules.narrate.decision import narrate
from groundrules.stores.records import Query

pytest.importorskip("jinja2")
pytest.importorskip("starlette")

from browser.stage import Stage, message

Visit = Callable[..., Any]


def card(page: Any, kind: str) -> Any:
    """The card of a kind in the queue."""
    return page.locator("article.card", has=page.locator("h2", has_text=kind))


def balance(stage: Stage, who: str) -> int:
    reading = stage.hub.do("tea", lambda core: core.communities["tea"].engine.balance("tea", "strikes", who))
    return int(stage.call(reading))


def done(stage: Stage) -> list[tuple[str, Any]]:
    stage.call(stage.hub.drained())
    return [(action.do, action.who or action.parameters.get("to")) for action in stage.platform.done]


def test_an_appeal_is_settled_by_two_moderators_at_once(stage: Stage, visit: Visit) -> None:
    ana, bo = visit("ana"), visit("bo", "zh")
    for page in (ana, bo):
        page.goto(f"{stage.url}/console/queue")
    assert "lift the mute of li" in card(ana, "Appeal").inner_text()
    shot(ana, "queue")
    card(ana, "Appeal").get_by_role("button", name="I take it").click()
    card(ana, "Appeal").get_by_text("yours").wait_for()

    card(bo, "申诉").get_by_text("ana 正在处理").wait_for()  # without reloading
    assert card(bo, "申诉").get_by_role("button", name="申诉成立").count() == 0

    assert balance(stage, "li") == 2
    card(ana, "Appeal").get_by_role("button", name="Grant").click()
    ana.get_by_text("lift the mute of li").wait_for()
    assert balance(stage, "li") == 1  # without what had led to the step
    assert ("unmute", "li") in done(stage)
    card(bo, "申诉").wait_for(state="detached")


def test_who_is_late_changes_nothing(stage: Stage, visit: Visit) -> None:
    ana, bo = visit("ana"), visit("bo", java_script_enabled=False)
    for page in (ana, bo):
        page.goto(f"{stage.url}/console/queue")
    appeal = card(ana, "Appeal")
    appeal.get_by_role("button", name="Turn down").click()
    ana.get_by_text("Say why").wait_for()
    ana.goto(f"{stage.url}/console/queue")
    card(ana, "Appeal").get_by_label("Reason").fill("it was an advert")
    card(ana, "Appeal").get_by_role("button", name="Turn down").click()
    ana.get_by_text("Answered.").wait_for()
    done(stage)
    told = [action for action in stage.platform.done if action.do == "send"]
    assert [action.parameters["to"] for action in told] == ["li"]
    assert told[0].parameters["text"] == {"": "你的申诉未获通过。理由：it was an advert"}  # as the group speaks

    card(bo, "Appeal").get_by_role("button", name="Grant").click()
    assert "answer already" in bo.inner_text("main")
    assert balance(stage, "li") == 2


def test_what_was_done_by_mistake_is_taken_back_in_one_step(stage: Stage, visit: Visit) -> None:
    page = visit("bo")
    page.goto(f"{stage.url}/console/log?member=li&rule=no-adverts")
    page.get_by_role("link", name="Why").first.click()
    assert page.locator("mark").first.inner_text() == "兼职日结"
    shot(page, "why")
    page.get_by_label("Reason").fill("a mistake")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("Taken back.").wait_for()
    assert balance(stage, "li") == 1
    assert ("unmute", "li") in done(stage)
    page.goto(f"{stage.url}/console/today")
    assert page.get_by_text("By hand, bo: lift the mute of li (a mistake)").count() == 1


def test_settings_show_what_they_would_have_been_before_they_are_saved(stage: Stage, visit: Visit, book: Path) -> None:
    page = visit("ana")
    page.goto(f"{stage.url}/console/settings")
    page.get_by_label("Messages in ten seconds").fill("2")
    page.get_by_role("button", name="What would it have done?").click()
    page.get_by_role("heading", name="The last 30 days").wait_for()
    row = page.locator("section tr", has_text="No floods").inner_text()
    assert re.search(r"1\s+2", row), row
    newly = page.locator("section h3", has_text="Newly hit").locator("+ ul li")
    assert newly.all_inner_texts() == ["wang: 0 → 1 No floods"]
    example = page.locator("section article", has_text="wang").inner_text()
    assert example.split("\n\n") == ["newly · No floods · wang · #general", "喝茶吗 2"]
    shot(page, "settings")
    assert stage.call(stage.hub.settings("tea")) == {}
    page.get_by_role("button", name="Save").click()
    page.get_by_text("It is in force").wait_for()
    assert stage.call(stage.hub.settings("tea"))["burst"] == 2

    (book / "budget.yaml").write_text("limits: [{max: {flood: 1}}]\n", encoding="utf-8")
    page.get_by_label("Messages in ten seconds").fill("3")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("it breaks the budget").wait_for()
    assert stage.call(stage.hub.settings("tea"))["burst"] == 2


def test_the_playground_underlines_what_is_wrong_while_one_types(stage: Stage, visit: Visit) -> None:
    page = visit("ana")
    page.goto(f"{stage.url}/console/playground")
    page.get_by_text("Nothing is wrong.").wait_for()
    editor = page.locator("textarea[name='file.1']")
    text = editor.input_value()
    editor.fill(text.replace("text contains any of adverts", "txt contains any of adverts"))
    mark = page.locator(".under mark.error").first
    mark.wait_for(state="attached")
    assert mark.inner_text() == "txt"
    assert "GR" in page.inner_text("#findings")
    assert editor.get_attribute("aria-invalid") == "true"
    shot(page, "playground")
    editor.fill(text)
    page.get_by_text("Nothing is wrong.").wait_for()
    assert "Do not advertise here" in page.inner_text("#handbook")

    page.get_by_role("button", name="Run the tests").click()
    page.locator("#tests .holds").first.wait_for()
    for line in ("li: 加微信", "/save it goes"):
        page.get_by_label("A line").fill(line)
        page.keyboard.press("Enter")
        page.locator("#chat .said", has_text=line).wait_for()
    assert "delete" in page.inner_text("#chat")
    assert "it goes" in page.locator("textarea[name='file.2']").input_value()

    with page.expect_download() as download:
        page.get_by_role("button", name="Save as one file").click()
    saved = Path(download.value.path()).read_bytes()
    assert set(msgspec.json.decode(saved)["files"]) == {"rulebook.yaml", "tests.yaml"}
    page.goto(f"{stage.url}/console/playground")
    page.get_by_text("Open a file").first.click()
    page.locator("#opened").fill(saved.decode())
    page.locator("details").get_by_role("button", name="Open a file").click()
    page.wait_for_load_state()
    assert "it goes" in page.locator("textarea[name='file.2']").input_value()


def test_everything_can_be_done_without_script(stage: Stage, visit: Visit) -> None:
    page = visit("ana", java_script_enabled=False)
    page.goto(f"{stage.url}/console/queue")
    assert card(page, "Held back").get_by_role("link").all_inner_texts() == ["xu"]
    assert "reported by wang" in card(page, "Report").inner_text()
    card(page, "To be approved").get_by_role("button", name="Approve").click()
    assert "Answered." in page.inner_text("main")
    assert ("ban", "li") in done(stage)
    page.goto(f"{stage.url}/console/playground")
    page.locator("textarea[name='file.1']").fill("rulebook: x\nrules: [{id: a}]\n")
    page.get_by_role("button", name="Check").click()
    assert page.locator(".findings .error").count() >= 1
    page.goto(f"{stage.url}/console/try")
    page.get_by_label("Text").fill("加微信")
    page.get_by_role("button", name="Ask").click()
    assert "delete" in page.inner_text("main")


def test_on_a_phone_in_chinese_and_by_keyboard(stage: Stage, visit: Visit) -> None:
    page = visit("ana", "zh", PHONE, color_scheme="dark")
    shot(page, "phone")
    for path in ("today", "queue", "log", "rules", "settings", "try", "replay", "playground", "rule/flood?numbers=1"):
        page.goto(f"{stage.url}/console/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(f"{stage.url}/console/queue")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("j")
    case = "document.activeElement.closest('.card').querySelector('h2').textContent"
    assert "暂扣" in page.evaluate(case)
    page.keyboard.press("g")
    page.keyboard.press("3")
    page.wait_for_url("**/log*")


def test_what_happens_is_shown_without_reloading(stage: Stage, visit: Visit) -> None:
    page = visit("ana", size=DESK)
    page.goto(f"{stage.url}/console/log")
    page.evaluate("window.stayed = true")
    stage.call(stage.hub.handle(message("new", "加微信 新的广告", "wang")))
    page.locator("article.card", has_text="wang").first.wait_for()
    stage.call(stage.hub.handle(message("newer", "兼职日结 又一条", "zhao")))  # at once, while the first settles
    page.locator("article.card", has_text="zhao").first.wait_for(timeout=20_000)
    assert page.evaluate("window.stayed")


def test_a_decision_becomes_a_test_and_an_exception_on_a_branch(stage: Stage, visit: Visit, book: Path) -> None:
    for command in (("init", "-q"), ("add", "."), ("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")):
        subprocess.run(["git", *command], cwd=book, check=True)
    page = visit("ana")
    page.goto(f"{stage.url}/console/log?member=li&rule=no-adverts")
    page.get_by_role("link", name="Why").last.click()
    page.get_by_role("link", name="a closer look").click()
    page.get_by_text("it came out as it did").wait_for()
    assert "加微信" in page.inner_text(".lines")
    page.get_by_label("Name of the test").fill("adverts go")
    page.get_by_role("button", name="Show the change").first.click()
    assert "+  - name: adverts go" in page.inner_text(".diff")
    page.get_by_role("button", name="Commit").click()
    page.get_by_text("Committed as").wait_for()
    shown = subprocess.run(
        ["git", "log", "--all", "--format=%s %D"], cwd=book, check=True, capture_output=True, encoding="utf-8"
    ).stdout
    assert "adverts go console/decision-" in shown
    assert "adverts go" not in (book / "tests.yaml").read_text("utf-8")

    page.get_by_role("link", name="Back").click()
    page.get_by_label("Entry", exact=True).fill("无关的词")
    page.get_by_role("button", name="Show the change").last.click()
    assert "decided just the same" in page.inner_text("main")
    assert "+无关的词" in page.inner_text(".diff")


def test_the_log_is_what_was_decided(stage: Stage, visit: Visit) -> None:
    page = visit("bo")
    page.goto(f"{stage.url}/console/log?member=xu")
    logged = stage.call(stage.hub.decisions(Query(community="tea", member="xu", limit=1000)))
    shown = [link.get_attribute("href") for link in page.get_by_role("link", name="Why").all()]
    positions = [int(re.findall(r"decision/(\d+)", address or "")[0]) for address in shown]
    assert positions == [entry.position for entry in reversed(logged)]
    for entry, text in zip(reversed(logged), page.locator("article.card").all_inner_texts(), strict=True):
        for line in narrate(msgspec.json.decode(entry.body, type=Decision), "en"):
            assert line.strip() in text
