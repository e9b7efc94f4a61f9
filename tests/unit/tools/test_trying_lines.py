"""What a typed line means."""

from __future__ import annotations

import pytest

from groundrules.tools.trying.lines import Line, read_line, settings

COMMANDS = frozenset({"join", "react", "undo"})


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("m1: hello", Line(who="m1", text="hello")),
        ("m1：拼单加我", Line(who="m1", text="拼单加我")),
        ("小李: 你好", Line(who="小李", text="你好")),
        ("hello", Line(text="hello")),
        ("hello there: a colon", Line(text="hello there: a colon")),
        ("https://a.example/x", Line(text="https://a.example/x")),
        ("/join m2", Line(command="join", text="m2")),
        ("/undo", Line(command="undo")),
        ("/unknown thing", Line(command="unknown", text="thing")),
        ("m2: /react 👍", Line(who="m2", command="react", text="👍")),
        ("m2: /etc/passwd", Line(who="m2", text="/etc/passwd")),
        ("m2: /shrug well", Line(who="m2", text="/shrug well")),
        ("+3d", Line(at="+3d")),
        ("+1d 09:00", Line(at="+1d 09:00")),
        ("+20s m1: hi", Line(at="+20s", who="m1", text="hi")),
        ("@09:00", Line(at="09:00")),
        ("@09:00 m1: hi", Line(at="09:00", who="m1", text="hi")),
        ("@monday 09:00 /join m2", Line(at="monday 09:00", command="join", text="m2")),
        ("@2026-03-02 09:00", Line(at="2026-03-02 09:00")),
        ("+1 from me", Line(text="+1 from me")),
        ("@li hello", Line(text="@li hello")),
        ("  m1:   spaced  ", Line(who="m1", text="spaced")),
    ],
)
def test_read_line(line: str, read: Line) -> None:
    assert read_line(line, COMMANDS) == read


def test_settings_go_on_to_the_next_name() -> None:
    assert settings("joined=2d ago roles=admin,helper name=老 王") == {
        "joined": "2d ago",
        "roles": "admin,helper",
        "name": "老 王",
    }
    assert settings("joined=") == {"joined": ""}
    assert settings("nothing") == {}
