"""Choosing a model, and what happens when it fails: the real server, a Hub and a router on loopback."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

import editor as editors
from contract.hugging_face import HuggingFace, hub_row, hugging_face, refuse, router_row
from contract.upstream import serving
from e2e.test_router import CODE, QWEN, REST, TEXTS, TOKEN, ask, at_work, fills, settings, told
from editor import Editor, ErrorAnswer, Json

OTHER = "bigcode/starcoder2-15b"
GROQ = {"context_length": 131072, "pricing": {"input": 0.5, "output": 1.5}, "throughput": 480.1}
TOGETHER = {"first_token_latency_ms": 212.5, "throughput": 100.0, "supports_tools": True}


@pytest.fixture
async def hf() -> AsyncIterator[HuggingFace]:
    async with hugging_face() as hf:
        yield hf


async def command(client: Editor, name: str, *arguments: Json) -> Json:
    return await client.request(
        "workspace/executeCommand", {"command": f"foretype.{name}", "arguments": list(arguments)}
    )


async def all_models(client: Editor, **asked: str) -> Json:
    async def is_complete() -> bool:
        return bool((await command(client, "models", asked))["is_complete"])

    await client.eventually(is_complete, "the whole list")
    return await command(client, "models", asked)


async def test_each_failure_hands_the_same_request_to_the_next_model(tmp_path: Path, hf: HuggingFace) -> None:
    """Seven models, of which the last can: it answers, and the status says why those before it do not."""
    refusals = {
        "key": "401 Unauthorized",
        "credits": "402 Payment Required",
        "permission": "403 Forbidden",
        "many": "429 Too Many Requests",
        "broken": "500 Internal Server Error",
    }
    hf.texts["/v1/completions"] = lambda body: "in the end"
    async with AsyncExitStack() as stack:
        servers = {name: await stack.enter_async_context(serving()) for name in (*refusals, "lab")}
        for name, status in refusals.items():
            servers[name].always(partial(refuse, status=status, complaint={"error": "no"}))
        servers["lab"].always(hf.answer_as_router)
        async with serving() as gone:
            endpoints = {"gone": {"url": gone.origin}}
        endpoints |= {name: {"url": server.origin} for name, server in servers.items()}
        chain = [f"{name}:qwen2.5-coder-1.5b" for name in (*refusals, "gone", "lab")]
        options = settings(*chain, endpoints=endpoints)
        options["complete"]["deadline_ms"] = 20_000
        async with at_work(tmp_path, hf, options) as client:
            assert await ask(client) == ["in the end"]
            status = await command(client, "status")
            assert status["answered_by"] == chain[-1]
            reason = status["roles"]["complete"]["reason"]
            for words in ("did not accept its key", "credits", "does not allow this", "fewer requests"):
                assert words in reason
            assert status["roles"]["complete"]["model"] == chain[4], "one failure in a row may be an accident"
        assert all(server.heard for server in servers.values())


async def test_the_models_of_ollama_are_in_the_list_without_a_word_in_the_settings(
    tmp_path: Path, hf: HuggingFace
) -> None:
    tags = {"models": [{"name": "qwen3:8b", "size": 5_000_000_000}]}
    async with serving() as ollama:
        ollama.always(lambda visit: visit.answer("200 OK", json.dumps(tags).encode()))
        async with at_work(tmp_path, hf, settings(), OLLAMA_HOST=ollama.origin) as client:
            listed = await command(client, "models", {"filter": "qwen3:8b"})
        assert [(row["id"], row["size_mb"]) for row in listed["models"]] == [("ollama:qwen3:8b", 5000)]
        assert {heard.path for heard in ollama.heard} == {"/api/tags"}
    async with at_work(tmp_path, hf, settings(), OLLAMA_HOST=ollama.origin) as client:
        listed = await command(client, "models", {"filter": "qwen3:8b"})
        assert (listed["models"], listed["problems"]) == ([], [])


async def test_a_choice_is_kept_beside_config_toml(tmp_path: Path, hf: HuggingFace) -> None:
    async with at_work(tmp_path, hf, settings()) as client:
        await command(client, "select_model", {"role": "chat", "model": "ollama:qwen3:8b"})
        for wrong in ({"role": "chat", "model": "qwen"}, {"role": "cook", "model": "hf:a/b"}, {"role": 1}):
            with pytest.raises(ErrorAnswer) as refused:
                await command(client, "select_model", wrong)
            assert refused.value.code == -32602
        with pytest.raises(ErrorAnswer, match="is a file"):
            await command(client, "select_model", {"role": "chat", "model": "local:/etc/x.gguf"})
    (kept,) = tmp_path.rglob("choices.json")
    assert json.loads(kept.read_text(encoding="utf-8")) == {"chat": "ollama:qwen3:8b"}


async def test_with_nothing_set_the_router_writes_where_there_is_a_token(
    tmp_path: Path, hf: HuggingFace
) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    options = {"complete": {"debounce_ms": 0, "instant": False}}
    async with at_work(tmp_path, hf, options) as client:

        async def is_written() -> bool:
            return await ask(client, by_hand=True) == [REST]

        await client.eventually(is_written, "the default model's text")
    assert hf.completions[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_model_that_hangs_leaves_half_the_time_to_the_next(tmp_path: Path, hf: HuggingFace) -> None:
    hf.texts["/v1/completions"] = lambda body: "in time"
    async with serving() as slow, serving() as lab:
        slow.always(lambda visit: visit.until_gone())
        lab.always(hf.answer_as_router)
        options = settings(
            "slow:qwen2.5-coder-1.5b",
            "lab:qwen2.5-coder-1.5b",
            endpoints={"slow": {"url": slow.origin}, "lab": {"url": lab.origin}},
        )
        options["complete"]["deadline_ms"] = 2000
        async with at_work(tmp_path, hf, options) as client:
            assert await ask(client) == ["in time"]
        assert len(slow.heard) == 1


async def test_the_budget_ends_at_the_next_model_and_the_history_says_why(
    tmp_path: Path, hf: HuggingFace
) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    hf.texts["/v1/completions"] = lambda body: "from the lab"
    async with serving() as lab:
        lab.always(hf.answer_as_router)
        endpoints = {"lab": {"url": lab.origin}}
        options = settings(
            f"hf:{QWEN}", "lab:qwen2.5-coder-1.5b", endpoints=endpoints, budget={"tokens_per_day": 1}
        )
        async with at_work(tmp_path, hf, options) as client:
            assert (await ask(client, by_hand=True))[0] == REST
            client.change("file:///a.py", 2, {"text": f"x = 1\n{CODE}"})
            assert await ask(client, by_hand=True, text=f"x = 1\n{CODE}") == ["from the lab"]
            assert any("`budget.tokens_per_day`" in message for message in told(client))

            async def is_written_down() -> bool:
                return len((await command(client, "stats"))["models"]) == 2

            await client.eventually(is_written_down, "both models in the history")
            stats = await command(client, "stats", {"days": 3})
            assert stats["spent"]["day_tokens"] > 1
    (kept,) = tmp_path.rglob("usage.sqlite3")
    assert b"values" not in b"".join(path.read_bytes() for path in kept.parent.glob("usage.sqlite3*"))
    assert TOKEN.encode() not in kept.read_bytes()
    out, _ = await run(tmp_path, hf, "stats", "--json")
    assert {row["model"] for row in json.loads(out)["models"]} == {f"hf:{QWEN}", "lab:qwen2.5-coder-1.5b"}
    out, _ = await run(tmp_path, hf, "stats")
    assert "█" in out
    assert f"hf:{QWEN} at featherless-ai" in out


async def start(home: Path, hf: HuggingFace, *arguments: str, **variables: str) -> asyncio.subprocess.Process:
    at = {"HF_ENDPOINT": hf.hub.origin, "FORETYPE_ROUTER_URL": hf.router.origin, **variables}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "foretype", *arguments),
        env=editors.environment(home, PYTHONIOENCODING="utf-8", **at),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(home: Path, hf: HuggingFace, *arguments: str, **variables: str) -> tuple[str, str]:
    process = await start(home, hf, *arguments, **variables)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return out.decode(), err.decode()


async def test_two_hundred_models_and_a_cold_cache(tmp_path: Path, hf: HuggingFace) -> None:
    """The first lines are there while the Hub still holds back its second page; then it fills in."""
    hf.router_list = [router_row(QWEN, groq=GROQ)]
    names = [f"acme/model-{number}" for number in range(200)]
    hf.hub_pages = [[hub_row(name) for name in names[:100]], [hub_row(name) for name in names[100:]]]
    may_go_on = asyncio.Event()

    async def before(number: int) -> None:
        if number:
            await may_go_on.wait()

    hf.before_a_page = before
    process = await start(tmp_path, hf, "models", "list")
    assert process.stdout is not None
    seen = ""
    while "acme/model-99 " not in seen:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        assert line
        seen += line.decode()
    assert seen.startswith("can be downloaded")
    assert seen.index("builtin:workspace") < seen.index("acme/model-0 ")
    assert f"hf:{QWEN}" in seen
    assert "acme/model-100" not in seen
    may_go_on.set()
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert all(f"hf:{name} " in seen + out.decode() for name in names)
    assert "is 1 min old" in err.decode()
    assert all(heard.headers["host"] in hf.hub.origin for heard in hf.hub.heard)

    asked = len(hf.hub.heard)
    out_again, _ = await run(tmp_path, hf, "models", "list", "model-7", "--json")
    assert len(json.loads(out_again)["models"]) == 11
    assert len(hf.hub.heard) == asked


async def test_without_a_network_the_list_says_how_old_it_is(tmp_path: Path, hf: HuggingFace) -> None:
    hf.router_list = [router_row(QWEN, groq=GROQ)]
    await run(tmp_path, hf, "models", "list")
    (kept,) = tmp_path.rglob("remote-models.json")
    content = json.loads(kept.read_text(encoding="utf-8"))
    content["gathered_at"] = "2026-01-02T00:00:00+00:00"
    kept.write_text(json.dumps(content), encoding="utf-8")
    for server in (hf.hub, hf.router):
        server.always(lambda visit: visit.answer("503 Gone for Now", b""))
    out, err = await run(tmp_path, hf, "models", "list")
    assert f"hf:{QWEN}" in out
    assert "days old" in err
    assert "The router does not say what it serves" in err
    out, err = await run(tmp_path, hf, "models", "show", f"hf:{QWEN}")
    assert "at groq" in out
    assert "$0.5 in, $1.5 out" in out


async def test_half_a_list_is_marked_and_gathered_again_soon(tmp_path: Path, hf: HuggingFace) -> None:
    """The router answers and the Hub does not; the next command does not take that for all there is."""
    hf.router_list = [router_row(QWEN, groq=GROQ)]
    hf.hub_pages = [[hub_row(OTHER, "featherless-ai")]]
    hf.hub.always(lambda visit: visit.answer("503 Gone for Now", b""))
    out, err = await run(tmp_path, hf, "models", "list", "coder", "--json")
    assert [row["id"] for row in json.loads(out)["models"]] == [f"hf:{QWEN}"]
    assert "The Hub does not say what is served" in err
    (kept,) = tmp_path.rglob("remote-models.json")
    assert json.loads(kept.read_text(encoding="utf-8"))["problems"]

    hf.hub.always(hf.answer_as_hub)
    out, err = await run(tmp_path, hf, "models", "list", "coder", "--json")
    assert {row["id"] for row in json.loads(out)["models"]} == {f"hf:{QWEN}", f"hf:{OTHER}"}
    assert "does not say" not in err
    asked = len(hf.hub.heard)
    await run(tmp_path, hf, "models", "list", "coder", "--json")
    assert len(hf.hub.heard) == asked
