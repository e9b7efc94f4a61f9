"""The domain that a URL leads to, and addresses in texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.text.addresses import addresses, hosts
from groundrules.text.urls import domain_of_link

PIECES = [
    *(
        "http://",
        "https:\\\\",
        "hxxp://",
        "http:/",
        "www.",
        "://",
        "a.example",
        "evil",
        "。",
        ".",
        "[.]",
        "%2E",
        "@",
        ":80",
    ),
    *(
        ",",
        ";",
        "/",
        "\\",
        "?",
        "#",
        "](",
        "[",
        ")",
        "(",
        "*",
        "_",
        "~",
        " ",
        "\n",
        "看",
        "я",
        "ü",
        "u\u0308",
        "🔥",
        "\u200b",
    ),
    *("\u200e", "\xad", "\u2024", "（", "，", "ｈ", "．", "xn--", "-", "1", "\ud800", "\x00"),
]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://docs.GitHub.com/x", "docs.github.com"),
        ("HTTPS://GitHub.com.", "github.com"),
        ("http://localhost/x", "localhost"),
        ("//github.com", "github.com"),
        ("github.com:80/x", "github.com"),
        ("github.com:80", "github.com"),
        ("http://li:pass@github.com#top", "github.com"),
        ("微信.公司/x", "xn--vuqz89a.xn--55qx5d"),
        ("https:///x", "x"),
        ("http://[::1]/", "[::1]"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://[X", "[x"),
        ("http://", ""),
        ("read.this!", None),
        ("mailto:li@ads.example", None),
        ("tg://user?id=1", None),
        ("javascript:alert(1)", None),
        ("/x.y", None),
        ("readme", None),
        ("tel:123", None),
        ("", None),
    ],
)
def test_domain_of_a_link(url: str, name: str | None) -> None:
    assert domain_of_link(url) == name


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=40))
def test_an_address_in_a_text_leads_where_it_leads_by_itself(text: str) -> None:
    end = 0
    for address in addresses(text):
        assert end <= address.start <= address.host[0] <= address.host[1] <= address.end
        assert domain_of_link(text[address.start : address.end]) == address.domain
        end = address.end
    assert all(start < end for start, end, _ in hosts(text))


@pytest.mark.parametrize(
    "piece", ["a", "a.", "http://", "http://a,", "。a", "[.", "(dot)", "%41", "a@", "看a.b", "_", "http"]
)
def test_looking_for_addresses_is_linear(piece: str) -> None:
    def seconds(length: int) -> float:
        text = "http://a/" + piece * (length // len(piece))
        start = time.perf_counter()
        hosts(text)
        return time.perf_counter() - start

    assert min(seconds(40_000), seconds(40_000)) < 20 * max(seconds(10_000), 0.01)
