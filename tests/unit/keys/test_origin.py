"""A URL has one reading, or none."""

from __future__ import annotations

import pytest

from foretype.errors import OriginError
from foretype.keys.origin import (
    Origin,
    is_loopback,
    is_private_in_transit,
    parse_address,
    parse_origin,
)

SAME_ORIGIN = [
    ("https://huggingface.co", Origin("https", "huggingface.co", 443)),
    ("HTTPS://HuggingFace.CO:443/api?x=1#y", Origin("https", "huggingface.co", 443)),
    ("http://127.0.0.1:8012", Origin("http", "127.0.0.1", 8012)),
    ("http://[::1]:8012/v1", Origin("http", "::1", 8012)),
    ("http://[0:0:0:0:0:0:0:1]", Origin("http", "::1", 80)),
    ("https://bücher.example", Origin("https", "xn--bcher-kva.example", 443)),
    ("https://BÜCHER.example", Origin("https", "xn--bcher-kva.example", 443)),
    ("https://host_1.internal:65535", Origin("https", "host_1.internal", 65535)),
    ("https://user.example/@evil.example", Origin("https", "user.example", 443)),
]

LOOPBACK = [
    "http://127.0.0.1", "http://127.0.0.1:1", "http://127.255.255.254:8080", "http://localhost:11434",
    "http://LOCALHOST", "https://localhost", "http://[::1]:80", "http://[0:0:0:0:0:0:0:1]",
]  # fmt: skip

# Each of these has been read as loopback, or as a trusted host, by something somewhere.
HOSTILE = [
    "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://evil.example/127.0.0.1",
    "http://127.0.0.1@evil.example", "http://localhost:80@evil.example", "http://user:pass@127.0.0.1",
    "http://evil.example\\@127.0.0.1", "http://127.0.0.1\\.evil.example", "http://evil.example#@127.0.0.1",
    "http://evil.example?@127.0.0.1", "http://0.0.0.0", "http://0", "http://0.0.0.0:8080", "http://[::]",
    "http://2130706433", "http://0x7f000001", "http://0x7f.0.0.1", "http://0177.0.0.1", "http://127.1",
    "http://127.0.1", "http://127.0.0.01", "http://127.0.0.1.", "http://localhost.", "http://127.0.0.1..",
    "http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]", "http://[::1%25eth0]", "http://[fe80::1%eth0]",
    "http://１２７.０.０.１", "http://127。0。0。1", "http://⑫⑦.0.0.1", "http://ⓛocalhost",
    "http://ｌｏｃａｌｈｏｓｔ",
    "http://localhoſt", "http://١٢٧.0.0.1", "http://127.0.0.1:８０", "http://127.0.0.1:99999",
    "http://127.0.0.1:0", "http://127.0.0.1:-1", "http://127.0.0.1:+80", "http://127.0.0.1:",
    "http:127.0.0.1",
    "http:/127.0.0.1", "http:///127.0.0.1", "//127.0.0.1", "127.0.0.1:8080", "localhost", "ftp://127.0.0.1",
    "file:///etc/passwd", "javascript:alert(1)", "http://", "http://.", "http://-a.example", "http://a..b",
    "http://127.0.0.1 .evil.example", "http://127.0.0.1\t", " http://127.0.0.1", "http://127.0.0.1\n",
    "http://127.0.0.1\r\nHost: evil.example", "http://127.0.0.1\x00.evil.example", "http://%31%32%37.0.0.1",
    "http://127.0.0.1%2eevil.example", "http://[127.0.0.1]", "http://[::1", "http://::1",
    "http://[::1].evil.example",
    "http://faß.example", "http://xn--fa-hia.example\u200d", "http://a\u00ad.example", "http://256.0.0.1",
    "http://1.2.3.4.5", "https://" + "a" * 300 + ".example", "https://example/" + "a" * 3000,
    "http://localho\u0455t", "http://127.0.0.1.nip.io", "http://169.254.169.254", "http://192.168.0.1",
]  # fmt: skip


def parsed(url: str) -> Origin | None:
    try:
        return parse_origin(url)
    except OriginError:
        return None


@pytest.mark.parametrize(("url", "origin"), SAME_ORIGIN)
def test_an_origin_has_one_spelling(url: str, origin: Origin) -> None:
    assert parse_origin(url) == origin
    assert parse_origin(str(origin)) == origin


@pytest.mark.parametrize("url", LOOPBACK)
def test_loopback_is_recognised(url: str) -> None:
    assert is_loopback(parse_origin(url))
    assert is_private_in_transit(parse_origin(url))


@pytest.mark.parametrize("url", HOSTILE)
def test_nothing_else_passes_for_loopback(url: str) -> None:
    origin = parsed(url)
    assert origin is None or not is_private_in_transit(origin)


@pytest.mark.parametrize(
    "host",
    ["[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[fe80::1%eth0]", "0.0.0.0", "0", "127.1",
     "0x7f000001", "0177.0.0.1", "2130706433", "127.0.0.1.", "me@host",
     "１２７.０.０.１", "faß.example", "ﬁle.example", "1.2.3"],
)  # fmt: skip
def test_a_disguised_host_is_refused_even_where_it_is_encrypted(host: str) -> None:
    with pytest.raises(OriginError):
        parse_origin(f"https://{host}/")


@pytest.mark.parametrize("url", HOSTILE)
def test_a_refusal_does_not_repeat_the_url(url: str) -> None:
    try:
        parse_origin(url)
    except OriginError as refusal:
        told = str(refusal)
    else:
        told = ""
    assert url not in told


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://Host.example:443/", "https://host.example"),
        ("http://127.0.0.1:8012/v1/", "http://127.0.0.1:8012/v1"),
        ("http://[0:0::1]:80/v1", "http://[::1]/v1"),
        ("https://bücher.example/a/b", "https://xn--bcher-kva.example/a/b"),
    ],
)
def test_an_address_is_used_as_it_was_judged(url: str, normal: str) -> None:
    assert parse_address(url).url == normal


@pytest.mark.parametrize(
    "rest",
    ["?token=1", "#x", "/a/../b", "/./a", "/..", "//evil.example", "/a b", "/a%2e%2e/b", "/a\\b", "/ä"],
)
def test_an_address_is_plain(rest: str) -> None:
    with pytest.raises(OriginError):
        parse_address("https://host.example" + rest)
