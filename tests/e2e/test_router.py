"""Models of Hugging Face through the real server, against a Hub and a router on loopback."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import editor as editors
from contract.hugging_face import PREFIX_OF_PROBE, HuggingFace, hugging_face
from contract.upstream import Visit, serving
from editor import Editor, Json

TOKEN = "hf_" + "aBcDeFgHiJ" * 3
QWEN = "Qwen/Qwen2.5-Coder-32B-Instruct"
CODE = "def mean(values):\n    total = sum(values)\n    return "
REST = "total / len(values)"
TEXTS = "/featherless-ai/v1/completions"


@pytest.fixture
async def hf() -> AsyncIterator[HuggingFace]:
    async with hugging_face() as hf:
        hf.knows(TOKEN)
        yield hf


def settings(*models: str, **more: Json) -> Json:
    complete = {"debounce_ms": 0, "instant": False}
    return {"models": {"complete": list(models)}, "complete": complete, **more}


@asynccontextmanager
async def at_work(
    home: Path, hf: HuggingFace, options: Json, token: str = TOKEN, **variables: str
) -> AsyncIterator[Editor]:
    if token:
        variables["HF_TOKEN"] = token
    hub, router = hf.hub.origin, hf.router.origin
    async with editors.editor(
        home, initialized=False, cwd=home, HF_ENDPOINT=hub, FORETYPE_ROUTER_URL=router, **variables
    ) as client:
        client.configuration = options
        await client.initialize(initializationOptions=options)
        client.open("file:///a.py", CODE)
        yield client
        assert TOKEN not in json.dumps(client.received)
        assert TOKEN.encode() not in client.stderr


async def ask(client: Editor, by_hand: bool = False, text: str = CODE) -> list[str]:
    lines = text.split("\n")
    params = {
        "textDocument": {"uri": "file:///a.py"},
        "position": {"line": len(lines) - 1, "character": len(lines[-1])},
        "context": {"triggerKind": 1 if by_hand else 2},
    }
    answer = await client.request("textDocument/inlineCompletion", params)
    return [item["insertText"] for item in answer["items"]]


async def shown(client: Editor, text: str = REST) -> None:
    async def is_shown() -> bool:
        return await ask(client) == [text]

    await client.eventually(is_shown, "the model's text")


def told(client: Editor) -> list[str]:
    return [params["message"] for params in client.all("window/showMessage")]


def is_probe(body: dict[str, Any]) -> bool:
    return PREFIX_OF_PROBE in json.dumps(body)


def fills(body: dict[str, Any]) -> str:
    return "a + b" if is_probe(body) else REST


def goes_on(body: dict[str, Any]) -> str:
    """As a chat model does that goes on with what was begun: with the blank that the file has already."""
    if body["messages"][-1]["role"] != "assistant":
        return "I cannot see a cursor."
    return " a + b" if is_probe(body) else f" {REST}"


def says_the_rest(body: dict[str, Any]) -> str:
    if body["messages"][-1]["role"] == "assistant":
        return "Sure, here is the function:"
    return f"```python\n{fills(body)}\n```"


async def test_qwen_coder_by_a_providers_raw_completions(tmp_path: Path, hf: HuggingFace) -> None:
    hf.serve(QWEN, groq="qwen-coder", featherless_ai="featherless/Qwen2.5-Coder")
    hf.texts[TEXTS] = fills
    async with at_work(tmp_path, hf, settings(f"hf:{QWEN}")) as client:
        await shown(client)
    assert len(hf.listings) == len(hf.probes) == 1
    asked = hf.completions[0]
    assert asked.path == TEXTS
    assert asked.body["model"] == "featherless/Qwen2.5-Coder"
    assert asked.body["prompt"] == f"<|fim_prefix|>{CODE}<|fim_suffix|><|fim_middle|>"
    assert len(asked.body["stop"]) <= 4
    assert "reasoning_effort" not in asked.body
    assert {heard.headers["authorization"] for heard in (*hf.hub.heard, *hf.router.heard)} == {
        f"Bearer {TOKEN}"
    }
    assert all("x-hf-bill-to" not in heard.headers for heard in hf.router.heard)


@pytest.mark.parametrize("says", [goes_on, says_the_rest], ids=["begun chat", "chat"])
async def test_a_conversation_where_no_provider_continues_text(
    tmp_path: Path, hf: HuggingFace, says: Any
) -> None:
    hf.serve("openai/gpt-oss-120b", groq="openai/gpt-oss-120b")
    hf.talks["openai/gpt-oss-120b:groq"] = says
    async with at_work(tmp_path, hf, settings("hf:openai/gpt-oss-120b:groq")) as client:
        await shown(client)
    assert {heard.body["reasoning_effort"] for heard in hf.router.heard} == {"none"}
    last = hf.completions[0].body["messages"][-1]["role"]
    assert last == ("assistant" if says is goes_on else "user")


@pytest.mark.parametrize(
    ("written", "begins"),
    [
        ("hf:bigcode/starcoder2-15b", "<fim_prefix>def mean"),
        ("hf:deepseek-ai/deepseek-coder-33b-base", "<\uff5cfim\u2581begin\uff5c>def mean"),
        (f"huggingface/{QWEN}:auto", "<|fim_prefix|>def mean"),
    ],
)
async def test_each_family_by_its_own_words(
    tmp_path: Path, hf: HuggingFace, written: str, begins: str
) -> None:
    name = written.removeprefix("hf:").removeprefix("huggingface/").removesuffix(":auto")
    hf.serve(name, featherless_ai=name)
    hf.texts[TEXTS] = fills
    async with at_work(tmp_path, hf, settings(written)) as client:
        await shown(client)
    assert hf.completions[0].body["prompt"].startswith(begins)


async def test_the_next_model_writes_while_nothing_is_known(tmp_path: Path, hf: HuggingFace) -> None:
    """The router does not answer before the next model has: then the first one's turn has come."""
    has_answered = asyncio.Event()

    async def slow(visit: Visit) -> None:
        await has_answered.wait()
        await hf.answer_as_router(visit)

    hf.serve(QWEN, featherless_ai="q")
    hf.router.always(slow)
    hf.texts[TEXTS] = fills
    hf.texts["/v1/completions"] = lambda body: "the other one"
    options = settings(f"hf:{QWEN}", "lab:qwen2.5-coder:1.5b")
    async with serving() as lab:
        lab.always(hf.answer_as_router)
        options["endpoints"] = {"lab": {"url": lab.origin}}
        async with at_work(tmp_path, hf, options) as client:
            assert await ask(client) == ["the other one"]
            has_answered.set()
            await shown(client)
        assert {heard.headers.get("authorization") for heard in lab.heard} == {None}


