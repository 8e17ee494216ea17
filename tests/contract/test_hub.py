"""Who serves a model, asked of a Hub that answers well, badly, or not at all."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from foretype.backends import hub as hub_module
from foretype.backends.endpoint import Endpoint
from foretype.backends.hub import served
from foretype.backends.ladder import Served
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.keys.origin import parse_origin

from contract.asking import Client
from contract.upstream import Script, Upstream, Visit, serving

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL = "Qwen/Qwen2.5-Coder-32B-Instruct"
SECRET = "hf_" + "aBcDeFgHiJ" * 3


def answering(body: object, status: str = "200 OK", **headers: str) -> Script:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda visit: visit.answer(status, content, **headers)


def mapping(**rows: object) -> Mapping[str, object]:
    return {
        "id": MODEL,
        "inferenceProviderMapping": {name.replace("_", "-"): row for name, row in rows.items()},
    }


def row(provider_id: str, status: str = "live") -> Mapping[str, Any]:
    return {"status": status, "providerId": provider_id, "task": "conversational", "isModelAuthor": False}


def hub_at(origin: str, token_for: str = "") -> Endpoint:
    key = BoundKey(Key(SECRET), parse_origin(token_for)) if token_for else None
    return Endpoint("hf", origin, "openai", key=key)


async def test_the_live_providers_in_the_hubs_order(upstream: Upstream, client: Client) -> None:
    rows = mapping(
        together=row("qwen-t"),
        groq=row("qwen-g", "staging"),
        featherless_ai=row(MODEL),
        novita=row("n", "error"),
    )
    upstream.will(answering(rows))
    found = await served(client.connections, hub_at(upstream.origin, upstream.origin), MODEL)
    assert found == (Served("together", "qwen-t"), Served("featherless-ai", MODEL))
    (heard,) = upstream.heard
    assert (heard.method, heard.path) == (
        "GET",
        f"/api/models/{MODEL}?expand[]=inferenceProviderMapping",
    )
    assert heard.headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"id": MODEL}, "200 OK"),
        (mapping(), "200 OK"),
        ({"id": MODEL, "inferenceProviderMapping": None}, "200 OK"),
        (
            mapping(groq="live", together={"status": "live"}, novita={"status": "live", "providerId": 7}),
            "200 OK",
        ),
        ({"error": "Repository not found"}, "404 Not Found"),
    ],
)
async def test_a_model_that_nobody_serves(
    upstream: Upstream, client: Client, body: object, status: str
) -> None:
    upstream.will(answering(body, status))
    assert await served(client.connections, hub_at(upstream.origin), MODEL) == ()


async def hang_up(visit: Visit) -> None:
    visit.reset()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (answering(b"<html>Sign in</html>"), "not what is documented"),
        (answering([]), "not what is documented"),
        (answering({"inferenceProviderMapping": [{"provider": "groq"}]}), "not what is documented"),
        (answering(b"[" * 100_000), "not what is documented"),
        (answering({"error": "no"}, "401 Unauthorized"), "HTTP status 401"),
        (answering({"error": "slow down"}, "429 Too Many Requests"), "HTTP status 429"),
        (answering(b"", "502 Bad Gateway"), "HTTP status 502"),
        (answering(b"{" + b" " * (1 << 20)), "longer than"),
        (hang_up, "Error"),
    ],
    ids=["page", "list", "rows", "deep", "401", "429", "502", "long", "reset"],
)
async def test_a_hub_that_does_not_say(
    upstream: Upstream, client: Client, caplog: pytest.LogCaptureFixture, script: Script, said: str
) -> None:
    upstream.will(script)
    with caplog.at_level(logging.WARNING):
        assert await served(client.connections, hub_at(upstream.origin, upstream.origin), MODEL) is None
    (line,) = caplog.messages
    assert MODEL in line
    assert said in line
    assert SECRET not in line


async def test_a_hub_that_says_nothing_is_given_up(
    upstream: Upstream, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "_PATIENCE_S", 0.05)
    upstream.will(lambda visit: visit.until_gone())
    assert await served(client.connections, hub_at(upstream.origin), MODEL) is None
    await upstream.all_closed()


async def test_a_hub_that_is_not_there(client: Client) -> None:
    assert await served(client.connections, hub_at("http://127.0.0.1:1"), MODEL) is None


async def test_the_token_goes_to_its_own_origin_only_and_after_no_redirect(
    upstream: Upstream, client: Client
) -> None:
    async with serving() as elsewhere:
        upstream.will(answering(b"", "307 Temporary Redirect", Location=f"{elsewhere.origin}/api/models/x/y"))
        assert await served(client.connections, hub_at(upstream.origin, elsewhere.origin), MODEL) is None
        assert not elsewhere.heard
    assert "authorization" not in upstream.heard[0].headers
