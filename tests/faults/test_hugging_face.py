"""What the user reads when Hugging Face's router refuses: every shape in which it says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.hugging_face import NOT_SERVED, HuggingFace, hugging_face
from e2e.test_account import GOOD, command, hears, signed_in
from e2e.test_router import CODE, QWEN, TEXTS, ask, fills, shown, told
from editor import Json

LONGER = f"{CODE}sum(values)\n    return "
PAGE = b"<html><head><title>ERROR: The request could not be satisfied</title></head></html>"
NO_PERMISSION = (
    "This authentication method does not have sufficient permissions to call Inference Providers on behalf "
    "of "
)


@dataclass(frozen=True)
class Row:
    """How the router refuses, what is told of it (nothing, where it passes by itself), and what the status
    says of the account and of the server."""

    status: str
    body: Json
    told: str = ""
    account: str = "connected"
    server: str = "idle"


NOT_SERVED_BY_ANY = "No provider that you have enabled serves"
NO_CREDITS = "credits are used up: add some at https://huggingface.co/settings/billing"
BAD_TOKEN = "did not accept the token"
MAY_NOT = "may not call Inference Providers"

ROWS = {
    "model not supported": Row("400 Bad Request", NOT_SERVED, NOT_SERVED_BY_ANY),
    "bad token": Row(
        "401 Unauthorized", {"error": "Invalid username or password."}, BAD_TOKEN, "disconnected"
    ),
    "bad credentials": Row(
        "401 Unauthorized", b"Invalid credentials in Authorization header", BAD_TOKEN, "disconnected"
    ),
    "credits of 2025": Row(
        "402 Payment Required",
        {
            "error": "You have exceeded your monthly included credits for Inference Providers. Subscribe to "
            "PRO to get 20x more monthly included credits."
        },
        NO_CREDITS,
        "limited",
        "limited",
    ),
    "credits of 2026": Row(
        "402 Payment Required",
        {
            "error": {
                "message": "You have depleted your monthly included credits. Purchase pre-paid credits to "
                "continue using Inference Providers."
            }
        },
        NO_CREDITS,
        "limited",
        "limited",
    ),
    "credits at a provider": Row(
        "402 Payment Required",
        {"message": "You have reached the free monthly usage limit for groq. Add pre-paid credits"},
        NO_CREDITS,
        "limited",
        "limited",
    ),
    "no permission of a user": Row("403 Forbidden", {"error": f"{NO_PERMISSION}user ada"}, MAY_NOT),
    "no permission of an org": Row("403 Forbidden", {"error": f"{NO_PERMISSION}org acme"}, MAY_NOT),
    "not deployed": Row("404 Not Found", b"Not Found", NOT_SERVED_BY_ANY),
    "too long": Row("413 Payload Too Large", b""),
    "too long in words": Row(
        "400 Bad Request", {"error": {"message": "This model's maximum context length is 4096 tokens."}}
    ),
    "too long for TGI": Row(
        "422 Unprocessable Entity",
        {
            "error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096",
            "error_type": "validation",
        },
    ),
    "wrong parameters": Row(
        "422 Unprocessable Entity",
        {"detail": [{"loc": ["body", "temperature"], "msg": "value is not valid", "type": "value_error"}]},
        "did not understand the request",
    ),
    "too many": Row("429 Too Many Requests", {"error": "Too Many Requests"}, "", "limited", "limited"),
    "too many, in a page": Row("429 Too Many Requests", PAGE, "", "limited", "limited"),
    "loading": Row(
        "503 Service Unavailable", {"error": f"Model {QWEN} is currently loading", "estimated_time": 20.0}
    ),
    "broken": Row("500 Internal Server Error", {"error": "Internal Server Error"}),
    "bad gateway": Row("502 Bad Gateway", PAGE),
    "unavailable": Row("503 Service Unavailable", PAGE),
    "too slow": Row("504 Gateway Timeout", PAGE),
}


@pytest.fixture
async def hf() -> AsyncIterator[HuggingFace]:
    async with hugging_face() as hf:
        hf.knows(GOOD)
        hf.serve(QWEN, featherless_ai="q")
        hf.texts[TEXTS] = fills
        yield hf


@pytest.mark.parametrize("name", ROWS)
async def test_what_is_read_of_a_refusal(tmp_path: Path, hf: HuggingFace, name: str) -> None:
    row = ROWS[name]
    async with signed_in(tmp_path, hf, HF_TOKEN=GOOD) as client:
        await shown(client)
        await hears(client, state="connected", user="ada")
        hf.refusal, seen = (row.status, row.body), len(client.received)
        client.change("file:///a.py", 2, {"text": LONGER})
        assert await ask(client, text=LONGER) == []

        status = await command(client, "status")
        assert (status["account"]["state"], status["state"]) == (row.account, row.server)
        if row.account != "connected":
            heard = await hears(client, seen, state=row.account)
            assert heard["account"]["problem"] == status["account"]["problem"] != ""
        if row.told:
            (sentence,) = told(client)
            assert row.told in sentence
            assert "http" in sentence or "`" in sentence, "the sentence names a cure"
        else:
            assert told(client) == []
        if row.told in (BAD_TOKEN, MAY_NOT):
            assert "inference.serverless.write" in status["account"]["link"]
            assert status["account"]["may_call_models"] is (False if row.told == MAY_NOT else None)
        if row.told == NO_CREDITS:
            assert status["account"]["link"] == "https://huggingface.co/settings/billing"
            assert status["account"]["user"] == "ada"


async def test_what_is_over_is_over_in_the_status_too(tmp_path: Path, hf: HuggingFace) -> None:
    """The router asks for fewer requests, and then answers again."""
    async with signed_in(tmp_path, hf, HF_TOKEN=GOOD) as client:
        await shown(client)
        hf.refusal = "429 Too Many Requests", {"error": "slow down", "estimated_time": 0.2}
        client.change("file:///a.py", 2, {"text": LONGER})
        await ask(client, text=LONGER)
        await hears(client, state="limited")
        hf.refusal, seen = None, len(client.received)

        async def answers() -> bool:
            return bool(await ask(client, text=LONGER))

        await client.eventually(answers, "an answer")
        status = await hears(client, seen, state="connected")
        assert (status["problem"], status["state"]) == ("", "idle")
