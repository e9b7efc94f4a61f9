"""What the adapters' tables promise: every action is translated or listed as lacking, every limit has its source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from dev.platforms import PAGES, filled

import groundrules
from groundrules.adapters import (
    Context,
    Platform,
    UnsupportedError,
    discord,
    limits,
    matrix,
    onebot,
    onebot12,
    telegram,
)
from groundrules.frontend import check_text

PLATFORMS: dict[str, Any] = {
    "discord": discord,
    "matrix": matrix,
    "onebot": onebot,
    "onebot12": onebot12,
    "telegram": telegram,
}
COMMUNITY = {"discord": "900", "matrix": "!r:x", "onebot": "7", "onebot12": "7", "telegram": "-1001"}
MEMBER = {"matrix": "@li:x"}
MESSAGE = {"discord": "800/1200000000000000000", "matrix": "$1"}
CHANNEL = {"discord": "800", "matrix": "!r:x", "onebot": "7", "onebot12": "7", "telegram": "-1001/5"}
NOW = 1_767_600_000_000
POWERS = {"m.room.power_levels": {"users": {"@bot:x": 100}}, "m.room.pinned_events": {"pinned": []}}
CONTEXT = Context(
    now=NOW,
    decided=NOW,
    channel="800",
    roles={"admin": "901"},
    requests={"55": "flag"},
    direct={"@li:x": "!d:x"},
    state={
        "900": {"roles": [{"id": "900", "permissions": "3072"}]},
        "800": {"permission_overwrites": []},
        "!r:x": POWERS,
    },
)


def context(platform: str) -> Context:
    from dataclasses import replace

    return replace(CONTEXT, channel=CHANNEL[platform])


def catalog() -> Any:
    checked = check_text("rulebook: all\nlanguages: [en]\nuse: [std/chat]\n").checked
    assert checked is not None
    return checked.catalog


ACTIONS = sorted(catalog().names("actions"))


def action(platform: str, do: str) -> groundrules.Action:
    """A plausible action of a kind, from its schema."""
    type = catalog().action(do)
    member, message = MEMBER.get(platform, "55"), MESSAGE.get(platform, "12")
    whom = {"member": member, "message": message, "channel": CHANNEL[platform], "community": COMMUNITY[platform]}
    values: dict[str, Any] = {
        "text": {"zh": "请注意", "en": "careful"},
        "duration": 600_000,
        "interval": 10_000,
        "closes": 300_000,
        "events": [message],
        "role": "admin",
        "to": member,
        "name": "li",
        "question": {"en": "who?"},
        "options": ["a", "b"],
        "parts": ["x"],
    }
    parameters = {name: values[name] for name in type.parameters if name in values}
    who = whom[type.target.kind] if type.target else None
    return groundrules.Action(do=do, who=who, parameters=parameters, key="0385c2ef2b65677508108fd2", rules=("r",))


def calls(platform: str, do: str, **options: Any) -> Sequence[tuple[Any, ...]]:
    found: Sequence[tuple[Any, ...]] = PLATFORMS[platform].calls(
        action(platform, do), COMMUNITY[platform], context=context(platform), **options
    )
    return found


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_adapter_says_all_that_a_hub_asks(platform: str) -> None:
    adapter = PLATFORMS[platform]
    assert isinstance(adapter, Platform)
    assert set(adapter.CAN).isdisjoint(adapter.LACKS)
    assert {*adapter.CAN, *adapter.LACKS} == set(ACTIONS)
    assert adapter.REPEATS.keys() == adapter.CAN.keys()
    assert {*adapter.REPEATS.values()} <= {"harmless", "keyed", "once"}
    assert {*adapter.ENDED_BY, *adapter.ENDED_BY.values()} <= set(adapter.CAN)
    for sentences in adapter.LACKS.values():
        assert sentences.keys() == {"en", "zh"}


@pytest.mark.parametrize("do", ACTIONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_action_is_translated_or_said_to_be_lacking(platform: str, do: str) -> None:
    adapter = PLATFORMS[platform]
    if do in adapter.CAN:
        assert calls(platform, do)
        return
    for lang in ("en", "zh"):
        with pytest.raises(UnsupportedError, match=re.escape(adapter.LACKS[do][lang])):
            calls(platform, do, lang=lang)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_action_of_the_rulebook_s_own_is_lacking(platform: str) -> None:
    own = groundrules.Action(do="sing", key="k", rules=("r",))
    with pytest.raises(UnsupportedError, match="knows no such action"):
        PLATFORMS[platform].calls(own, COMMUNITY[platform], lang="en")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_same_action_gives_the_same_calls(platform: str) -> None:
    for do in PLATFORMS[platform].CAN:
        assert calls(platform, do) == calls(platform, do)


KEYS = re.compile("0385c2ef2b65677508108fd2")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_keyed_bears_the_action_s_key(platform: str) -> None:
    for do, how in PLATFORMS[platform].REPEATS.items():
        bears = any(KEYS.search(repr(call)) for call in calls(platform, do))
        assert bears == (how == "keyed"), do


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_speaks_is_never_harmless(platform: str) -> None:
    speaking = {name for name in ACTIONS if "speaks" in (catalog().action(name).does or ())} - {"pin"}
    table: Mapping[str, str] = PLATFORMS[platform].REPEATS
    assert {table[name] for name in speaking if name in table} <= {"keyed", "once"}


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_the_tables_on_the_pages_are_the_adapters_own(page: Path) -> None:
    """`python -m dev.platforms` writes them anew."""
    text = page.read_text(encoding="utf-8")
    assert filled(text) == text


def test_every_table_stands_on_a_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES.glob("*.md"))
    assert all(f"<!-- {table}: {name} -->" in text for name in PLATFORMS for table in ("actions", "events"))
    assert all(f"<!-- limits: {name} -->" in text for name in limits.LIMITS)


@pytest.mark.parametrize("platform", limits.LIMITS)
def test_every_limit_has_its_source(platform: str) -> None:
    assert all(limit.source.startswith("https://") for limit in limits.LIMITS[platform].values())
