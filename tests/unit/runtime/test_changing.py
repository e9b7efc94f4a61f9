"""A rulebook is tested in a separate process, under the same conditions as here."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from groundrules import confined
from groundrules.runtime.changing import tried

BOOK = "rulebook: shop\nuse: [std/chat]\nlists: {rude: {file: ../words/rude.txt}}\nrules:\n"
RULE = "  - {id: rude, on: message, when: text contains any of rude, then: [delete]}\n"


@pytest.mark.parametrize("revision", ["", "HEAD:"])
def test_the_folders_that_may_be_read_beside_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, name, text in (("words", "rude.txt", "idiot\n"), ("shop", "rulebook.yaml", BOOK + RULE)):
        Path(folder).mkdir()
        Path(folder, name).write_text(text, encoding="utf-8")
    who = ["-c", "user.name=li", "-c", "user.email=li@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "rules"]):
        subprocess.run(["git", *command], check=True)
    source = f"{revision}./shop/rulebook.yaml"

    refused = asyncio.run(tried(source))
    assert not refused.passed
    assert "rude.txt" in refused.output
    with confined.roots(["words"]):
        passed = asyncio.run(tried(source))
    assert passed.passed, passed.output
