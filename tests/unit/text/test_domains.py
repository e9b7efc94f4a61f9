"""Domain names."""

import pytest

from groundrules.text.addresses import hosts
from groundrules.text.domains import covers, normalise
from groundrules.text.views import contains, ends_with, equals, find, starts_with


@pytest.mark.parametrize(
    ("domain", "normal"),
    [
        ("GitHub.COM", "github.com"),
        ("github.com.", "github.com"),
        (" github.com ", "github.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("ｇｉｔｈｕｂ。ｃｏｍ", "github.com"),
        ("例子.中国", "xn--fsqu00a.xn--fiqs8s"),
        ("faß.de", "xn--fa-hia.de"),
        ("i❤.ws", "xn--i-7iq.ws"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("example.com:8080", None),
        ("user@example.com", None),
        ("example.com/path", None),
        ("", None),
        (".", None),
        ("a..b", None),
        ("-a.com", "-a.com"),
        ("a" * 64 + ".com", None),
        ("a b.com", None),
        ("\ud800.com", None),
        ("ö" * 300, None),
        ("．com", None),
    ],
)
def test_normalise(domain: str, normal: str | None) -> None:
    assert normalise(domain) == normal


@pytest.mark.parametrize(
    ("entry", "domain", "covered"),
    [
        ("github.com", "docs.github.com", True),
        ("github.com", "GITHUB.com", True),
        ("github.com", "notgithub.com", False),
        ("docs.github.com", "github.com", False),
        ("bücher.example", "www.xn--bcher-kva.example", True),
        ("not a domain", "not a domain", False),
    ],
)
def test_covers(entry: str, domain: str, covered: bool) -> None:
    assert covers(entry, domain) is covered


def test_hosts_are_found_in_texts() -> None:
    assert (1, 10, "baidu.com") in hosts("看baidu.com吧")
    assert hosts("see https://docs.github.com/x?y=1, ok.") == [(12, 27, "docs.github.com")]
    assert hosts("no. names here...") == []


def test_the_domain_view() -> None:
    assert find("domain", "go to T。me/x now", "t.me") == (6, 10)
    assert not contains("domain", "notgithub.com", "github.com")
    assert equals("domain", "A.com.", "a.com")
    assert not equals("domain", "no domain", "no domain")
    assert ends_with("domain", "docs.github.com", "github.com")
    assert starts_with("domain", "github.com", "github.com")
    assert not starts_with("domain", "github.com.evil.example", "github.com")
