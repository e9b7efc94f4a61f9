"""Hosts of URLs."""

import pytest

from groundrules.text.urls import domain_of_link, host


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://docs.GitHub.com/x", "docs.github.com"),
        ("//github.com", "github.com"),
        ("github.com:80/x", "github.com"),
        ("http://li:pass@github.com#top", "github.com"),
        ("微信.公司/x", "xn--vuqz89a.xn--55qx5d"),
        ("tg://user?id=1", "user"),
        ("readme", "readme"),
        ("http://[::1]/", None),
        ("", None),
    ],
)
def test_host(url: str, name: str | None) -> None:
    assert host(url) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("HTTPS://GitHub.com.", "github.com"),
        ("http://localhost/x", "localhost"),
        ("//github.com", "github.com"),
        ("github.com:80/x", "github.com"),
        ("mailto:li@ads.example", None),
        ("tg://user?id=1", None),
        ("javascript:alert(1)", None),
        ("readme", None),
        ("tel:123", None),
        ("", None),
    ],
)
def test_domain_of_a_link(url: str, name: str | None) -> None:
    assert domain_of_link(url) == name
