"""Addresses that code may be sent to, and what the environment says of proxies and certificates."""

from __future__ import annotations

import pytest

from foretype.backends.dialects.table import DIALECTS
from foretype.backends.endpoint import Endpoint, origin_of
from foretype.backends.network import certificates_from, proxy_for
from foretype.backends.providers import PROVIDERS, for_chat, for_text
from foretype.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Router.HuggingFace.co/v1", "https://router.huggingface.co:443"),
        ("http://127.0.0.1:8012", "http://127.0.0.1:8012"),
        ("http://[::1]:8012/v1", "http://[::1]:8012"),
        ("http://localhost", "http://localhost:80"),
    ],
)
def test_the_origin_of_an_endpoint(url: str, origin: str) -> None:
    assert Endpoint("lab", url, "openai").origin == origin


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/v1", "must be https"),
        ("http://192.168.1.4:8012", "must be https"),
        ("http://127.0.0.1.example.com", "must be https"),
        ("https://user:secret@example.com", "plain URL"),
        ("ftp://example.com", "plain URL"),
        ("example.com", "plain URL"),
        ("file:///etc/passwd", "plain URL"),
        ("https://", "plain URL"),
        ("https://a.example/v1?key=secret", "plain URL"),
    ],
)
def test_an_address_that_code_is_not_sent_to(url: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as refusal:
        Endpoint("lab", url, "openai")
    assert "secret" not in str(refusal.value)
    assert "'lab'" in str(refusal.value)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:3128"}, "https://a.example", "http://p:3128"),
        ({"https_proxy": "http://low:1", "HTTPS_PROXY": "http://up:1"}, "https://a.example", "http://low:1"),
        ({"HTTP_PROXY": "http://p:3128"}, "https://a.example", None),
        ({"ALL_PROXY": "socks5://p:1080"}, "https://a.example", "socks5://p:1080"),
        ({"HTTPS_PROXY": "p:3128"}, "https://a.example", "http://p:3128"),
        ({"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}, "http://127.0.0.1:8012", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "b.example, a.example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "ample"}, "https://a.example", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*.example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example:8443"}, "https://a.example", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example:8443"}, "https://a.example:8443", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ""}, "https://a.example", "http://p:1"),
    ],
)
def test_the_proxy_for_an_address(environment: dict[str, str], url: str, proxy: str | None) -> None:
    assert proxy_for(url, environment) == proxy


def test_the_certificates_of_the_user() -> None:
    assert certificates_from({}) is None
    assert certificates_from({"SSL_CERT_DIR": "/d"}) == "/d"
    assert certificates_from({"SSL_CERT_FILE": "/f", "SSL_CERT_DIR": "/d"}) == "/f"


@pytest.mark.parametrize(
    ("dialect", "base_url", "address"),
    [
        ("openai", "http://localhost:8000", "http://localhost:8000/v1/completions"),
        ("openai", "http://localhost:8000/", "http://localhost:8000/v1/completions"),
        ("openai", "http://localhost:8000/v1/", "http://localhost:8000/v1/completions"),
        ("openai", "https://a.example/openai/v1", "https://a.example/openai/v1/completions"),
        ("llamacpp", "http://localhost:8012", "http://localhost:8012/completion"),
        ("llamacpp", "http://localhost:8012/v1", "http://localhost:8012/completion"),
        ("ollama", "http://localhost:11434", "http://localhost:11434/api/generate"),
        ("ollama", "http://localhost:11434/api/", "http://localhost:11434/api/generate"),
        ("tgi", "http://localhost:3000/v1", "http://localhost:3000/generate_stream"),
    ],
)
def test_a_url_as_a_user_would_write_it(dialect: str, base_url: str, address: str) -> None:
    spoken = DIALECTS[dialect]
    assert spoken.raw is not None
    assert origin_of(base_url)
    assert spoken.url(base_url, spoken.raw) == address


@pytest.mark.parametrize("router", ["https://router.huggingface.co", "https://router.huggingface.co/v1"])
@pytest.mark.parametrize(
    ("provider", "address"),
    [
        ("featherless-ai", "https://router.huggingface.co/featherless-ai/v1/completions"),
        ("together", "https://router.huggingface.co/together/v1/completions"),
        ("novita", "https://router.huggingface.co/novita/v3/openai/completions"),
        ("deepinfra", "https://router.huggingface.co/deepinfra/v1/openai/completions"),
        ("hf-inference", "https://router.huggingface.co/hf-inference/models/o/m/v1/completions"),
    ],
)
def test_the_routes_of_a_provider(router: str, provider: str, address: str) -> None:
    endpoint = for_text(Endpoint("hf", router, "openai"), PROVIDERS[provider], "o/m")
    openai = DIALECTS["openai"]
    assert openai.raw is not None
    assert openai.url(endpoint.base_url, openai.raw) == address


def test_the_router_chooses_the_provider_of_a_chat() -> None:
    endpoint = for_chat(Endpoint("hf", "https://router.huggingface.co", "openai"))
    assert endpoint.base_url == "https://router.huggingface.co/v1"