async def test_a_model_that_cannot_fill_is_said_to_be_unable_once(tmp_path: Path, hf: HuggingFace) -> None:
    hf.talks["acme/chatty"] = lambda body: "Happy to help! What would you like?"
    async with at_work(tmp_path, hf, settings("hf:acme/chatty")) as client:
        assert await ask(client, by_hand=True) == []
        await client.notified("window/showMessage")
        client.change("file:///a.py", 2, {"text": f"{CODE}t"})
        assert await ask(client, text=f"{CODE}t") == []
        (message,) = told(client)
        assert "hf:acme/chatty cannot fill in code" in message
        assert "the answer did not fit the hole" in message
    assert len(hf.router.heard) == len(hf.probes) == 2


async def test_what_was_found_out_is_known_after_a_restart(tmp_path: Path, hf: HuggingFace) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    for _ in range(2):
        async with at_work(tmp_path, hf, settings(f"hf:{QWEN}")) as client:
            await shown(client)
            assert told(client) == []
    assert len(hf.probes) == len(hf.listings) == 1
    (kept,) = tmp_path.rglob("router-standings.json")
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert TOKEN not in kept.read_text(encoding="utf-8")


async def test_asked_by_hand_the_first_answer_comes_at_once(tmp_path: Path, hf: HuggingFace) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    async with at_work(tmp_path, hf, settings(f"hf:{QWEN}")) as client:
        assert await ask(client, by_hand=True) == [REST]


async def test_no_token_is_told_once_and_nothing_is_sent(tmp_path: Path, hf: HuggingFace) -> None:
    async with at_work(tmp_path, hf, settings(f"hf:{QWEN}"), token="") as client:
        assert await ask(client) == []
        client.change("file:///a.py", 2, {"text": f"{CODE}t"})
        assert await ask(client, text=f"{CODE}t") == []
        (message,) = told(client)
        assert "need a token: set HF_TOKEN" in message
    assert not hf.router.heard
    assert not hf.listings


