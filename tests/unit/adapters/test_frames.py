"""Frames of every platform, as documented: each stands for the events listed with it, and no adapter stumbles over any
of them."""

from __future__ import annotations

from typing import Any

import pytest

from frames import PLATFORMS, Frame, frames
from groundrules.adapters import Context
from groundrules.ports import ADAPTERS, plugged

from .valid import said_in

KNOWN = Context(
    now=1_767_600_000_000,
    own="10001",
    community="!r:x",
    authors={"901": "3", "$m1": "@wang:x", "11": "3", "800/1456000000000000001": "175928847299117063"},
    usernames={"wang_name": "3"},
    polls={"p": {"community": "-1001", "options": ["a", "b"]}, "$v1": {"options": ["today", "tomorrow"]}},
    voice={"6": "801"},
    state={"900": {"owner_id": "1", "roles": [{"id": "901", "name": "admin", "position": 2}]}},
)
ALL = [(platform, frame) for platform in PLATFORMS for frame in frames(platform)]


def events(platform: str, raw: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plugged(ADAPTERS, platform).events(raw, KNOWN)
    said_in(found)
    return found


@pytest.mark.parametrize(("platform", "frame"), ALL, ids=lambda one: one if isinstance(one, str) else one.name)
def test_a_frame_stands_for_its_events(platform: str, frame: Frame) -> None:
    assert sorted(event["type"] for event in events(platform, frame.raw)) == sorted(frame.events)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_frame_of_another_platform_blinds_an_adapter(platform: str) -> None:
    for _, frame in ALL:
        events(platform, frame.raw)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_frames_of_every_kind_of_event_that_is_supplied_are_there(platform: str) -> None:
    shown = {type for frame in frames(platform) for type in frame.events}
    asked = {"roster"} - shown  # where the platform does not tell who is there, the host asks
    assert set(plugged(ADAPTERS, platform).SUPPLIES) - asked == shown
