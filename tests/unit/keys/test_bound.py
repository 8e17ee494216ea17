"""A bound key answers for its own origin and for no other."""

from __future__ import annotations

import httpx
import pytest

from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.keys.origin import parse_origin

HUB = BoundKey(Key("hf_canary_token"), parse_origin("https://huggingface.co"))


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co",
        "https://huggingface.co/api/whoami-v2?x=https://evil.example",
        "HTTPS://HUGGINGFACE.CO:443/",
        httpx.URL("https://huggingface.co/api/models"),
    ],
)
def test_its_own_origin_gets_the_header(url: object) -> None:
    assert HUB.header_for(url) == {"Authorization": "Bearer hf_canary_token"}


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co", "https://huggingface.co:8443", "https://huggingface.co.evil.example",
        "https://evil.example/https://huggingface.co", "https://huggingface.co@evil.example",
        "https://evil.example#@huggingface.co", "https://evil.example\\@huggingface.co",
        "https://huggingface.co.", "https://www.huggingface.co", "https://router.huggingface.co",
        "https://huggingfасe.co", "https://HUGGINGFACE。CO", "https://user:x@huggingface.co", "",
        "huggingface.co",
        "https://huggingface.co\n.evil.example", None, 7, httpx.URL("https://evil.example"),
    ],
)  # fmt: skip
def test_no_other_gets_it(url: object) -> None:
    assert HUB.header_for(url) == {}


def test_a_key_never_travels_in_clear() -> None:
    plain = BoundKey(Key("lab_key"), parse_origin("http://lab.example"))
    assert plain.header_for("http://lab.example") == {}
    loopback = BoundKey(Key("lab_key"), parse_origin("http://127.0.0.1:8012"))
    assert loopback.header_for("http://127.0.0.1:8012/v1") == {"Authorization": "Bearer lab_key"}
    assert loopback.header_for("http://127.0.0.1:8013/v1") == {}
    assert loopback.header_for("http://localhost:8012/v1") == {}
