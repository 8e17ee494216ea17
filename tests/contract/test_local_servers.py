"""Model servers on this machine: found by what they answer, and by nothing else."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from foretype.models import local_servers
from foretype.models.local_servers import (
    LocalServer,
    ServedModel,
    llama_server_at,
    loaded_in_ollama,
    ollama_address,
    ollama_at,
    running_servers,
)

import editor as editors
from contract.upstream import Upstream, Visit

TAGS = {
    "models": [
        {"name": "qwen2.5-coder:1.5b-base", "size": 986_000_000, "details": {"quantization_level": "Q4_K_M"}},
        {"name": "\x1b[2J", "size": "large"},
        "nonsense",
    ]
}
LOADED = {"models": [{"name": "qwen2.5-coder:1.5b-base", "size": 1_400_000_000, "context_length": 4096}]}
PROPS = {"default_generation_settings": {"n_ctx": 8192}, "model_path": "/models/qwen-q8_0.gguf"}


def answering(**answers: object) -> object:
    """Each path, its slashes written as underscores, with what it is answered with."""

    async def script(visit: Visit) -> None:
        said = answers.get(visit.heard.path.replace("/", "_"))
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        await visit.answer("404 Not Found" if said is None else "200 OK", body)

    return script


def always(upstream: Upstream, **answers: object) -> None:
    upstream.always(answering(**answers))  # type: ignore[arg-type]


async def test_ollama_is_found_with_its_models(upstream: Upstream) -> None:
    always(upstream, _api_tags=TAGS, _api_ps=LOADED)
    found = await asyncio.to_thread(ollama_at, upstream.origin)
    model = ServedModel("qwen2.5-coder:1.5b-base", 986_000_000, "Q4_K_M")
    assert found == LocalServer("ollama", upstream.origin, (model,))
    assert found.id_of(model) == "ollama:qwen2.5-coder:1.5b-base"
    loaded = await asyncio.to_thread(loaded_in_ollama, upstream.origin)
    assert loaded == (ServedModel("qwen2.5-coder:1.5b-base", 1_400_000_000, context_tokens=4096),)


async def test_llama_server_is_found_also_while_it_loads(upstream: Upstream) -> None:
    always(upstream, _health={"status": "ok"}, _props=PROPS)
    found = await asyncio.to_thread(llama_server_at, upstream.origin)
    assert found == LocalServer(
        "llamacpp", upstream.origin, (ServedModel("qwen-q8_0.gguf", context_tokens=8192),)
    )
    always(upstream, _health={"error": {"code": 503, "message": "Loading model"}}, _props=PROPS)
    assert await asyncio.to_thread(llama_server_at, upstream.origin) == found


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"_health": {"status": "ok"}},
        {"_health": {"status": "ok"}, "_props": {"theme": "dark"}},
        {"_health": [], "_props": PROPS},
        {"_api_tags": {"models": "none"}},
        {"_api_tags": b"<html>"},
        {"_api_tags": b"[" * 100_000},
        {"_api_tags": b'{"models":[]}' + b" " * (5 << 20)},
    ],
)
async def test_another_program_on_the_port_is_not_taken_for_one(
    upstream: Upstream, answers: dict[str, object]
) -> None:
    always(upstream, **answers)
    assert await asyncio.to_thread(ollama_at, upstream.origin) is None
    assert await asyncio.to_thread(llama_server_at, upstream.origin) is None


async def test_nobody_is_sent_elsewhere(upstream: Upstream) -> None:
    upstream.always(lambda visit: visit.answer("302 Found", b"", Location="http://models.example/api/tags"))
    assert await asyncio.to_thread(ollama_at, upstream.origin) is None


async def test_a_server_that_says_nothing_is_not_waited_for(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_servers, "PATIENCE_S", 0.05)
    monkeypatch.setattr(local_servers, "LLAMA_SERVER_URLS", (upstream.origin,))
    upstream.always(lambda visit: visit.until_gone())
    servers = await asyncio.to_thread(lambda: list(running_servers({"OLLAMA_HOST": upstream.origin})))
    assert servers == []


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (None, "http://127.0.0.1:11434"),
        ("", "http://127.0.0.1:11434"),
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("localhost:9", "http://localhost:9"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:9", "http://127.0.0.1:9"),
        (":9", "http://127.0.0.1:9"),
        ("[::1]:9", "http://[::1]:9"),
        ("http://127.0.0.1:9/", "http://127.0.0.1:9"),
        ("gpu.example:9", None),
        ("http://127.0.0.1.evil.example", None),
        ("http://a@127.0.0.1", None),
        ("nonsense\n", None),
    ],
)
def test_ollama_is_where_its_own_variable_says_if_that_is_here(written: str | None, url: str | None) -> None:
    address = ollama_address({} if written is None else {"OLLAMA_HOST": written})
    assert (address.url if address else None) == url


async def test_a_model_of_ollama_completes_without_being_declared(upstream: Upstream, tmp_path: Path) -> None:
    async def generate(visit: Visit) -> None:
        assert visit.heard.path == "/api/generate"
        assert visit.heard.body["model"] == "qwen2.5-coder:1.5b-base"
        said = [{"response": "total + 1"}, {"response": "", "done": True, "done_reason": "stop"}]
        await visit.answer(
            "200 OK", b"".join(json.dumps(s).encode() + b"\n" for s in said), "application/x-ndjson"
        )

    async def script(visit: Visit) -> None:
        if visit.heard.method == "POST":
            await generate(visit)
        else:
            await visit.answer("404 Not Found", b"")

    upstream.always(script)
    options = {"models": {"complete": ["ollama:qwen2.5-coder:1.5b-base"]}}
    async with editors.editor(tmp_path, initialized=False, OLLAMA_HOST=upstream.origin) as client:
        await client.initialize(initializationOptions=options)
        client.open("file:///a.py", "def f(total):\n    return ")
        params = {
            "textDocument": {"uri": "file:///a.py"},
            "position": {"line": 1, "character": 11},
            "context": {"triggerKind": 1},
        }
        answer = await client.request("textDocument/inlineCompletion", params)
        assert [item["insertText"] for item in answer["items"]] == ["total + 1"]
        assert not client.all("window/showMessage")
        assert await client.end() == 0


async def test_an_ollama_elsewhere_has_to_be_declared(tmp_path: Path) -> None:
    options = {"models": {"complete": ["ollama:m"]}}
    async with editors.editor(tmp_path, initialized=False, OLLAMA_HOST="gpu.example") as client:
        await client.initialize(initializationOptions=options)
        told = await client.notified("window/showMessage")
        assert "OLLAMA_HOST does not name this machine" in told["message"]


async def test_ps_tells_what_ollama_holds_in_memory(upstream: Upstream, tmp_path: Path) -> None:
    always(upstream, _api_ps=LOADED, _api_tags=TAGS)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "foretype", "models", "ps"),
        env=editors.environment(tmp_path, OLLAMA_HOST=upstream.origin),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert out.decode() == "ollama:qwen2.5-coder:1.5b-base    in Ollama, 1.4 GB, context 4096\n"
