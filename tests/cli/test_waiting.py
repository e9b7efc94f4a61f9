"""What is shown while long work runs."""

from __future__ import annotations

import io
import sys
import time

import pytest

from groundrules.cli import waiting


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "said"), [(_Terminal(), "reading …\r\x1b[K"), (io.StringIO(), "")])
def test_only_a_terminal_is_told(stream: io.StringIO, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.01)
    monkeypatch.setattr(sys, "stderr", stream)
    with waiting.note_when_slow("reading …"):
        time.sleep(0.1)
    assert stream.getvalue() == said


def test_nothing_is_said_of_quick_work(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with waiting.note_when_slow("reading …"):
        pass
    assert terminal.getvalue() == ""
