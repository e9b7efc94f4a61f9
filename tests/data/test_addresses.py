"""Addresses in texts that another project's tests were written for, and its hostile strings.

Twitter accepts fewer hosts (no underscores, no leading hyphens, top-level names from a list), and bare names without a
path if their top-level name is well known; where both find an address, the hosts agree.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundrules.text.addresses import addresses, hosts
from groundrules.text.urls import domain_of_link

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "text"
TOPICS = ("urls", "urls_with_indices", "urls_with_directional_markers", "tco_urls_with_params")
FURTHER = {"www.xxxxxxx.baz"}  # an unknown top-level name, behind `www.`

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the recorded texts are not beside this checkout")


def _cases() -> list[tuple[str, list[str], bool]]:
    topics = yaml.safe_load((FOLDER / "extract.yml").read_text(encoding="utf-8"))["tests"]
    return [_case(case) for topic in TOPICS for case in topics[topic]]


def _case(case: dict[str, Any]) -> tuple[str, list[str], bool]:
    expected = [one if isinstance(one, str) else one["url"] for one in case["expected"]]
    return case["text"], expected, "DO NOT" in case["description"]


def test_what_twitter_takes_for_an_address_leads_to_the_same_host() -> None:
    checked = 0
    for text, expected, _ in _cases():
        found = [address.domain for address in addresses(text)]
        wanted = [domain_of_link(url) for url in expected if "/" in url]
        assert [domain for domain in wanted if domain not in found] == [], text
        checked += len(wanted)
    assert checked > 80


def test_what_is_an_address_here_is_one_for_twitter_or_broken() -> None:
    for text, expected, refuses in _cases():
        domains = {domain_of_link(url) for url in expected}
        further = {address.domain for address in addresses(text)} - domains - FURTHER
        assert refuses or all(len(domain) > 63 for domain in further), text


def test_every_bare_name_is_found_for_lists_of_domains() -> None:
    for text, expected, _ in _cases():
        names = {name for _, _, name in hosts(text)}
        assert {domain_of_link(url) for url in expected if url.isascii() or "://" in url} <= names, text


def test_hostile_texts_are_read() -> None:
    for text in json.loads((FOLDER / "naughty-strings.json").read_text(encoding="utf-8")):
        for around in (text, f"http://{text}", f"http://a.example/{text}", f"[x](https://{text}.example)"):
            assert all(domain_of_link(around[one.start : one.end]) == one.domain for one in addresses(around))
