"""A local model in an editor: the question, the download with its progress, and its end by the user."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from unit.models.gguf_files import gguf, model_file

import editor as editors
from contract.model_hub import ModelHub, model_hub
from contract.upstream import Visit
from editor import EVERYTHING, Editor, ErrorAnswer

Json = Any

SMOL = "bartowski/SmolLM2-135M-Instruct-GGUF"
SMOL_FILE = "SmolLM2-135M-Instruct-Q4_0.gguf"
MODEL = "local:smollm2-135m"
CONTENT = gguf(data_bytes=2_000_000)
OPTIONS = {"models": {"complete": [MODEL]}}


@pytest.fixture
async def hub() -> AsyncIterator[ModelHub]:
    async with model_hub() as running:
        running.repository = SMOL
        running.serve(CONTENT, SMOL_FILE)
        yield running


@asynccontextmanager
async def open_editor(home: Path, hub: ModelHub, answer: Json = None, **more: Json) -> AsyncIterator[Editor]:
    async with editors.editor(home, initialized=False, HF_ENDPOINT=hub.site.origin) as client:
        client.answers["window/showMessageRequest"] = lambda _: answer
        await client.initialize(**more)
        yield client


def path_in(home: Path) -> Path:
    return home / "foretype" / "data" / "models" / SMOL / SMOL_FILE


def pull(client: Editor, model: str = MODEL) -> Json:
    return client.post("workspace/executeCommand", command(model))


def command(*models: str) -> Json:
    return {"command": "foretype.pull", "arguments": [{"model": model} for model in models]}


async def told(client: Editor, words: str) -> Json:
    return await client.until(
        lambda m: m.get("method") == "window/showMessage" and words in m["params"]["message"], words
    )


def progress(client: Editor) -> list[Json]:
    return [params["value"] for params in client.all("$/progress")]


async def half(visit: Visit) -> None:
    head = f'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: {len(CONTENT)}\r\n\r\n'
    await visit.send(head.encode() + CONTENT[:1_000_000])
    await visit.until_gone()


async def is_half_done(client: Editor) -> None:
    await client.until(
        lambda m: m.get("method") == "$/progress" and "of 2 MB" in m["params"]["value"].get("message", ""),
        "half of the file",
    )


async def test_the_command_downloads_with_progress(tmp_path: Path, hub: ModelHub) -> None:
    async with open_editor(tmp_path, hub) as client:
        result = await client.result(pull(client))
        assert result == {"model": MODEL, "is_here": True, "problem": ""}
        assert path_in(tmp_path).read_bytes() == CONTENT
        (created,) = client.all("window/workDoneProgress/create")
        assert {params["token"] for params in client.all("$/progress")} == {created["token"]}
        kinds = [value["kind"] for value in progress(client)]
        assert (kinds[0], kinds[-1]) == ("begin", "end")
        assert set(kinds[1:-1]) == {"report"}
        assert progress(client)[0]["cancellable"] is True
        assert await client.end() == 0


async def test_a_model_that_is_here_already_is_not_downloaded(tmp_path: Path, hub: ModelHub) -> None:
    model_file(path_in(tmp_path))
    async with open_editor(tmp_path, hub, initializationOptions=OPTIONS) as client:
        assert (await client.result(pull(client)))["is_here"]
        assert not client.all("$/progress")
        assert not client.all("window/showMessageRequest")
        assert not hub.site.heard


async def test_the_user_can_end_a_download_and_another_goes_on_from_it(tmp_path: Path, hub: ModelHub) -> None:
    hub.storage.will(half)
    async with open_editor(tmp_path, hub) as client:
        waiting = pull(client)
        await is_half_done(client)
        token = client.all("window/workDoneProgress/create")[0]["token"]
        client.notify("window/workDoneProgress/cancel", {"token": token})
        hub.storage.visits[0].hang_up()
        result = await client.result(waiting)
        assert not result["is_here"]
        assert "was stopped" in result["problem"]
        assert progress(client)[-1] == {"kind": "end"}
        assert not path_in(tmp_path).exists()
        assert (await client.result(pull(client)))["is_here"]
        assert hub.ranges[-1].startswith("bytes=")
        assert await client.end() == 0


async def test_a_cancelled_command_ends_its_download(tmp_path: Path, hub: ModelHub) -> None:
    hub.storage.will(half)
    async with open_editor(tmp_path, hub) as client:
        waiting = pull(client)
        await is_half_done(client)
        client.notify("$/cancelRequest", {"id": waiting})
        assert (await client.error(waiting)).code == -32800
        hub.storage.visits[0].hang_up()
        await client.until(
            lambda m: m.get("method") == "$/progress" and m["params"]["value"]["kind"] == "end", "the end"
        )
        assert not path_in(tmp_path).exists()
        assert await client.end() == 0


async def test_a_server_that_ends_does_not_wait_for_a_download(tmp_path: Path, hub: ModelHub) -> None:
    hub.storage.will(half)
    async with open_editor(tmp_path, hub) as client:
        pull(client)
        await is_half_done(client)
        assert await client.end() == 0


async def test_a_client_without_progress_gets_none(tmp_path: Path, hub: ModelHub) -> None:
    capabilities = {**EVERYTHING, "window": {}}
    async with open_editor(tmp_path, hub, capabilities=capabilities) as client:
        assert (await client.result(pull(client)))["is_here"]
        assert not client.all("$/progress")
        assert not client.all("window/workDoneProgress/create")


async def test_what_goes_wrong_is_in_the_result(tmp_path: Path, hub: ModelHub) -> None:
    hub.refusal = ("403 Forbidden", "GatedRepo")
    async with open_editor(tmp_path, hub) as client:
        result = await client.result(pull(client))
        assert not result["is_here"]
        assert "accept them" in result["problem"]


@pytest.mark.parametrize(
    "arguments", [[], ["local:x"], [{"model": 5}], [{"model": "hf:a/b"}], [{"model": "x"}]]
)
async def test_a_wrong_argument_is_refused(tmp_path: Path, hub: ModelHub, arguments: Json) -> None:
    async with open_editor(tmp_path, hub) as client:
        params = {"command": "foretype.pull", "arguments": arguments}
        with pytest.raises(ErrorAnswer) as refused:
            await client.request("workspace/executeCommand", params)
        assert refused.value.code == -32602


async def test_a_missing_model_is_asked_about_and_a_yes_downloads_it(tmp_path: Path, hub: ModelHub) -> None:
    yes = {"title": "Download"}
    async with open_editor(tmp_path, hub, yes, initializationOptions=OPTIONS) as client:
        await told(client, "SmolLM2 135M is ready")
        (asked,) = client.all("window/showMessageRequest")
        for fact in ("0.09 GB", "0.4 GB of memory", "apache-2.0", f"https://huggingface.co/{SMOL}"):
            assert fact in asked["message"]
        assert path_in(tmp_path).read_bytes() == CONTENT
        assert await client.end() == 0


@pytest.mark.parametrize("answer", [{"title": "Not now"}, {"title": 5}, None, []])
async def test_anything_but_yes_downloads_nothing(tmp_path: Path, hub: ModelHub, answer: Json) -> None:
    async with open_editor(tmp_path, hub, answer, initializationOptions=OPTIONS) as client:
        await client.until(lambda m: m.get("method") == "window/showMessageRequest", "the question")
        assert await client.is_alive()
        assert await client.end() == 0
    assert not hub.site.heard


async def test_a_question_is_asked_once_in_all_servers(tmp_path: Path, hub: ModelHub) -> None:
    no = {"title": "Not now"}
    remembered = tmp_path / "foretype" / "state" / "models_asked_about.json"
    async with open_editor(tmp_path, hub, no, initializationOptions=OPTIONS) as client:
        await client.until(lambda m: m.get("method") == "window/showMessageRequest", "the question")
        await client.eventually(lambda: exists(remembered), "the answer is remembered")
    async with open_editor(tmp_path, hub, no, initializationOptions=OPTIONS) as client:
        await told(client, f"`foretype models pull {MODEL}`")
        assert not client.all("window/showMessageRequest")
    assert not hub.site.heard


async def exists(path: Path) -> bool:
    return path.exists()


async def test_a_file_that_no_catalogue_knows_is_not_asked_about(tmp_path: Path, hub: ModelHub) -> None:
    options = {"models": {"chat": ["local:a/b/c.gguf"]}}
    async with open_editor(tmp_path, hub, initializationOptions=options) as client:
        await told(client, "`foretype models pull local:a/b/c.gguf` downloads it")
        assert not client.all("window/showMessageRequest")
