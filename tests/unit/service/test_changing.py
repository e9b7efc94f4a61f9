"""Settings, another version of the rulebook, and forgetting a person, over HTTP."""

from __future__ import annotations

from pathlib import Path

from strategies.serving import lines, message, run, serving

SETTABLE = """
rulebook: shop
use: [std/chat]
parameters:
  limit: {type: integer, default: 3, min: 1, max: 9, title: {en: Longest message}}
rules:
  - id: long
    on: message
    when: length(text) > limit
    then: [delete]
"""
TESTS = """
tests:
  - name: short ones stay
    timeline:
      - {at: "09:00", message: hi, by: ana, expect: []}
"""


def book(folder: Path, text: str = SETTABLE) -> Path:
    (folder / "shop").mkdir(exist_ok=True)
    (folder / "shop" / "rulebook.yaml").write_text(text, encoding="utf-8")
    return folder / "shop"


def test_settings_are_previewed_and_put_in_force(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(book(tmp_path)) as clients:
            path = "/v1/communities/c/settings"
            assert (await clients.observe.get(path)).status_code == 404
            await clients.stream(lines(message("1", "four")))
            now = (await clients.observe.get(path)).json()
            assert (now["values"], list(now["schema"]["properties"])) == ({}, ["limit"])
            dry = await clients.administer.put(f"{path}?dry_run=true&days=9", json={"values": {"limit": 4}})
            assert dry.json()["values"] == {}
            [rule] = [row for row in dry.json()["preview"]["rules"] if row["rule"] == "long"]
            assert (rule["before"], rule.get("after", 0)) == (1, 0)
            changed = await clients.administer.put(path, json={"values": {"limit": 4}, "by": "zoe"})
            assert changed.json()["values"] == {"limit": 4}
            [answer] = await clients.stream(lines(message("2", "four")))
            assert answer["decisions"] == []
            odd = await clients.administer.put(path, json={"values": {"limit": 40}})
            assert (odd.status_code, odd.json()["code"], odd.json()["place"]) == (409, "GR413", "values.limit")
            assert "limit" in odd.json()["reason"]
            assert (await clients.observe.get(path)).json()["values"] == {"limit": 4}

    run(go())


LISTED = """
rulebook: shop
use: [std/chat]
lists:
  adverts: {changes: true, items: [spam, offer]}
rules:
  - id: more
    on: message
    when: known(capture(text, /^add (.+)/))
    then: [{enlist: 'capture(text, /^add (.+)/) ?? ""', in: adverts}]
  - id: less
    on: message
    when: known(capture(text, /^drop (.+)/))
    then: [{unlist: 'capture(text, /^drop (.+)/) ?? ""', in: adverts}]
"""


def test_lists_that_changed_are_told(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(book(tmp_path, LISTED)) as clients:
            path = "/v1/communities/c/lists"
            assert (await clients.observe.get(path)).status_code == 404
            await clients.stream(lines(message("1", "hello")))
            assert (await clients.observe.get(path)).json() == {"lists": {}}
            await clients.stream(
                lines(message("2", "add winner"), message("3", "drop offer"), message("4", "add spam"))
            )
            now = (await clients.observe.get(path)).json()
            assert now == {"lists": {"adverts": {"added": ["winner"], "removed": ["offer"]}}}

    run(go())


def test_another_version_must_be_asked_for_by_what_runs_and_pass_its_tests(tmp_path: Path) -> None:
    async def go() -> None:
        path = book(tmp_path)
        async with serving(path) as clients:
            await clients.stream(lines(message("1", "hey")))
            runs = await clients.observe.get("/v1/plan")
            assert runs.json()["actions"] == ["delete"]
            etag = runs.headers["etag"]
            (path / "tests.yaml").write_text(TESTS, encoding="utf-8")
            book(tmp_path, SETTABLE.replace("default: 3", "default: 2"))
            for header in ({}, {"if-match": '"x"'}):
                late = await clients.administer.put("/v1/plan", json={}, headers=header)
                assert (late.status_code, late.json()["code"], late.headers["etag"]) == (409, "changed", etag)
                changes = late.json()["changes"]
                assert (changes["same"], [one["id"] for one in changes["changes"]]) == (False, ["limit", "long"])
            dry = await clients.administer.put("/v1/plan?dry_run=true&community=c", json={}, headers={"if-match": etag})
            assert dry.json()["preview"]["rules"]
            assert not dry.json()["changes"]["same"]
            hi = message("2", "hey")
            under = [
                (await clients.bot.post(f"/v1/what-if{query}", json=hi)).json()["decisions"]
                for query in ("", "?files=true")
            ]
            assert [decision.get("actions", []) != [] for [decision] in under] == [False, True]
            changed = await clients.administer.put("/v1/plan", json={}, headers={"if-match": etag})
            assert changed.status_code == 200, changed.text
            assert changed.json()["rulebook"] != runs.json()["rulebook"]
            now = (await clients.observe.get("/v1/plan?community=c")).headers["etag"]
            assert f'"{changed.json()["rulebook"].partition("@")[2]}"' == now
            book(tmp_path, SETTABLE.replace("default: 3", "default: 1"))
            failing = await clients.administer.put("/v1/plan", json={}, headers={"if-match": now})
            assert (failing.status_code, failing.json()["code"]) == (409, "trial")
            assert "short ones stay" in failing.json()["reason"]
            assert (await clients.observe.get("/v1/plan?community=c")).headers["etag"] == now
            nowhere = await clients.administer.put("/v1/plan", json={"revision": "none"}, headers={"if-match": now})
            assert (nowhere.status_code, nowhere.json()["code"]) == (409, "trial")

    run(go())


def test_a_person_is_forgotten(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(book(tmp_path)) as clients:
            await clients.stream(lines(message("1", "four", who="bo"), message("2", "four")))
            erased = (await clients.administer.post("/v1/members/bo/forget")).json()["erased"]
            assert sum(erased.values()) > 0
            log = await clients.observe.get("/v1/decisions")
            assert '"bo"' not in log.text
            assert '"ana"' in log.text

    run(go())
