"""The playground: what is found in a bundle, that it stays where it is, and that nothing in it takes too much."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("jinja2")
pytest.importorskip("starlette")

from groundrules.console.playground import bundle
from groundrules.console.playground.bundle import Bundle, BundleError
from groundrules.console.playground.evaluate import Evaluation, evaluate
from groundrules.console.workshop import DefectError, Limits, OverLimitError, RefusedError, Workshop
from groundrules.tools.revisions import Spot
from groundrules.tools.versions import load_version

HEAD = "rulebook: x\nuse: [std/chat]\n"
RULE = 'rules:\n  - {id: a, title: A, on: message, when: text contains word "hi", then: [delete]}\n'
TEST = """\
tests:
  - name: it goes
    timeline:
      - {at: "09:00", message: hi, by: li, id: a, expect: [{delete: [a]}]}
"""


def evaluated(
    files: dict[str, str], chat: list[str] | None = None, tests: bool = False, lang: str = "en"
) -> Evaluation:
    return msgspec.json.decode(evaluate(msgspec.json.encode(Bundle(files, chat or [])), lang, tests), type=Evaluation)


def test_a_mistake_is_told_where_it_stands_in_the_language_of_the_reader() -> None:
    text = HEAD + "# 你好 🍵\n" + RULE.replace("text contains", "txt contains")
    [finding] = [one for one in evaluated({"rulebook.yaml": text}, lang="zh").findings if one.severity == "error"]
    assert text[finding.start : finding.end] == "txt"
    assert finding.file == "rulebook.yaml"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in finding.message)


def test_what_is_right_has_a_handbook_tests_and_a_chat_that_becomes_a_test() -> None:
    answer = evaluated({"rulebook.yaml": HEAD + RULE, "tests.yaml": TEST}, ["li: hi", "/save once more"], tests=True)
    assert answer.passed is True
    assert "<li>" in answer.handbook
    assert any("delete" in piece for line in answer.chat[0].answer for piece, _ in line)
    assert "once more" in answer.changed["tests.yaml"]
    assert "groundrules-" not in str(answer)  # where it was written to is nobody's business


@pytest.mark.parametrize(
    "reading",
    [
        "lists: {a: {file: /etc/passwd}}",
        "lists: {a: {file: ../../../../../../etc/passwd}}",
        "use: [{}]",
        "use: [../../../../../..{}]",
    ],
)
def test_it_cannot_leave_its_folder(reading: str, tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(HEAD + RULE.replace("id: a", "id: secret"), encoding="utf-8")
    answer = evaluated({"rulebook.yaml": f"rulebook: x\n{reading.replace('{}', str(tmp_path))}\n"})
    assert [one.code for one in answer.findings if one.severity == "error"]
    assert "root:" not in str(answer)
    assert "secret" not in str(answer)


@pytest.mark.parametrize(
    "name", ["../x.yaml", "/etc/x.yaml", "a/../../x.yaml", ".git/config", "x.py", "a" * 300 + ".yaml", ""]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(BundleError):
        Bundle({name: "x"}).checked()


def test_what_is_too_much_is_refused() -> None:
    for wrong in (
        Bundle({"rulebook.yaml": "x" * (bundle.LARGEST + 1)}),
        Bundle({f"f{number}.yaml": "" for number in range(bundle.MOST_FILES + 1)}),
        Bundle({"rulebook.yaml": ""}, ["x"] * (bundle.LINES + 1)),
    ):
        with pytest.raises(BundleError):
            wrong.checked()


def test_a_file_that_is_also_a_folder_is_told() -> None:
    assert evaluated({"a/b.yaml": "x", "a.yaml": "", "a/b.yaml/c.yaml": "y"}).problem


def test_one_file_is_opened_again() -> None:
    kept = Bundle({"rulebook.yaml": HEAD}, ["li: hi"])
    assert bundle.read(msgspec.json.encode(kept)) == kept
    assert bundle.read(HEAD.encode()) == Bundle({"rulebook.yaml": HEAD})


def bundled(place: Path) -> dict[str, str]:
    return msgspec.json.decode(bundle.of_rulebook(str(place)), type=Bundle).checked().files


def test_a_rulebook_becomes_a_bundle_without_what_stands_beside_it(tmp_path: Path) -> None:
    book = HEAD + "lists: {a: {file: lists/a.txt}}\n"
    files = {
        "rulebook.yaml": book,
        "lists/a.txt": "x\n",
        "tests.yaml": TEST,
        "secret.json": "{}",
        "diary.txt": "dear diary",
        "other/rulebook.yaml": HEAD,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "passwd.txt").symlink_to("/etc/passwd")
    own = {name: files[name] for name in ("rulebook.yaml", "lists/a.txt", "tests.yaml")}
    assert bundled(tmp_path) == own
    (tmp_path / "rulebook.yaml").rename(tmp_path / "team.yaml")
    (tmp_path / "tests.yaml").rename(tmp_path / "team.tests.yaml")
    assert bundled(tmp_path / "team.yaml") == own
    (tmp_path / "team.yaml").write_text(book + "rules: 5\n", encoding="utf-8")  # which is told in the playground
    assert bundled(tmp_path / "team.yaml")["rulebook.yaml"] == book + "rules: 5\n"


def test_every_file_of_a_folder_is_read_whatever_it_is_called() -> None:
    assert evaluated({"main.yaml": HEAD, "more.yaml": RULE.replace("title", "titel")}).findings[0].file == "more.yaml"


# --- the workshop -------------------------------------------------------------------------------


def endless() -> bytes:
    while True:
        pass


def asleep() -> bytes:
    time.sleep(600)
    return b""


def greedy() -> bytes:
    return b"x" * len(bytearray(3 << 30))


def long_answer() -> bytes:
    return b"x" * (5 << 20)


def whose() -> bytes:
    return str(os.getpid()).encode()


def large_file() -> bytes:
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * (17 << 20))
    return b""


def ends() -> bytes:
    os._exit(3)


def fails() -> bytes:
    return str({}["missing"]).encode()  # type: ignore[index]


def refuses() -> bytes:
    load_version(Spot("no-such-rulebook.yaml"))
    return b""


def work(call: Any, **limits: Any) -> bytes:
    workshop = Workshop()
    try:
        return asyncio.run(workshop.do(call, limits=Limits(**limits)))
    finally:
        workshop.close()


def test_work_is_done_in_a_process_of_its_own() -> None:
    assert work(whose) != str(os.getpid()).encode()


@pytest.mark.parametrize(
    ("call", "limits"),
    [
        (endless, {"seconds": 1.0}),
        (asleep, {"seconds": 0.5}),
        (greedy, {"memory": 1 << 30}),
        (long_answer, {}),
        (large_file, {}),
    ],
)
def test_what_takes_too_much_is_ended(call: Any, limits: dict[str, Any]) -> None:
    begun = time.monotonic()
    with pytest.raises(OverLimitError):
        work(call, **limits)
    assert time.monotonic() - begun < 90


def test_what_is_wrong_with_the_work_is_told_apart_from_what_takes_too_much(caplog: pytest.LogCaptureFixture) -> None:
    for defect, said in ((ends, "has ended with 3"), (fails, "KeyError: 'missing'")):
        with pytest.raises(DefectError, match="a bug in groundrules"):
            work(defect)
        assert said in caplog.text
    with pytest.raises(RefusedError, match=r"there is no file `no-such-rulebook\.yaml`"):
        work(refuses)
