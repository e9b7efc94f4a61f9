"""`groundrules watch`: what is saved is linted and tested again, and reported in the requested language."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

RULEBOOK = """\
rulebook: sample
languages: [en]
use: [std/chat]
rules:
  - {id: no-spam, title: No spam, on: message, when: text contains "spam", then: [delete]}
"""
TESTS = """\
tests:
  - name: spam goes
    timeline:
      - {at: "09:00", message: buy spam, by: li, id: a, expect: [{delete: a}]}
"""


class Watching:
    """A running `groundrules watch` whose lines can be waited for."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "groundrules.cli.main", "watch", str(folder), "--lang", "zh"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        self.lines: Queue[str] = Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def wait_for(self, text: str) -> None:
        """Return once a line contains `text`; raises queue.Empty after half a minute."""
        while text not in self.lines.get(timeout=30):
            pass


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(TESTS, encoding="utf-8")
    found = Watching(tmp_path)
    yield found
    found.process.terminate()
    found.process.wait(timeout=30)
    found.reader.join(timeout=30)
    assert found.process.stdout is not None
    found.process.stdout.close()


def test_each_save_is_looked_at(watching: Watching, tmp_path: Path) -> None:
    watching.wait_for("1 项通过，0 项失败")
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK.replace("delete", "hold"), encoding="utf-8")
    watching.wait_for("rulebook.yaml")
    watching.wait_for("0 项通过，1 项失败")
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK.replace("text", "txt"), encoding="utf-8")
    watching.wait_for("没有名为 `txt` 的字段或声明")
    warned = RULEBOOK + "lists: {words: {match: word, items: [one, one]}}\n"
    (tmp_path / "rulebook.yaml").write_text(warned, encoding="utf-8")
    watching.wait_for("警告[")  # which is no reason not to test
    watching.wait_for("1 项通过，0 项失败")