async def test_a_token_in_the_settings_is_taken_in_without_a_restart(tmp_path: Path, hf: HuggingFace) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    async with at_work(tmp_path, hf, settings(f"hf:{QWEN}"), token="") as client:
        assert await ask(client) == []
        client.configuration = settings(f"hf:{QWEN}", token=TOKEN)
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await shown(client)


async def test_a_token_from_hugging_faces_own_file(tmp_path: Path, hf: HuggingFace) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    file = str(tmp_path / "token")
    async with at_work(tmp_path, hf, settings(f"hf:{QWEN}"), token="", HF_TOKEN_PATH=file) as client:
        await shown(client)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("401 Unauthorized", "did not accept the token"),
        ("402 Payment Required", "credits are used up"),
        ("403 Forbidden", "may not call Inference Providers"),
    ],
)
async def test_a_refusal_is_told_once_and_not_asked_for_again(
    tmp_path: Path, hf: HuggingFace, status: str, said: str
) -> None:
    hf.refusal = status, {"error": f"no {TOKEN}"}
    async with at_work(tmp_path, hf, settings(f"hf:{QWEN}")) as client:
        await ask(client)
        await client.notified("window/showMessage")
        client.change("file:///a.py", 2, {"text": f"{CODE}t"})
        assert await ask(client, text=f"{CODE}t") == []
        (message,) = told(client)
        assert said in message
    assert len(hf.router.heard) == 1
    assert len(hf.listings) == 1


async def test_a_better_token_is_tried_at_once(tmp_path: Path, hf: HuggingFace) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    hf.refusal = "401 Unauthorized", {"error": "Invalid username or password."}
    async with at_work(tmp_path, hf, settings(f"hf:{QWEN}"), token="hf_expired_and_gone") as client:
        await ask(client)
        await client.notified("window/showMessage")
        hf.refusal = None
        client.configuration = settings(f"hf:{QWEN}", token=TOKEN)
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await shown(client)
    assert hf.router.heard[-1].headers["authorization"] == f"Bearer {TOKEN}"


async def test_who_pays_is_said_to_the_router(tmp_path: Path, hf: HuggingFace) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    config = tmp_path / "config.toml"
    config.write_text('bill_to = "acme"\n', encoding="utf-8")
    async with at_work(tmp_path, hf, settings(f"hf:{QWEN}"), FORETYPE_CONFIG=str(config)) as client:
        await shown(client)
    assert {heard.headers.get("x-hf-bill-to") for heard in hf.router.heard} == {"acme"}


async def test_an_id_that_says_nothing_is_told_with_the_nearest(tmp_path: Path, hf: HuggingFace) -> None:
    async with at_work(tmp_path, hf, settings(QWEN)) as client:
        assert f"did you mean hf:{QWEN}" in (await client.notified("window/showMessage"))["message"]
        assert await ask(client) == []
        assert len(told(client)) == 1


async def test_the_command_line_completes_with_a_model_that_nobody_has_asked_yet(
    tmp_path: Path, hf: HuggingFace
) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    (tmp_path / "a.py").write_text(CODE, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "foretype", "complete", "a.py:3:12", "--model", f"hf:{QWEN}"),
        cwd=tmp_path,
        env=editors.environment(
            tmp_path, HF_TOKEN=TOKEN, HF_ENDPOINT=hf.hub.origin, FORETYPE_ROUTER_URL=hf.router.origin
        ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert (out.decode().strip(), err) == (REST, b"")


def show(home: Path, hf: HuggingFace, *arguments: str) -> str:
    found = subprocess.run(
        [sys.executable, "-m", "foretype", "models", "show", *arguments],
        env=editors.environment(home, FORETYPE_ROUTER_URL=hf.router.origin),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return found.stdout


async def test_what_was_found_out_can_be_shown(tmp_path: Path, hf: HuggingFace) -> None:
    assert "Nothing is known" in show(tmp_path, hf, f"hf:{QWEN}")
    hf.serve(QWEN, together="t", featherless_ai="q")
    hf.texts[TEXTS] = fills
    async with at_work(tmp_path, hf, settings(f"hf:{QWEN}")) as client:
        await shown(client)
    told_in_lines = show(tmp_path, hf, f"huggingface/{QWEN}")
    assert "asked by     text" in told_in_lines
    assert "provider     featherless-ai" in told_in_lines
    assert "passed over  text through together" in told_in_lines
    (row,) = json.loads(show(tmp_path, hf, f"hf:{QWEN}", "--json"))["known"]
    assert (row["rung"], row["provider"], row["origin"]) == ("text", "featherless-ai", hf.router.origin)
